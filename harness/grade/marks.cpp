#include "harness/grade/marks.h"

#include <fmt/format.h>

#include <algorithm>

namespace heddle::grade {
namespace {

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += (text.empty() ? "" : "; ") + sentence;
  return text;
}

bool counts(const Seen& seen) {
  return seen.engine == "fuzz" || seen.engine == "relacy";
}

// Whether a run of the program came to its end with all its tests passed.
bool some_run_passes(const Seen& seen) {
  std::uint64_t broken = seen.gave_up;
  for (const SeenFailure& failure : seen.failures) {
    if (failure.part != Part::race_free) broken += failure.count;
  }
  return broken < seen.runs;
}

class Marker {
 public:
  Marker(const Rubric& rubric, const HandedIn& handed_in, const Built& built,
         const Evidence& evidence, Hints hints)
      : rubric_(rubric), handed_in_(handed_in), built_(built), evidence_(evidence), hints_(hints) {}

  Graded mark() {
    find_reason_to_withhold();
    for (const auto& [part, most] : rubric_.marks) {
      PartMark mark{.part = part, .score = 0, .most = most, .remark = {}};
      mark_part(mark);
      graded_.parts.push_back(std::move(mark));
    }
    add_notes();
    add_for_person();
    if (hints_ >= 3) graded_.report = evidence_.report;
    return std::move(graded_);
  }

 private:
  // Why what its runs show is not worth marks.
  void find_reason_to_withhold() {
    if (!built_.built) {
      withheld_ = "it does not compile";
    } else if (handed_in_.as_handed_out) {
      withheld_ = "nothing was changed";
    } else if (handed_in_.tests_replaced) {
      withheld_ = "the tests are not those that were given";
    } else if (!built_.inspected.escapes.empty()) {
      withheld_ = "it gets round its tests";
    }
  }

  void give(PartMark& mark, bool earned, std::string remark) const {
    mark.score = earned ? mark.most : 0;
    mark.remark = std::move(remark);
  }

  void mark_part(PartMark& mark) const {
    switch (mark.part) {
      case Part::compile:
        if (!handed_in_.missing.empty()) {
          return give(mark, false, joined(handed_in_.missing) + " is not there");
        }
        if (!built_.built) return give(mark, false, built_.error);
        return give(mark, !handed_in_.as_handed_out,
                    handed_in_.as_handed_out ? "nothing was changed" : "");
      case Part::unchanged:
        if (!withheld_.empty() && handed_in_.changed.empty()) return give(mark, false, withheld_);
        return give(mark, handed_in_.changed.empty(), joined(handed_in_.changed));
      case Part::allowed: {
        std::vector<std::string> found = built_.inspected.forbidden;
        found.insert(found.end(), built_.inspected.escapes.begin(), built_.inspected.escapes.end());
        if (found.empty() && !withheld_.empty()) return give(mark, false, withheld_);
        return give(mark, found.empty(), joined(found));
      }
      case Part::correct:
      case Part::race_free:
      case Part::deadlock_free:
      case Part::parallel:
        return mark_by_runs(mark);
      case Part::explanation: {
        const Answered answered = check_answers(rubric_, handed_in_.answers);
        mark.score = mark.most * static_cast<std::int64_t>(answered.right) /
                     static_cast<std::int64_t>(rubric_.questions.size());
        mark.remark = joined(answered.wrong);
        return;
      }
    }
  }

  void mark_by_runs(PartMark& mark) const {
    if (!withheld_.empty()) return give(mark, false, withheld_);
    const Seen* fuzz = evidence_.find("fuzz");
    if (fuzz == nullptr) {
      return give(mark, false,
                  evidence_.cut_short.empty() ? "it was not run" : evidence_.cut_short);
    }
    if (!fuzz->error.empty()) return give(mark, false, fuzz->error);
    std::vector<std::string> sentences;
    for (const Seen& seen : evidence_.seen) {
      if (!counts(seen)) continue;
      for (const SeenFailure& failure : seen.failures) {
        if (part_for(failure.part) == mark.part) sentences.push_back(sentence(seen, failure));
      }
      if (mark.part == part_for(Part::deadlock_free) && seen.gave_up != 0) {
        sentences.push_back(hints_ == 0 || seen.hidden_test
                                ? "it fails"
                                : fmt::format("{} of {} runs of {} came to no end within {} "
                                              "steps",
                                              seen.gave_up, seen.runs, seen.engine,
                                              rubric_.budget.steps));
      }
    }
    // With fewer hints several failures read alike.
    sentences.erase(std::unique(sentences.begin(), sentences.end()), sentences.end());
    if (!sentences.empty()) return give(mark, false, joined(sentences));
    if (!some_run_passes(*fuzz)) {
      return give(mark, false, "no run passes the tests, so there is nothing to say of this");
    }
    if (mark.part == Part::parallel && !evidence_.met) {
      return give(mark, false,
                  fmt::format("in no run are two threads at once in {}()", rubric_.parallel));
    }
    give(mark, true, fuzz->claim.starts_with("all") ? "fuzz: " + fuzz->claim : "");
  }

