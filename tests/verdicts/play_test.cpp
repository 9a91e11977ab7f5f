// heddle play from end to end: driven by a script to failing interleavings that are known.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/search/replayer.h"
#include "verdict_support.h"

namespace heddle::verdicts {
namespace {

using Json = nlohmann::json;
using Lines = std::vector<std::string>;

// The command with these lines as its input.
Ended play(const std::vector<std::string>& words, const Lines& lines) {
  const TemporaryFolder folder;
  const std::string input = folder / "lines";
  {
    std::ofstream file(input);
    for (const std::string& line : lines) file << line << '\n';
  }
  std::vector<std::string> argv = {"sh",  "-c", "exec \"$@\" < \"$0\"", input, HEDDLE_TEST_COMMAND,
                                   "play"};
  argv.insert(argv.end(), words.begin(), words.end());
  return run_process(argv);
}

std::vector<Json> messages_of(const Ended& ended) {
  std::vector<Json> messages;
  std::istringstream lines(ended.out);
  for (std::string line; std::getline(lines, line);) {
    messages.push_back(Json::parse(line, nullptr, false));
    EXPECT_TRUE(messages.back().is_object()) << line;
  }
  return messages;
}

// Plays as a program would that reads the state and then decides. Each time from the beginning, as
// a file of commands is all that this needs.
class Player {
 public:
  explicit Player(std::string name) : name_(std::move(name)) { again(); }

  const Json& last() const { return messages_.back(); }
  const std::vector<Json>& messages() const { return messages_; }
  int status() const { return status_; }
  bool is_over() const { return last().value("message", "") == "end"; }

  void send(const Json& command) {
    lines_.push_back(command.dump());
    again();
  }

  std::string operation(unsigned thread) const {
    for (const Json& at : last().value("threads", Json::array())) {
      if (at.at("thread") == thread) return at.at("operation");
    }
    return "";
  }
  std::string state(unsigned thread) const {
    for (const Json& at : last().value("threads", Json::array())) {
      if (at.at("thread") == thread) return at.at("state");
    }
    return "";
  }

  bool is_asked(const std::string& kind) const {
    const Json question = last().value("question", Json());
    return question.is_object() && question.at("kind") == kind;
  }

  // This thread goes on until its next operation is this one, it waits, ends, or a question of this
  // kind is open. Others are answered as is usual.
  void go_until(unsigned thread, const std::string& next, const std::string& question = "") {
    for (int i = 0; i < 60 && !is_over(); ++i) {
      if (!question.empty() && is_asked(question)) return;
      if (last().value("question", Json()).is_object()) {
        send({{"do", "go"}});
        continue;
      }
      if (state(thread) != "ready" || operation(thread) == next) return;
      send({{"do", "go"}, {"thread", thread}});
    }
  }
  void go_on(unsigned thread) { go_until(thread, "(nothing is called so)"); }
  void finish() {
    if (!is_over()) send({{"do", "finish"}});
  }
  // Until main has started so many.
  void start_threads(unsigned count) {
    for (int i = 0; i < 20 && state(count).empty() && !is_over(); ++i) {
      send({{"do", "go"}, {"thread", 0}});
    }
  }

 private:
  void again() {
    const Ended ended = play({"--json", name_}, lines_);
    status_ = ended.status;
    messages_ = messages_of(ended);
    ASSERT_FALSE(messages_.empty()) << ended.err;
  }

