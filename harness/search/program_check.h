// Whether a file is a program that Heddle can run, before it is started.
#pragma once

#include <optional>
#include <string>

namespace heddle {

// One line that says what is wrong and how to mend it; nothing if the program looks right: an
// executable for this machine that asks the loader for ThreadSanitizer's library.
std::optional<std::string> check_program(const std::string& path);

// What to say of a program that asks for that library, and of which nothing is instrumented: one
// line that says how to build it.
std::string nothing_is_instrumented(const std::string& path);

// Whether GoogleTest is in the program or in a library that it asks for.
bool has_google_test(const std::string& path);

}  // namespace heddle
