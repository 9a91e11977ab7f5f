#include "harness/report/report_formats.h"

#include <algorithm>
#include <array>

#include "harness/report/json.h"
#include "harness/report/junit.h"
#include "harness/report/markdown.h"

namespace heddle {
namespace {

constexpr std::array kFormats = {
    ReportFormat{"json", "everything, for programs; the schema stands in harness/report/json.h",
                 &write_json_report},
    ReportFormat{"junit", "JUnit's XML, for CI servers: a test case per case and engine",
                 &write_junit_report},
    ReportFormat{"markdown", "for issue trackers: one text per finding, complete by itself",
                 &write_markdown_report},
};

}  // namespace

std::span<const ReportFormat> report_formats() {
  return kFormats;
}

const ReportFormat* find_report_format(std::string_view name) {
  const auto at = std::find_if(kFormats.begin(), kFormats.end(),
                               [&](const ReportFormat& format) { return format.name == name; });
  return at == kFormats.end() ? nullptr : &*at;
}

}  // namespace heddle
