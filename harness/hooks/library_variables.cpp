#include "harness/hooks/library_variables.h"

#include <unistd.h>

#include <cstddef>
#include <string_view>

#include "harness/hooks/hidden_state.h"
#include "harness/hooks/kept_errno.h"
#include "harness/hooks/program_imports.h"
#include "harness/hooks/zone_variables.h"

namespace heddle::library_variables {
namespace {

using program_imports::Kind;

bool knows_environment() {
  return program_imports::has(Kind::sees_environment);
}

// In the array: where the entry of that name is, or the null at the end.
char** find_entry(std::string_view name) {
  char** entry = __environ;
  for (; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=') break;
  }
  return entry;
}

std::size_t bytes_from(char** entry) {
  std::size_t count = 1;
  for (; *entry != nullptr; ++entry) ++count;
  return count * sizeof *entry;
}

// Two calls of the C library never race for what its lock guards: as if it were atomic, by an
// operation that leaves it as it is.
template <typename T>
void set_under_lock(T& variable, Address pc) {
  const KeptErrno kept;
  g_engine_table->atomic_rmw(hidden_state::address_of(&variable), sizeof variable, RmwKind::add, 0,
                             MemoryOrder::relaxed, pc);
}

FILE* read_stream(FILE*& variable, Address pc) {
  if (hidden_state::is_told() && program_imports::has(Kind::sees_streams)) {
    hidden_state::read_bytes(&variable, sizeof variable, pc);
  }
  return variable;
}

}  // namespace

void read_environment(Address pc) {
  if (!hidden_state::is_told() || !knows_environment()) return;
  hidden_state::read_bytes(&__environ, sizeof __environ, pc);
  if (__environ != nullptr) hidden_state::read_bytes(__environ, bytes_from(__environ), pc);
}

void set_in_environment(const char* name, bool replace, Address pc) {
  if (!hidden_state::is_told()) return;
  read_environment(pc);
  const std::string_view text = name;
  char** const entry = __environ == nullptr ? nullptr : find_entry(text.substr(0, text.find('=')));
  const bool is_new = entry == nullptr || *entry == nullptr;
  if (!is_new && !replace) return;
  if (entry != nullptr) hidden_state::write_bytes(entry, sizeof *entry, pc);
  // Room for one more: perhaps in another array.
  if (is_new && knows_environment()) hidden_state::write_bytes(&__environ, sizeof __environ, pc);
}

void remove_from_environment(const char* name, Address pc) {
  if (!hidden_state::is_told()) return;
  read_environment(pc);
  char** const entry = __environ == nullptr ? nullptr : find_entry(name);
  // Those behind it move up.
  if (entry != nullptr && *entry != nullptr) {
    hidden_state::write_bytes(entry, bytes_from(entry), pc);
  }
}

void clear_environment(Address pc) {
  if (!hidden_state::is_told() || !knows_environment()) return;
  hidden_state::write_bytes(&__environ, sizeof __environ, pc);
}

void set_time_zone(Address pc) {
  // Real threads keep an order of their own.
  if (!hidden_state::is_told() || program_heap::is_threaded()) return;
  if (!program_imports::has(Kind::sees_time_zone)) return;
  for (char*& name : __tzname) set_under_lock(name, pc);
  set_under_lock(__timezone, pc);
  set_under_lock(__daylight, pc);
}

FILE* input(Address pc) {
  return read_stream(stdin, pc);
}

FILE* output(Address pc) {
  return read_stream(stdout, pc);
}

FILE* error_output(Address pc) {
  return read_stream(stderr, pc);
}

}  // namespace heddle::library_variables
