#include "harness/runtime/channel_worker.h"

#include <link.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

#include "harness/hooks/system_libraries.h"
#include "harness/runtime/channel.h"

namespace heddle {
namespace {

std::vector<Module> loaded_modules() {
  std::vector<Module> modules;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* argument) {
        // Reports name the program's own lines only; and a library that another engine loads at
        // another address would be taken for this one.
        if (is_system_library(info->dlpi_name)) return 0;
        Module module{.path = info->dlpi_name, .base = info->dlpi_addr};
        module.begin = ~Address{0};
        for (int i = 0; i < info->dlpi_phnum; ++i) {
          const ElfW(Phdr)& header = info->dlpi_phdr[i];
          if (header.p_type != PT_LOAD) continue;
          module.begin = std::min<Address>(module.begin, info->dlpi_addr + header.p_vaddr);
          module.end =
              std::max<Address>(module.end, info->dlpi_addr + header.p_vaddr + header.p_memsz);
        }
        if (module.path.empty()) {
          char path[4096];
          const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
          if (size > 0) module.path.assign(path, static_cast<std::size_t>(size));
        }
        static_cast<std::vector<Module>*>(argument)->push_back(std::move(module));
        return 0;
      },
      &modules);
  return modules;
}

class WorkerHost final : public RunHost {
 public:
  WorkerHost(WorkerSetup setup, Channel channel, SharedProgress& progress)
      : setup_(std::move(setup)), channel_(channel), progress_(progress) {}

  const Program& program() const override { return setup_.program; }
  void restore() override { setup_.restore(); }

  void begin_job(const Job& job) {
    replay_ = job.replay;
    limit_reached_ = false;
    done_ = {};
    slots_.clear();
    progress_.runs_done = 0;
    progress_.runs_failed = 0;
    progress_.runs_gave_up = 0;
    progress_.runs_redundant = 0;
    progress_.steps = 0;
    progress_.decisions = 0;
    progress_.fewest_decisions = ~std::uint64_t{0};
    progress_.most_decisions = 0;
    progress_.interleavings.clear();
    progress_.most_threads = 0;
    progress_.failures_used = 0;
    progress_.racy_used = 0;
    progress_.in_run = 0;
  }

  void begin_run(std::uint64_t run) override {
    progress_.current_run.store(run, std::memory_order_relaxed);
    progress_.in_run.store(1, std::memory_order_release);
  }

  bool end_run(const RunResult& result) override {
    account(result);
    return progress_.stop.load(std::memory_order_relaxed) == 0 && !done_.error.has_value();
  }

  [[noreturn]] void end_run_and_process(const RunResult& result) override {
    account(result);
    if (replay_) channel_.send(WorkerMessage(std::move(done_)));
    channel_.send(WorkerMessage(Lost{}));
    _exit(0);
  }

  LiveSchedule live_schedule() override {
    return {.entries = progress_.deviations,
            .capacity = SharedProgress::kDeviations,
            .count = &progress_.deviations_used};
  }

  void learn_racy(Address pc) override {
    const std::uint32_t used = progress_.racy_used.load(std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < used; ++i) {
      if (progress_.racy[i].load(std::memory_order_relaxed) == pc) return;
    }
    if (used == SharedProgress::kRacy) return;
    progress_.racy[used].store(pc, std::memory_order_relaxed);
    progress_.racy_used.store(used + 1, std::memory_order_release);
  }

  void report_divergence(const Divergence& divergence) override {
    if (!done_.divergence.has_value()) done_.divergence = divergence;
  }

  void keep_strategy(std::string state, std::optional<Exploration> exploration) override {
    done_.strategy_state = std::move(state);
    done_.exploration = std::move(exploration);
  }

  JobDone& done() { return done_; }

