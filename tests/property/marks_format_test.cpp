// Marks in the formats of others, against what these say of themselves, with any bytes in all that
// is text. A field that a format does not know is wrong here: nobody would read it.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <pugixml.hpp>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/grade/formats.h"

namespace heddle::grade {
namespace {

using Json = nlohmann::json;

std::string some_text() {
  static const std::vector<std::string> kOwn = {"\"",
                                                "\"\"",
                                                ",",
                                                ";",
                                                "\n",
                                                "\r\n",
                                                "\r",
                                                "'",
                                                "<",
                                                "]]>",
                                                "&",
                                                "\\",
                                                std::string(1, '\0'),
                                                "\xff",
                                                "\xc3",
                                                "=1+1",
                                                " ",
                                                "\xe4\xb8\xad"};
  const auto piece = rc::gen::oneOf(rc::gen::elementOf(kOwn),
                                    rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
  std::string text;
  for (const std::string& one : *rc::gen::container<std::vector<std::string>>(piece)) text += one;
  return text;
}

Graded some_marks(const Rubric& rubric) {
  Graded graded;
  graded.student = some_text();
  for (const auto& [part, most] : rubric.marks) {
    graded.parts.push_back({part, *rc::gen::inRange<std::int64_t>(0, most + 1), most, some_text()});
  }
  graded.notes = {some_text()};
  graded.for_person = some_text();
  graded.report = some_text();
  return graded;
}

Assignment some_assignment() {
  Assignment assignment;
  assignment.name = some_text();
  for (const Part part : {Part::compile, Part::correct, Part::parallel, Part::explanation}) {
    if (*rc::gen::arbitrary<bool>()) {
      assignment.rubric.marks[part] = *rc::gen::inRange<std::int64_t>(0, 9);
    }
  }
  return assignment;
}

std::string written(std::string_view format, const Assignment& assignment,
                    const std::vector<Graded>& graded) {
  std::ostringstream out;
  find_marks_format(format)->write(out, assignment, graded);
  return out.str();
}

// ---- JSON ---------------------------------------------------------------------------------------

using Check = std::function<bool(const Json&)>;

bool is_string(const Json& value) {
  return value.is_string();
}

bool is_filled(const Json& value) {
  return value.is_string() && !value.get<std::string>().empty();
}

bool is_count(const Json& value) {
  return value.is_number_unsigned();
}

Check one_of(std::vector<std::string> words) {
  return [words = std::move(words)](const Json& value) {
    return value.is_string() &&
           std::find(words.begin(), words.end(), value.get<std::string>()) != words.end();
  };
}

// `needed` must be there; of `known` any may.
void expect_object(const Json& object, const std::map<std::string, Check>& needed,
                   const std::map<std::string, Check>& known = {}) {
  RC_ASSERT(object.is_object());
  for (const auto& [name, check] : needed) {
    RC_TAG(name);
    RC_ASSERT(object.contains(name));
  }
  for (const auto& [name, value] : object.items()) {
    const auto at = needed.find(name);
    const auto other = known.find(name);
    RC_ASSERT(at != needed.end() || other != known.end());
    RC_ASSERT((at != needed.end() ? at->second : other->second)(value));
  }
}

Json parsed(const std::string& text) {
  // Which refuses what is not UTF-8.
  const Json json = Json::parse(text, nullptr, false);
  RC_ASSERT(!json.is_discarded());
  return json;
}

// https://gradescope-autograders.readthedocs.io/en/latest/specs/, "Output format": a score at the
// top or in each test; the words of "visibility" and "status"; a score may be more than max_score.
TEST(MarksFormat, results_of_gradescope) {
  EXPECT_TRUE(rc::check([] {
    const Assignment assignment = some_assignment();
    const Graded one = some_marks(assignment.rubric);
    const Json json = parsed(written("gradescope", assignment, {one}));
    const Check visibility = one_of({"hidden", "after_due_date", "after_published", "visible"});
    const Check is_list = [](const Json& value) { return value.is_array(); };
    expect_object(json, {{"score", is_count}, {"tests", is_list}},
                  {{"output", is_string},
                   {"visibility", visibility},
                   {"stdout_visibility", visibility},
                   {"execution_time", is_count}});
    RC_ASSERT(json["score"] == one.score());
    RC_ASSERT(json["tests"].size() == one.parts.size());
    for (const Json& test : json["tests"]) {
      expect_object(test, {{"score", is_count}, {"max_score", is_count}, {"name", is_filled}},
                    {{"status", one_of({"passed", "failed"})},
                     {"number", is_string},
                     {"output", is_string},
                     {"visibility", visibility}});
      RC_ASSERT(test["score"] <= test["max_score"]);
      RC_ASSERT((test["status"] == "passed") == (test["score"] == test["max_score"]));
    }
  }));
}

// https://github.com/foundation50/classroom50/wiki/Advanced-Autograding, and what the collector of
// scores there refuses: words that are empty, scores that are no whole numbers from 0 to max-score,
// a submission that is no submit/ tag.
TEST(MarksFormat, result_of_classroom50) {
  const std::map<std::string, std::string> variables = {
      {"CLASSROOM", "cs50"},
      {"ASSIGNMENT", "counter"},
      {"SUBMISSION_TAG", "submit/2026-03-01T10-00-00Z-abc1234"},
      {"COMMIT_URL", "https://github.com/o/r/commit/abc1234"},
      {"RELEASE_URL", "https://github.com/o/r/releases/tag/submit"}};
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  EXPECT_TRUE(rc::check([&] {
    const Assignment assignment = some_assignment();
    const Graded one = some_marks(assignment.rubric);
    const Json json = parsed(written("classroom50", assignment, {one}));
    const Check is_time = [](const Json& value) {
      static const std::regex kTime(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)");
      return value.is_string() && std::regex_match(value.get<std::string>(), kTime);
    };
    const Check is_list = [](const Json& value) { return value.is_array(); };
    expect_object(json, {{"schema", one_of({"classroom50/result/v1"})},
                         {"classroom", one_of({variables.at("CLASSROOM")})},
                         {"assignment", one_of({variables.at("ASSIGNMENT")})},
                         {"submission", one_of({variables.at("SUBMISSION_TAG")})},
                         {"commit", is_filled},
                         {"release", is_filled},
                         {"review", is_filled},
                         {"datetime", is_time},
                         {"score", is_count},
                         {"max-score", is_count},
                         {"tests", is_list}});
    RC_ASSERT(json["score"] == one.score());
    RC_ASSERT(json["max-score"] == one.most());
    std::int64_t sum = 0;
    for (const Json& test : json["tests"]) {
      expect_object(test,
                    {{"test-name", is_filled},
                     {"passed", [](const Json& value) { return value.is_boolean(); }},
                     {"score", is_count},
                     {"max-score", is_count}},
                    {{"output", is_string}});
      RC_ASSERT(test["score"] <= test["max-score"]);
      sum += test["score"].get<std::int64_t>();
    }
    RC_ASSERT(sum == one.score());
  }));
  for (const auto& [name, value] : variables) unsetenv(name.c_str());
}

// https://coderunner.org.nz/mod/book/view.php?id=193&chapterid=739, "Combinator-template grading":
// a fraction of the marks, HTML before and after, and a table whose first row has the headers;
// under "iscorrect" stand 0 and 1.
TEST(MarksFormat, outcome_of_coderunner) {
  EXPECT_TRUE(rc::check([] {
    const Assignment assignment = some_assignment();
    const Graded one = some_marks(assignment.rubric);
    const Json json = parsed(written("coderunner", assignment, {one}));
    const Check is_fraction = [](const Json& value) {
      return value.is_number() && value >= 0.0 && value <= 1.0;
    };
    expect_object(json, {{"fraction", is_fraction}},
                  {{"prologuehtml", is_string},
                   {"testresults", [](const Json& value) { return value.is_array(); }},
                   {"epiloguehtml", is_string}});
    const Json& rows = json["testresults"];
    RC_ASSERT(rows.size() == one.parts.size() + 1);
    for (const Json& row : rows) RC_ASSERT(row.size() == rows[0].size());
    RC_ASSERT(rows[0][0] == "iscorrect");
    for (std::size_t i = 1; i < rows.size(); ++i) {
      RC_ASSERT(rows[i][0] == (one.parts[i - 1].score == one.parts[i - 1].most ? 1 : 0));
      RC_ASSERT(rows[i][0].is_number());
    }
  }));
}

// ---- CSV ----------------------------------------------------------------------------------------

// RFC 4180, section 2; nothing where the text breaks it.
std::optional<std::vector<std::vector<std::string>>> read_csv(std::string_view text) {
  std::vector<std::vector<std::string>> records;
  while (!text.empty()) {
    std::vector<std::string> record;
    for (;;) {
      std::string field;
      if (text.starts_with('"')) {
        for (text.remove_prefix(1);;) {
          const std::size_t quote = text.find('"');
          if (quote == std::string_view::npos) return std::nullopt;
          field += text.substr(0, quote);
          text.remove_prefix(quote + 1);
          if (!text.starts_with('"')) break;
          field += '"';
          text.remove_prefix(1);
        }
      } else {
        const std::size_t end = std::min(text.find_first_of(",\r\n\""), text.size());
        field = text.substr(0, end);
        text.remove_prefix(end);
      }
      record.push_back(std::move(field));
      if (!text.starts_with(',')) break;
      text.remove_prefix(1);
    }
    if (!text.starts_with("\r\n")) return std::nullopt;
    text.remove_prefix(2);
    records.push_back(std::move(record));
  }
  return records;
}

TEST(MarksFormat, csv_of_rfc_4180) {
  EXPECT_TRUE(rc::check([] {
    const Assignment assignment = some_assignment();
    std::vector<Graded> graded;
    for (int i = 0; i < 3; ++i) graded.push_back(some_marks(assignment.rubric));
    const auto records = read_csv(written("csv", assignment, graded));
    RC_ASSERT(records.has_value());
    RC_ASSERT(records->size() == graded.size() + 1);
    for (const auto& record : *records) {
      RC_ASSERT(record.size() == assignment.rubric.marks.size() + 5);
    }
    for (std::size_t i = 0; i < graded.size(); ++i) {
      const auto& record = (*records)[i + 1];
      RC_ASSERT(record[1] == std::to_string(graded[i].score()));
      RC_ASSERT(record[2] == std::to_string(graded[i].most()));
    }
  }));
}

// ---- JUnit --------------------------------------------------------------------------------------

// https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/
// xunit/types/model/xsd/junit-10.xsd: suites with a name and counts, cases with a name and a class
// name, in each at most one failure.
TEST(MarksFormat, suites_of_junit) {
  EXPECT_TRUE(rc::check([] {
    const Assignment assignment = some_assignment();
    std::vector<Graded> graded;
    for (int i = 0; i < 3; ++i) graded.push_back(some_marks(assignment.rubric));
    const std::string text = written("junit", assignment, graded);
    pugi::xml_document document;
    RC_ASSERT(document.load_buffer(text.data(), text.size()));
    const auto suites = document.document_element();
    RC_ASSERT(std::string_view(suites.name()) == "testsuites");
    std::size_t at = 0;
    for (const auto& suite : suites.children()) {
      RC_ASSERT(std::string_view(suite.name()) == "testsuite");
      RC_ASSERT(!suite.attribute("name").empty());
      RC_ASSERT(at < graded.size());
      const Graded& one = graded[at++];
      RC_ASSERT(suite.attribute("tests").as_uint() == one.parts.size());
      unsigned failures = 0;
      unsigned cases = 0;
      for (const auto& child : suite.children()) {
        const std::string_view name = child.name();
        RC_ASSERT(name == "testcase" || name == "system-out");
        if (name != "testcase") continue;
        ++cases;
        RC_ASSERT(!child.attribute("name").empty() && !child.attribute("classname").empty());
        unsigned inside = 0;
        for (const auto& failure : child.children()) {
          RC_ASSERT(std::string_view(failure.name()) == "failure");
          ++inside;
        }
        RC_ASSERT(inside <= 1);
        failures += inside;
      }
      RC_ASSERT(cases == one.parts.size());
      RC_ASSERT(suite.attribute("failures").as_uint() == failures);
    }
    RC_ASSERT(at == graded.size());
  }));
}

}  // namespace
}  // namespace heddle::grade
