// What is said of a run in which no thread can go on: who waits for what.
#pragma once

namespace heddle {

// The run ends with a deadlock, or with a notification that came too early.
[[noreturn]] void fail_at_standstill();

}  // namespace heddle
