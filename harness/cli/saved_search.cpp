#include "harness/cli/saved_search.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/model/crc32.h"

namespace heddle {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 4;

constexpr char kChecksum[] = "checksum";
constexpr char kDamaged[] = "it is no saved search, or damaged";

std::string hex(std::uint64_t number) {
  return fmt::format("{:x}", number);
}

std::uint64_t from_hex(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::invalid_argument("'" + text + "' is no hexadecimal number");
  }
  return number;
}

std::string hex_of_bytes(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string from_hex_of_bytes(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes += static_cast<char>(from_hex(text.substr(i, 2)));
  }
  return bytes;
}

// Of all that stands before it.
std::string checksum_of(const Json& json) {
  return fmt::format("{:08x}", crc32(json.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace

std::uint64_t program_fingerprint(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return 0;
  // FNV-1a, 64 bits.
  std::uint64_t hash = 0xcbf29ce484222325;
  std::array<char, 1 << 16> block{};
  while (file.read(block.data(), block.size()), file.gcount() > 0) {
    for (std::streamsize i = 0; i < file.gcount(); ++i) {
      hash ^= static_cast<unsigned char>(block[static_cast<std::size_t>(i)]);
      hash *= 0x100000001b3;
    }
  }
  return hash;
}

std::string to_text(const SavedSearch& saved) {
  Json json = {{"heddle_search", kVersion},
               {"strategy", saved.strategy},
               {"seed", saved.seed},
               {"program", hex(saved.program)},
               {"args", saved.args}};
  json["racy"] = Json::array();
  for (const Address pc : saved.racy_pcs) json["racy"].push_back(hex(pc));
  json["state"] = saved.strategy_state;
  json["failed"] = saved.earlier.failed;
  json["failed_late"] = saved.earlier.failed_late;
  json["weaker_atomics"] = saved.earlier.features.weaker_atomics;
  json["compare_exchange"] = saved.earlier.features.compare_exchange;
  json["unknown_exchange"] = saved.earlier.features.unknown_exchange;
  json["interrupted"] = saved.earlier.features.interrupted;
  json["repeatable"] = saved.earlier.repeatable;
  json["finished"] = saved.finished;
  json["runs"] = saved.runs;
  json["findings"] = Json::array();
  for (const SavedFinding& finding : saved.findings) {
    json["findings"].push_back({{"failure", hex_of_bytes(finding.failure)},
                                {"count", finding.count},
                                {"first_run", finding.first_run},
                                {"token", finding.token}});
  }
  json[kChecksum] = checksum_of(json);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::variant<SavedSearch, SavedSearchError> parse_saved_search(const std::string& text) {
  try {
    Json json = Json::parse(text);
    if (json.at("heddle_search") != kVersion) {
      return SavedSearchError{"it was written by another version of heddle"};
    }
    // One changed number would be another search, which proves whatever it likes.
    const std::string checksum = json.at(kChecksum);
    json.erase(kChecksum);
    if (checksum != checksum_of(json)) return SavedSearchError{kDamaged};
    SavedSearch saved{.strategy = json.at("strategy"),
                      .seed = json.at("seed"),
                      .program = from_hex(json.at("program")),
                      .args = json.at("args"),
                      .racy_pcs = {},
                      .strategy_state = json.at("state"),
                      .earlier = {.failed = json.at("failed"),
                                  .failed_late = json.at("failed_late"),
                                  .features = {.weaker_atomics = json.at("weaker_atomics"),
                                               .compare_exchange = json.at("compare_exchange"),
                                               .unknown_exchange = json.at("unknown_exchange"),
                                               .interrupted = json.at("interrupted")},
                                  .repeatable = json.at("repeatable")},
                      .finished = json.at("finished"),
                      .runs = json.at("runs")};
    for (const Json& finding : json.at("findings")) {
      saved.findings.push_back({.failure = from_hex_of_bytes(finding.at("failure")),
                                .count = finding.at("count"),
                                .first_run = finding.at("first_run"),
                                .token = finding.at("token")});
    }
    for (const Json& pc : json.at("racy")) saved.racy_pcs.push_back(from_hex(pc));
    return saved;
  } catch (const std::exception&) {
    return SavedSearchError{kDamaged};
  }
}

std::variant<std::optional<SavedSearch>, SavedSearchError> read_saved_search(
    const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return SavedSearchError{"it cannot be read"};
  auto parsed = parse_saved_search(text.str());
  if (auto* wrong = std::get_if<SavedSearchError>(&parsed)) return *wrong;
  return std::get<SavedSearch>(std::move(parsed));
}

std::optional<std::string> write_saved_search(const std::string& path, const SavedSearch& saved) {
  // In one step: a search of hours must not be lost because this one was stopped in the middle.
  const std::string next = path + ".new";
  std::ofstream file(next, std::ios::binary);
  if (file) file << to_text(saved);
  file.close();
  if (!file) return std::strerror(errno);
  std::error_code error;
  std::filesystem::rename(next, path, error);
  if (error) return error.message();
  return std::nullopt;
}

}  // namespace heddle
