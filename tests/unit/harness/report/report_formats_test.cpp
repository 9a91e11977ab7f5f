#include "harness/report/report_formats.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace heddle {
namespace {

TEST(ReportFormatsTest, a_format_is_found_by_its_name_only) {
  const ReportFormat* json = find_report_format("json");
  ASSERT_NE(json, nullptr);
  std::ostringstream out;
  json->write(out, {});
  EXPECT_NE(out.str().find("\"schema_version\""), std::string::npos);
  EXPECT_EQ(find_report_format("JSON"), nullptr);
  EXPECT_EQ(find_report_format(""), nullptr);
}

TEST(ReportFormatsTest, names_are_unique_and_described) {
  std::set<std::string_view> names;
  for (const ReportFormat& format : report_formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_FALSE(format.description.empty()) << format.name;
  }
}

}  // namespace
}  // namespace heddle
