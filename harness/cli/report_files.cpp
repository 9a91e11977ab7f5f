#include "harness/cli/report_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string_view>

#include "harness/cli/commands.h"

namespace heddle {
namespace {

bool is_output(const ReportFile& report) {
  return report.file == "-";
}

}  // namespace

std::variant<ReportFile, std::string> parse_report(const std::string& text) {
  const std::size_t colon = text.find(':');
  const ReportFormat* format = find_report_format(text.substr(0, colon));
  if (format != nullptr && colon != std::string::npos && colon + 1 != text.size()) {
    return ReportFile{format, text.substr(colon + 1)};
  }
  std::vector<std::string_view> names;
  for (const ReportFormat& known : report_formats()) names.push_back(known.name);
  return fmt::format("'{}' is no report; write FORMAT:FILE, with a FORMAT of: {}", text,
                     fmt::join(names, ", "));
}

bool writes_to_output(const std::vector<ReportFile>& reports) {
  return std::any_of(reports.begin(), reports.end(), is_output);
}

int write_reports(const std::vector<ReportFile>& reports, std::span<const ReportCase> cases) {
  int status = kHeld;
  for (const ReportFile& report : reports) {
    if (is_output(report)) {
      report.format->write(std::cout, cases);
      std::cout.flush();
      continue;
    }
    std::ofstream out(report.file);
    if (out) report.format->write(out, cases);
    out.flush();
    if (!out) {
      status = complain(kUsage, fmt::format("cannot write {}: {}; the report above is complete",
                                            report.file, std::strerror(errno)));
    }
  }
  return status;
}

}  // namespace heddle
