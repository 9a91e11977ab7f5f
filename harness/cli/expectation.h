// What a person or a test expects of a case, and whether it came out so.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "harness/model/outcome.h"
#include "harness/search/result.h"

namespace heddle {

struct Expectation {
  enum class Verdict { pass, fail, any };
  Verdict verdict = Verdict::pass;
  std::optional<FailureKind> kind;  // with fail: at least one finding of this kind
};

struct ExpectationError {
  std::string message;
};

// "pass", "fail", "fail:lost_wakeup" (an enumerator of FailureKind), "any".
std::variant<Expectation, ExpectationError> parse_expectation(std::string_view text);

// One line that says what was expected and is not so; nothing if all is as expected. Engines that
// could not be used are left out.
std::optional<std::string> broken_expectation(const Expectation& expectation,
                                              const CaseResult& result);

// Nothing if each engine that made runs has brought some to their end, or was interrupted; else a
// line that says which has not. What neither passed nor failed keeps no expectation.
std::optional<std::string> nothing_finished(const CaseResult& result);

// One line with the first error of an engine: of one that was asked for, or where none could be
// used. Of all engines some may not suit a program.
std::optional<std::string> error_of_engines(const CaseResult& result, bool engines_were_chosen);

}  // namespace heddle
