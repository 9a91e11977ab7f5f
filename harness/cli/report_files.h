// What `--report` asks for. Who reads a file finds the whole report of before, or the whole new
// one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "harness/report/report_formats.h"

namespace heddle {

class ReportFile {
 public:
  ReportFile(const ReportFormat& format, const std::string& path);

  // Whether it can be written, before hours of work depend on it: what is wrong, if anything is.
  // The file stays as it is.
  std::optional<std::string> try_out() const;

  // Replaces the file. What is wrong, if anything is: the file is then as before, unless it is none
  // that can be replaced (a device, a pipe, a folder that takes no new file).
  std::optional<std::string> write(std::span<const ReportCase> cases) const;

  // "-": standard output.
  bool is_output() const { return named_ == "-"; }
  // Whether each write() replaces the one before.
  bool is_replaced() const { return !next_.empty(); }

 private:
  const ReportFormat* format_;
  std::string named_;  // as the command line has it
  std::string path_;   // where it leads
  std::string next_;   // written first, in its folder; empty: in place
};

// Of "FORMAT:FILE"; or what is wrong with it, in one line.
std::variant<ReportFile, std::string> parse_report(const std::string& text);

bool writes_to_output(std::span<const ReportFile> reports);

// Writes them all, and complains of those that cannot be written. Returns an exit status.
int write_reports(std::span<const ReportFile> reports, std::span<const ReportCase> cases);

}  // namespace heddle
