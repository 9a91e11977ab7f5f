// What programs say, and what their files and functions are called, may be any bytes: every report
// stays what its format asks for, and moves no cursor.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/grade/formats.h"
#include "harness/report/markdown.h"
#include "harness/report/play_report.h"
#include "harness/report/report_formats.h"
#include "harness/report/terminal.h"
#include "tests/golden/scenarios.h"

namespace heddle {
namespace {

// What one format or another takes for its own, and what is no text at all.
const std::vector<std::string> kHostile = {
    "\x1b[31m",
    "\x1b]0;title\a",
    "\x1b[2J",
    "\r",
    "\n",
    "\n\n",
    "\t",
    std::string(1, '\0'),
    "\x7f",
    "\xc2\x9b"
    "31m",           // CSI as one character
    "\xe2\x80\xa8",  // a line separator
    "\xe2\x80\xae",  // from right to left from here on
    "\xff\xfe",
    "\xc3",              // half a character
    "\xed\xa0\x80",      // half a pair
    "\xef\xbf\xbe",      // U+FFFE
    "\xf4\x90\x80\x80",  // past the last
    "]]>",
    "<![CDATA[",
    "<script>alert(1)</script>",
    "</pre>",
    "&lt;&#0;&#x1b;",
    "\"'",
    "`",
    "```",
    "\n```\n",
    "~~~",
    "\n# heading\n",
    "[link](javascript:x)",
    "![x](y)",
    "| a | b |",
    "\\",
    "$(reboot)",
    "' ; rm",
    "=1+1",
    "::error::",
    "{}",
    "%s%n",
    "\xf0\x9f\xa7\xb5",
    "\xe4\xb8\xad\xe6\x96\x87",
    "e\xcc\x81",
};

rc::Gen<std::string> any_bytes() {
  const auto piece = rc::gen::oneOf(rc::gen::elementOf(kHostile),
                                    rc::gen::container<std::string>(rc::gen::arbitrary<char>()),
                                    rc::gen::just(std::string("word ")));
  const auto several = rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                                    [](const std::vector<std::string>& pieces) {
                                      std::string text;
                                      for (const std::string& one : pieces) text += one;
                                      return text;
                                    });
  return rc::gen::weightedOneOf<std::string>(
      {{19, several}, {1, rc::gen::map(several, [](const std::string& text) {
                         std::string long_one = text + "x";
                         while (long_one.size() < 10'000) long_one += long_one;
                         return long_one;
                       })}});
}

std::string some() {
  return *any_bytes();
}

// ---- what is valid ----------------------------------------------------------------------------

// Code points; nothing if the text is not UTF-8.
std::optional<std::vector<std::uint32_t>> decoded(std::string_view text) {
  std::vector<std::uint32_t> points;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80    ? 1
                               : first >= 0xf0 ? 4
                               : first >= 0xe0 ? 3
                               : first >= 0xc0 ? 2
                                               : 0;
    if (length == 0 || at + length > text.size()) return std::nullopt;
    std::uint32_t point = length == 1 ? first : first & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[at + i]);
      if (next < 0x80 || next > 0xbf) return std::nullopt;
      point = point << 6U | (next & 0x3fU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
      return std::nullopt;
    }
    points.push_back(point);
    at += length;
  }
  return points;
}

// Moves a cursor, breaks a line or turns the text round.
bool is_control(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x2028 || point == 0x2029 ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

void expect_plain_text(const std::string& text) {
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    const auto points = decoded(line);
    const bool plain =
        points.has_value() && std::none_of(points->begin(), points->end(), is_control);
    if (!plain) RC_FAIL("not plain text: " + testing::PrintToString(line.substr(0, 300)));
  }
}

std::string without_colours(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "\x1b[") == 0) {
      const std::size_t end = text.find_first_not_of("0123456789;", at + 2);
      RC_ASSERT(end != std::string::npos && text[end] == 'm');
      at = end + 1;
    } else {
      result += text[at++];
    }
  }
  return result;
}

