#include "harness/search/silent_pass.h"

#include "harness/search/program_check.h"

namespace heddle {

void find_silent_pass(EngineResult& result, const RunTotals& totals, const std::string& program) {
  // A failure that does not count was one all the same: something was controlled.
  const bool failed = result.failed != 0 || result.not_as_fresh.has_value();
  if (result.error.has_value() || result.runs == 0 || failed) return;
  if (totals.most_threads <= 1) {
    result.one_thread = true;
    result.error =
        "nothing was controlled: the program never had two threads at once; does main() start "
        "any?";
  } else if (result.instrumentation.none) {
    result.error = nothing_is_instrumented(program);
  } else if (totals.steps == 0) {
    result.error =
        "nothing was controlled: the program never entered Heddle; is all of it built with "
        "-fsanitize=thread?";
  }
}

}  // namespace heddle
