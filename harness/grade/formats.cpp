#include "harness/grade/formats.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "harness/report/text.h"

namespace heddle::grade {
namespace {

using Json = nlohmann::ordered_json;

void write(std::ostream& out, const Json& json) {
  // `replace`: what a program says need not be UTF-8.
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

// What is said of a submission beside its parts.
std::string words_of(const Graded& graded) {
  std::string text;
  if (!graded.for_person.empty()) text += "for a person: " + graded.for_person + '\n';
  for (const std::string& note : graded.notes) text += note + '\n';
  if (!graded.report.empty()) text += '\n' + graded.report;
  return text;
}

// RFC 4180, whose lines end with a carriage return too.
std::string field(std::string_view any_text) {
  const std::string text = printable_lines(any_text);
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void write_csv(std::ostream& out, const Assignment& assignment, std::span<const Graded> graded) {
  out << "student,score,max_score";
  for (const auto& [part, most] : assignment.rubric.marks) out << ',' << to_string(part);
  out << ",for_person,remarks\r\n";
  for (const Graded& one : graded) {
    out << field(one.student) << ',' << one.score() << ',' << one.most();
    std::string remarks;
    for (const PartMark& mark : one.parts) {
      out << ',' << mark.score;
      if (mark.score == mark.most || mark.remark.empty()) continue;
      remarks += fmt::format("{}{}: {}", remarks.empty() ? "" : "; ", to_string(mark.part),
                             mark.remark.substr(0, mark.remark.find('\n')));
    }
    out << ',' << field(one.for_person) << ',' << field(remarks) << "\r\n";
  }
}

void write_junit(std::ostream& out, const Assignment& assignment, std::span<const Graded> graded) {
  pugi::xml_document document;
  auto suites = document.append_child("testsuites");
  suites.append_attribute("name") = printable(assignment.name).c_str();
  for (const Graded& one : graded) {
    const auto failures =
        std::count_if(one.parts.begin(), one.parts.end(),
                      [](const PartMark& mark) { return mark.score < mark.most; });
    auto suite = suites.append_child("testsuite");
    suite.append_attribute("name") = printable_lines(one.student).c_str();
    suite.append_attribute("tests") = static_cast<unsigned>(one.parts.size());
    suite.append_attribute("failures") = static_cast<unsigned>(failures);
    for (const PartMark& mark : one.parts) {
      auto test = suite.append_child("testcase");
      test.append_attribute("classname") = printable_lines(one.student).c_str();
      test.append_attribute("name") = std::string(to_string(mark.part)).c_str();
      if (mark.score == mark.most) continue;
      auto failure = test.append_child("failure");
      failure.append_attribute("message") =
          fmt::format("{} of {} marks", mark.score, mark.most).c_str();
      failure.append_child(pugi::node_pcdata).set_value(printable_lines(mark.remark).c_str());
    }
    suite.append_child("system-out")
        .append_child(pugi::node_pcdata)
        .set_value(printable_lines(words_of(one)).c_str());
  }
  document.save(out, "  ");
}

void write_gradescope(std::ostream& out, const Assignment&, std::span<const Graded> graded) {
  const Graded& one = graded.front();
  Json tests = Json::array();
  for (const PartMark& mark : one.parts) {
    tests.push_back({{"name", title_of(mark.part)},
                     {"score", mark.score},
                     {"max_score", mark.most},
                     {"status", mark.score == mark.most ? "passed" : "failed"},
                     {"output", mark.remark},
                     {"visibility", "visible"}});
  }
  write(out, {{"score", one.score()},
              {"output", words_of(one)},
              {"visibility", "visible"},
              {"stdout_visibility", "hidden"},
              {"tests", std::move(tests)}});
}

std::string variable(const char* name, const char* other = nullptr) {
  const char* value = std::getenv(name);
  if ((value == nullptr || *value == '\0') && other != nullptr) value = std::getenv(other);
  return value == nullptr ? "" : value;
}

void write_classroom50(std::ostream& out, const Assignment& assignment,
                       std::span<const Graded> graded) {
  const Graded& one = graded.front();
  Json tests = Json::array();
  for (const PartMark& mark : one.parts) {
    tests.push_back({{"test-name", to_string(mark.part)},
                     {"passed", mark.score == mark.most},
                     {"score", mark.score},
                     {"max-score", mark.most},
                     {"output", mark.remark}});
  }
  const std::string named = variable("ASSIGNMENT");
  const std::time_t now = std::time(nullptr);
  // The runner gives the fields about the submission, and stamps its owner.
  write(out, {{"schema", "classroom50/result/v1"},
              {"classroom", variable("CLASSROOM")},
              {"assignment", named.empty() ? assignment.name : named},
              {"submission", variable("SUBMISSION_TAG")},
              {"commit", variable("COMMIT_URL")},
              {"release", variable("RELEASE_URL")},
              {"review", variable("REVIEW_URL", "COMMIT_URL")},
              {"datetime", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now))},
              {"score", one.score()},
              {"max-score", one.most()},
              {"tests", std::move(tests)}});
}

std::string for_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

void write_coderunner(std::ostream& out, const Assignment&, std::span<const Graded> graded) {
  const Graded& one = graded.front();
  const std::int64_t most = one.most();
  Json rows = Json::array();
  rows.push_back({"iscorrect", "Part", "Marks", "Of", "Remark"});
  for (const PartMark& mark : one.parts) {
    rows.push_back(
        {mark.score == mark.most ? 1 : 0, title_of(mark.part), mark.score, mark.most, mark.remark});
  }
  const std::string words = words_of(one);
  write(out, {{"fraction",
               most == 0 ? 0.0 : static_cast<double>(one.score()) / static_cast<double>(most)},
              {"testresults", std::move(rows)},
              {"epiloguehtml", words.empty() ? "" : "<pre>" + for_html(words) + "</pre>"}});
}

constexpr std::array kFormats = {
    MarksFormat{"csv", true, &write_csv},
    MarksFormat{"junit", true, &write_junit},
    MarksFormat{"gradescope", false, &write_gradescope},
    MarksFormat{"classroom50", false, &write_classroom50},
    MarksFormat{"coderunner", false, &write_coderunner},
};

}  // namespace

std::span<const MarksFormat> marks_formats() {
  return kFormats;
}

const MarksFormat* find_marks_format(std::string_view name) {
  const auto at = std::find_if(kFormats.begin(), kFormats.end(),
                               [&](const MarksFormat& format) { return format.name == name; });
  return at == kFormats.end() ? nullptr : &*at;
}

void write_text(std::ostream& out, const Assignment& assignment, std::span<const Graded> graded) {
  std::size_t width = 7;
  for (const Graded& one : graded) width = std::max(width, width_of(printable(one.student)));
  out << fmt::format("{:<{}}  marks", "student", width);
  for (const auto& [part, most] : assignment.rubric.marks) out << "  " << to_string(part);
  out << '\n';
  for (const Graded& one : graded) {
    out << fmt::format("{}  {:>2}/{:<2}", padded_right(printable(one.student), width), one.score(),
                       one.most());
    for (const PartMark& mark : one.parts) {
      out << fmt::format("  {:>{}}", fmt::format("{}/{}", mark.score, mark.most),
                         to_string(mark.part).size());
    }
    if (!one.for_person.empty()) out << "  for a person: " << printable(one.for_person);
    out << '\n';
  }
  for (const Graded& one : graded) {
    const std::string student = printable(one.student);
    out << '\n' << student << '\n' << std::string(width_of(student), '=') << '\n';
    for (const PartMark& mark : one.parts) {
      out << fmt::format("  {:>2}/{:<2}  {:<17}  ", mark.score, mark.most, title_of(mark.part));
      // What a compiler says has lines of its own.
      for (const char c : printable_lines(mark.remark)) {
        out << c;
        if (c == '\n') out << std::string(28, ' ');
      }
      out << '\n';
    }
    for (const std::string& note : one.notes) out << "  " << printable_lines(note) << '\n';
    if (!one.report.empty()) out << '\n' << printable_lines(one.report);
  }
}

}  // namespace heddle::grade
