#include "harness/hooks/state_uses.h"

#include "harness/hooks/file_positions.h"
#include "harness/hooks/hidden_state.h"
#include "harness/hooks/program_imports.h"

namespace heddle::hidden_state {

// Real threads keep an order of their own.
StateUses::StateUses(Address pc) : told_(is_told() && !program_heap::is_threaded()), pc_(pc) {}

StateUses& StateUses::add(Untold* object, bool updates) {
  if (!told_ || object == nullptr) return *this;
  // Once for each: a second would make the first look stale.
  for (std::size_t at = 0; at < count_; ++at) {
    if (uses_[at].object != object) continue;
    uses_[at].updates |= updates;
    return *this;
  }
  uses_[count_++] = {.object = object, .updates = updates};
  return *this;
}

void StateUses::name(const char* path) {
  if (path == nullptr) return;
  if (is_watched()) MemoryAccess(pc_).read_string(path);
  if (*path != '/' && program_imports::has(program_imports::Kind::changes_folder)) {
    read<&Memory::working_folder>();
  }
}

StateUses& StateUses::looks_for(const char* path) {
  name(path);
  return read<&Memory::file_names>();
}

StateUses& StateUses::changes(const char* path) {
  name(path);
  return update<&Memory::file_names>();
}

StateUses& StateUses::creates(const char* path) {
  changes(path);
  if (program_imports::has(program_imports::Kind::sets_mask)) {
    read<&Memory::file_mode_mask>();
  }
  return *this;
}

StateUses& StateUses::takes_number() {
  if (!program_imports::has(program_imports::Kind::sees_numbers)) return *this;
  return update<&Memory::free_numbers>();
}

StateUses& StateUses::stays_in(int file) {
  return told_ ? add(&file_positions::position_of(file), false) : *this;
}

StateUses& StateUses::stays_in(FILE* stream) {
  return told_ ? stays_in(fileno(stream)) : *this;
}

StateUses& StateUses::moves_in(int file) {
  return told_ ? add(&file_positions::position_of(file), true) : *this;
}

StateUses& StateUses::moves_in(FILE* stream) {
  return told_ ? moves_in(fileno(stream)) : *this;
}

StateUses& StateUses::reads_contents(int file) {
  return told_ ? add(file_positions::contents_of(file), false) : *this;
}

StateUses& StateUses::changes_contents(int file) {
  return told_ ? add(file_positions::contents_of(file), true) : *this;
}

StateUses& StateUses::reads_contents(const char* path) {
  return told_ ? add(file_positions::contents_of(path), false) : *this;
}

StateUses& StateUses::changes_contents(const char* path) {
  return told_ ? add(file_positions::contents_of(path), true) : *this;
}

bool StateUses::Use::is_stale() const {
  return object->updates != seen_updates || (updates && object->reads != seen_reads);
}

void StateUses::tell(Use& use) const {
  Untold& object = *use.object;
  if (use.updates) {
    use_locked(object, pc_);
    ++object.updates;
  } else {
    const KeptErrno kept;
    g_engine_table->atomic_load(address_of(&object.uses), sizeof object.uses, MemoryOrder::relaxed,
                                pc_);
    ++object.reads;
  }
  use.seen_reads = object.reads;
  use.seen_updates = object.updates;
}

void StateUses::tell() {
  for (std::size_t at = 0; at < count_; ++at) tell(uses_[at]);
  for (std::size_t at = 0; at < count_;) {
    if (uses_[at].is_stale()) {
      tell(uses_[at]);
      at = 0;
    } else {
      ++at;
    }
  }
}

}  // namespace heddle::hidden_state