  std::string name_;
  Lines lines_;
  std::vector<Json> messages_;
  int status_ = -1;
};

// It has failed so, and the token shows the same in another process.
void expect_failure(const Player& player, const std::string& name, const std::string& kind,
                    const std::string& words) {
  ASSERT_TRUE(player.is_over()) << player.last();
  const Json& end = player.last();
  EXPECT_EQ(end.at("outcome"), "failed") << end;
  ASSERT_FALSE(end.at("failures").empty());
  const Json& failure = end.at("failures").front();
  EXPECT_EQ(failure.at("kind"), kind) << end;
  EXPECT_NE(failure.at("text").get<std::string>().find(words), std::string::npos) << end;
  EXPECT_EQ(player.status(), 1);
  const Ended replayed = heddle_command({"replay", end.at("token"), name});
  EXPECT_EQ(replayed.status, 1) << replayed.err;
  EXPECT_EQ(replayed.out.substr(0, name.size() + 2 + kind.size()), name + ": " + kind)
      << replayed.out;
}

TEST(Play, lost_update_of_a_plain_counter) {
  Player player("unlocked_counter");
  player.start_threads(2);
  player.go_until(1, "write counter");
  EXPECT_EQ(player.operation(1), "write counter");
  player.go_on(2);
  player.go_on(1);
  player.finish();
  expect_failure(player, "unlocked_counter", "assertion failed", "counter == 2");
  // clang shows no read of ++counter, and so no pattern.
  if (std::string(HEDDLE_TEST_CXX).find("clang") != std::string::npos) return;
  const Json cause = player.last().at("cause");
  ASSERT_TRUE(cause.is_string());
  EXPECT_TRUE(cause.get<std::string>().starts_with("Lost update: T2 wrote counter")) << cause;
}

TEST(Play, lost_update_of_an_atomic_counter) {
  Player player("atomic_counter");
  player.start_threads(2);
  player.go_until(1, "store to counter");
  player.go_on(2);
  player.finish();
  expect_failure(player, "atomic_counter", "assertion failed", "counter.load() == 2");
}

TEST(Play, two_locks_in_two_orders) {
  Player player("lock_order");
  player.start_threads(2);
  player.go_until(1, "lock current.mutex");
  ASSERT_FALSE(player.is_over());
  const Json locks = player.last().at("locks");
  ASSERT_EQ(locks.size(), 1U) << player.last();
  EXPECT_EQ(locks[0].at("lock"), "savings.mutex");
  EXPECT_EQ(locks[0].at("thread"), 1);
  player.go_on(2);
  expect_failure(player, "lock_order", "deadlock", "waits to lock");
  EXPECT_EQ(player.last().at("waiting").size(), 3U) << player.last();
}

TEST(Play, notification_before_the_wait) {
  Player player("signal_before_wait");
  player.start_threads(1);
  player.go_on(1);
  player.finish();
  expect_failure(player, "signal_before_wait", "lost wake-up", "waits on begun");
}

TEST(Play, a_spurious_wake_up_by_the_answer_to_a_question) {
  Player player("if_for_while");
  player.start_threads(1);
  player.go_until(1, "", "spurious_wake");
  ASSERT_TRUE(player.is_asked("spurious_wake")) << player.last();
  EXPECT_EQ(player.operation(1), "waits on changed");
  player.send({{"do", "go"}, {"alternative", 1}});
  // It has only been asked.
  EXPECT_EQ(player.last().at("moves").size(), 0U) << player.last();
  EXPECT_EQ(player.operation(1), "stop waiting for changed, by itself");
  player.go_on(1);
  player.finish();
  expect_failure(player, "if_for_while", "assertion failed", "items > 0");
}

TEST(Play, check_and_act_with_another_between_the_two) {
  Player player("check_then_act");
  player.start_threads(2);
  player.go_until(1, "unlock mutex");
  player.send({{"do", "go"}, {"thread", 1}});
  ASSERT_EQ(player.operation(1), "lock mutex");
  player.go_on(2);
  player.finish();
  expect_failure(player, "check_then_act", "assertion failed", "balance >= 0");
}

TEST(Play, undo_goes_back_command_by_command) {
  Player player("atomic_counter");
  player.start_threads(2);
  const Json before = player.last();
  player.go_until(1, "store to counter");
  const Json middle = player.last();
  ASSERT_NE(before, middle);
  player.send({{"do", "finish"}});
  ASSERT_TRUE(player.is_over());
  player.send({{"do", "undo"}});
  const auto same = [](Json a, Json b) {
    // What has been done since the state before is another matter.
    for (Json* state : {&a, &b}) {
      state->erase("moves");
      state->erase("left_out");
    }
    return a == b;
  };
  EXPECT_TRUE(same(player.last(), middle)) << player.last();
  const std::uint64_t steps =
      middle.at("decisions").get<std::uint64_t>() - before.at("decisions").get<std::uint64_t>();
  player.send({{"do", "undo"}, {"count", steps}});
  EXPECT_TRUE(same(player.last(), before)) << player.last();
  player.send({{"do", "undo"}, {"count", 1000}});
  EXPECT_EQ(player.last().at("message"), "error");
}

// The words that a command adds to the text, of what the thread has done.
std::string text_of(const std::string& program, const std::vector<std::string>& commands) {
  const Ended ended = play({program}, commands);
  EXPECT_EQ(ended.err, "");
  return ended.out;
}

TEST(Play, a_notification_knows_who_has_begun_to_wait_before) {
  const std::string text =
      text_of(program_path("any/gcc/cond_wait_if"), {"0", "b 1", "0", "b 0", "q"});
  // T1 waits in one move and is woken in another.
  EXPECT_NE(text.find("wait on filled"), std::string::npos) << text;
  EXPECT_NE(text.find("signal filled (wakes T1)"), std::string::npos) << text;
}

TEST(Play, that_a_try_fails_is_said_when_it_has) {
  const std::string text = text_of(program_path("any/gcc/mutex_trylock"), {"0", "1", "q"});
  EXPECT_NE(text.find("try to lock mutex"), std::string::npos) << text;
  EXPECT_EQ(text.find("taken"), std::string::npos) << text;
}

TEST(Play, what_a_thread_is_made_of_is_no_move) {
  const std::string text = text_of(case_path("unlocked_counter"), {"0", "0", "q"});
  EXPECT_NE(text.find("start T1"), std::string::npos) << text;
  EXPECT_EQ(text.find("std::thread::thread"), std::string::npos) << text;
}

TEST(Play, each_line_is_a_message_and_errors_change_nothing) {
  const Ended ended = play({"--json", "atomic_counter"},
                           {"{\"do\": \"go\", \"thread\": 7}", "go", "{\"do\": \"undo\"}",
                            "{\"do\": \"moves\"}", "{\"do\": \"help\"}", "{\"do\": \"state\"}"});
  const std::vector<Json> messages = messages_of(ended);
  std::vector<std::string> kinds;
  for (const Json& message : messages) kinds.push_back(message.at("message"));
  EXPECT_EQ(kinds, (std::vector<std::string>{"begin", "state", "error", "error", "error", "moves",
                                             "help", "state"}));
  EXPECT_EQ(messages[1].at("threads"), messages.back().at("threads"));
  EXPECT_EQ(messages[2].at("text"), "there is no T7");
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.err, "");
}

TEST(Play, the_end_of_the_input_in_the_middle_leaves_a_token) {
  const Ended ended = play({"mutex_counter"}, {"1", "n 2"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  const std::size_t at = ended.out.find("heddle replay ");
  ASSERT_NE(at, std::string::npos) << ended.out;
  std::istringstream words(ended.out.substr(at));
  std::string heddle, replay, token;
  words >> heddle >> replay >> token;
  EXPECT_EQ(heddle_command({"replay", token, "mutex_counter"}).status, 0);
  EXPECT_NE(ended.out.find("Left in the middle"), std::string::npos) << ended.out;
}

TEST(Play, a_run_that_passes_says_so_and_what_the_program_printed) {
  const Ended ended = play({"two_deposits.printed.fixed"}, {"g"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.out.find("It passed."), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("It printed:\n  deposit of 10\n"), std::string::npos) << ended.out;
}

TEST(Play, however_a_program_dies_it_is_played_until_there) {
  for (const auto& [how, words] :
       {std::pair("abort", "It failed: abort"), std::pair("null_write", "SIGSEGV: null pointer"),
        std::pair("exit", "It failed: exit status 3"), std::pair("throw", "nobody catches this"),
        std::pair("kill", "SIGKILL")}) {
    SCOPED_TRACE(how);
    // All of these end the default order, so the run is known only as far as it is asked for.
    const Ended ended = play({program_path("dying"), "--", how}, {"0", "1", "g", "u"});
    EXPECT_EQ(ended.status, 0) << ended.err;  // undone at last
    EXPECT_NE(ended.out.find(words), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("start T2"), std::string::npos) << ended.out;
    EXPECT_EQ(ended.err, "");
  }
}

TEST(Play, what_the_program_reads_is_its_own_and_not_the_commands) {
  const TemporaryFolder folder;
  const std::string input = folder / "input";
  std::ofstream(input) << "1\n2\n";
  const Ended ended =
      play({program_path("changed_input"), "--input", input, "--", "one", "two,three"}, {"g"});
  EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
  EXPECT_NE(ended.out.find("It passed."), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find(" < " + input), std::string::npos) << ended.out;
}

TEST(Play, a_run_that_never_ends_gives_up) {
  const Ended ended = play({program_path("endless_turns"), "--step-limit", "20000"}, {"g", "u"});
  EXPECT_NE(ended.out.find("It gave up, neither passed nor failed"), std::string::npos)
      << ended.out;
  EXPECT_NE(ended.out.find("--step-limit 20000"), std::string::npos) << ended.out;
  EXPECT_EQ(ended.status, 0) << ended.err;
}

// What Heddle itself writes while it watches for livelocks was once taken for the program's, in the
// first run of a process only.
TEST(Play, long_runs_take_the_same_steps_each_time) {
  const SearchOptions options = search_options(program_path("long_play"), EngineKind::fuzz, 1);
  Replayer replayer(options.worker, options.lost_ms);
  std::vector<std::uint64_t> steps;
  for (int i = 0; i < 3; ++i) {
    Job job;
    job.record_trace = true;
    auto run = replayer.replay(job);
    ASSERT_TRUE(std::holds_alternative<JobDone>(run));
    steps.push_back(std::get<JobDone>(run).steps);
  }
  EXPECT_GT(steps[0], 8'192U);  // watched only then
  EXPECT_EQ(steps[1], steps[0]);
  EXPECT_EQ(steps[2], steps[0]);
}

TEST(Play, a_game_of_thousands_of_steps) {
  Player player(program_path("long_play"));
  player.send({{"do", "steps"}, {"count", 5'000}});
  ASSERT_EQ(player.last().at("message"), "state") << player.last();
  EXPECT_GE(player.last().at("decisions"), 5'000U);
  EXPECT_LE(player.last().at("moves").size(), 12U);
  for (const unsigned thread : {1U, 2U, 1U, 2U}) {
    player.send({{"do", "go"}, {"thread", thread}});
    ASSERT_EQ(player.last().at("message"), "state") << player.last();
  }
  player.finish();
  ASSERT_TRUE(player.is_over()) << player.last();
  EXPECT_EQ(player.last().at("outcome"), "passed");
}

TEST(Play, what_cannot_be_played_is_one_line) {
  for (const auto& [words, status] :
       {std::pair(Lines{"no_such_case"}, 2), std::pair(Lines{"/bin/true"}, 3),
        std::pair(Lines{program_path("one_thread")}, 3),
        std::pair(Lines{"mutex_counter", "--input", "/no/such/file"}, 2)}) {
    const Ended ended = play(words, {"g"});
    EXPECT_EQ(ended.status, status) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_EQ(ended.out, "");
  }
}

}  // namespace
}  // namespace heddle::verdicts
