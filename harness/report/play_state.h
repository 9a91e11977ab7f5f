// What a person who decides is shown of the run: who could go on with what, who waits, who holds
// what.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/model/decision.h"
#include "harness/model/trace.h"
#include "harness/report/describe.h"

namespace heddle {

struct PlayThread {
  ThreadId thread = 0;
  ThreadAt::State state = ThreadAt::State::ready;
  std::string operation;  // "read counter", "waits to lock m"; empty of one that has ended
  SourceLine source;
  std::string source_text;  // of that line, if this machine has it
};

struct PlayLock {
  std::string name;
  ThreadId holder = 0;
  SourceLine since;
};

// A decision that is none between threads.
struct PlayQuestion {
  Choice choice = Choice::waiter;
  std::string text;                       // "T1 begins to wait on ready. Does it wake ...?"
  std::vector<std::string> alternatives;  // by their number
};

struct PlayState {
  ThreadId running = 0;  // whose point it is
  std::vector<PlayThread> threads;
  std::vector<PlayLock> locks;  // as they were taken
  std::optional<PlayQuestion> question;
  std::uint32_t usual = 0;  // a thread, or an alternative
};

// `done`: what the threads have done before. `run`: all that they do in a run that begins so, where
// it is told from where a thread begins.
PlayState play_state(const Decision& decision, std::span<const Event> done, const Trace& run,
                     Names& names);

}  // namespace heddle
