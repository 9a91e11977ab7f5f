// The report for issue trackers: one text per finding, complete by itself.
#pragma once

#include <ostream>
#include <span>
#include <string_view>

#include "harness/report/report_case.h"

namespace heddle {

// Each finding: how the program fails, the cause and its proof, the interleaving in a fenced block,
// the rate, the source round the places of the cause, where it was seen and how to replay it. No
// path of this machine stands in it. Ends with what passed, if anything did.
void write_markdown_report(std::ostream& out, std::span<const ReportCase> cases);

// The same of what was looked for in vain: "name: title", and why.
void write_markdown_absence(std::ostream& out, std::string_view name, std::string_view title,
                            std::string_view why);

}  // namespace heddle
