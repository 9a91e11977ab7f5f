// Which code addresses are the program's own.
#pragma once

#include <algorithm>
#include <span>

#include "harness/model/module.h"
#include "harness/model/op.h"

namespace heddle {

inline bool is_own(Address pc, std::span<const Module> modules) {
  return std::any_of(modules.begin(), modules.end(),
                     [pc](const Module& module) { return pc >= module.begin && pc < module.end; });
}

// The innermost code address of the program's own among `pc` and its callers, innermost first; 0 if
// there is none.
inline Address own_pc(Address pc, std::span<const Address> stack, std::span<const Module> modules) {
  if (is_own(pc, modules)) return pc;
  const auto own = std::find_if(stack.begin(), stack.end(),
                                [&](Address caller) { return is_own(caller, modules); });
  return own == stack.end() ? 0 : *own;
}

}  // namespace heddle
