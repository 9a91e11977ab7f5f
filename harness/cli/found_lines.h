// What searches have found, a line each, while others still run: nobody should wait for a report to
// see that there is a bug.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/module.h"
#include "harness/report/progress.h"
#include "harness/search/result.h"

namespace heddle {

class FoundLines {
 public:
  // `width` in columns, at least 1.
  FoundLines(ProgressLine& line, std::size_t width) : line_(line), width_(width) {}

  // The findings of one search until now that no line has told of yet, whichever engine saw them;
  // of many the first.
  void tell(std::string_view case_name, const EngineResult& so_far,
            const std::vector<Module>& modules);

 private:
  ProgressLine& line_;
  std::size_t width_;
  std::set<std::string> told_;                // with the case
  std::map<std::string, std::size_t> lines_;  // of each case and engine
};

}  // namespace heddle
