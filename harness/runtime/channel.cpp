#include "harness/runtime/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <type_traits>

namespace heddle {
namespace {

void put(Writer& w, const Module& module) {
  w.string(module.path);
  w.varint(module.base);
  w.varint(module.begin);
  w.varint(module.end);
}

Module get_module(Reader& r) {
  Module module;
  module.path = r.string();
  module.base = r.varint();
  module.begin = r.varint();
  module.end = r.varint();
  return module;
}

void put(Writer& w, const DelayPlan& plan) {
  w.byte(static_cast<std::uint8_t>(plan.shape));
  w.real(plan.probability);
  w.varint(plan.mean_ns);
}

DelayPlan get_delay_plan(Reader& r) {
  DelayPlan plan;
  plan.shape = static_cast<DelayShape>(r.byte());
  plan.probability = r.real();
  plan.mean_ns = r.varint32();
  return plan;
}

void put(Writer& w, const Exploration& exploration) {
  w.boolean(exploration.complete);
  w.varint(exploration.executions);
  w.varint(exploration.redundant);
  w.varint(exploration.distinct);
  w.real(exploration.fraction);
  w.varint(exploration.bound);
  w.varint(exploration.outside_choices);
  w.varint(exploration.deviations);
  w.boolean(exploration.reduced);
  w.boolean(exploration.limited);
  w.boolean(exploration.reached.spurious_wakes);
  w.boolean(exploration.reached.weak_failures);
  w.boolean(exploration.reached.early_timeouts);
  w.varint(exploration.by_bound.size());
  for (const std::uint64_t count : exploration.by_bound) w.varint(count);
}

Exploration get_exploration(Reader& r) {
  Exploration exploration;
  exploration.complete = r.boolean();
  exploration.executions = r.varint();
  exploration.redundant = r.varint();
  exploration.distinct = r.varint();
  exploration.fraction = r.real();
  exploration.bound = r.varint32();
  exploration.outside_choices = r.varint32();
  exploration.deviations = r.varint32();
  exploration.reduced = r.boolean();
  exploration.limited = r.boolean();
  exploration.reached.spurious_wakes = r.boolean();
  exploration.reached.weak_failures = r.boolean();
  exploration.reached.early_timeouts = r.boolean();
  const std::size_t size = r.length();
  for (std::size_t i = 0; i < size && r.ok(); ++i) exploration.by_bound.push_back(r.varint());
  return exploration;
}

std::string bytes_of(const Job& job) {
  Writer w;
  w.byte(static_cast<std::uint8_t>(job.engine));
  w.varint(job.seed);
  w.varint(job.first_run);
  w.varint(job.runs);
  w.string(job.strategy);
  w.string(job.relacy_search);
  put(w, job.delay);
  encode(w, job.racy_pcs);
  w.boolean(job.learns_racy);
  w.varint(job.step_limit);
  w.varint(job.hang_ms);
  w.boolean(job.stood_still);
  w.varint(job.memory);
  w.boolean(job.replay);
  w.boolean(job.record_trace);
  w.boolean(job.trace_all_stacks);
  w.varint(job.trace_from);
  w.varint(job.trace_until);
  w.varint(job.most_decisions);
  w.boolean(job.record_steps);
  encode(w, job.schedule);
  w.string(job.relacy_state);
  w.string(job.strategy_state);
  w.boolean(job.stop_at_race);
  w.boolean(job.leaks);
  w.boolean(job.any_rwlock);
  w.boolean(job.free_deadlines);
  w.byte(static_cast<std::uint8_t>(job.isolation));
  w.boolean(job.last_of_process);
  w.varint(job.count_from);
  return w.bytes();
}

std::optional<Job> job_of(std::string_view bytes) {
  Reader r(bytes);
  Job job;
  job.engine = static_cast<EngineKind>(r.byte());
  job.seed = r.varint();
  job.first_run = r.varint();
  job.runs = r.varint();
  job.strategy = r.string();
  job.relacy_search = r.string();
  job.delay = get_delay_plan(r);
  decode(r, job.racy_pcs);
  job.learns_racy = r.boolean();
  job.step_limit = r.varint();
  job.hang_ms = r.varint32();
  job.stood_still = r.boolean();
  job.memory = r.varint();
  job.replay = r.boolean();
  job.record_trace = r.boolean();
  job.trace_all_stacks = r.boolean();
  job.trace_from = r.varint();
  job.trace_until = r.varint();
  job.most_decisions = r.varint();
  job.record_steps = r.boolean();
  decode(r, job.schedule);
  job.relacy_state = r.string();
  job.strategy_state = r.string();
  job.stop_at_race = r.boolean();
  job.leaks = r.boolean();
  job.any_rwlock = r.boolean();
  job.free_deadlines = r.boolean();
  job.isolation = static_cast<Isolation>(r.byte());
  job.last_of_process = r.boolean();
  job.count_from = r.varint();
  if (!r.finished()) return std::nullopt;
  return job;
}

struct Put {
  Writer& w;

