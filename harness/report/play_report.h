// What a game says: for a person, or as JSON lines.
//
// The JSON lines, in play.schema.json for a validator. Each is an object; "message" says which:
//
// begin: the first
//   protocol        1; a field keeps its name and meaning, new ones may be added
//   heddle          string: the version
//   program         string: as it was given
//   racy            how many places of the program race: plain accesses are decisions there
//
// state: where the run is, after the beginning and after each command that was obeyed
//   decisions       how many were made before
//   moves           array of move: what the threads have done since the state before; empty after
//                   an undo
//   left_out        of the moves, how many earlier ones are left out
//   threads         array of thread, by number
//   locks           array of {"lock": string, "thread": who has it, "file", "line": where it was
//                   taken}
//   question        null: who goes next is to be decided, among the threads that are "ready".
//                   Else {"kind": "waiter", "spurious_wake", "lone_wake", "timeout",
//                   "cas_failure", "rwlock_policy" or "value", "thread", "text": string for people,
//                   "alternatives": array of strings, by their number}
//   usual           the number (of a thread, or of an alternative) that is so by default
//   token           string: the run as it was decided until here, and then by default
//
// move: {"thread", "operation": string, "file", "line", "times": in a row}
//
// thread: {"thread", "state": "ready", "waiting" or "ended", "operation": string: what it does next
//   or waits for, "function", "file", "line", "source": strings; empty, and 0, where not known}
//
// end: the run is over; "undo", "moves" and "quit" can still be asked for
//   decisions, moves, left_out, token   as in state
//   outcome         "passed", "failed" or "gave_up"
//   text            string for people: how it ended
//   failures        array of {"kind", "text"}: those that the run showed, the first to end it, if
//                   one did
//   cause           string, or null where none is known
//   waiting         array of {"thread", "text"}: of a deadlock and its like, who waits on what
//   output          string: the last that the program printed
//   replay          string: the command that shows the run again
//
// error: a command that was not obeyed, and nothing has changed
//   text            string
//
// moves: the answer to "moves": all that was done, {"moves", "left_out"}
//
// help: the answer to "help", {"text"}
//
// What is sent to it, a line each: {"do": NAME}, with
//   go              "thread": its number, or "alternative"; without either, the usual
//   steps           "count": so many decisions, the usual each time
//   continue        "thread", or without the usual one: goes on until it waits, ends, or comes to
//                   what another uses as well, or another question is open
//   block           likewise, until it waits or ends
//   finish          to the end of the run, the usual each time
//   undo            "count" commands, or one
//   state           the same state once more
//   moves, help, quit
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/outcome.h"
#include "harness/report/interleaving.h"
#include "harness/report/play_state.h"
#include "harness/report/terminal.h"
#include "harness/report/waits.h"

namespace heddle {

struct PlayBegin {
  std::string program;
  std::size_t racy = 0;
  bool has_lines = true;  // the program has debug information
};

// Where the run is.
struct PlayAt {
  std::size_t decisions = 0;
  Interleaving moves;  // since the state before, or all
  std::string token;
};

struct PlayFailure {
  FailureKind kind;
  std::string text;
};

struct PlayEnd {
  enum class Outcome : std::uint8_t { passed, failed, gave_up };

  Outcome outcome = Outcome::passed;
  std::string text;
  std::vector<PlayFailure> failures;
  std::string cause;  // empty: none is known
  std::vector<WaitText> waiting;
  std::string output;  // of the program
  std::string replay;
};

class PlayReport {
 public:
  PlayReport() = default;
  PlayReport(const PlayReport&) = delete;
  PlayReport& operator=(const PlayReport&) = delete;
  virtual ~PlayReport() = default;

  virtual void begin(const PlayBegin& begin) = 0;
  virtual void state(const PlayAt& at, const PlayState& state) = 0;
  virtual void end(const PlayAt& at, const PlayEnd& end) = 0;
  virtual void error(std::string_view text) = 0;
  virtual void moves(const Interleaving& moves) = 0;
  virtual void help(std::string_view text) = 0;
  // The next command is waited for; what it was, for who reads both.
  virtual void prompt() {}
  virtual void echo(std::string_view line) { (void)line; }
  virtual void end_of_input() {}
  // The game is over; `token`: of the run as it was left, if that was in its middle.
  virtual void farewell(std::string_view replay) { (void)replay; }
};

// Commands are typed where `is_terminal`, else they are shown.
std::unique_ptr<PlayReport> make_play_text(std::ostream& out, const TerminalOptions& options,
                                           bool is_terminal);
std::unique_ptr<PlayReport> make_play_json(std::ostream& out);

}  // namespace heddle
