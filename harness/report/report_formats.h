// The formats of `--report FORMAT:FILE`. A new one is one file, and one line in report_formats.cpp.
#pragma once

#include <ostream>
#include <span>
#include <string_view>

#include "harness/report/report_case.h"

namespace heddle {

// Writes everything to the stream; failures are the stream's to tell.
using ReportWriter = void (*)(std::ostream& out, std::span<const ReportCase> cases);

struct ReportFormat {
  std::string_view name;
  std::string_view description;
  ReportWriter write;
};

std::span<const ReportFormat> report_formats();

// nullptr if there is no format of that name.
const ReportFormat* find_report_format(std::string_view name);

}  // namespace heddle