void expect_json(const std::string& text) {
  RC_ASSERT(decoded(text).has_value());
  RC_ASSERT(nlohmann::json::accept(text));
}

// As XML 1.0 has it: no character that it forbids, not even by number.
void expect_xml(const std::string& text) {
  const auto is_legal = [](std::uint32_t point) {
    return point == '\t' || point == '\n' || point == '\r' ||
           (point >= 0x20 && point != 0xfffe && point != 0xffff);
  };
  const auto points = decoded(text);
  RC_ASSERT(points.has_value());
  for (const std::uint32_t point : *points) RC_ASSERT(is_legal(point));
  for (std::size_t at = text.find("&#"); at != std::string::npos; at = text.find("&#", at + 1)) {
    const bool hex = text[at + 2] == 'x';
    const std::string digits = text.substr(at + (hex ? 3 : 2), 8);
    RC_ASSERT(is_legal(static_cast<std::uint32_t>(std::stoul(digits, nullptr, hex ? 16 : 10))));
  }
  pugi::xml_document document;
  RC_ASSERT(document.load_buffer(text.data(), text.size(), pugi::parse_full));
  RC_ASSERT(document.document_element().name() == std::string("testsuites"));
}

// Fences are closed; outside of them nothing is left that is HTML, a link or an image.
void expect_markdown(const std::string& text) {
  expect_plain_text(text);
  bool fenced = false;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    // With up to three spaces before it; what closes one has nothing behind it.
    const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t end = std::min(line.find_first_not_of('`', begin), line.size());
    const bool fence = begin <= 3 && end - begin >= 3;
    if (fenced) {
      if (fence && end == line.size()) {
        if (line != "```") RC_FAIL("the text closes its fence: " + line);
        fenced = false;
      }
      continue;
    }
    if (line == "```text" || line == "```sh") {
      fenced = true;
      continue;
    }
    if (fence || line.starts_with("~~~")) RC_FAIL("the text opens a fence: " + line);
    // A code span ends with as many backquotes as it begins with.
    for (std::size_t at = 0; at < line.size();) {
      if (line[at] == '\\') {
        at += 2;
      } else if (line[at] == '`') {
        const std::size_t inside = std::min(line.find_first_not_of('`', at), line.size());
        const std::size_t length = inside - at;
        std::size_t close = line.find('`', inside);
        while (close != std::string::npos) {
          const std::size_t after = std::min(line.find_first_not_of('`', close), line.size());
          if (after - close == length) break;
          close = line.find('`', after);
        }
        if (close == std::string::npos) RC_FAIL("a code span is open: " + line.substr(0, 300));
        at = close + length;
      } else {
        const bool harmless = line[at] != '<' && line[at] != '[' && line[at] != '&';
        if (!harmless) RC_FAIL("not escaped: " + line.substr(0, 300));
        ++at;
      }
    }
  }
  RC_ASSERT(!fenced);
}

// ---- what is reported -------------------------------------------------------------------------

// A name for each code address and each object; the source is a file with any text in it.
class AnySymbols final : public Symbols {
 public:
  AnySymbols(std::string source, std::map<Address, std::vector<Frame>> code)
      : source_(std::move(source)), code_(std::move(code)) {
    for (auto& [address, frames] : code_) {
      for (Frame& frame : frames) {
        frame.function = some();
        frame.file = *rc::gen::element(source_, "/src/" + some(), some());
        frame.line = *rc::gen::inRange(0U, 12U);
      }
    }
    for (std::string& name : names_) name = some();
  }
  std::vector<Frame> code(Address address) const override {
    const auto at = code_.find(address);
    return at == code_.end() ? std::vector<Frame>{} : at->second;
  }
  std::string data(Address address) const override { return names_[address / 8 % names_.size()]; }
  std::string local(const StackFrame&, Address) const override { return names_[0]; }
  std::optional<PlacedType> allocated_by(Address) const override {
    return PlacedType{.type = {.name = names_[1].empty() ? "T" : names_[1], .size = 16}};
  }

