#include "harness/report/markdown.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/report/anchors.h"
#include "harness/report/callers.h"
#include "harness/report/cause_words.h"
#include "harness/report/claim_words.h"
#include "harness/report/environment.h"
#include "harness/report/interleaving.h"
#include "harness/report/interleaving_table.h"
#include "harness/report/issues.h"
#include "harness/report/screen.h"
#include "harness/report/source_text.h"
#include "harness/report/text.h"
#include "harness/report/waits.h"

namespace heddle {
namespace {

constexpr std::size_t kWidth = 100;     // of the interleaving
constexpr unsigned kContext = 2;        // lines of source before and after
constexpr std::size_t kMostPlaces = 4;  // of source

// Text that Markdown would take for its own: names with underscores and template brackets.
std::string escaped(std::string_view text) {
  std::string result;
  std::string shown = printable(text);
  // At the beginning of a line more than in it: lists, underlines of headings, blocks of code.
  shown.erase(0, std::min(shown.find_first_not_of(' '), shown.size()));
  if (!shown.empty() && std::string_view("-+=").find(shown[0]) != std::string_view::npos) {
    result += '\\';
  }
  for (const char c : shown) {
    if (std::string_view("\\`*_<>[]#|&~").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

// In backquotes, more of them than there are in the text.
std::string code(std::string_view text) {
  const std::string shown = printable(text);
  if (shown.empty()) return "";
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : shown) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return longest == 0 ? fence + shown + fence : fence + ' ' + shown + ' ' + fence;
}

// A command without the folders of this machine.
std::string portable(std::string_view command) {
  std::string result;
  std::size_t at = 0;
  while (at < command.size()) {
    const std::size_t end = std::min(command.find(' ', at), command.size());
    if (!result.empty()) result += ' ';
    const std::string_view word = command.substr(at, end - at);
    // Behind "junit:", "--resume=" or a quote as well.
    const std::size_t slash = word.find('/');
    const bool absolute =
        slash == 0 || (slash != std::string_view::npos &&
                       std::string_view(":='\"").find(word[slash - 1]) != std::string_view::npos);
    result += absolute ? std::string(word.substr(0, slash)) + short_path(word.substr(slash))
                       : std::string(word);
    at = end + 1;
  }
  return result;
}

class IssueWriter {
 public:
  // `above`: the tokens whose interleavings the issues before it have shown, and of what they are.
  IssueWriter(std::ostream& out, const ReportCase& report_case, const Issue& issue,
              const std::map<std::string, std::string>& above)
      : out_(out),
        case_(report_case),
        issue_(issue),
        above_(above),
        names_(names_for(*issue.failure, issue.minimal != nullptr ? &issue.minimal->trace : nullptr,
                         *report_case.symbols)) {}

  void write() {
    fmt::print(out_, "## {}: {}\n\n", escaped(short_path(case_.result->name)),
               escaped(headline(*issue_.failure, names_)));
    if (issue_.minimal != nullptr) {
      write_interleaving(*issue_.minimal);
    } else {
      write_callers();
      write_absence();
    }
    write_rates();
    write_also();
    write_source();
    write_environment();
    if (issue_.token != nullptr) {
      fmt::print(out_, "**Replay:**\n\n```sh\n{}\n```\n\n",
                 printable(portable(replay_command(case_, *issue_.token, issue_.failure->kind))));
      write_anchored();
    }
  }

 private:
  void write_interleaving(const MinimalInterleaving& minimal) {
    const Interleaving interleaving =
        select_rows(minimal.trace, *issue_.failure, names_, rows_of(minimal));
    if (minimal.cause.has_value()) {
      const Cause& cause = *minimal.cause;
      const auto row = [&](const std::optional<Event>& event) {
        return event.has_value() ? row_of(interleaving, *event) : 0;
      };
      const std::string why = cause_text(cause, names_);
      if (!why.empty()) fmt::print(out_, "**Cause:** {}\n\n", escaped(why));
      const std::string swap = swap_text(cause, row(cause.first), row(cause.second), names_);
      if (!swap.empty()) {
        fmt::print(out_, "**{}:** {}\n\n", swap_proves(cause) ? "Proof" : "Tried", escaped(swap));
      }
      if (!why.empty()) {
        for (const Event& event : cause.steps) add_place(event.op.pc, event.stack);
      }
    }
    write_callers();
    if (places_.empty()) {
      for (const Place& place : issue_.failure->places) add_place(place.op.pc, place.stack);
    }
    for (const Called& called : callers_) {
      // The line of a lock's own function says nothing of what it is for.
      if (called.synchronises) places_[called.caller.file].insert(called.caller.line);
    }
    if (interleaving.rows.empty()) return;
    const bool race = issue_.failure->kind == FailureKind::data_race;
    fmt::print(out_, "```text\n");
    Screen screen{out_, {.width = kWidth}};
    if (const std::string file = only_file(interleaving); !file.empty()) {
      screen.line(fmt::format("  lines of {}:", file));
    }
    write_table(screen, interleaving, {.mark_races = race, .shown = shown_places()});
    const auto origins = names_.origins();
    if (!origins.empty()) fmt::print(out_, "\n");
    for (const auto& [name, origin] : origins) {
      fmt::print(out_, "  {}: {}\n", name, origin);
    }
    if (is_stuck(issue_.failure->kind)) {
      fmt::print(out_, "\n");
      for (const WaitText& wait : wait_texts(*issue_.failure, minimal.trace, names_)) {
        fmt::print(out_, "{} {}\n", thread_name(wait.thread), printable(wait.text));
      }
    }
    fmt::print(out_, "```\n\n{}.\n\n", escaped(minimality_text(minimal)));
  }

  void write_callers() {
    callers_ = callers_of(*issue_.failure, issue_.minimal, names_.symbols());
    const std::string text = callers_text(callers_, names_.symbols());
    if (!text.empty()) fmt::print(out_, "**Called:** {}.\n\n", escaped(text));
  }

  // Why there is no interleaving here.
  void write_absence() {
    if (issue_.token == nullptr) {
      fmt::print(out_, "No interleaving of it is known.\n\n");
    } else if (above_.contains(to_text(*issue_.token))) {
      fmt::print(out_, "It is in the interleaving of \"{}\" above as well.\n\n",
                 escaped(above_.at(to_text(*issue_.token))));
    } else {
      fmt::print(out_, "One run that fails so is known, and was not made smaller.\n\n");
    }
  }

  // Other failures that are this bug.
  void write_also() {
    if (issue_.also.empty()) return;
    fmt::print(out_, "**Also**, of the same bug:\n\n");
    for (const Issue& also : issue_.also) {
      // Often it was seen in the very run that is shown.
      const bool shown = issue_.minimal != nullptr && also.token != nullptr &&
                         *also.token == issue_.minimal->token;
      const MinimalInterleaving* minimal = shown ? issue_.minimal : also.minimal;
      Names names = names_for(*also.failure, minimal != nullptr ? &minimal->trace : nullptr,
                              names_.symbols());
      fmt::print(out_, "- {}, {}", escaped(headline(*also.failure, names)), to_string(also.why));
      for (const IssueRate& rate : also.rates) {
        fmt::print(out_, "; `{}` {} of {} runs", to_string(rate.engine), grouped(rate.count),
                   grouped(rate.runs));
      }
      const std::string command =
          shown || also.token == nullptr
              ? ""
              : portable(replay_command(case_, *also.token, also.failure->kind));
      constexpr std::size_t kLongest = 1'000;
      if (!command.empty() && command.size() <= kLongest) fmt::print(out_, "; {}", code(command));
      fmt::print(out_, "\n");
    }
    fmt::print(out_, "\n");
  }

  // The token of another build: the numbers of steps are others after any change.
  void write_anchored() {
    if (issue_.minimal == nullptr) return;
    const std::string word = anchored_word(*issue_.minimal, *issue_.failure, *case_.symbols);
    if (word.empty()) return;
    fmt::print(out_, "**After a change**, instead of that token:\n\n```text\n{}\n```\n\n",
               printable(word));
  }

  void write_rates() {
    if (issue_.rates.empty()) return;
    fmt::print(out_, "**Rate** (with its 95 % interval):");
    for (const IssueRate& rate : issue_.rates) {
      fmt::print(out_, "{} `{}` {} of {} runs, {}", &rate == issue_.rates.data() ? "" : ";",
                 to_string(rate.engine), grouped(rate.count), grouped(rate.runs),
                 rate_text({rate.count, rate.runs}));
    }
    fmt::print(out_, "\n\n");
  }

  void add_place(Address pc, const std::vector<Address>& stack) {
    const SourceLine source = source_of(names_.symbols(), pc, stack);
    if (!source.known() || source.in_library) return;
    places_[source.file].insert(source.line);
  }

  void write_source() {
    if (places_.empty()) {
      for (const Place& place : issue_.failure->places) add_place(place.op.pc, place.stack);
    }
    for (const auto& [file, lines] : shown_places()) {
      std::string text;
      for (const ExcerptLine& one : excerpt(file, lines, kContext)) {
        if (one.after_gap) text += "...\n";
        text +=
            fmt::format("{} {:>4}  {}\n", one.marked ? '>' : ' ', one.line.number, one.line.text);
      }
      if (text.empty()) continue;
      fmt::print(out_, "{}:\n\n```text\n{}```\n\n", escaped(name_of(file)), text);
    }
  }

  // The first of them: more would be a page.
  MarkedLines shown_places() const {
    MarkedLines shown;
    std::size_t left = kMostPlaces;
    for (const auto& [file, lines] : places_) {
      for (const unsigned line : lines) {
        if (left == 0) return shown;
        --left;
        shown[file].insert(line);
      }
    }
    return shown;
  }

  // Below the folder that all files of the issue have in common.
  std::string name_of(const std::string& file) const {
    std::string common = places_.begin()->first;
    common.resize(common.rfind('/') + 1);
    for (const auto& [other, lines] : places_) {
      const auto [mine, theirs] =
          std::mismatch(common.begin(), common.end(), other.begin(), other.end());
      common.erase(mine, common.end());
      common.resize(common.rfind('/') + 1);
    }
    return common.size() > 1 ? file.substr(common.size()) : short_path(file);
  }

  void write_environment() {
    fmt::print(out_, "**Environment:** Heddle");
    if (case_.environment.has_value()) {
      const ReportEnvironment& environment = *case_.environment;
      fmt::print(out_, " {}", escaped(environment.heddle));
      for (const auto& [title, text] :
           {std::pair("program built by", portable(environment.compiler)),
            std::pair("build id", environment.build_id), std::pair("", environment.libc),
            std::pair("", environment.kernel), std::pair("", environment.processor)}) {
        if (text.empty()) continue;
        fmt::print(out_, "; {}{}{}", title, *title == '\0' ? "" : " ", escaped(text));
      }
      fmt::print(out_, "; seed {}; {}\n\n", case_.result->seed,
                 code(portable(environment.command)));
    } else {
      fmt::print(out_, "; seed {}\n\n", case_.result->seed);
    }
  }

  std::ostream& out_;
  const ReportCase& case_;
  const Issue& issue_;
  const std::map<std::string, std::string>& above_;
  Names names_;
  std::vector<Called> callers_;
  MarkedLines places_;
};

}  // namespace

void write_markdown_report(std::ostream& out, std::span<const ReportCase> cases) {
  for (const ReportCase& report_case : cases) {
    const std::vector<Issue> issues = issues_of(report_case);
    std::map<std::string, std::string> above;
    for (const Issue& issue : issues) {
      IssueWriter(out, report_case, issue, above).write();
      if (issue.minimal == nullptr) continue;
      Names names = names_for(*issue.failure, &issue.minimal->trace, *report_case.symbols);
      above.try_emplace(to_text(issue.minimal->token), headline(*issue.failure, names));
    }
    if (!issues.empty()) continue;
    const std::string name = escaped(short_path(report_case.result->name));
    if (report_case.result->skipped) {
      fmt::print(out, "## {}: skipped, it never starts a second thread\n\n", name);
      continue;
    }
    fmt::print(out, "## {}: no failure\n\n", name);
    for (const EngineResult& engine : report_case.result->engines) {
      fmt::print(out, "- `{}`: {}\n", to_string(engine.engine),
                 engine.error ? "error: " + escaped(*engine.error)
                              : fmt::format("{} ({})", plural(engine.runs, "run"),
                                            escaped(method_text(engine))));
    }
    fmt::print(out, "\n");
  }
}

void write_markdown_absence(std::ostream& out, std::string_view name, std::string_view title,
                            std::string_view why) {
  fmt::print(out, "## {}: {}\n\n{}\n\n", escaped(short_path(name)), escaped(title), escaped(why));
}

}  // namespace heddle
