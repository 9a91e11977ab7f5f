#include "harness/cli/terminal_size.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace heddle {
namespace {

std::size_t width_of(int descriptor) {
  winsize size{};
  if (isatty(descriptor) == 0 || ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col == 0 ? 80 : size.ws_col;
}

}  // namespace

TerminalOptions terminal_options() {
  constexpr std::size_t kPageWidth = 100;
  const std::size_t width = width_of(STDOUT_FILENO);
  const char* no_color = std::getenv("NO_COLOR");
  return {.width = width == 0 ? kPageWidth : width,
          .color = width != 0 && (no_color == nullptr || *no_color == '\0')};
}

std::size_t progress_width() {
  return width_of(STDERR_FILENO);
}

}  // namespace heddle
