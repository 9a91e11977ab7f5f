#include "harness/hooks/file_positions.h"

#include <dlfcn.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>

#include "harness/hooks/hidden_state.h"
#include "harness/hooks/next_function.h"
#include "harness/hooks/program_imports.h"
#include "harness/hooks/state_uses.h"

namespace heddle::file_positions {
namespace {

using hidden_state::kContents;
using hidden_state::kLives;
using hidden_state::kMemoryStream;
using hidden_state::kPositions;

using Slots = std::array<std::uint16_t, kPositions>;

// Of each descriptor, which of hidden_state's positions it uses. What is not known to be a copy has
// that of its own number.
constexpr Slots each_its_own() {
  Slots slots = {};
  for (std::size_t file = 0; file < slots.size(); ++file) {
    slots[file] = static_cast<std::uint16_t>(file);
  }
  return slots;
}

constinit Slots g_slots = each_its_own();
constinit Slots g_slots_before_main = each_its_own();
constinit bool g_changed = false;  // in this run
constinit bool g_prepared = false;

// Which of hidden_state's lives each descriptor has. One that was there before has that of its own
// number; no other life begins again in a run.
constinit Slots g_lives = each_its_own();
constinit std::uint16_t g_next_life = kPositions;

// Regular files by what the kernel calls them, in the order in which threads came by them.
struct File {
  dev_t device = 0;
  ino_t number = 0;
};
constinit std::array<File, kContents - 1> g_files = {};
constinit std::size_t g_files_known = 0;

// The streams that the run has opened, and before them the standard ones. A new one may lie where a
// closed one did; those beyond are not told of.
constexpr std::size_t kStreams = 64;
struct Stream {
  FILE* stream = nullptr;
  std::uint16_t life = 0;
};
constinit std::array<Stream, kStreams> g_streams = {};
constinit std::size_t g_streams_known = 0;
constinit std::uint16_t g_next_stream_life = 0;
constinit bool g_streams_changed = true;  // since the last forget_streams()

std::uint64_t* life_of(int file) {
  if (file < 0 || static_cast<std::size_t>(file) >= kPositions) return nullptr;
  const std::size_t life = g_lives[static_cast<std::size_t>(file)];
  return life < kLives ? &hidden_state::memory().descriptors[life] : nullptr;
}

void begin_life(int file) {
  if (file < 0 || static_cast<std::size_t>(file) >= kPositions) return;
  g_lives[static_cast<std::size_t>(file)] = g_next_life;
  if (g_next_life < kLives) ++g_next_life;
  g_changed = true;
}

Stream* find(FILE* stream) {
  for (std::size_t at = g_streams_known; at > 0; --at) {
    if (g_streams[at - 1].stream == stream) return &g_streams[at - 1];
  }
  return nullptr;
}

std::uint64_t* life_of(FILE* stream) {
  const Stream* const known = find(stream);
  return known != nullptr && known->life < kLives ? &hidden_state::memory().streams[known->life]
                                                  : nullptr;
}

void begin_life(FILE* stream) {
  Stream* known = find(stream);
  if (known == nullptr && g_streams_known < kStreams) known = &g_streams[g_streams_known++];
  if (known == nullptr) return;
  g_streams_changed = true;
  *known = {.stream = stream, .life = g_next_stream_life};
  if (g_next_stream_life < kLives) ++g_next_stream_life;
}

void forget_streams() {
  g_streams_known = 0;
  g_next_stream_life = 0;
  for (FILE* standard : {stdin, stdout, stderr}) begin_life(standard);
  g_streams_changed = false;
}

hidden_state::Untold* contents_of(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return nullptr;
  std::size_t at = 0;
  while (at < g_files_known &&
         (g_files[at].device != status.st_dev || g_files[at].number != status.st_ino)) {
    ++at;
  }
  if (at == g_files_known && at < g_files.size()) {
    g_files[at] = {.device = status.st_dev, .number = status.st_ino};
    ++g_files_known;
  }
  return &hidden_state::memory().file_contents[at];
}

bool is_same_file(int a, int b) {
  struct stat first {};
  struct stat second {};
  return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

std::size_t slot_of(int file) {
  if (file < 0) return kMemoryStream;
  const auto at = static_cast<std::size_t>(file);
  return at < kPositions ? g_slots[at] : kPositions - 1;
}

void set(int file, std::size_t slot) {
  const auto at = static_cast<std::size_t>(file);
  if (at >= kPositions || g_slots[at] == slot) return;
  g_slots[at] = static_cast<std::uint16_t>(slot);
  g_changed = true;
}

// The code of libstdc++'s last words, when no handler takes an exception. What they are hangs on
// whether they were said in this process before ("terminate called recursively"), which no run of
// the program may: they are none of its steps.
struct LastWords {
  Address begin = 0;
  Address end = 0;  // of the first of them; the rest may lie elsewhere, as code that is seldom run
  bool begun = false;  // in this run; it does not go on after them
};
constinit LastWords g_last_words;

void find_last_words() {
  Dl_info library;
  const ElfW(Sym)* symbol = nullptr;
  void* const code = reinterpret_cast<void*>(&__gnu_cxx::__verbose_terminate_handler);
  if (dladdr1(code, &library, const_cast<void**>(reinterpret_cast<const void**>(&symbol)),
              RTLD_DL_SYMENT) == 0 ||
      symbol == nullptr) {
    return;
  }
  const auto begin = reinterpret_cast<Address>(library.dli_saddr);
  g_last_words = {.begin = begin, .end = begin + symbol->st_size};
}

bool is_last_words(Address pc) {
  g_last_words.begun |= pc >= g_last_words.begin && pc < g_last_words.end;
  return g_last_words.begun;
}

bool is_standard_output(std::size_t slot) {
  return slot == STDOUT_FILENO || slot == STDERR_FILENO;
}

// A file that threads write to may be read through another descriptor, by the same name.
bool order_of_output_is_seen(std::size_t slot) {
  return program_imports::moves_in_files() ||
         (!is_standard_output(slot) && program_imports::reads_files()) || slot == kMemoryStream;
}

}  // namespace

void opened(int file) {
  begin_life(file);
  if (file < 0 || static_cast<std::size_t>(file) >= kPositions) return;
  std::size_t slot = static_cast<std::size_t>(file);
  const auto is_used = [&](std::size_t wanted) {
    for (std::size_t other = 0; other < kPositions; ++other) {
      if (other != static_cast<std::size_t>(file) && g_slots[other] == wanted) return true;
    }
    return false;
  };
  // Copies of the descriptor that had this number are still in use.
  if (is_used(slot)) {
    slot = kPositions;
    while (slot + 1 < kMemoryStream && is_used(slot)) ++slot;
  }
  set(file, slot);
}

void copied(int file, int copy) {
  if (file < 0 || copy < 0) return;
  begin_life(copy);
  set(copy, slot_of(file));
}

void opened(FILE* stream) {
  if (!program_heap::is_threaded()) begin_life(stream);
}

hidden_state::Untold& position_of(int file) {
  return hidden_state::memory().file_positions[slot_of(file)];
}

hidden_state::Untold* contents_of(int file) {
  struct stat status {};
  return fstat(file, &status) == 0 ? contents_of(status) : nullptr;
}

hidden_state::Untold* contents_of(const char* path) {
  struct stat status {};
  return path != nullptr && HEDDLE_NEXT(stat)(path, &status) == 0 ? contents_of(status) : nullptr;
}

void restore() {
  if (!g_prepared) {
    g_prepared = true;
    find_last_words();
    // What the program was started with: "2>&1" gives two descriptors of one file.
    if (is_same_file(STDOUT_FILENO, STDERR_FILENO)) set(STDERR_FILENO, STDOUT_FILENO);
    g_slots_before_main = g_slots;
  } else if (g_changed) {
    g_slots = g_slots_before_main;
    g_lives = each_its_own();
    g_next_life = kPositions;
  }
  g_files_known = 0;
  if (g_streams_changed) forget_streams();
  g_changed = false;
  g_last_words.begun = false;
}

}  // namespace heddle::file_positions

namespace heddle::hidden_state {

using namespace file_positions;  // NOLINT(google-build-using-namespace): its other half

namespace {

// By end_stream(), ever. Threads that take turns count; real ones are not told of a use.
std::uint64_t g_streams_ended = 0;

// Each stream has one, also where two have the same file ("2>&1") and so the same position.
pthread_mutex_t* lock_of(FILE* stream) {
  const int file = fileno(stream);
  const std::size_t at = file < 0 ? kMemoryStream : static_cast<std::size_t>(file);
  return &memory().stream_locks[file < 0 ? at : std::min(at, kPositions - 1)].mutex;
}

}  // namespace

void use_descriptor(int file, Address pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  if (const std::uint64_t* const life = life_of(file))
    g_engine_table->read[3](address_of(life), pc);
}

void end_descriptor(int file, Address pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  if (std::uint64_t* const life = life_of(file)) g_engine_table->write[3](address_of(life), pc);
}

void use_stream(FILE* stream, Address pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  if (const std::uint64_t* const life = life_of(stream)) {
    g_engine_table->read[3](address_of(life), pc);
  }
}

void end_stream(FILE* stream, Address pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  const int file = fileno(stream);
  end_descriptor(file, pc);
  if (const std::uint64_t* const life = life_of(stream)) {
    if (g_engine_table->heap_free != nullptr) {
      g_engine_table->heap_free(address_of(life), sizeof *life, pc);
    } else {
      g_engine_table->write[3](address_of(life), pc);
    }
    ++g_streams_ended;
  }
  StateUses uses(pc);
  if (order_of_output_is_seen(slot_of(file))) uses.moves_in(file).changes_contents(file);
  uses.takes_number().tell();
}

void use_file_offset(int file, Address pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  use_descriptor(file, pc);
  StateUses(pc).moves_in(file).reads_contents(file).tell();
}

void use_file_output(int file, Address pc) {
  if (!is_told()) return;
  if (is_last_words(pc)) return;
  const KeptErrno kept;
  use_descriptor(file, pc);
  if (!order_of_output_is_seen(slot_of(file))) return;
  StateUses(pc).moves_in(file).changes_contents(file).tell();
}

namespace {

// Each use is a scheduling point, and a stream that another thread has closed by then is told of
// again: its use after free must be seen here, for the C library's function crashes of it.
void use_open_stream(FILE* stream, Address pc, StreamUse::Use use) {
  for (;;) {
    const std::uint64_t seen = g_streams_ended;
    use_stream(stream, pc);
    if (seen != g_streams_ended) continue;
    use(fileno(stream), pc);
    if (seen == g_streams_ended) return;
  }
}

}  // namespace

StreamUse::StreamUse(FILE* stream, Address pc, Use use) : pc_(pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  // Most programs never take a stream's lock by hand. Real threads that do have the lock in the
  // stream itself, and this one would be a second that they take in another order.
  if (program_imports::locks_streams() && !program_heap::is_threaded()) {
    taken_ = lock_of(stream);
    g_engine_table->mutex_lock(taken_, pc);
  }
  use_open_stream(stream, pc, use);
}

StreamUse::~StreamUse() {
  if (taken_ == nullptr) return;
  const KeptErrno kept;
  g_engine_table->mutex_unlock(taken_, pc_);
}

StreamUse use_stream_input(FILE* stream, Address pc) {
  return {stream, pc, use_file_offset};
}

StreamUse use_stream_output(FILE* stream, Address pc) {
  return {stream, pc, use_file_output};
}

void use_stream_unlocked(FILE* stream, Address pc) {
  if (!is_told()) return;
  const KeptErrno kept;
  use_open_stream(stream, pc, [](int file, Address caller) {
    g_engine_table->write[3](address_of(&position_of(file)), caller);
  });
}

void lock_stream(FILE* stream, Address pc) {
  g_engine_table->mutex_lock(lock_of(stream), pc);
}

bool try_lock_stream(FILE* stream, Address pc) {
  return g_engine_table->mutex_trylock(lock_of(stream), pc) == 0;
}

void unlock_stream(FILE* stream, Address pc) {
  g_engine_table->mutex_unlock(lock_of(stream), pc);
}

}  // namespace heddle::hidden_state
