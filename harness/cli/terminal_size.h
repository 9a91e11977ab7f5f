// What is known of the terminal that standard output goes to.
#pragma once

#include "harness/report/terminal.h"

namespace heddle {

// The terminal's width, or that of a wide page for files and pipes; colours on terminals only, and
// not with NO_COLOR set (no-color.org).
TerminalOptions terminal_options();

// Columns of standard error if it is a terminal, else 0.
std::size_t progress_width();

}  // namespace heddle
