#include "tests/bench/case_program.h"

#include <stdexcept>
#include <variant>
#include <vector>

#include "harness/cli/case_list.h"

namespace heddle::bench {

std::string case_program(const std::string& name) {
  static const auto list = read_case_list();
  if (const auto* error = std::get_if<CaseListError>(&list)) {
    throw std::runtime_error(error->message);
  }
  const auto program = find_program(name, std::get<std::vector<ListedCase>>(list));
  if (const auto* error = std::get_if<CaseListError>(&program)) {
    throw std::runtime_error(error->message);
  }
  return std::get<NamedProgram>(program).path;
}

}  // namespace heddle::bench
