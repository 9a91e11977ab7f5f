// The report for CI servers: JUnit's XML as GitLab and Jenkins read it.
#pragma once

#include <ostream>
#include <span>

#include "harness/report/report_case.h"

namespace heddle {

// A test suite per case, a test case per engine, with case and engine in its name. What fails is a
// <failure> unless the case is expected to (ReportCase::verdict), what Heddle could not do an
// <error>, a case without a second thread <skipped>.
void write_junit_report(std::ostream& out, std::span<const ReportCase> cases);

}  // namespace heddle
