#include "harness/cli/terminal_size.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace heddle {
namespace {

constexpr std::size_t kUsualWidth = 80;

// 0: it is no terminal.
std::size_t width_of(int descriptor) {
  winsize size{};
  if (isatty(descriptor) == 0 || ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col == 0 ? kUsualWidth : size.ws_col;
}

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// What the person asks for; 0: nothing, or no width that a report can have.
std::size_t columns_asked_for() {
  constexpr unsigned long kMost = 1'000;
  const char* text = std::getenv("COLUMNS");
  if (text == nullptr || *text < '0' || *text > '9') return 0;
  const unsigned long columns = std::strtoul(text, nullptr, 10);
  return columns > kMost ? 0 : columns;
}

// As no-color.org and bixense.com/clicolors have it.
bool wants_color(bool terminal) {
  if (is_set("NO_COLOR")) return false;
  const char* force = std::getenv("CLICOLOR_FORCE");
  if (force != nullptr && *force != '\0' && std::strcmp(force, "0") != 0) return true;
  const char* kind = std::getenv("TERM");
  return terminal && (kind == nullptr || std::strcmp(kind, "dumb") != 0);
}

}  // namespace

TerminalOptions terminal_options() {
  const std::size_t terminal = width_of(STDOUT_FILENO);
  std::size_t width = columns_asked_for();
  if (width == 0) width = terminal;
  return {.width = width == 0 ? kUsualWidth : width, .color = wants_color(terminal != 0)};
}

std::size_t progress_width() {
  return width_of(STDERR_FILENO);
}

}  // namespace heddle
