// Addresses and operations in words, the same ones in every report.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/op.h"
#include "harness/model/outcome.h"
#include "harness/model/trace.h"
#include "harness/report/symbols.h"
#include "harness/search/result.h"

namespace heddle {

// "T1"; "a thread" for kNoThread.
std::string thread_name(ThreadId thread);

// The object that holds this byte, as Symbols::data() names it, or hidden state of the C library
// (hooks/hidden_state.def); empty for what has no name.
std::string object_name(const Symbols& symbols, Address address);

// What a person would call an address. Objects without a name in the program get a number each in
// the order of being asked for ("mutex 1", "object 2"): shorter than 0x7ffd8c0a91b8, and the same
// in every run. One Names for one interleaving: addresses of different runs are not comparable.
class Names {
 public:
  explicit Names(const Symbols& symbols) : symbols_(symbols) {}

  // `kind`: what is done with it, which tells a mutex from a variable.
  std::string of(Address address, OpKind kind);
  std::string of_mutex(Address address) { return of(address, OpKind::mutex_lock); }

  // From now on an address within a block of the heap that the run frees is named by that block.
  void know_blocks(const Trace& trace);

  const Symbols& symbols() const { return symbols_; }

 private:
  // By what it was first asked for: one address has one name.
  struct Named {
    std::string_view noun;
    std::size_t number = 0;
  };

  const Symbols& symbols_;
  std::map<Address, Address> blocks_;  // begin, end
  std::map<Address, Named> numbers_;
  std::map<std::string_view, std::size_t> used_;
};

// Where in the person's own code something happened.
struct SourceLine {
  std::string file;  // as in Frame
  unsigned line = 0;
  std::string function;
  // The library function that this line calls, if the operation is within one: "std::queue::push".
  std::string library_call;
  bool in_library = false;     // no code of the person's own was found: this is a library's line
  unsigned function_line = 0;  // as in Frame

  bool known() const { return line != 0; }
  friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

// Code of the standard library or the system: not where the person's bug is.
bool is_library(const Frame& frame);

// The frames of `pc` and of its callers, innermost first.
std::vector<Frame> frames_of(const Symbols& symbols, Address pc, std::span<const Address> stack);

// The innermost line of the person's own; the innermost of all if there is none.
SourceLine source_of(const Symbols& symbols, Address pc, std::span<const Address> stack);

// The last part of a path.
std::string_view file_name(std::string_view path);

// "counter.cpp:11"; "?" if unknown.
std::string short_place(const SourceLine& source);

// Without parameters, template arguments and the inline namespaces of libstdc++:
// "std::queue<int, std::deque<int> >::push(int const&)" is "std::queue::push".
std::string short_function(std::string_view function);

// A value of `size` bytes: decimal, small negative numbers as such, large ones in hex.
std::string value_text(std::uint64_t value, unsigned size);

// "read counter -> 0", "lock m", "wait on ready (gives up m)". `last` is the value of the last of
// several equal operations; equal to the event's own for a single one.
std::string operation_text(const Event& event, std::optional<std::uint64_t> last, Names& names);

// A place in the present tense: "writes counter", "waits to lock m".
std::string place_text(const Place& place, Names& names);

// The failure in one line, with the places that make it: "data race on counter: T1 writes it at
// counter.cpp:11, T2 reads it at counter.cpp:11".
std::string headline(const Failed& failure, Names& names);

// What outlives a run, and what that costs.
// What a thread was about to do: "write counter", "lock m".
std::string intent_text(const Event& event, Names& names);

// The kind of the failure and the program's own words, each said once: "assertion failed: x == 1",
// "exit status 1".
std::string kind_and_message(const Failed& failure);

std::string own_processes_text(const OwnProcesses& own);
// Why a program's runs cannot be repeated, in one sentence.
std::string divergence_text(const Divergence& divergence, Names& names);
// What a run did in a process of many that it did not in a fresh one, likewise.
std::string fresh_difference_text(const Divergence& divergence, Names& names);

// A run that gave up, in one line: "livelock or limit, in the loop at spin.cpp:9".
std::string limit_text(const GaveUp& gave_up, Names& names);

// Every thread is stuck, and who waits on what is the whole story.
bool is_stuck(FailureKind kind);

}  // namespace heddle
