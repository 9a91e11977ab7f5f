#include "harness/grade/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace heddle::grade {

std::optional<std::string> read_file(const std::filesystem::path& file, std::size_t longest) {
  // Non-blocking: a pipe in the place of a file would be waited for without end.
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  std::optional<std::string> text;
  struct stat status = {};
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
      static_cast<std::size_t>(status.st_size) <= longest) {
    text.emplace(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t got = read(descriptor, text->data(), text->size());
    if (got < 0) {
      text.reset();
    } else {
      text->resize(static_cast<std::size_t>(got));
    }
  }
  close(descriptor);
  return text;
}

bool write_file(const std::filesystem::path& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.flush();
  return static_cast<bool>(out);
}

std::string_view lines_of(std::string_view text, std::size_t from, std::size_t to) {
  if (from == 0 || to < from) return {};
  std::size_t begin = 0;
  for (std::size_t line = 1; line < from; ++line) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return {};
    begin = end + 1;
  }
  std::size_t end = begin;
  for (std::size_t line = from; line <= to; ++line) {
    if (end == text.size()) return {};
    const std::size_t next = text.find('\n', end);
    end = next == std::string_view::npos ? text.size() : next + 1;
  }
  return text.substr(begin, end - begin);
}

std::string without_folder(std::string text, const std::filesystem::path& folder) {
  const std::string name = folder.string() + '/';
  for (std::size_t at; (at = text.find(name)) != std::string::npos;) text.erase(at, name.size());
  return text;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "heddle-grade-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("cannot make a folder " + name + ": " + std::strerror(errno));
  }
  path_ = std::filesystem::canonical(name);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

}  // namespace heddle::grade
