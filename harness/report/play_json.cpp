#include <nlohmann/json.hpp>

#include "harness/report/environment.h"
#include "harness/report/play_report.h"
#include "harness/report/text.h"

namespace heddle {
namespace {

using Json = nlohmann::ordered_json;

std::string_view to_string(Choice choice) {
  switch (choice) {
    case Choice::waiter:
      return "waiter";
    case Choice::spurious_wake:
      return "spurious_wake";
    case Choice::lone_wake:
      return "lone_wake";
    case Choice::timeout:
      return "timeout";
    case Choice::cas_failure:
      return "cas_failure";
    case Choice::rwlock_policy:
      return "rwlock_policy";
    case Choice::value:
      break;
  }
  return "value";
}

std::string_view to_string(ThreadAt::State state) {
  switch (state) {
    case ThreadAt::State::ready:
      return "ready";
    case ThreadAt::State::blocked:
      return "waiting";
    case ThreadAt::State::finished:
      break;
  }
  return "ended";
}

std::string_view to_string(PlayEnd::Outcome outcome) {
  switch (outcome) {
    case PlayEnd::Outcome::passed:
      return "passed";
    case PlayEnd::Outcome::failed:
      return "failed";
    case PlayEnd::Outcome::gave_up:
      break;
  }
  return "gave_up";
}

// `left_out`: what has no row, or a row that says so.
Json json_of(const Interleaving& moves, bool& left_out) {
  Json array = Json::array();
  left_out = moves.truncated;
  for (const InterleavingRow& row : moves.rows) {
    if (row.kind == InterleavingRow::Kind::elided) {
      left_out = true;
      continue;
    }
    if (row.kind == InterleavingRow::Kind::failure) continue;
    array.push_back({{"thread", row.thread},
                     {"operation", row.text},
                     {"file", row.source.file},
                     {"line", row.source.line},
                     {"times", row.times}});
  }
  return array;
}

class PlayJson final : public PlayReport {
 public:
  explicit PlayJson(std::ostream& out) : out_(out) {}

  void begin(const PlayBegin& begin) override {
    send({{"message", "begin"},
          {"protocol", 1},
          {"heddle", heddle_version()},
          {"program", begin.program},
          {"racy", begin.racy}});
  }

  void state(const PlayAt& at, const PlayState& state) override {
    Json message = {{"message", "state"}};
    add(message, at);
    Json& threads = message["threads"] = Json::array();
    for (const PlayThread& thread : state.threads) {
      threads.push_back({{"thread", thread.thread},
                         {"state", to_string(thread.state)},
                         {"operation", thread.operation},
                         {"function", short_function(thread.source.function)},
                         {"file", thread.source.file},
                         {"line", thread.source.line},
                         {"source", thread.source_text}});
    }
    Json& locks = message["locks"] = Json::array();
    for (const PlayLock& lock : state.locks) {
      locks.push_back({{"lock", lock.name},
                       {"thread", lock.holder},
                       {"file", lock.since.file},
                       {"line", lock.since.line}});
    }
    message["question"] = nullptr;
    if (state.question.has_value()) {
      message["question"] = {{"kind", to_string(state.question->choice)},
                             {"thread", state.running},
                             {"text", state.question->text},
                             {"alternatives", state.question->alternatives}};
    }
    message["usual"] = state.usual;
    send(message);
  }

  void end(const PlayAt& at, const PlayEnd& end) override {
    Json message = {{"message", "end"}};
    add(message, at);
    message["outcome"] = to_string(end.outcome);
    message["text"] = end.text;
    Json& failures = message["failures"] = Json::array();
    for (const PlayFailure& failure : end.failures) {
      failures.push_back({{"kind", heddle::to_string(failure.kind)}, {"text", failure.text}});
    }
    message["cause"] = end.cause.empty() ? Json() : Json(end.cause);
    Json& waiting = message["waiting"] = Json::array();
    for (const WaitText& wait : end.waiting) {
      waiting.push_back({{"thread", wait.thread}, {"text", wait.text}});
    }
    message["output"] = end.output;
    message["replay"] = end.replay;
    send(message);
  }

  void error(std::string_view text) override { send({{"message", "error"}, {"text", text}}); }

  void moves(const Interleaving& moves) override {
    bool left_out = false;
    Json message = {{"message", "moves"}, {"moves", json_of(moves, left_out)}};
    message["left_out"] = left_out;
    send(message);
  }

  void help(std::string_view text) override { send({{"message", "help"}, {"text", text}}); }

 private:
  static void add(Json& message, const PlayAt& at) {
    bool left_out = false;
    message["decisions"] = at.decisions;
    message["moves"] = json_of(at.moves, left_out);
    message["left_out"] = left_out;
    message["token"] = at.token;
  }

  void send(const Json& message) {
    // Whoever reads waits for it.
    out_ << message.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
  }

  std::ostream& out_;
};

}  // namespace

std::unique_ptr<PlayReport> make_play_json(std::ostream& out) {
  return std::make_unique<PlayJson>(out);
}

}  // namespace heddle
