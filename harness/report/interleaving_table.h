// The table of an interleaving on a screen: a column a thread, and beside each step the text of its
// source line, if there is room and this machine has the source.
#pragma once

#include <string>

#include "harness/report/interleaving.h"
#include "harness/report/screen.h"
#include "harness/report/source_text.h"

namespace heddle {

struct TableOptions {
  bool mark_races = false;  // the failure is a race: its accesses are what to look at
  // Source lines that the reader has before the eyes already.
  MarkedLines shown{};
};

// The file of all rows, if it is one: then a heading names it, and the rows need not. Else empty.
std::string only_file(const Interleaving& interleaving);

void write_table(Screen& screen, const Interleaving& interleaving, const TableOptions& options);

}  // namespace heddle
