// Runs that shared a process with others, repeated in fresh ones: a run is worth what a fresh
// process is worth. For fuzz and relacy, whose runs can be repeated.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>

#include "harness/runtime/channel.h"
#include "harness/search/replayer.h"
#include "harness/search/worker_process.h"

namespace heddle {

// Whether a run that was replayed has failed in any way.
bool has_failed(const JobDone& run);

// Whether a failure came again when its run was repeated in a fresh process.
enum class Repetition : std::uint8_t {
  shown,      // yes: it is the program's
  absent,     // no
  not_tried,  // there is no token, or no more were to be tried
};

// A run that was not the same in a fresh process.
struct SampleDifference {
  Divergence divergence;
  // Two fresh processes differed as well: the program depends on what is outside of it.
  bool of_program = false;
};

// What the run of a sample was in a fresh process.
struct SampleReference {
  Sampled sample;  // with the steps that the fresh process took
  Job job;         // that repeats it
};

// The replays are made beside the search, by a thread of this object's, in processes forked from
// one that has run nothing. Nothing is started before it is needed.
class FreshReplays {
 public:
  // Distinct failures that are tried: each takes a process.
  static constexpr std::size_t kMostFailures = 64;

  // `job`: of the search. `lost_ms`: see Replayer.
  FreshReplays(const WorkerOptions& worker, const Job& job, std::uint32_t lost_ms);
  FreshReplays(const FreshReplays&) = delete;
  FreshReplays& operator=(const FreshReplays&) = delete;
  ~FreshReplays();

  // Has the failure with this failure_key() tried by this token, instead of one that was given for
  // it before.
  void want(std::uint64_t key, const Failed& failure, const Token& token);
  // Has the run compared.
  void want(Sampled sample);

  // Wait until all failures are tried; all samples but those wanted since the last call of this
  // function; everything.
  void wait_for_failures();
  void wait_for_older_samples();
  void wait_for_all();

  Repetition repetition(std::uint64_t key) const;
  // Of those compared so far, that of the lowest run.
  std::optional<SampleDifference> difference() const;
  // The last that was compared and did not differ.
  std::optional<SampleReference> reference() const;
  // How `seen` differs from what a fresh process made of the same run.
  static std::optional<Divergence> difference_of(const Sampled& seen, const Sampled& fresh);

 private:
  struct Failure {
    std::uint64_t key = 0;
    Failed failure;
    Token token;
  };
  using Task = std::variant<Failure, Sampled>;
  struct Tried {
    Token token;
    std::optional<Repetition> repetition;  // nothing: under way
  };

  void work();
  void queue(Task task);
  void wait_until(const std::function<bool()>& done);
  Job job_for(const Schedule& schedule, const std::string& relacy_state) const;
  Repetition try_failure(Replayer& replayer, const Failure& task) const;
  void compare(Replayer& replayer, const Sampled& sample);
  // What a replay made of the run; nothing if it could not be made.
  std::optional<Sampled> repeat(Replayer& replayer, const Sampled& sample) const;

  const WorkerOptions worker_;
  const Job job_;
  const std::uint32_t lost_ms_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool ends_ = false;
  std::map<std::uint64_t, Tried> tried_;
  std::size_t failures_left_ = 0;  // that are wanted and not tried
  std::uint64_t samples_wanted_ = 0;
  std::uint64_t older_samples_ = 0;  // wanted before the last wait
  std::uint64_t samples_done_ = 0;
  std::optional<SampleDifference> difference_;
  std::optional<SampleReference> reference_;
  std::thread thread_;
};

}  // namespace heddle
