#include "harness/cli/play_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/report/text.h"

namespace heddle {
namespace {

using Kind = PlayCommand::Kind;

struct Word {
  std::string_view letter;
  std::string_view word;
  Kind kind;
  bool takes_number;
};

constexpr std::array<Word, 10> kWords = {{
    {"c", "continue", Kind::meet, true},
    {"b", "block", Kind::block, true},
    {"n", "steps", Kind::steps, true},
    {"g", "finish", Kind::finish, false},
    {"u", "undo", Kind::undo, true},
    {"s", "state", Kind::state, false},
    {"m", "moves", Kind::moves, false},
    {"?", "help", Kind::help, false},
    {"h", "help", Kind::help, false},
    {"q", "quit", Kind::quit, false},
}};

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "1", or "T1".
std::optional<std::uint32_t> thread_of(std::string_view text) {
  if (text.starts_with('T') || text.starts_with('t')) text.remove_prefix(1);
  return number_of(text);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  constexpr std::string_view kSpaces = " \t\r";
  for (std::size_t at = 0; (at = line.find_first_not_of(kSpaces, at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSpaces, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string in_quotes(std::string_view text) {
  return fmt::format("'{}'", shortened(printable(text), 40));
}

PlayInputError wrong(const std::string& message) {
  return {message};
}

bool counts(Kind kind) {
  return kind == Kind::steps || kind == Kind::undo;
}

// Of steps and undo: 0 of them are none.
PlayInput checked(const PlayCommand& command) {
  if (counts(command.kind) && command.number == 0U) return wrong("0 of them would do nothing");
  if (command.kind == Kind::steps && !command.number) return wrong("how many? For example: n 10");
  return command;
}

std::optional<std::uint32_t> field(const nlohmann::json& object, const char* name) {
  const auto at = object.find(name);
  if (at == object.end() || !at->is_number_unsigned()) return std::nullopt;
  const auto number = at->get<std::uint64_t>();
  if (number > ~std::uint32_t{0}) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

// The fields that the command has beside "do".
std::vector<std::string_view> fields_of(Kind kind) {
  switch (kind) {
    case Kind::go:
      return {"thread", "alternative"};
    case Kind::meet:
    case Kind::block:
      return {"thread"};
    case Kind::steps:
    case Kind::undo:
      return {"count"};
    default:
      return {};
  }
}

}  // namespace

PlayInput parse_play_line(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.empty()) return PlayCommand{};
  if (const auto thread = thread_of(words[0])) {
    if (words.size() > 1)
      return wrong(fmt::format("one number at a time, not {}", in_quotes(line)));
    return PlayCommand{.kind = Kind::go, .number = thread, .names_thread = {}};
  }
  const auto* const word = std::find_if(kWords.begin(), kWords.end(), [&](const Word& known) {
    return words[0] == known.letter || words[0] == known.word;
  });
  if (word == kWords.end()) {
    return wrong(fmt::format("{} is no number of a thread and no command; ? shows them",
                             in_quotes(words[0])));
  }
  PlayCommand command{.kind = word->kind, .number = {}, .names_thread = {}};
  if (words.size() == 1) return checked(command);
  if (!word->takes_number || words.size() > 2) {
    return wrong(fmt::format("'{}' takes {}, not {}", word->letter,
                             word->takes_number ? "one number" : "nothing", in_quotes(line)));
  }
  command.number = counts(command.kind) ? number_of(words[1]) : thread_of(words[1]);
  if (!command.number) return wrong(fmt::format("{} is no number", in_quotes(words[1])));
  return checked(command);
}

PlayInput parse_play_json(std::string_view line) {
  const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  if (object.is_discarded() || !object.is_object()) {
    return wrong(fmt::format("{} is no JSON object on one line", in_quotes(line)));
  }
  const auto name = object.find("do");
  if (name == object.end() || !name->is_string()) {
    return wrong("there is no string \"do\" in it");
  }
  const std::string word = name->get<std::string>();
  PlayCommand command;
  if (word != "go") {
    const auto* const known = std::find_if(kWords.begin(), kWords.end(),
                                           [&](const Word& one) { return one.word == word; });
    if (known == kWords.end())
      return wrong(fmt::format("nothing is known to \"do\" as {}", in_quotes(word)));
    command.kind = known->kind;
  }
  const std::vector<std::string_view> fields = fields_of(command.kind);
  for (const auto& [key, value] : object.items()) {
    if (key == "do") continue;
    if (std::find(fields.begin(), fields.end(), key) == fields.end()) {
      return wrong(fmt::format("\"{}\" takes no {}", word, in_quotes(key)));
    }
    if (command.number) return wrong("either a thread or an alternative, not both");
    command.number = field(object, key.c_str());
    if (!command.number) return wrong(fmt::format("{} is no number", in_quotes(key)));
    if (!counts(command.kind)) command.names_thread = key == "thread";
  }
  return checked(command);
}

std::string_view play_help() {
  return "  1        thread 1 takes its next step; or the answer 1 to a question\n"
         "  Enter    what is marked with >: the default\n"
         "  n 10     ten decisions as by default\n"
         "  c [1]    thread 1 (else the marked one) goes on until it waits, ends, or\n"
         "           comes to something that another thread uses as well\n"
         "  b [1]    likewise, until it waits or ends\n"
         "  g        to the end of the run, as by default\n"
         "  u [3]    take your last command (or three) back\n"
         "  s        show the state again\n"
         "  m        show all moves so far\n"
         "  q        quit\n";
}

}  // namespace heddle
