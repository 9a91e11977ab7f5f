#include "harness/search/play.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "harness/search/engine_search.h"

namespace heddle {
namespace {

// Longer runs are executed to their end without a record.
constexpr std::uint64_t kMostDecisions = 50'000;

bool same_point(const Decision& a, const Decision& b) {
  return a.thread == b.thread && a.step == b.step && a.choice == b.choice &&
         a.alternatives == b.alternatives && a.usual == b.usual && a.taken == b.taken &&
         a.ready == b.ready;
}

bool looks_only(OpKind kind) {
  return kind == OpKind::read || kind == OpKind::atomic_load;
}

// Of its own life, or of nothing that others could use.
bool is_about_memory(const Op& op) {
  switch (op.kind) {
    case OpKind::none:
    case OpKind::thread_start:
    case OpKind::thread_exit:
    case OpKind::thread_create:
    case OpKind::thread_join:
    case OpKind::thread_detach:
    case OpKind::fence:
    case OpKind::yield:
    case OpKind::sleep:
      return false;
    default:
      return op.address != 0;
  }
}

// What comes of a worker's memory may be anything: whatever is used as an index is one.
bool is_sound(const Decision& decision) {
  const std::size_t threads = decision.threads.size();
  const auto is_thread = [threads](ThreadId id) { return id < threads; };
  for (std::size_t i = 0; i < threads; ++i) {
    if (decision.threads[i].thread != i) return false;
  }
  if (!is_thread(decision.thread)) return false;
  if (decision.choice.has_value()) {
    return decision.usual < decision.alternatives && decision.taken < decision.alternatives;
  }
  const auto is_ready = [&](ThreadId id) {
    return std::find(decision.ready.begin(), decision.ready.end(), id) != decision.ready.end();
  };
  return std::all_of(decision.ready.begin(), decision.ready.end(), is_thread) &&
         is_ready(decision.usual) && is_ready(decision.taken);
}

bool is_sound(const DecisionLog& log, const Trace& trace) {
  std::uint64_t events = 0;
  for (const Decision& decision : log.decisions) {
    if (!is_sound(decision) || decision.events < events) return false;
    events = decision.events;
  }
  return events <= log.events && trace.events.size() <= log.events;
}

Address end_of_use(const Op& op) {
  return is_memory_access(op.kind) || is_life(op.kind) ? end_of(op) : op.address + 1;
}

bool conflict(const Op& a, const Op& b) {
  if (!is_about_memory(a) || !is_about_memory(b)) return false;
  if (looks_only(a.kind) && looks_only(b.kind)) return false;
  return a.address < end_of_use(b) && b.address < end_of_use(a);
}

}  // namespace

Play::Play(Replayer& replayer, Job job) : replayer_(replayer), job_(std::move(job)) {
  job_.engine = EngineKind::fuzz;
  job_.record_trace = true;
}

bool Play::same_until_here(const DecisionLog& log) const {
  const std::size_t common = std::min(at_, log_.decisions.size());
  if (log.decisions.size() < common) return false;
  return std::equal(log_.decisions.begin(),
                    log_.decisions.begin() + static_cast<std::ptrdiff_t>(common),
                    log.decisions.begin(), same_point);
}

std::optional<std::string> Play::execute(std::uint64_t most_decisions, bool& recorded) {
  Job job = job_;
  job.schedule = schedule_;
  job.most_decisions = most_decisions;
  auto run = replayer_.replay(std::move(job));
  if (const auto* error = std::get_if<StartError>(&run)) return error->message;
  auto& done = std::get<JobDone>(run);
  if (!done.outcome.has_value()) return "the run did not say how it ended";
  recorded = done.decisions.events != 0 || !done.decisions.decisions.empty();
  if (recorded) {
    if (!is_sound(done.decisions, done.trace)) return "the worker's message is damaged";
    if (!same_until_here(done.decisions)) {
      return "the program does not do the same when it is run again in the same order (time, "
             "random numbers, files): it cannot be played";
    }
    log_ = std::move(done.decisions);
    trace_ = std::move(done.trace);
  }
  outcome_ = std::move(*done.outcome);
  reports_ = std::move(done.reports);
  return std::nullopt;
}

std::optional<std::string> Play::execute_to_end() {
  Job job = job_;
  job.schedule = schedule_;
  job.record_trace = false;
  auto run = replayer_.replay(std::move(job));
  if (const auto* error = std::get_if<StartError>(&run)) return error->message;
  auto& done = std::get<JobDone>(run);
  if (!done.outcome.has_value()) return "the run did not say how it ended";
  outcome_ = std::move(*done.outcome);
  reports_ = std::move(done.reports);
  log_.stopped = false;
  return std::nullopt;
}

std::optional<std::string> Play::run() {
  if (at_ >= kMostDecisions) return execute_to_end();
  bool recorded = false;
  if (auto error = execute(std::min(at_ + ahead_, kMostDecisions), recorded)) return error;
  if (!recorded && ahead_ > 1) {
    // It has died on its way, at the next step or later.
    ahead_ = 1;
    if (auto error = execute(at_ + ahead_, recorded)) return error;
  }
  if (!recorded) {
    // With the next step: what was done until here is known from before.
    at_ = std::min(at_, log_.decisions.size());
    const std::uint64_t missing = log_.events - trace_.events.size();
    log_.events = at_ == 0 ? 0 : log_.decisions[at_ - 1].events;
    log_.decisions.resize(at_);
    log_.stopped = false;
    trace_.events.resize(log_.events - std::min(log_.events, missing));
    return std::nullopt;
  }
  if (at_ < log_.decisions.size() || !log_.stopped) return std::nullopt;
  // It stopped before its next decision.
  return at_ >= kMostDecisions ? execute_to_end() : std::nullopt;
}

std::span<const Event> Play::events() const {
  const std::uint64_t missing = log_.events - trace_.events.size();
  const std::uint64_t done = events_done();
  return std::span(trace_.events).first(done - std::min(done, missing));
}

std::uint64_t Play::events_done() const {
  return decision() != nullptr ? decision()->events : log_.events;
}

std::span<const Event> Play::events_since(std::size_t decisions) const {
  const std::span<const Event> all = events();
  if (decisions >= log_.decisions.size()) return all.last(0);
  const std::uint64_t since = events_done() - log_.decisions[decisions].events;
  return all.last(std::min<std::uint64_t>(since, all.size()));
}

std::optional<std::string> Play::take(std::uint32_t value) {
  const Decision& now = log_.decisions[at_];
  ++at_;
  if (value != now.taken) {
    schedule_.deviations.push_back({now.thread, now.step, value});
    // What was done until there is the same, the decision itself is not.
    log_.decisions[at_ - 1].taken = value;
    return run();
  }
  if (at_ == log_.decisions.size() && log_.stopped) {
    if (ahead_ > 1) ahead_ *= 2;
    return run();
  }
  return std::nullopt;
}

void Play::mark() {
  marks_.push_back({schedule_, at_});
}

std::optional<std::string> Play::undo() {
  Mark mark = std::move(marks_.back());
  marks_.pop_back();
  schedule_ = std::move(mark.schedule);
  at_ = mark.at;
  return run();
}

std::vector<Event> shown_events(std::span<const Event> events, const Trace& trace) {
  // By 8 bytes: who accessed them, kNoThread for several, and not all of them only looked.
  struct Use {
    ThreadId thread = kNoThread;
    bool several = false;
    bool written = false;
  };
  std::unordered_map<Address, Use> uses;
  const auto for_each_part = [](const Op& op, const auto& visit) {
    constexpr Address kMost = 4096;  // of one access: of more its beginning tells
    const Address end = std::min(end_of(op), op.address + kMost);
    for (Address at = op.address / 8; at <= (end - 1) / 8; ++at) visit(at);
  };
  for (const Event& event : trace.events) {
    if (!is_memory_access(event.op.kind)) continue;
    for_each_part(event.op, [&](Address part) {
      const auto [use, is_new] = uses.try_emplace(part);
      if (is_new) use->second.thread = event.thread;
      use->second.several |= use->second.thread != event.thread;
      use->second.written |= writes(event.op.kind);
    });
  }
  std::vector<Event> shown;
  for (const Event& event : events) {
    bool is_shown = !is_plain_access(event.op.kind) || event.racy;
    if (!is_shown) {
      for_each_part(event.op, [&](Address part) {
        const Use& use = uses[part];
        is_shown |= use.several && use.written;
      });
    }
    if (is_shown) shown.push_back(event);
  }
  return shown;
}

std::variant<std::vector<Address>, StartError> find_racing(const WorkerOptions& worker,
                                                           const Job& job) {
  // Enough for what most programs have, and nobody waits longer for a game to begin.
  constexpr std::uint64_t kRuns = 500;
  constexpr double kSeconds = 2;
  SearchOptions options{
      .worker = worker, .job = job, .runs = kRuns, .seconds = kSeconds, .confirms = false};
  options.job.engine = EngineKind::fuzz;
  SearchOutcome outcome = search(options, {});
  if (outcome.result.error.has_value()) return StartError{*outcome.result.error};
  return std::move(outcome.racy_seen);
}

bool meets_another(const Decision& decision, ThreadId thread, std::span<const Event> done) {
  const Op& next = decision.threads[thread].op;
  const bool about_to =
      std::any_of(decision.threads.begin(), decision.threads.end(), [&](const ThreadAt& other) {
        return other.thread != thread && other.state != ThreadAt::State::finished &&
               conflict(next, other.op);
      });
  return about_to || std::any_of(done.begin(), done.end(), [&](const Event& event) {
           return event.thread != thread && conflict(next, event.op);
         });
}

}  // namespace heddle
