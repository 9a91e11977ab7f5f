// The table of all cases that ends a report: one row for each engine.
#pragma once

#include <span>

#include "harness/report/report_case.h"
#include "harness/report/screen.h"

namespace heddle {

// No wider than the screen: what a narrow one can do without goes first, then names are cut.
void write_summary_table(Screen& screen, std::span<const ReportCase> cases);

}  // namespace heddle
