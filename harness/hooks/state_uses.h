// Calls that use several objects of the kernel's at once: opening a file looks for its name, may
// change what is in it and takes a number.
#pragma once

#include <stdio.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "harness/hooks/hidden_state.h"
#include "harness/model/op.h"

namespace heddle::hidden_state {

// What one call uses, told before the C library does it. Each use is a scheduling point, and the
// call itself happens after the last: what another thread has done with one of the objects since it
// was told of would then stand in the wrong order, so that one is told of again.
class StateUses {
 public:
  // `pc`: the return address of the hook. Nothing is told where no engine is to know.
  explicit StateUses(Address pc);

  // Uses by several threads that only read may come in any order.
  // kState as in &Memory::limits.
  template <auto kState>
  StateUses& read() {
    return told_ ? add(&(memory().*kState), false) : *this;
  }
  template <auto kState>
  StateUses& update() {
    return told_ ? add(&(memory().*kState), true) : *this;
  }

  // The text of `path`, and that name in the tables of files, as it is found from the working
  // directory; null is no name.
  StateUses& looks_for(const char* path);
  StateUses& changes(const char* path);
  // A name for a new file, whose mode the mask takes part in.
  StateUses& creates(const char* path);
  // A new descriptor, or one less. Where no program can see its number, it is none of its state.
  StateUses& takes_number();
  // The position in the file; that of a stream moves with it.
  StateUses& stays_in(int file);
  StateUses& stays_in(FILE* stream);
  StateUses& moves_in(int file);
  StateUses& moves_in(FILE* stream);
  // What is in the file; of those that are no regular ones, nothing is known.
  StateUses& reads_contents(int file);
  StateUses& changes_contents(int file);
  StateUses& reads_contents(const char* path);
  StateUses& changes_contents(const char* path);

  void tell();

 private:
  struct Use {
    Untold* object = nullptr;
    bool updates = false;
    std::uint32_t seen_reads = 0;
    std::uint32_t seen_updates = 0;

    bool is_stale() const;
  };

  StateUses& add(Untold* object, bool updates);
  void name(const char* path);
  void tell(Use& use) const;

  static constexpr std::size_t kMost = 8;

  std::array<Use, kMost> uses_ = {};
  std::size_t count_ = 0;
  bool told_;
  Address pc_;
};

}  // namespace heddle::hidden_state