 private:
  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) {
    // This process is the only writer: a plain addition, not a locked one.
    counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  void account(const RunResult& result) {
    if (const auto* error = std::get_if<HarnessError>(&result.outcome)) {
      done_.error = error->message;
      progress_.in_run.store(0, std::memory_order_release);
      return;
    }
    // Races that such a run has shown are those of the runs that it repeats.
    if (result.redundant) {
      add(progress_.runs_redundant, 1);
      progress_.in_run.store(0, std::memory_order_release);
      return;
    }
    if (const auto* gave_up = std::get_if<GaveUp>(&result.outcome)) {
      add(progress_.runs_gave_up, 1);
      if (!limit_reached_ && !replay_) report_limit(result, *gave_up);
    }
    if (result.failed()) {
      if (progress_.runs_failed.load(std::memory_order_relaxed) == 0) {
        progress_.first_failed_run.store(result.run, std::memory_order_relaxed);
      }
      add(progress_.runs_failed, 1);
      for (const Failed& report : result.reports) describe(result, report);
      for (const std::uint64_t key : result.known_reports) count(key, result.run);
      if (result.known_end.has_value()) count(*result.known_end, result.run);
      if (const auto* failed = std::get_if<Failed>(&result.outcome)) describe(result, *failed);
    }
    add(progress_.steps, result.steps);
    add(progress_.decisions, result.decisions);
    if (result.decisions < progress_.fewest_decisions.load(std::memory_order_relaxed)) {
      progress_.fewest_decisions.store(result.decisions, std::memory_order_relaxed);
    }
    if (result.decisions > progress_.most_decisions.load(std::memory_order_relaxed)) {
      progress_.most_decisions.store(result.decisions, std::memory_order_relaxed);
    }
    if (result.fingerprint != 0) progress_.interleavings.add(result.fingerprint, result.run);
    if (result.threads > progress_.most_threads.load(std::memory_order_relaxed)) {
      progress_.most_threads.store(result.threads, std::memory_order_relaxed);
    }
    if (replay_) {
      done_.outcome = result.outcome;
      done_.reports = result.reports;
      done_.schedule = result.schedule;
      done_.trace = result.trace;
      done_.steps = result.steps;
    }
    add(progress_.runs_done, 1);
    progress_.in_run.store(0, std::memory_order_release);
  }

  void describe(const RunResult& result, const Failed& failure) {
    const std::uint64_t key = failure_key(failure);
    if (!count(key, result.run) || replay_) return;
    Described described{
        .key = key, .run = result.run, .failure = failure, .relacy_state = result.relacy_state};
    if (progress_.deviations_used.load() <= SharedProgress::kDeviations) {
      described.schedule = result.schedule;
    }
    channel_.send(WorkerMessage(std::move(described)));
  }

  void report_limit(const RunResult& result, const GaveUp& limit) {
    limit_reached_ = true;
    LimitReached reached{.run = result.run, .limit = limit, .beginning = {}};
    const auto& all = result.schedule.deviations;
    const std::size_t count = std::min(all.size(), LimitReached::kDeviations);
    reached.beginning.deviations.assign(all.begin(),
                                        all.begin() + static_cast<std::ptrdiff_t>(count));
    channel_.send(WorkerMessage(std::move(reached)));
  }

  // Returns whether it is the first with this key in this job.
  bool count(std::uint64_t key, std::uint64_t run) {
    for (const auto& [known, slot] : slots_) {
      if (known == key) {
        add(progress_.failures[slot].count, 1);
        return false;
      }
    }
    const std::uint32_t slot = progress_.failures_used.load(std::memory_order_relaxed);
    if (slot == SharedProgress::kFailures) return false;
    progress_.failures[slot].key.store(key, std::memory_order_relaxed);
    progress_.failures[slot].count.store(1, std::memory_order_relaxed);
    progress_.failures[slot].first_run.store(run, std::memory_order_relaxed);
    progress_.failures_used.store(slot + 1, std::memory_order_release);
    slots_.emplace_back(key, slot);
    return true;
  }

  WorkerSetup setup_;
  Channel channel_;
  SharedProgress& progress_;
  bool replay_ = false;
  bool limit_reached_ = false;  // and reported, in this job
  JobDone done_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> slots_;
};

[[noreturn]] void die(const char* message) {
  std::fprintf(stderr, "heddle: %s\n", message);
  _exit(3);
}

// The environment as the program would have seen it without Heddle.
void put_back_environment() {
  const auto put_back = [](const char* name, const char* saved_name) {
    const char* saved = getenv(saved_name);
    if (saved == nullptr) {
      unsetenv(name);
    } else {
      setenv(name, saved, 1);
      unsetenv(saved_name);
    }
  };
  put_back("LD_LIBRARY_PATH", kOldLibraryPathVariable);
  put_back("LD_PRELOAD", kOldPreloadVariable);
  unsetenv(kChannelVariable);
}

}  // namespace

bool started_by_supervisor() {
  return getenv(kChannelVariable) != nullptr;
}

void serve_jobs(WorkerSetup setup) {
  int socket = -1;
  int memory = -1;
  const char* text = getenv(kChannelVariable);
  if (text == nullptr || std::sscanf(text, "%d,%d", &socket, &memory) != 2) {
    die("a worker is started by the heddle command only");
  }
  put_back_environment();
  setup.program.envp = __environ;
  if (setup.begin) setup.begin();
  void* shared =
      mmap(nullptr, sizeof(SharedProgress), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (shared == MAP_FAILED) die("the worker cannot map its shared memory");
  close(memory);

  Channel channel(socket);
  WorkerHost host(setup, channel, *static_cast<SharedProgress*>(shared));
  channel.send(WorkerMessage(Hello{.modules = loaded_modules()}));
  std::map<EngineKind, std::unique_ptr<Engine>> engines;
  while (const std::optional<Job> job = channel.receive_job()) {
    auto& engine = engines[job->engine];
    if (engine == nullptr) engine = setup.make_engine(job->engine);
    host.begin_job(*job);
    if (engine == nullptr) {
      host.done().error = "this worker has no such engine";
    } else {
      host.done().exhausted = !engine->execute(*job, host);
    }
    if (setup.features) host.done().features = setup.features();
    channel.send(WorkerMessage(std::move(host.done())));
  }
  _exit(0);
}

}  // namespace heddle
