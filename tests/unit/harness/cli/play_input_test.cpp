#include "harness/cli/play_input.h"

#include <gtest/gtest.h>

#include <string>

namespace heddle {
namespace {

using Kind = PlayCommand::Kind;

PlayCommand command(Kind kind, std::optional<std::uint32_t> number = {},
                    std::optional<bool> names_thread = {}) {
  return {.kind = kind, .number = number, .names_thread = names_thread};
}

void expect_command(const PlayInput& input, const PlayCommand& expected) {
  const auto* error = std::get_if<PlayInputError>(&input);
  ASSERT_EQ(error, nullptr) << error->message;
  EXPECT_EQ(std::get<PlayCommand>(input), expected);
}

void expect_error(const PlayInput& input, const std::string& part) {
  const auto* error = std::get_if<PlayInputError>(&input);
  ASSERT_NE(error, nullptr);
  EXPECT_NE(error->message.find(part), std::string::npos) << error->message;
  EXPECT_EQ(error->message.find('\n'), std::string::npos) << error->message;
  EXPECT_LT(error->message.size(), 100U) << error->message;
}

TEST(PlayLine, a_number_is_a_thread_with_or_without_its_letter) {
  for (const char* text : {"12", "T12", "t12", "  12\t", "12\r"}) {
    SCOPED_TRACE(text);
    expect_command(parse_play_line(text), command(Kind::go, 12));
  }
}

TEST(PlayLine, nothing_is_the_usual) {
  for (const char* text : {"", "  ", "\r"}) expect_command(parse_play_line(text), PlayCommand{});
}

TEST(PlayLine, letters_and_their_words) {
  expect_command(parse_play_line("c"), command(Kind::meet));
  expect_command(parse_play_line("continue T2"), command(Kind::meet, 2));
  expect_command(parse_play_line("b 0"), command(Kind::block, 0));
  expect_command(parse_play_line("n 10"), command(Kind::steps, 10));
  expect_command(parse_play_line("g"), command(Kind::finish));
  expect_command(parse_play_line("u"), command(Kind::undo));
  expect_command(parse_play_line("undo 3"), command(Kind::undo, 3));
  expect_command(parse_play_line("s"), command(Kind::state));
  expect_command(parse_play_line("moves"), command(Kind::moves));
  for (const char* text : {"?", "h", "help"}) {
    expect_command(parse_play_line(text), command(Kind::help));
  }
  expect_command(parse_play_line("q"), command(Kind::quit));
}

TEST(PlayLine, what_is_wrong_is_said_in_one_line) {
  expect_error(parse_play_line("x"), "'x'");
  expect_error(parse_play_line("-1"), "'-1'");
  expect_error(parse_play_line("1 2"), "one number at a time");
  expect_error(parse_play_line("4294967296"), "'4294967296'");
  expect_error(parse_play_line("n"), "how many");
  expect_error(parse_play_line("n 0"), "0 of them");
  expect_error(parse_play_line("u 0"), "0 of them");
  expect_error(parse_play_line("n T1"), "'T1'");
  expect_error(parse_play_line("c one"), "'one'");
  expect_error(parse_play_line("g 1"), "takes nothing");
  expect_error(parse_play_line("c 1 2"), "takes one number");
  expect_error(parse_play_line(std::string(5000, 'x') + "\x1b[2J"), "'xxx");
}

TEST(PlayJson, commands) {
  expect_command(parse_play_json(R"({"do": "go"})"), PlayCommand{});
  expect_command(parse_play_json(R"({"do": "go", "thread": 2})"), command(Kind::go, 2, true));
  expect_command(parse_play_json(R"({"alternative": 0, "do": "go"})"), command(Kind::go, 0, false));
  expect_command(parse_play_json(R"({"do": "continue", "thread": 1})"),
                 command(Kind::meet, 1, true));
  expect_command(parse_play_json(R"({"do": "block"})"), command(Kind::block));
  expect_command(parse_play_json(R"({"do": "steps", "count": 7})"), command(Kind::steps, 7));
  expect_command(parse_play_json(R"({"do": "undo", "count": 2})"), command(Kind::undo, 2));
  for (const auto& [word, kind] : {std::pair("finish", Kind::finish), std::pair("undo", Kind::undo),
                                   std::pair("state", Kind::state), std::pair("moves", Kind::moves),
                                   std::pair("help", Kind::help), std::pair("quit", Kind::quit)}) {
    expect_command(parse_play_json(std::string(R"({"do": ")") + word + "\"}"), command(kind));
  }
}

TEST(PlayJson, what_is_wrong_is_said_in_one_line) {
  for (const char* text : {"", "1", "go", "[]", "{", R"("go")", "\xff\xfe"}) {
    SCOPED_TRACE(text);
    expect_error(parse_play_json(text), "no JSON object");
  }
  expect_error(parse_play_json("{}"), "\"do\"");
  expect_error(parse_play_json(R"({"do": 1})"), "\"do\"");
  expect_error(parse_play_json(R"({"do": "jump"})"), "'jump'");
  expect_error(parse_play_json(R"({"do": "go", "thread": 1, "alternative": 1})"), "not both");
  expect_error(parse_play_json(R"({"do": "go", "count": 1})"), "'count'");
  for (const char* number : {"-1", "1.5", "\"1\"", "null", "4294967296"}) {
    SCOPED_TRACE(number);
    expect_error(parse_play_json(std::string(R"({"do": "go", "thread": )") + number + "}"),
                 "'thread' is no number");
  }
  expect_error(parse_play_json(R"({"do": "steps"})"), "how many");
  expect_error(parse_play_json(R"({"do": "finish", "thread": 1})"), "takes no 'thread'");
}

TEST(PlayHelp, fits_a_terminal_and_names_each_letter) {
  std::string line;
  for (const char c : play_help()) {
    if (c != '\n') {
      line += c;
      continue;
    }
    EXPECT_LE(line.size(), 80U) << line;
    line.clear();
  }
  for (const char* letter : {"  n ", "  c ", "  b ", "  g ", "  u ", "  s ", "  m ", "  q "}) {
    EXPECT_NE(play_help().find(letter), std::string_view::npos) << letter;
  }
}

}  // namespace
}  // namespace heddle
