// What the command says of itself, in lines of at most 80 columns.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace heddle {

// Of an app and, if it has one before they are added, of its subcommands.
class FoldedHelp : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

// For who gives no command at all: what Heddle is, and the first commands to try.
std::string first_words();

// What is wrong with the command line, in one line: with the word that was meant, if it is near.
std::string wrong_words(const CLI::App& app, const CLI::ParseError& error);

}  // namespace heddle
