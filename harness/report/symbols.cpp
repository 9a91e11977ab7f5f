#include "harness/report/symbols.h"

#include <algorithm>
#include <array>

namespace heddle {

bool is_library_file(std::string_view file) {
  static constexpr std::array<std::string_view, 4> kSigns = {"/usr/include/", "/usr/lib/",
                                                             "/include/c++/", "/libstdc++-v3/"};
  return std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view sign) {
    return file.find(sign) != std::string_view::npos;
  });
}

std::string Symbols::file_label(const std::string& file) const {
  return file.substr(file.rfind('/') + 1);
}

std::string Symbols::thread_local_data(Address /*image*/, std::uint64_t /*offset*/) const {
  return "";
}

std::string Symbols::local(const StackFrame& /*frame*/, Address /*address*/) const {
  return "";
}

std::optional<ObjectType> Symbols::pointee(Address /*address*/) const {
  return std::nullopt;
}

std::optional<ObjectType> Symbols::pointee(const StackFrame& /*frame*/, Address /*address*/) const {
  return std::nullopt;
}

std::optional<ObjectType> Symbols::pointee(const ObjectType& /*type*/,
                                           std::uint64_t /*offset*/) const {
  return std::nullopt;
}

std::optional<PlacedType> Symbols::allocated_by(Address /*return_address*/) const {
  return std::nullopt;
}

std::vector<ObjectType> Symbols::classes_at(Address /*return_address*/) const {
  return {};
}

std::string Symbols::spelled(Address /*address*/, std::uint64_t /*value*/,
                             unsigned /*size*/) const {
  return "";
}

std::string Symbols::spelled(const StackFrame& /*frame*/, Address /*address*/,
                             std::uint64_t /*value*/, unsigned /*size*/) const {
  return "";
}

std::string Symbols::spelled(const ObjectType& /*type*/, std::uint64_t /*offset*/,
                             std::uint64_t /*value*/, unsigned /*size*/) const {
  return "";
}

std::string Symbols::member(const ObjectType& /*type*/, std::uint64_t /*offset*/) const {
  return "";
}

}  // namespace heddle
