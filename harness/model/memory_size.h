// An amount of memory as people write it.
#pragma once

#include <cstdint>
#include <string>

#include "harness/model/schedule.h"

namespace heddle {

// What of a worker's memory is the program's own share: what Heddle, or ThreadSanitizer, keeps of
// each byte that the program uses is a few times as large. A run that ends at the limit is charged
// to the program if it has had its share, and else to nobody.
constexpr std::uint64_t programs_share(std::uint64_t limit, EngineKind engine) {
  switch (engine) {
    case EngineKind::stress:
      return limit / 2;
    case EngineKind::tsan:
    case EngineKind::fuzz:
      return limit / 8;
    case EngineKind::relacy:
      return limit / 16;
  }
  return limit;
}

// "512 MB", "1.5 GB", by powers of 1024.
std::string memory_words(std::uint64_t bytes);

// What a failure says whose run has had more than a worker may have. The same for all runs of a
// search: with no place to tell failures apart it goes by its words.
std::string out_of_memory_words(std::uint64_t limit);

}  // namespace heddle
