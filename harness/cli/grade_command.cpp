#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "harness/cli/commands.h"
#include "harness/grade/formats.h"
#include "harness/grade/grade.h"
#include "harness/search/worker_process.h"

namespace heddle {
namespace {

struct GradeCommand {
  std::string assignment;
  std::vector<std::string> submissions;
  std::vector<std::string> reports;
  grade::GradeOptions options;
};

struct MarksReport {
  const grade::MarksFormat* format;
  std::string file;
};

// Those that came with Heddle, beside the command.
std::filesystem::path assignments_folder() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return self.parent_path().parent_path() / "share" / "heddle" / "assignments";
}

// Nothing if all is well, else what is wrong with the reports that were asked for.
std::string find_reports(const GradeCommand& command, std::vector<MarksReport>& reports) {
  for (const std::string& text : command.reports) {
    const std::size_t colon = text.find(':');
    const auto* format = grade::find_marks_format(text.substr(0, colon));
    if (format == nullptr || colon == std::string::npos || colon + 1 == text.size()) {
      std::vector<std::string_view> names;
      for (const grade::MarksFormat& known : grade::marks_formats()) names.push_back(known.name);
      return fmt::format("'{}' is no report; write FORMAT:FILE, with a FORMAT of: {}", text,
                         fmt::join(names, ", "));
    }
    if (!format->for_class && command.submissions.size() != 1) {
      return fmt::format("a report for {} is of one submission", format->name);
    }
    reports.push_back({format, text.substr(colon + 1)});
  }
  return "";
}

int write_reports(std::span<const MarksReport> reports, const grade::Assignment& assignment,
                  std::span<const grade::Graded> graded) {
  int status = kHeld;
  for (const MarksReport& report : reports) {
    std::ofstream out(report.file);
    if (out) report.format->write(out, assignment, graded);
    out.flush();
    if (!out) {
      status = complain(kUsage, fmt::format("cannot write {}: {}; the marks above are complete",
                                            report.file, std::strerror(errno)));
    }
  }
  return status;
}

int run(const GradeCommand& command) {
  std::filesystem::path folder = command.assignment;
  const std::filesystem::path own = assignments_folder();
  if (command.assignment.find('/') == std::string::npos) folder = own / command.assignment;
  const auto read = grade::read_assignment(folder);
  if (const auto* error = std::get_if<grade::RubricError>(&read)) {
    return complain(kUsage, error->message);
  }
  const auto& assignment = std::get<grade::Assignment>(read);
  std::vector<MarksReport> reports;
  if (const std::string wrong = find_reports(command, reports); !wrong.empty()) {
    return complain(kUsage, wrong);
  }
  std::vector<grade::Submission> submissions;
  for (const std::string& path : command.submissions) {
    // A link is one that cannot be marked, and no reason to leave the others unmarked.
    if (std::error_code error;
        !std::filesystem::exists(std::filesystem::symlink_status(path, error))) {
      return complain(kUsage, fmt::format("there is no {}", path));
    }
    submissions.push_back(grade::submission_at(path));
  }

  grade::GradeOptions options = command.options;
  options.library_dir = default_library_dir();
  if (options.jobs == 0) options.jobs = std::max(1U, std::thread::hardware_concurrency());
  std::error_code error;
  if (std::filesystem::exists(own, error)) {
    options.hidden.push_back(std::filesystem::canonical(own, error));
  }
  const bool shows_progress = isatty(STDERR_FILENO) != 0;
  const auto graded = grade::grade(assignment, submissions, options, [&](std::size_t done) {
    if (shows_progress) fmt::print(stderr, "\r{} of {} graded ", done, submissions.size());
  });
  if (shows_progress) fmt::print(stderr, "\r\x1b[K");
  grade::write_text(std::cout, assignment, graded);
  const auto open = grade::not_contained(options);
  if (!open.empty()) {
    std::cout << fmt::format("\nnot kept from submissions on this system: {}\n",
                             fmt::join(open, ", "));
  }
  std::cout.flush();
  return write_reports(reports, assignment, graded);
}

}  // namespace

void add_grade_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<GradeCommand>();
  CLI::App* command = app.add_subcommand(
      "grade", "Builds, runs and marks submissions; exit status 0 whenever that was done");
  command
      ->add_option("assignment", options->assignment,
                   "folder of an assignment (with a '/'), or the name of one of Heddle's")
      ->required();
  command->add_option("submissions", options->submissions, "a folder, or one file, of each student")
      ->required();
  command
      ->add_option("--report", options->reports,
                   "also write FORMAT:FILE: csv, junit; of one submission: gradescope, "
                   "classroom50, coderunner")
      ->allow_extra_args(false);
  command
      ->add_option("--hints", options->options.hints,
                   "what students are told of a failure: 0 that there is one, 1 its kind, 2 the "
                   "lines, 3 the interleaving")
      ->check(CLI::Range(0U, grade::kMostHints))
      ->capture_default_str();
  command->add_option("--compiler", options->options.compiler, "for the submissions")
      ->capture_default_str();
  command
      ->add_option("-j,--jobs", options->options.jobs,
                   "submissions at a time; 0: one per processor")
      ->default_val(0);
  command->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace heddle
