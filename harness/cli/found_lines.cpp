#include "harness/cli/found_lines.h"

#include <fmt/format.h>

#include "harness/report/describe.h"
#include "harness/report/issues.h"
#include "harness/report/symbolizer.h"
#include "harness/report/text.h"

namespace heddle {

void FoundLines::tell(std::string_view case_name, const EngineResult& so_far,
                      const std::vector<Module>& modules) {
  constexpr std::size_t kMost = 3;
  if (so_far.findings.empty()) return;
  const std::string engine{to_string(so_far.engine)};
  std::size_t& lines = lines_[fmt::format("{}\n{}", case_name, engine)];
  if (lines >= kMost) return;
  const Symbolizer symbols{modules};
  for (const Finding& finding : so_far.findings) {
    if (lines >= kMost) return;
    const std::string key = place_key(finding.failure, symbols);
    if (!told_.insert(fmt::format("{}\n{}", case_name, key)).second) continue;
    ++lines;
    Names names = names_for(finding.failure, nullptr, symbols);
    const std::string text = fmt::format("{}  {}  found: {}", printable(case_name), engine,
                                         headline(finding.failure, names));
    // One column is left free, as by the line that is written over.
    line_.write(shortened(text, width_ > 1 ? width_ - 1 : 1));
  }
}

}  // namespace heddle
