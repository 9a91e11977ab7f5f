#include "harness/cli/report_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

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
  // The file that a link names is replaced, not the link.
  std::error_code error;
  if (const fs::path target = fs::weakly_canonical(path, error); !error) path_ = target.string();
  const fs::file_type type = fs::status(path_, error).type();
  const bool can_be_replaced = type == fs::file_type::regular || type == fs::file_type::not_found;
  const std::string next = fmt::format("{}.{}.new", path_, getpid());
  if (can_be_replaced && can_be_made(next)) next_ = next;
}

std::optional<std::string> ReportFile::try_out() const {
  if (is_replaced()) return std::nullopt;
  std::error_code error;
  if (fs::is_directory(path_, error)) return fmt::format("cannot write {}: it is a folder", named_);
  if (access(path_.c_str(), W_OK) == 0) return std::nullopt;
  return fmt::format("cannot write {}: {}", named_, std::strerror(errno));
}

std::optional<std::string> ReportFile::write(std::span<const ReportCase> cases) const {
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

}  // namespace heddle
