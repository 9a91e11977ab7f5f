// An exhaustive search that was stopped, as a file for `heddle run --resume`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/model/op.h"
#include "harness/search/result.h"

namespace heddle {

// A failure that the search has shown so far.
struct SavedFinding {
  std::string failure;  // Failed, as codec.h has it: of the program that is searched
  std::uint64_t count = 0;
  std::uint64_t first_run = 0;
  std::string token;  // to_text(Token), or empty

  friend bool operator==(const SavedFinding&, const SavedFinding&) = default;
};

struct SavedSearch {
  // What is being searched: a state says nothing about another program, or another strategy.
  std::string strategy;
  std::uint64_t seed = 1;
  std::uint64_t program = 0;  // program_fingerprint()
  std::vector<std::string> args;
  // How far it has come: SearchOutcome's fields of these names.
  std::vector<Address> racy_pcs;
  std::string strategy_state;
  EarlierParts earlier;
  // All parts together. `finished`: there is nothing to go on with, and this is its result.
  bool finished = false;
  std::uint64_t runs = 0;
  std::vector<SavedFinding> findings{};

  friend bool operator==(const SavedSearch&, const SavedSearch&) = default;
};

struct SavedSearchError {
  std::string message;  // one line
};

// A number for the content of the file; another build has another. 0 if it cannot be read.
std::uint64_t program_fingerprint(const std::string& path);

std::string to_text(const SavedSearch& saved);
std::variant<SavedSearch, SavedSearchError> parse_saved_search(const std::string& text);

// Nothing if there is no such file: then the search begins.
std::variant<std::optional<SavedSearch>, SavedSearchError> read_saved_search(
    const std::string& file);
// What went wrong, if anything did; the file is then as it was before.
std::optional<std::string> write_saved_search(const std::string& file, const SavedSearch& saved);

}  // namespace heddle
