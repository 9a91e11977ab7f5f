// Programs made with GoogleTest: many tests in one executable, each a case of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/search/environment.h"
#include "harness/search/worker_process.h"

namespace heddle {

struct TestList {
  std::vector<std::string> tests;  // "Suite.Name", "Prefix/Suite.Name/0", in the program's order
  std::size_t disabled = 0;        // how many more have DISABLED_ in their names
};

// What a program prints for --gtest_list_tests. Lines that are no part of the list are skipped:
// programs say other things too at their start.
TestList parse_test_list(std::string_view output);

// Starts the program once to list its tests, under no engine. No tests: it is none that GoogleTest
// runs, or it could not be started. `filter`: only those, as in --gtest_filter. An error: it did
// not end in time.
std::variant<TestList, StartError> list_google_tests(
    const WorkerOptions& program, const std::optional<std::string>& filter,
    std::chrono::milliseconds patience = std::chrono::seconds(60));

// The argument that has the program run this test and no other.
std::string google_test_argument(std::string_view test);

// The first failed assertion in what a test printed, in one line: "queue_test.cpp:13: Expected
// equality of these values: size Which is: 1 2". Empty if there is none.
std::string first_test_failure(std::string_view output);

// The same of one run, executed once more by the engine: the exit status that ends such a run does
// not say which assertion it was. Empty if it cannot be had.
std::string first_test_failure(const WorkerOptions& program, const Job& replay,
                               std::uint32_t lost_ms);

// Takes out what chooses or repeats tests and writes reports, and asks for little output: 10 000
// runs would write as many reports.
void quiet_google_test(Environment& environment);

}  // namespace heddle