 private:
  std::string source_;
  std::map<Address, std::vector<Frame>> code_;
  std::vector<std::string> names_ = std::vector<std::string>(5);
};

Trace with_blocks(Trace trace) {
  for (const Event& event : std::vector<Event>(trace.events)) {
    if (event.op.address == 0) continue;
    trace.blocks.push_back({event.op.address & ~Address{15},
                            (event.op.address & ~Address{15}) + 16,
                            1,
                            {event.op.pc}});
    break;
  }
  return trace;
}

// All text in it replaced.
CaseResult with_any_text(CaseResult result) {
  result.name = some();
  result.program = some();
  result.args = {some(), some()};
  result.input = some();
  for (EngineResult& engine : result.engines) {
    engine.method = some();
    if (engine.error.has_value()) engine.error = some();
    if (engine.limit.has_value()) engine.limit->reason = some();
    if (*rc::gen::arbitrary<bool>()) engine.own_processes = OwnProcesses{some(), 3, 0.5};
    for (Finding& finding : engine.findings) {
      finding.failure.message = some();
      for (Place& place : finding.failure.places) place.note = some();
      if (finding.minimal.has_value()) {
        finding.minimal->trace = with_blocks(std::move(finding.minimal->trace));
        finding.minimal->failure = finding.failure;
      }
      if (finding.hunt.has_value()) finding.hunt->strategy = some();
      if (engine.engine == EngineKind::stress) {
        finding.hunt = Hunt{.runs = 7, .strategy = some(), .error = some()};
      }
    }
  }
  return result;
}

struct AnyReport {
  AnyReport() {
    const std::string source = testing::TempDir() + "heddle_report_bytes.cpp";
    {
      std::ofstream file{source, std::ios::binary};
      for (int line = 0; line < 8; ++line) file << some() << '\n';
    }
    const auto add = [&](const scenario::Scenario& one) {
      results.push_back(with_any_text(one.result));
      std::map<Address, std::vector<Frame>> code;
      for (Address address = 0x10; address < 0xa0; ++address) {
        code[address] = one.symbols.code(address);
      }
      symbols.push_back(std::make_unique<AnySymbols>(source, std::move(code)));
    };
    add(*rc::gen::arbitrary<bool>() ? scenario::unlocked_counter() : scenario::abba());
    add(*rc::gen::arbitrary<bool>() ? scenario::queue_handoff() : scenario::covered());
    for (std::size_t i = 0; i < results.size(); ++i) {
      ReportCase& report_case = cases.emplace_back();
      report_case.result = &results[i];
      report_case.symbols = symbols[i].get();
      report_case.replay_as = some();
      report_case.expectation = some();
      report_case.environment =
          ReportEnvironment{some(), some(), some(), some(), some(), some(), some()};
    }
  }

  std::vector<CaseResult> results;
  std::vector<std::unique_ptr<AnySymbols>> symbols;
  std::vector<ReportCase> cases;
};

template <typename Write>
std::string written(const Write& write) {
  std::ostringstream out;
  write(out);
  return out.str();
}

std::string in_format(std::string_view name, const AnyReport& report) {
  return written([&](std::ostream& out) { find_report_format(name)->write(out, report.cases); });
}

TEST(ReportBytes, each_format_has_its_check) {
  for (const ReportFormat& format : report_formats()) {
    EXPECT_TRUE(format.name == "json" || format.name == "junit" || format.name == "markdown")
        << format.name << " needs a test here";
  }
}

TEST(ReportBytes, json_is_utf8_and_parses) {
  EXPECT_TRUE(rc::check([] { expect_json(in_format("json", AnyReport{})); }));
}