  // A failure of a part that the rubric does not mark costs those of another: who makes an
  // assertion that fails a loop that does not end has not mended it.
  Part part_for(Part part) const { return rubric_.marks.contains(part) ? part : Part::correct; }

  std::string sentence(const Seen& seen, const SeenFailure& failure) const {
    if (hints_ == 0) return "it fails";
    if (seen.hidden_test) return failure.kind + " in a test that is not in the handout";
    if (hints_ == 1) return failure.kind;
    return fmt::format("{} ({} of {} runs of {})", failure.headline, failure.count, seen.runs,
                       seen.engine);
  }

  void add_notes() {
    if (!built_.built) return;
    if (!rubric_.marks.contains(Part::allowed)) {
      graded_.notes.insert(graded_.notes.end(), built_.inspected.forbidden.begin(),
                           built_.inspected.forbidden.end());
    }
    if (!rubric_.marks.contains(Part::unchanged)) {
      graded_.notes.insert(graded_.notes.end(), handed_in_.changed.begin(),
                           handed_in_.changed.end());
    }
    for (const Seen& seen : evidence_.seen) {
      if (!seen.error.empty()) {
        graded_.notes.push_back(fmt::format("{}: {}", seen.engine, seen.error));
      } else if (!counts(seen)) {
        graded_.notes.push_back(
            seen.failed == 0 ? fmt::format("{}: no failure in {} runs", seen.engine, seen.runs)
                             : fmt::format("{}: a failure within {} runs", seen.engine, seen.runs));
      }
    }
    if (!evidence_.cut_short.empty()) graded_.notes.push_back(evidence_.cut_short);
  }

  void add_for_person() {
    if (!built_.built || !withheld_.empty()) return;
    bool counted = false;
    std::string only;
    for (const Seen& seen : evidence_.seen) {
      if (counts(seen)) counted = counted || seen.failed != 0 || seen.gave_up != 0;
      if (!counts(seen) && seen.failed != 0) only += (only.empty() ? "" : " and ") + seen.engine;
    }
    if (!counted && !only.empty()) {
      graded_.for_person = fmt::format("{} saw a failure that fuzz did not", only);
    }
    if (!counted && !evidence_.cut_short.empty()) graded_.for_person = evidence_.cut_short;
    // Whether that is the submission's fault or that of how things are set up here.
    const Seen* fuzz = evidence_.find("fuzz");
    if (fuzz != nullptr && !fuzz->error.empty()) graded_.for_person = fuzz->error;
    // What kept a part from being looked at is no fault of the student's.
    if (!built_.error.empty()) graded_.for_person = built_.error;
  }

  const Rubric& rubric_;
  const HandedIn& handed_in_;
  const Built& built_;
  const Evidence& evidence_;
  Hints hints_;
  std::string withheld_;
  Graded graded_;
};

}  // namespace

std::int64_t Graded::score() const {
  std::int64_t sum = 0;
  for (const PartMark& part : parts) sum += part.score;
  return sum;
}

std::int64_t Graded::most() const {
  std::int64_t sum = 0;
  for (const PartMark& part : parts) sum += part.most;
  return sum;
}

const PartMark* Graded::find(Part part) const {
  const auto at = std::find_if(parts.begin(), parts.end(),
                               [&](const PartMark& mark) { return mark.part == part; });
  return at == parts.end() ? nullptr : &*at;
}

Graded mark(const Rubric& rubric, const HandedIn& handed_in, const Built& built,
            const Evidence& evidence, Hints hints) {
  return Marker(rubric, handed_in, built, evidence, hints).mark();
}

Graded not_graded(const Rubric& rubric, const std::string& why) {
  Graded graded;
  for (const auto& [part, most] : rubric.marks) {
    graded.parts.push_back({.part = part, .score = 0, .most = most, .remark = "not graded"});
  }
  graded.for_person = why;
  return graded;
}

}  // namespace heddle::grade
