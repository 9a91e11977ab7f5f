#include "harness/engine/relacy/run/call_place.h"

#include <utility>

namespace heddle::relacy {

void set_stack(Op& op, std::vector<Address>& stack, std::vector<Address> captured,
               const ProgramCode& code) {
  if (!captured.empty()) {
    if (!code.contains(op.pc)) op.pc = captured.front();
    if (captured.front() == op.pc) captured.erase(captured.begin());
  }
  stack = std::move(captured);
}

Place here(ThreadId thread, const Op& op, const ProgramCode& code) {
  Place place{.thread = thread, .op = op, .stack = {}, .note = {}};
  set_stack(place.op, place.stack, capture_stack(code), code);
  return place;
}

}  // namespace heddle::relacy
