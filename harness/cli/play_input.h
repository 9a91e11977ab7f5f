// What a person, or a program, tells a game to do: a line each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace heddle {

struct PlayCommand {
  enum class Kind : std::uint8_t {
    go,     // the thread, or the alternative, with this number; the usual one without
    steps,  // as many decisions as number says, the usual each time
    meet,   // the thread goes on until it waits, ends or comes to what another uses too
    block,  // until it waits or ends
    finish,
    undo,  // as many commands as number says
    state,
    moves,
    help,
    quit,
  };

  Kind kind = Kind::go;
  std::optional<std::uint32_t> number;
  // JSON: whether a thread was named, or an alternative. A person's number is either.
  std::optional<bool> names_thread;

  friend bool operator==(const PlayCommand&, const PlayCommand&) = default;
};

struct PlayInputError {
  std::string message;  // one line
};

using PlayInput = std::variant<PlayCommand, PlayInputError>;

// "1", "T1", "", "c", "c 1", "b", "n 10", "g", "u", "u 3", "s", "m", "?", "q", and the words that
// these letters are short for.
PlayInput parse_play_line(std::string_view line);

// {"do": "go", "thread": 1}; see report/play_report.h.
PlayInput parse_play_json(std::string_view line);

// What can be typed.
std::string_view play_help();

}  // namespace heddle
