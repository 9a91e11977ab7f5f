#include "harness/cli/told_cases.h"

#include <fmt/format.h>

#include "harness/cli/command_line.h"
#include "harness/cli/commands.h"
#include "harness/cli/token_files.h"
#include "harness/search/program_build.h"
#include "harness/search/rebase.h"

namespace heddle {
namespace {

// Equal for modules in the same places.
std::string mark_of(const std::vector<Module>& modules) {
  std::string mark;
  for (const Module& module : modules) {
    mark += fmt::format("{:x} {:x} {:x} {}\n", module.base, module.begin, module.end, module.path);
  }
  return mark;
}

}  // namespace

ToldCases::ToldCases(const std::vector<Told>& results) {
  for (const Told& told : results) {
    // The tests of one program have its debug information in common.
    std::unique_ptr<Symbolizer>& symbols = symbols_[mark_of(told.result->modules)];
    if (symbols == nullptr) symbols = std::make_unique<Symbolizer>(told.result->modules);
    ReportCase& report_case = cases_.emplace_back(
        ReportCase{.result = told.result,
                   .symbols = symbols.get(),
                   .replay_as = told.replay_as,
                   .build = program_build(told.result->program),
                   .environment = environment_of(told.result->program, command_line()),
                   .expectation = told.expectation,
                   .verdict = told.verdict});
    if (const auto wrong = write_token_files(report_case)) complain(kHeld, *wrong);
  }
}

void write_interim(std::span<const ReportFile> reports, std::vector<ToldCases::Told> results,
                   const EngineResult& so_far, const std::vector<Module>& modules) {
  CaseResult under_way = *results.back().result;
  under_way.engines.push_back(so_far);
  if (under_way.modules.empty()) {
    under_way.modules = modules;
  } else {
    rebase(under_way.engines.back(), modules, under_way.modules);
  }
  under_way.interrupted = true;
  results.back().result = &under_way;
  const ToldCases told(results);
  // A disk that is full now may not be so at the end, when it is told.
  for (const ReportFile& report : reports) {
    if (report.is_replaced()) (void)report.write(told.cases());
  }
}

}  // namespace heddle
