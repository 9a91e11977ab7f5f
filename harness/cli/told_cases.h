// Results, made ready for reports.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "harness/cli/report_files.h"
#include "harness/report/symbolizer.h"

namespace heddle {

// Long tokens have files once this is made; on standard error it says which have none.
class ToldCases {
 public:
  struct Told {
    const CaseResult* result;  // must outlive this
    std::string replay_as;     // these: as ReportCase has them
    std::string expectation;
    Verdict verdict = Verdict::unknown;
  };
  explicit ToldCases(const std::vector<Told>& results);

  std::span<const ReportCase> cases() const { return cases_; }

 private:
  std::map<std::string, std::unique_ptr<Symbolizer>> symbols_;  // by their modules
  std::vector<ReportCase> cases_;
};

// Writes the files that can be replaced, while the search goes on: what was found must be there
// even if nobody lets it end. `so_far` is an engine of the last case, which is under way.
void write_interim(std::span<const ReportFile> reports, std::vector<ToldCases::Told> results,
                   const EngineResult& so_far, const std::vector<Module>& modules);

}  // namespace heddle
