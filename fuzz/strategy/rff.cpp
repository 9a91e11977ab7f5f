#include "fuzz/strategy/rff.h"

#include <algorithm>

#include "fuzz/strategy/dependency.h"
#include "fuzz/strategy/random_choice.h"
#include "fuzz/strategy/state_text.h"

namespace heddle {
namespace {

constexpr std::size_t kMostWishes = 4;
constexpr std::size_t kMostKept = 256;
constexpr std::size_t kMostEvents = 4096;

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  std::uint64_t state = a ^ b * 0x9e3779b97f4a7c15U;
  return split_mix(state);
}

bool is_store(OpKind kind) {
  return kind == OpKind::write || kind == OpKind::atomic_store;
}

bool reads(const Access& access, OpKind kind) {
  return competes(access.mode) && !(access.mode == AccessMode::write && is_store(kind));
}

bool writes(const Access& access) {
  return access.mode == AccessMode::write || access.mode == AccessMode::lock ||
         access.mode == AccessMode::try_lock;
}

std::uint64_t event_of(const Access& access, const Op& op) {
  return mixed(op.pc, place_of(access)) | 1;  // 0 is no event
}

}  // namespace

bool Rff::begin_run(std::uint64_t run) {
  random_ = Random(seed_, run);
  run_ = run;
  running_ = 0;
  priorities_.begin_run();
  places_.clear();
  pairs_.clear();
  events_.clear();

  wishes_.clear();
  if (!kept_.empty() && random_.below(2) == 0) {
    const auto seen = [this](const Kept& kept) {
      const auto at = outcomes_.find(kept.outcome);
      return at == outcomes_.end() ? 0 : at->second;
    };
    const Kept& a = kept_[random_.below(kept_.size())];
    const Kept& b = kept_[random_.below(kept_.size())];
    wishes_ = seen(a) <= seen(b) ? a.wishes : b.wishes;
  }
  change(wishes_);
  over_.assign(wishes_.size(), false);
  return true;
}

std::optional<Rff::Wish> Rff::new_wish() {
  if (reads_.empty()) return std::nullopt;
  const Known& read = known_[reads_[random_.below(reads_.size())]];
  std::uint64_t writers = 1;  // what was there at first
  Event write = kInitial;
  for (const Known& known : known_) {
    if (known.place == read.place && known.writes && random_.below(++writers) == 0) {
      write = known.event;
    }
  }
  constexpr std::uint64_t kSeldom = 4;
  return Wish{
      .place = read.place, .read = read.event, .write = write, .see = random_.below(kSeldom) != 0};
}

void Rff::change(Wishes& wishes) {
  const auto wish = new_wish();
  if (!wish.has_value()) return;
  enum : std::uint64_t { kAdd, kReplace, kDrop, kTurn, kChanges };
  const std::uint64_t how = wishes.empty() ? std::uint64_t{kAdd} : random_.below(kChanges);
  const auto at = [&] {
    return wishes.begin() + static_cast<std::ptrdiff_t>(random_.below(wishes.size()));
  };
  if (how == kAdd && wishes.size() < kMostWishes) wishes.push_back(*wish);
  if (how == kReplace) *at() = *wish;
  if (how == kDrop) wishes.erase(at());
  if (how == kTurn) {
    Wish& turned = *at();
    turned.see = !turned.see;
  }
}

bool Rff::would_break(const Op& op) const {
  for (const Access& access : accesses_of(op, op.kind)) {
    const std::uint64_t place = place_of(access);
    for (std::size_t i = 0; i < wishes_.size(); ++i) {
      const Wish& wish = wishes_[i];
      if (over_[i] || wish.place != place) continue;
      const auto known = places_.find(place);
      const bool is_last =
          wish.write == (known == places_.end() ? kInitial : known->second.last_write);
      const bool is_read = reads(access, op.kind) && event_of(access, op) == wish.read;
      if (is_read ? is_last != wish.see : is_last && wish.see && writes(access)) return true;
    }
  }
  return false;
}

