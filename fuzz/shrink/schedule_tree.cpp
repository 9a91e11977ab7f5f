#include "fuzz/shrink/schedule_tree.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace heddle {
namespace {

using Deviations = std::vector<Deviation>;
// Shared by the lazy sequences of one node, which would each copy the list otherwise.
using SharedDeviations = std::shared_ptr<const Deviations>;

using rc::Seq;

// Without chunks of `chunk` deviations: the one at `from`, the one after it, and so on to `to`.
Seq<Candidate> without_chunks(const SharedDeviations& deviations, std::size_t chunk,
                              std::size_t from, std::size_t to) {
  if (from >= to) return {};
  const std::size_t chunks = (to - from + chunk - 1) / chunk;
  return rc::seq::map(rc::seq::range<std::size_t>(0, chunks), [=](std::size_t index) {
    const auto first = static_cast<std::ptrdiff_t>(from + index * chunk);
    const auto last =
        static_cast<std::ptrdiff_t>(std::min(from + (index + 1) * chunk, deviations->size()));
    Candidate child;
    child.schedule.deviations.assign(deviations->begin(), deviations->begin() + first);
    child.schedule.deviations.insert(child.schedule.deviations.end(), deviations->begin() + last,
                                     deviations->end());
    child.chunk = chunk;
    child.position = static_cast<std::size_t>(first);
    return child;
  });
}

// 1. All chunk sizes from `chunk` down. The last pass, of single ones, goes around: whatever stood
// before `position` was tried only in a larger schedule.
Seq<Candidate> removals(const SharedDeviations& deviations, std::size_t chunk,
                        std::size_t position) {
  const std::size_t size = deviations->size();
  if (size == 0) return {};
  Seq<Candidate> all;
  while (chunk > 1) {
    all = rc::seq::concat(std::move(all), without_chunks(deviations, chunk, position, size));
    chunk /= 2;
    position = 0;
  }
  return rc::seq::concat(std::move(all), without_chunks(deviations, 1, position, size),
                         without_chunks(deviations, 1, 0, std::min(position, size)));
}

// 2. One deviation simpler, for those from `from` to `to`.
Seq<Candidate> simplifications(const SharedDeviations& deviations, std::size_t from,
                               std::size_t to) {
  const auto with = [deviations](std::size_t index, const Deviation& changed) {
    Candidate child;
    child.schedule.deviations = *deviations;
    child.schedule.deviations[index] = changed;
    child.phase = Candidate::Phase::simplifying;
    child.position = index;
    return child;
  };
  return rc::seq::mapcat(rc::seq::range(from, std::max(from, to)), [=](std::size_t index) {
    const Deviation& old = (*deviations)[index];
    auto values =
        rc::seq::map(rc::shrink::towards<std::uint32_t>(old.value, 0), [=](std::uint32_t value) {
          return with(index, Deviation{old.thread, old.step, value});
        });
    // Steps count from 1. Two deviations cannot share a point.
    auto steps = rc::seq::map(
        rc::seq::filter(
            rc::shrink::towards<std::uint64_t>(old.step, std::min<std::uint64_t>(old.step, 1)),
            [=](std::uint64_t step) {
              return std::none_of(deviations->begin(), deviations->end(),
                                  [&](const Deviation& other) {
                                    return other.thread == old.thread && other.step == step;
                                  });
            }),
        [=](std::uint64_t step) {
          return with(index, Deviation{old.thread, step, old.value});
        });
    return rc::seq::concat(std::move(values), std::move(steps));
  });
}

// 3. Fewer deviations: one, or two, of every thread at every step that occurs, in favour of every
// thread; as far as kMaxRecombinations allows.
Deviations recombined_deviations(const Deviations& deviations) {
  std::set<std::uint32_t> threads;
  std::set<std::uint64_t> steps;
  for (const Deviation& deviation : deviations) {
    threads.insert(deviation.thread);
    threads.insert(deviation.value);
    steps.insert(deviation.step);
  }
  // The default goes to the lowest thread, so one may play a part and not occur in any deviation.
  for (std::uint32_t id = 0; id < std::min<std::uint32_t>(*threads.rbegin(), 4); ++id) {
    threads.insert(id);
  }
  Deviations result;
  for (const std::uint64_t step : steps) {
    for (const std::uint32_t thread : threads) {
      for (const std::uint32_t value : threads) {
        if (value != thread) result.push_back({thread, step, value});
      }
    }
  }
  return result;
}

Seq<Candidate> recombinations(const SharedDeviations& deviations) {
  constexpr std::size_t kMaxRecombinations = 500;
  constexpr std::size_t kMaxDeviations = 16;  // more parts than that are not worth being counted
  if (deviations->size() < 2 || deviations->size() > kMaxDeviations) return {};
  // Not before it is asked for: most nodes are left by one of the children before these.
  return rc::seq::mapcat(rc::seq::just(deviations), [](const SharedDeviations& old) {
    const Deviations parts = recombined_deviations(*old);
    std::vector<Candidate> children;
    const auto add = [&](Deviations list) {
      Candidate child;
      child.schedule.deviations = std::move(list);
      children.push_back(std::move(child));
    };
    if (parts.size() <= kMaxRecombinations) {
      for (const Deviation& part : parts) add({part});
    }
    if (old->size() > 2 && parts.size() * (parts.size() - 1) / 2 <= kMaxRecombinations) {
      for (auto first = parts.begin(); first != parts.end(); ++first) {
        for (auto second = std::next(first); second != parts.end(); ++second) {
          const bool same_point = first->thread == second->thread && first->step == second->step;
          if (!same_point) add({*first, *second});
        }
      }
    }
    return rc::seq::fromContainer(std::move(children));
  });
}

}  // namespace

Seq<Candidate> simpler(const Candidate& candidate) {
  const auto deviations = std::make_shared<const Deviations>(candidate.schedule.deviations);
  const std::size_t size = deviations->size();
  if (candidate.phase == Candidate::Phase::removing) {
    const std::size_t chunk = candidate.chunk == 0 ? size : std::min(candidate.chunk, size);
    return rc::seq::concat(removals(deviations, chunk, candidate.position),
                           simplifications(deviations, 0, size), recombinations(deviations));
  }
  const std::size_t position = std::min(candidate.position, size);
  return rc::seq::concat(simplifications(deviations, position, size), removals(deviations, 1, 0),
                         simplifications(deviations, 0, position), recombinations(deviations));
}

rc::Shrinkable<Candidate> schedule_tree(const Candidate& root) {
  return rc::shrinkable::shrinkRecur(root,
                                     [](const Candidate& candidate) { return simpler(candidate); });
}

}  // namespace heddle
