// What is known of the terminal that standard output goes to.
#pragma once

#include "harness/report/terminal.h"

namespace heddle {

// COLUMNS, else the terminal's width, else 80 columns. Colours on terminals, but for TERM=dumb;
// CLICOLOR_FORCE asks for them elsewhere, NO_COLOR for none at all.
TerminalOptions terminal_options();

// Columns of standard error if it is a terminal, else 0.
std::size_t progress_width();

}  // namespace heddle
