#include "harness/report/source_place.h"

#include <fmt/format.h>

#include <string_view>

#include "harness/report/text.h"

namespace heddle {
namespace {

// "Pool::run" of "Pool::run(int)", "run" of it.
std::string_view last_name(std::string_view function) {
  const std::size_t colon = function.rfind("::");
  return colon == std::string_view::npos ? function : function.substr(colon + 2);
}

bool has_no_name(std::string_view function) {
  return function.find("lambda") != std::string_view::npos ||
         function.find("operator") != std::string_view::npos ||
         function.find('$') != std::string_view::npos;
}

bool same_function(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty() || has_no_name(a) || has_no_name(b)) return true;
  const std::string short_a = short_function(a);
  const std::string short_b = short_function(b);
  return last_name(short_a) == last_name(short_b);
}

}  // namespace

std::string place_text(const SourcePlace& place) {
  return printable(fmt::format("{}:{}", file_name(place.file), place.line));
}

bool is_at(const SourceLine& source, const SourcePlace& place) {
  return source.known() && source.line == place.line &&
         file_name(source.file) == file_name(place.file) &&
         same_function(source.function, place.function);
}

}  // namespace heddle