std::size_t Rff::pick(const SchedulingPoint& point) {
  // A thread waits in a loop. If it waits for one that a wish holds back, and others wait likewise,
  // they would go in turn for ever.
  if (point.gives_way()) std::fill(over_.begin(), over_.end(), true);
  const std::size_t picked = priorities_.pick(point, random_, [&](std::size_t i) {
    return wishes_.empty() || !would_break(*point.ready[i].pending);
  });
  running_ = point.ready[picked].id;
  return picked;
}

void Rff::executed(const Op& op, bool /*changed*/) {
  for (const Access& access : accesses_of(op, op.kind)) {
    if (!competes(access.mode)) continue;
    const std::uint64_t place_number = place_of(access);
    const Event event = event_of(access, op);
    const auto [at, is_new] = places_.try_emplace(place_number, Place{.first_thread = running_});
    Place& place = at->second;
    place.shared |= place.first_thread != running_;
    const bool is_read = reads(access, op.kind);
    if (run_ < kLearningRuns) {
      if (is_read) pairs_.push_back(mixed(event, place.last_write));
      events_.push_back(
          {.place = place_number, .event = event, .reads = is_read, .writes = writes(access)});
    }
    if (is_read) {
      for (std::size_t i = 0; i < wishes_.size(); ++i) {
        if (wishes_[i].read == event) over_[i] = true;
      }
    }
    if (writes(access)) place.last_write = event;
  }
}

void Rff::learn_events() {
  for (const Known& event : events_) {
    if (!places_[event.place].shared) continue;
    const auto at = known_at_.find(event.event);
    if (at != known_at_.end()) {
      known_[at->second].reads |= event.reads;
      known_[at->second].writes |= event.writes;
    } else if (known_.size() < kMostEvents) {
      known_at_[event.event] = known_.size();
      known_.push_back(event);
    }
  }
  find_reads();
}

void Rff::find_reads() {
  reads_.clear();
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (known_[i].reads) reads_.push_back(i);
  }
}

void Rff::end_run(const RunEnd& /*end*/) {
  if (run_ >= kLearningRuns) return;
  learn_events();
  std::sort(pairs_.begin(), pairs_.end());
  pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
  std::uint64_t outcome = 0;
  for (const std::uint64_t pair : pairs_) outcome = mixed(outcome, pair);
  if (++outcomes_[outcome] == 1 && kept_.size() < kMostKept) {
    kept_.push_back({.wishes = wishes_, .outcome = outcome});
  }
}

std::uint32_t Rff::choose(Choice what, std::uint32_t n, ThreadId /*thread*/,
                          std::uint64_t /*step*/) {
  return random_choice(random_, what, n);
}

std::string Rff::state() const {
  StateWriter out(kStateName);
  out.add(known_.size());
  for (const Known& known : known_) {
    out.add(known.place);
    out.add(known.event);
    out.add((known.reads ? 1U : 0U) + (known.writes ? 2U : 0U));
  }
  out.add(kept_.size());
  for (const Kept& kept : kept_) {
    out.add(kept.outcome);
    out.add(outcomes_.at(kept.outcome));
    out.add(kept.wishes.size());
    for (const Wish& wish : kept.wishes) {
      out.add(wish.place);
      out.add(wish.read);
      out.add(wish.write);
      out.add(wish.see ? 1 : 0);
    }
  }
  return out.take();
}

bool Rff::set_state(std::string_view state) {
  known_.clear();
  known_at_.clear();
  reads_.clear();
  kept_.clear();
  outcomes_.clear();
  if (state.empty()) return true;
  StateReader in(kStateName, state);
  known_.resize(in.count());
  for (Known& known : known_) {
    known.place = in.number();
    known.event = in.number();
    const std::uint64_t flags = in.number();
    known.reads = (flags & 1U) != 0;
    known.writes = (flags & 2U) != 0;
    known_at_[known.event] = static_cast<std::size_t>(&known - known_.data());
  }
  kept_.resize(in.count());
  for (Kept& kept : kept_) {
    kept.outcome = in.number();
    outcomes_[kept.outcome] = in.number();
    kept.wishes.resize(in.count());
    for (Wish& wish : kept.wishes) {
      wish.place = in.number();
      wish.read = in.number();
      wish.write = in.number();
      wish.see = in.number() != 0;
    }
  }
  find_reads();
  return in.at_end();
}

}  // namespace heddle
