// What a case's findings come to, for reports that tell each failure once: engines see the same one
// under different names, and a read and a write of one `++x` are two races to them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/report/one_bug.h"
#include "harness/report/report_case.h"

namespace heddle {

struct IssueRate {
  EngineKind engine = EngineKind::fuzz;
  std::uint64_t count = 0;  // runs that failed so, of the finding that was seen most
  std::uint64_t runs = 0;
};

struct Issue {
  const Failed* failure = nullptr;
  const MinimalInterleaving* minimal = nullptr;  // or nullptr
  const Token* token = nullptr;                  // or nullptr
  std::vector<IssueRate> rates;                  // by engine
  SameBug why = SameBug::no;                     // of one that stands beside another
  std::vector<Issue> also{};                     // failures that are the same bug (one_bug.h)
};

// In the order of telling: those with an interleaving first. The result points into the case.
std::vector<Issue> issues_of(const ReportCase& report_case);

// What an engine found, each failure once.
struct MergedFinding {
  const Finding* finding = nullptr;  // the first of them, with an interleaving if one has
  std::uint64_t count = 0;           // runs, of the one that was seen most
};
std::vector<MergedFinding> merged_findings(const EngineResult& engine, const Symbols& symbols);

// Of the run that the finding's failure is of, where that is known: its own minimal one, or that of
// another finding which is the same.
const Trace* trace_of(const Finding& finding, const EngineResult& engine);

// As lines_key(), with lines counted from the beginning of their function and without addresses
// and folders: the same for another build of a program that was changed elsewhere.
std::string lasting_key(const Failed& failure, const Symbols& symbols);

// What engines agree on, whatever words they have for a failure: its kind, and where it came.
std::string place_key(const Failed& failure, const Symbols& symbols);

// Equal for failures of one kind, with the same words of the program's, in the same lines.
std::string lines_key(const Failed& failure, const Symbols& symbols);

}  // namespace heddle
