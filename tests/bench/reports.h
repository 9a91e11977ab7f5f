#pragma once

#include <cstddef>

namespace heddle::bench {

struct ReportOptions {
  std::size_t cases = 1'000;    // each under four engines
  std::size_t steps = 100'000;  // of a trace
};

// How long it takes to write reports of many cases in every format, and the interleaving of a long
// run. Throws std::runtime_error if one of them is not what it should be.
void show_reports(const ReportOptions& options);

}  // namespace heddle::bench
