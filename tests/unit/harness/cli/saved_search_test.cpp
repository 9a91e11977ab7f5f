#include "harness/cli/saved_search.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace heddle {
namespace {

SavedSearch some_search() {
  return {.strategy = "dfs:bound=2",
          .seed = 7,
          .program = 0xfedcba9876543210,
          .args = {"5", "--flag=\"x\""},
          .racy_pcs = {0x401000, 0x7ffff7000123},
          .strategy_state = "dfs2 0 1k 0 0 2 1",
          .earlier = {.failed = 3,
                      .features = {.weaker_atomics = true, .compare_exchange = false},
                      .repeatable = false},
          .finished = true,
          .runs = 21,
          .findings = {{.failure = std::string("\0\xff x", 4),
                        .count = 3,
                        .first_run = 5,
                        .token = "h1f-1.3.2-22d04198"},
                       {.failure = "", .count = 1, .first_run = 0, .token = ""}}};
}

std::string error_of(const std::string& text) {
  const auto parsed = parse_saved_search(text);
  const auto* error = std::get_if<SavedSearchError>(&parsed);
  return error != nullptr ? error->message : "no error";
}

// A path of its own, removed at the end.
class SavedSearchFile : public testing::Test {
 protected:
  SavedSearchFile()
      : path_((std::filesystem::temp_directory_path() /
               ("heddle_saved_search_" + std::to_string(getpid())))
                  .string()) {}
  ~SavedSearchFile() override { std::filesystem::remove(path_); }

  std::string path_;
};

TEST(SavedSearch, comes_back_as_it_was_written) {
  const auto parsed = parse_saved_search(to_text(some_search()));
  ASSERT_TRUE(std::holds_alternative<SavedSearch>(parsed));
  EXPECT_EQ(std::get<SavedSearch>(parsed), some_search());
}

TEST(SavedSearch, what_is_cut_short_changed_or_something_else_is_refused) {
  const std::string text = to_text(some_search());
  for (std::size_t size = 0; size + 2 < text.size(); size += 7) {
    EXPECT_EQ(error_of(text.substr(0, size)), "it is no saved search, or damaged") << size;
  }
  EXPECT_EQ(error_of("{}"), "it is no saved search, or damaged");
  std::string bad_address = text;
  bad_address.replace(bad_address.find("401000"), 6, "40x000");
  EXPECT_EQ(error_of(bad_address), "it is no saved search, or damaged");
  std::string later = text;
  later.replace(later.find("\"heddle_search\": 4"), 18, "\"heddle_search\": 5");
  EXPECT_EQ(error_of(later), "it was written by another version of heddle");
}

TEST(SavedSearch, any_changed_number_is_noticed) {
  const std::string text = to_text(some_search());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] < '0' || text[at] > '9') continue;
    std::string changed = text;
    changed[at] = text[at] == '7' ? '8' : '7';
    EXPECT_NE(error_of(changed), "no error") << at << ": " << text.substr(at, 20);
  }
}

TEST_F(SavedSearchFile, a_file_that_is_not_there_is_a_search_that_begins) {
  const auto read = read_saved_search(path_);
  ASSERT_TRUE(std::holds_alternative<std::optional<SavedSearch>>(read));
  EXPECT_FALSE(std::get<std::optional<SavedSearch>>(read).has_value());
}

TEST_F(SavedSearchFile, what_was_written_is_read) {
  EXPECT_EQ(write_saved_search(path_, some_search()), std::nullopt);
  const auto read = read_saved_search(path_);
  ASSERT_TRUE(std::holds_alternative<std::optional<SavedSearch>>(read));
  EXPECT_EQ(std::get<std::optional<SavedSearch>>(read), some_search());
}

TEST_F(SavedSearchFile, a_place_that_cannot_be_written_is_an_error) {
  EXPECT_NE(write_saved_search(path_ + "/no/such/folder", some_search()), std::nullopt);
}

TEST_F(SavedSearchFile, another_content_is_another_program) {
  EXPECT_EQ(program_fingerprint(path_), 0U);
  std::ofstream(path_) << "one build";
  const std::uint64_t first = program_fingerprint(path_);
  std::ofstream(path_) << "two build";
  EXPECT_NE(first, 0U);
  EXPECT_NE(program_fingerprint(path_), first);
}

}  // namespace
}  // namespace heddle
