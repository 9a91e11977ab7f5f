#include "harness/cli/report_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string_view>

#include "harness/cli/commands.h"

namespace heddle {
namespace {

namespace fs = std::filesystem;

// Whether a file can be made there. Removes it again.
bool can_be_made(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return false;
  close(descriptor);
  unlink(path.c_str());
  return true;
}

}  // namespace

ReportFile::ReportFile(const ReportFormat& format, const std::string& path)
    : format_(&format), named_(path), path_(path) {
  if (is_output()) return;
  // The file that a link names is replaced, not the link.
  std::error_code error;
  if (const fs::path target = fs::weakly_canonical(path, error); !error) path_ = target.string();
  const fs::file_type type = fs::status(path_, error).type();
  const bool can_be_replaced = type == fs::file_type::regular || type == fs::file_type::not_found;
  const std::string next = fmt::format("{}.{}.new", path_, getpid());
  if (can_be_replaced && can_be_made(next)) next_ = next;
}

std::optional<std::string> ReportFile::try_out() const {
  if (is_replaced() || is_output()) return std::nullopt;
  std::error_code error;
  if (fs::is_directory(path_, error)) return fmt::format("cannot write {}: it is a folder", named_);
  if (access(path_.c_str(), W_OK) == 0) return std::nullopt;
  // Of a file that is to be made, what the folder says counts.
  if (errno == ENOENT && can_be_made(path_)) return std::nullopt;
  return fmt::format("cannot write {}: {}", named_, std::strerror(errno));
}

std::optional<std::string> ReportFile::write(std::span<const ReportCase> cases) const {
  if (is_output()) {
    format_->write(std::cout, cases);
    std::cout.flush();
    if (std::cout) return std::nullopt;
    return "cannot write to standard output";
  }
  const std::string& path = is_replaced() ? next_ : path_;
  errno = 0;
  std::ofstream out(path);
  if (out) format_->write(out, cases);
  out.close();
  if (!out) {
    const std::string why = errno != 0 ? std::strerror(errno) : "it takes no more";
    if (is_replaced()) unlink(next_.c_str());
    return fmt::format("cannot write {}: {}", named_, why);
  }
  std::error_code error;
  if (is_replaced()) fs::rename(next_, path_, error);
  if (!error) return std::nullopt;
  unlink(next_.c_str());
  return fmt::format("cannot write {}: {}", named_, error.message());
}

std::variant<ReportFile, std::string> parse_report(const std::string& text) {
  const std::size_t colon = text.find(':');
  const ReportFormat* format = find_report_format(text.substr(0, colon));
  if (format != nullptr && colon != std::string::npos && colon + 1 != text.size()) {
    return ReportFile(*format, text.substr(colon + 1));
  }
  std::vector<std::string_view> names;
  for (const ReportFormat& known : report_formats()) names.push_back(known.name);
  return fmt::format("'{}' is no report; write FORMAT:FILE, with a FORMAT of: {}", text,
                     fmt::join(names, ", "));
}

bool writes_to_output(std::span<const ReportFile> reports) {
  return std::any_of(reports.begin(), reports.end(),
                     [](const ReportFile& report) { return report.is_output(); });
}

int write_reports(std::span<const ReportFile> reports, std::span<const ReportCase> cases) {
  int status = kHeld;
  for (const ReportFile& report : reports) {
    if (const auto wrong = report.write(cases)) {
      status = complain(kOwnError, *wrong + "; the report above is complete");
    }
  }
  return status;
}

}  // namespace heddle
