// Where in the person's own code something happened.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/op.h"
#include "harness/report/symbols.h"

namespace heddle {

struct SourceLine {
  std::string file{};  // as in Frame
  unsigned line = 0;
  std::string function{};
  // The library function that this line calls, if the operation is within one: "std::queue::push".
  std::string library_call{};
  std::string label{};         // the file as reports call it; empty: by the last part of its path
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

// "counter.cpp"; with its folder where the program has several of that name.
std::string shown_file(const SourceLine& source);

// "counter.cpp:11"; "?" if unknown.
std::string short_place(const SourceLine& source);

// Without parameters, template arguments and the inline namespaces of libstdc++:
// "std::queue<int, std::deque<int> >::push(int const&)" is "std::queue::push".
std::string short_function(std::string_view function);

}  // namespace heddle