TEST(ReportBytes, junit_is_xml) {
  EXPECT_TRUE(rc::check([] { expect_xml(in_format("junit", AnyReport{})); }));
}

TEST(ReportBytes, markdown_closes_what_it_opens) {
  EXPECT_TRUE(rc::check([] {
    expect_markdown(in_format("markdown", AnyReport{}));
    expect_markdown(
        written([](std::ostream& out) { write_markdown_absence(out, some(), some(), some()); }));
  }));
}

TEST(ReportBytes, a_terminal_gets_lines_and_colours_and_nothing_else) {
  EXPECT_TRUE(rc::check([] {
    const AnyReport report;
    for (const bool color : {false, true}) {
      const TerminalOptions options{.width = 80, .color = color};
      expect_plain_text(without_colours(
          written([&](std::ostream& out) { write_terminal_report(out, report.cases, options); })));
      const Finding& finding = report.results[0].engines.back().findings.empty()
                                   ? report.results[0].engines.front().findings.front()
                                   : report.results[0].engines.back().findings.front();
      const Trace trace = finding.minimal ? finding.minimal->trace : Trace{};
      expect_plain_text(without_colours(written([&](std::ostream& out) {
        write_terminal_replay(out, report.cases[0], Token{}, finding.failure, {}, trace, options,
                              {});
      })));
    }
  }));
}

TEST(ReportBytes, a_game_is_told_likewise) {
  const auto tell = [](PlayReport& play) {
    play.begin({.program = some(), .racy = 1});
    PlayAt at;
    at.moves.threads = {1};
    InterleavingRow row;
    row.number = 1;
    row.thread = 1;
    row.text = "read x";
    row.source = {.file = "/src/" + some(), .line = 3, .function = some()};
    at.moves.rows = {row};
    play.moves(at.moves);
    PlayEnd end;
    end.text = some();
    end.failures = {{FailureKind::assertion, some()}};
    end.cause = some();
    end.waiting = {{1, some()}};
    end.output = some();
    end.replay = some();
    play.end(at, end);
    play.error(some());
  };
  EXPECT_TRUE(rc::check([&] {
    std::istringstream lines{written([&](std::ostream& out) { tell(*make_play_json(out)); })};
    for (std::string line; std::getline(lines, line);) expect_json(line);
    expect_plain_text(without_colours(
        written([&](std::ostream& out) { tell(*make_play_text(out, {.width = 80}, false)); })));
  }));
}

grade::Graded any_marks() {
  grade::Graded graded;
  graded.student = some();
  graded.parts = {{grade::Part::compile, 1, 2, some()}};
  graded.notes = {some()};
  graded.for_person = some();
  graded.report = some();
  return graded;
}

TEST(ReportBytes, marks_are_valid_in_each_format) {
  EXPECT_TRUE(rc::check([] {
    grade::Assignment assignment;
    assignment.name = some();
    const std::vector<grade::Graded> graded = {any_marks()};
    for (const grade::MarksFormat& format : grade::marks_formats()) {
      const std::string text =
          written([&](std::ostream& out) { format.write(out, assignment, graded); });
      if (format.name == "junit") {
        expect_xml(text);
      } else if (format.name == "csv") {
        const auto points = decoded(text);
        RC_ASSERT(points.has_value());
        for (const std::uint32_t point : *points) {
          RC_ASSERT(point == '\n' || point == '\r' || point == '\t' || !is_control(point));
        }
      } else {
        expect_json(text);
      }
      if (format.name != "coderunner") continue;
      const std::string html = nlohmann::json::parse(text).at("epiloguehtml");
      const std::string inside = html.empty() ? "" : html.substr(5, html.size() - 11);
      RC_ASSERT(inside.find_first_of("<>") == std::string::npos);
    }
    expect_plain_text(
        written([&](std::ostream& out) { grade::write_text(out, assignment, graded); }));
  }));
}

}  // namespace
}  // namespace heddle
