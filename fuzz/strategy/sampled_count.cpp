#include "fuzz/strategy/sampled_count.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

namespace heddle {
namespace {

struct Sleeper {
  ThreadId thread = 0;
  std::uint32_t choice = 0;
  AccessList accesses;
};

struct Descent {
  ProgramModel::State state;
  std::vector<Sleeper> asleep;
  double stands_for = 1;
};

struct Branch {
  ThreadId thread = 0;
  std::uint32_t choice = 0;
  ProgramModel::Step step;
};

// Descents side by side; with fewer than so many, chance is too much. What they may cost together
// is steps times pairs of threads.
constexpr std::size_t kMany = 500;
constexpr std::size_t kFew = 20;
constexpr std::size_t kWork = 5'000'000;

bool has_guessed(const Descent& descent) {
  return std::any_of(descent.state.threads.begin(), descent.state.threads.end(),
                     [](const ProgramModel::Thread& thread) { return thread.guesses != 0; });
}

enum class Ended : std::uint8_t { no, whole, asleep };

class Sampling {
 public:
  Sampling(const ProgramModel& program, std::uint64_t seed) : program_(program), random_(seed) {}

  SampledCount count();

 private:
  using Threads = std::uint64_t;  // bit i: thread i

  Ended go_on(Descent& descent);
  void find_branches(const Descent& descent);
  Threads closed(ThreadId first) const;
  bool is_asleep(const Descent& descent, const Branch& branch) const;
  void share_out(std::size_t many);

  const ProgramModel& program_;
  Random random_;
  std::vector<Descent> descents_;
  std::vector<Branch> branches_;                             // of all threads that may go on
  std::array<Threads, ProgramModel::kMostThreads> races_{};  // of each of those, with whom
  Threads ready_ = 0;
  std::vector<Branch> awake_;
};

bool Sampling::is_asleep(const Descent& descent, const Branch& branch) const {
  return std::any_of(descent.asleep.begin(), descent.asleep.end(), [&](const Sleeper& sleeper) {
    return sleeper.thread == branch.thread && sleeper.choice == branch.choice;
  });
}

// What else has to be tried where `first` is: who may do what races with a step of one that is.
// All, where one of those cannot go on.
Sampling::Threads Sampling::closed(ThreadId first) const {
  Threads set = Threads{1} << first;
  for (Threads left = set; left != 0;) {
    const auto thread = static_cast<ThreadId>(std::countr_zero(left));
    left &= left - 1;
    const Threads more = races_[thread] & ~set;
    set |= more;
    left |= more;
    if ((more & ~ready_) != 0) return ~Threads{0};
  }
  return set;
}

void Sampling::find_branches(const Descent& descent) {
  branches_.clear();
  ready_ = 0;
  const std::size_t threads = descent.state.threads.size();
  for (ThreadId id = 0; id < threads; ++id) {
    if (!program_.may_go_on(descent.state, id)) continue;
    const ProgramModel::Step step = program_.step_of(descent.state, id, random_);
    if (step.in_vain) continue;
    ready_ |= Threads{1} << id;
    races_[id] = 0;
    for (ThreadId other = 0; other < threads; ++other) {
      if (other != id && program_.may_race(descent.state, other, step.accesses)) {
        races_[id] |= Threads{1} << other;
      }
    }
    for (std::uint32_t choice = 0; choice < step.choices; ++choice) {
      branches_.push_back({id, choice, step});
    }
  }
}

Ended Sampling::go_on(Descent& descent) {
  find_branches(descent);
  if (branches_.empty()) return descent.asleep.empty() ? Ended::whole : Ended::asleep;
  Threads best = ~Threads{0};
  int fewest = 65;
  for (Threads left = ready_; left != 0; left &= left - 1) {
    const Threads set = closed(static_cast<ThreadId>(std::countr_zero(left)));
    const int size = std::popcount(set & ready_);
    if (size < fewest) {
      fewest = size;
      best = set;
    }
  }
  awake_.clear();
  for (const Branch& branch : branches_) {
    if ((best >> branch.thread & 1) != 0 && !is_asleep(descent, branch)) awake_.push_back(branch);
  }
  if (awake_.empty()) return Ended::asleep;
  const std::size_t taken = random_.below(awake_.size());
  descent.stands_for *= static_cast<double>(awake_.size());
  for (std::size_t i = 0; i < taken; ++i) {
    descent.asleep.push_back({awake_[i].thread, awake_[i].choice, awake_[i].step.accesses});
  }
  const Branch& branch = awake_[taken];
  std::erase_if(descent.asleep, [&](const Sleeper& sleeper) {
    return sleeper.thread == branch.thread || conflict(sleeper.accesses, branch.step.accesses);
  });
  program_.take(descent.state, branch.thread, branch.step, branch.choice, random_);
  return Ended::no;
}

// As many as they stand for; systematically, which leaves the least to chance.
void Sampling::share_out(std::size_t many) {
  double all = 0;
  double squares = 0;
  for (const Descent& descent : descents_) {
    all += descent.stands_for;
    squares += descent.stands_for * descent.stands_for;
  }
  if (descents_.empty() || all * all / squares * 2 > static_cast<double>(many)) return;
  const double each = all / static_cast<double>(many);
  double next = random_.unit() * each;
  double seen = 0;
  std::vector<Descent> shared;
  shared.reserve(many);
  for (Descent& descent : descents_) {
    seen += descent.stands_for;
    descent.stands_for = each;
    for (; next < seen && shared.size() < many; next += each) shared.push_back(descent);
  }
  descents_ = std::move(shared);
}

SampledCount Sampling::count() {
  // What goes on for longer than the program was seen to, by far, is none of its executions.
  const std::size_t longest = program_.most_steps() * 3 / 2 + 16;
  const std::size_t threads = program_.threads();
  const std::size_t many = std::min(kMany, kWork / (longest * threads * threads));
  if (many < kFew) return {};
  Descent first;
  program_.begin(first.state);
  descents_.assign(many, first);
  SampledCount sampled;
  for (std::size_t depth = 0; !descents_.empty() && depth < longest; ++depth) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < descents_.size(); ++i) {
      const Descent& descent = descents_[i];
      const Ended ended = go_on(descents_[i]);
      if (ended == Ended::whole) {
        sampled.count += descent.stands_for;
        if (has_guessed(descent)) sampled.guessed += descent.stands_for;
      }
      if (ended != Ended::no) continue;
      if (kept != i) std::swap(descents_[kept], descents_[i]);
      ++kept;
    }
    descents_.resize(kept);
    share_out(many);
  }
  if (sampled.count > 0) sampled.guessed /= sampled.count;
  sampled.count /= static_cast<double>(many);
  return sampled;
}

}  // namespace

SampledCount sampled_count(const ProgramModel& program, std::uint64_t seed) {
  if (program.empty()) return {};
  return Sampling(program, seed).count();
}

}  // namespace heddle
