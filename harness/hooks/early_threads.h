// Threads that the program starts before its main(), in constructors of global objects. No engine
// has a say in what these do, and where memory is put back they would be amid it.
#pragma once

#include <atomic>

namespace heddle::early_threads {

// Made and not joined. One that was detached may have ended.
extern constinit std::atomic<int> g_open __attribute__((visibility("hidden")));

inline constexpr char kRefusal[] =
    "the program starts a thread before main(), in the constructor of a global object, and does "
    "not "
    "join it there; no engine can control that: make the object in main()";

}  // namespace heddle::early_threads
