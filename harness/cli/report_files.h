// What --report asks for.
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "harness/report/report_case.h"
#include "harness/report/report_formats.h"

namespace heddle {

struct ReportFile {
  const ReportFormat* format = nullptr;
  std::string file;  // "-": standard output
};

// Of "FORMAT:FILE"; or what is wrong with it, in one line.
std::variant<ReportFile, std::string> parse_report(const std::string& text);

bool writes_to_output(const std::vector<ReportFile>& reports);

// Writes them all, and complains of those that cannot be written. Returns an exit status.
int write_reports(const std::vector<ReportFile>& reports, std::span<const ReportCase> cases);

}  // namespace heddle