  void operator()(const Hello& hello) const {
    w.varint(hello.version);
    w.varint(hello.modules.size());
    for (const Module& module : hello.modules) put(w, module);
  }
  void operator()(const Described& described) const {
    w.varint(described.key);
    w.varint(described.run);
    encode(w, described.failure);
    encode(w, described.schedule);
    w.string(described.relacy_state);
  }
  void operator()(const LimitReached& reached) const {
    w.varint(reached.run);
    encode(w, reached.limit);
    encode(w, reached.beginning);
  }
  void operator()(const JobDone& done) const {
    w.boolean(done.exhausted);
    encode(w, done.error);
    encode(w, done.divergence);
    w.string(done.strategy_state);
    w.boolean(done.exploration.has_value());
    if (done.exploration.has_value()) put(w, *done.exploration);
    w.boolean(done.features.weaker_atomics);
    w.boolean(done.features.compare_exchange);
    w.boolean(done.features.weak_exchange);
    w.boolean(done.features.unknown_exchange);
    w.boolean(done.features.condition_wait);
    w.boolean(done.features.gives_way);
    w.boolean(done.features.own_clocks);
    w.boolean(done.features.shared_locals);
    w.boolean(done.features.interrupted);
    w.boolean(done.begins_anew);
    w.string(done.left_behind);
    w.varint(done.own_processes);
    w.varint(done.own_process_ns);
    encode(w, done.outcome);
    encode(w, done.reports);
    encode(w, done.schedule);
    encode(w, done.trace);
    encode(w, done.decisions);
    w.varint(done.steps);
    w.varint(done.outside_choices);
    encode(w, done.log);
  }
  void operator()(const Lost&) const {}
  void operator()(const Sampled& sampled) const {
    w.varint(sampled.run);
    w.boolean(sampled.failed);
    w.varint(sampled.steps);
    encode(w, sampled.log);
    encode(w, sampled.schedule);
    w.string(sampled.relacy_state);
  }
};

std::optional<WorkerMessage> message_of(std::string_view bytes) {
  Reader r(bytes);
  WorkerMessage message;
  switch (r.byte()) {
    case 0: {
      Hello hello;
      hello.version = r.varint32();
      const std::size_t size = r.length();
      for (std::size_t i = 0; i < size && r.ok(); ++i) hello.modules.push_back(get_module(r));
      message = std::move(hello);
      break;
    }
    case 1: {
      Described described;
      described.key = r.varint();
      described.run = r.varint();
      decode(r, described.failure);
      decode(r, described.schedule);
      described.relacy_state = r.string();
      message = std::move(described);
      break;
    }
    case 2: {
      LimitReached reached;
      reached.run = r.varint();
      decode(r, reached.limit);
      decode(r, reached.beginning);
      message = std::move(reached);
      break;
    }
    case 3: {
      JobDone done;
      done.exhausted = r.boolean();
      decode(r, done.error);
      decode(r, done.divergence);
      done.strategy_state = r.string();
      if (r.boolean()) done.exploration = get_exploration(r);
      done.features.weaker_atomics = r.boolean();
      done.features.compare_exchange = r.boolean();
      done.features.weak_exchange = r.boolean();
      done.features.unknown_exchange = r.boolean();
      done.features.condition_wait = r.boolean();
      done.features.gives_way = r.boolean();
      done.features.own_clocks = r.boolean();
      done.features.shared_locals = r.boolean();
      done.features.interrupted = r.boolean();
      done.begins_anew = r.boolean();
      done.left_behind = r.string();
      done.own_processes = r.varint();
      done.own_process_ns = r.varint();
      decode(r, done.outcome);
      decode(r, done.reports);
      decode(r, done.schedule);
      decode(r, done.trace);
      decode(r, done.decisions);
      done.steps = r.varint();
      done.outside_choices = static_cast<std::uint32_t>(r.varint());
      decode(r, done.log);
      message = std::move(done);
      break;
    }
    case 4:
      message = Lost{};
      break;
    case 5: {
      Sampled sampled;
      sampled.run = r.varint();
      sampled.failed = r.boolean();
      sampled.steps = r.varint();
      decode(r, sampled.log);
      decode(r, sampled.schedule);
      sampled.relacy_state = r.string();
      message = std::move(sampled);
      break;
    }
    default:
      return std::nullopt;
  }
  if (!r.finished()) return std::nullopt;
  return message;
}

}  // namespace

void SharedProgress::begin_job() {
  runs_done = 0;
  runs_failed = 0;
  runs_failed_late = 0;
  runs_gave_up = 0;
  runs_redundant = 0;
  first_runs = 0;
  steps = 0;
  decisions = 0;
  fewest_decisions = ~std::uint64_t{0};
  most_decisions = 0;
  interleavings.clear();
  most_threads = 0;
  failures_used = 0;
  racy_used = 0;
  in_run = 0;
}

bool Channel::is_open() const {
  return fcntl(descriptor_, F_GETFD) >= 0;
}

bool Channel::send(const WorkerMessage& message) {
  Writer w;
  w.byte(static_cast<std::uint8_t>(message.index()));
  std::visit(Put{w}, message);
  return send_bytes(w.bytes());
}

bool Channel::send(const Job& job) {
  return send_bytes(bytes_of(job));
}

std::optional<WorkerMessage> Channel::receive_message() {
  std::string bytes;
  if (!receive_bytes(bytes)) return std::nullopt;
  return message_of(bytes);
}

std::optional<Job> Channel::receive_job() {
  std::string bytes;
  if (!receive_bytes(bytes)) return std::nullopt;
  return job_of(bytes);
}

bool Channel::send_bytes(std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::string framed(sizeof size, '\0');
  std::memcpy(framed.data(), &size, sizeof size);
  framed += bytes;
  for (std::size_t sent = 0; sent < framed.size();) {
    // Without MSG_NOSIGNAL a supervisor that is gone would kill the worker before it could tidy up.
    const ssize_t n = ::send(descriptor_, framed.data() + sent, framed.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

bool Channel::receive_bytes(std::string& bytes) {
  const auto receive = [this](char* to, std::size_t size) {
    for (std::size_t got = 0; got < size;) {
      const ssize_t n = ::recv(descriptor_, to + got, size - got, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      got += static_cast<std::size_t>(n);
    }
    return true;
  };
  std::uint32_t size = 0;
  char header[sizeof size];
  if (!receive(header, sizeof header)) return false;
  std::memcpy(&size, header, sizeof size);
  constexpr std::uint32_t kMost = 1U << 30;  // a trace of all that a recorder keeps has less
  if (size > kMost) return false;
  // As it comes: the length may be anything that the program has written there.
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  bytes.clear();
  while (bytes.size() < size) {
    const std::size_t begin = bytes.size();
    bytes.resize(std::min<std::size_t>(size, begin + kBlock));
    if (!receive(bytes.data() + begin, bytes.size() - begin)) return false;
  }
  return true;
}

}  // namespace heddle
