// What a person would call a thread, and an address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/op.h"
#include "harness/model/trace.h"
#include "harness/report/symbols.h"

namespace heddle {

// "T1"; "a thread" for kNoThread.
std::string thread_name(ThreadId thread);

// One object has one name, two have two. A variable has its own, with the way to the member:
// "pool.queue_", "seen of T1", "m of main()". What lies in the heap is called by its type, if that
// is known, and a number: "Job 2.next". What is left has a number of its kind, in the order of
// being asked for: "mutex 1", "object 2": shorter than 0x7ffd8c0a91b8, and the same in every run.
// One Names for one interleaving: addresses of different runs are not comparable.
class Names {
 public:
  explicit Names(const Symbols& symbols) : symbols_(symbols) {}

  // From now on with what the run tells of its stacks and its heap.
  void know(const Trace& trace);

  // `kind`: what is done with it, which tells a mutex from a variable, and a block from the member
  // that it begins with.
  std::string of(Address address, OpKind kind);
  std::string of_mutex(Address address) { return of(address, OpKind::mutex_lock); }

  // What a row says of a value there, `size` bytes of it, where a number would not do: "0.5",
  // "ready", "never written" of what a run's heap is filled with; else empty.
  std::string spelled(Address address, std::uint64_t value, unsigned size) const;

  // Empty for what would get a number of its kind.
  std::string object(Address address);

  // "allocated by T0 at pool.cpp:17"; empty where that is not known.
  std::string origin(Address address) const;
  // Of the blocks of the heap that have been named: "Job 2" and where it comes from.
  std::vector<std::pair<std::string, std::string>> origins() const;

  const Symbols& symbols() const { return symbols_; }

 private:
  struct Block {
    Address end = 0;
    std::string origin{};
    std::optional<PlacedType> type{};
    bool reused = false;  // several blocks were here: nothing is said of them
    std::string label{};  // once it has been named: "Job 2", "object 1"
  };
  using Blocks = std::map<Address, Block>;  // by begin

  void know_types(const Trace& trace);
  void know_pointers(const Trace& trace);
  void know_by_members(const Trace& trace);
  std::optional<ObjectType> pointee(Address address) const;
  Blocks::const_iterator block_of(Address address) const;
  bool is_filling(Address address, std::uint64_t value, unsigned size) const;
  std::string local(Address address);
  std::string find_local(Address address) const;
  std::string in_block(Address address, bool whole);
  std::string numbered(std::string_view noun);

  const Symbols& symbols_;
  const Trace* known_ = nullptr;
  Blocks blocks_;
  std::vector<StackFrame> frames_;
  std::vector<ThreadLocals> thread_locals_;
  std::map<Address, std::string> locals_;
  // By what it was first asked for: one address has one name.
  std::map<Address, std::string> numbers_;
  std::map<std::string, std::size_t, std::less<>> used_;
};

// Of an address of whose run nothing is known: a variable, or hidden state of the C library
// (hooks/hidden_state.def); empty for what has no name.
std::string object_name(const Symbols& symbols, Address address);

}  // namespace heddle
