#include "harness/search/tsan_log.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace heddle {
namespace {

constexpr std::string_view kWarning = "WARNING: ThreadSanitizer: ";
constexpr std::string_view kSummary = "SUMMARY: ThreadSanitizer: ";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

// "Write of size 4 at 0x... by thread T1:", with "Previous" and "atomic" before it.
std::optional<LoggedAccess> access_of(std::string_view line) {
  const std::size_t size = line.find(" of size ");
  if (size == std::string_view::npos || line.find(" at 0x", size) == std::string_view::npos ||
      line.find(" by ", size) == std::string_view::npos) {
    return std::nullopt;
  }
  // What a logger puts before the line is no part of it.
  constexpr std::string_view kWords[] = {"previous", "atomic", "read", "write"};
  std::size_t begin = size;
  bool writes = false;
  bool accesses = false;
  for (;;) {
    const std::size_t space = begin == 0 ? std::string_view::npos : line.rfind(' ', begin - 1);
    const std::size_t word_begin = space == std::string_view::npos ? 0 : space + 1;
    const std::string word = lower(line.substr(word_begin, begin - word_begin));
    if (std::find(std::begin(kWords), std::end(kWords), word) == std::end(kWords)) break;
    writes |= word == "write";
    accesses |= word == "write" || word == "read";
    if (word_begin == 0) {
      begin = 0;
      break;
    }
    begin = word_begin - 1;
  }
  if (!accesses) return std::nullopt;
  const std::size_t end = line.find(" at 0x", size);
  return LoggedAccess{.what = std::string(trimmed(line.substr(begin, end - begin))),
                      .writes = writes,
                      .frames = {}};
}

bool is_previous(const LoggedAccess& access) {
  return lower(access.what).starts_with("previous");
}

// The line's number, and the column if there is one, at the end of "prog.cpp:7:3".
std::pair<std::string_view, unsigned> file_and_line(std::string_view place) {
  const auto number_behind = [&](std::size_t colon) -> std::optional<unsigned> {
    unsigned number = 0;
    const char* const end = place.data() + place.size();
    const auto [stop, error] = std::from_chars(place.data() + colon + 1, end, number);
    if (error != std::errc() || stop != end || number == 0) return std::nullopt;
    return number;
  };
  const std::size_t last = place.rfind(':');
  if (last == std::string_view::npos || last == 0) return {};
  const auto number = number_behind(last);
  if (!number) return {};
  const std::string_view whole = place;
  place = place.substr(0, last);
  const std::size_t before = place.rfind(':');
  if (before != std::string_view::npos && before != 0) {
    if (const auto line = number_behind(before)) return {whole.substr(0, before), *line};
  }
  return {place, *number};
}

// "#0 increment() /src/prog.cpp:7 (prog+0x1234)", with or without what stands last.
std::optional<LoggedFrame> frame_of(std::string_view line, unsigned& number) {
  const std::size_t hash = line.find('#');
  if (hash == std::string_view::npos) return std::nullopt;
  const char* const begin = line.data() + hash + 1;
  const auto [stop, error] = std::from_chars(begin, line.data() + line.size(), number);
  if (error != std::errc() || stop == line.data() + line.size() || *stop != ' ') {
    return std::nullopt;
  }
  std::string_view rest = trimmed(line.substr(static_cast<std::size_t>(stop - line.data())));
  for (const std::string_view mark : {" (BuildId: ", " ("}) {
    const std::size_t at = rest.rfind(mark);
    if (at == std::string_view::npos || !rest.ends_with(')')) continue;
    // The module and the offset in it, and not a function's parameters.
    const std::string_view inside = rest.substr(at + mark.size());
    if (mark == " (" && inside.find("+0x") == std::string_view::npos) continue;
    rest = trimmed(rest.substr(0, at));
  }
  LoggedFrame frame;
  // A function has spaces, and so may a file: the place begins behind a space with a '/' or is the
  // last word.
  std::size_t space = rest.find(" /");
  if (space == std::string_view::npos) space = rest.rfind(' ');
  if (space != std::string_view::npos) {
    const auto [file, source_line] = file_and_line(rest.substr(space + 1));
    frame.file = file;
    frame.line = source_line;
    if (source_line != 0) rest = trimmed(rest.substr(0, space));
  }
  if (rest.ends_with("<null>")) rest = trimmed(rest.substr(0, rest.size() - 6));
  frame.function = rest;
  return frame;
}

bool same(const LoggedAccess& a, const LoggedAccess& b) {
  return a.frames == b.frames && a.writes == b.writes;
}

class LogParser {
 public:
  TsanLog parse(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      read(trimmed(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    finish();
    return std::move(log_);
  }

 private:
  void read(std::string_view line) {
    if (line.find(kWarning) != std::string_view::npos) {
      finish();
      within_ = true;
      return;
    }
    if (!within_) return;
    if (line.find(kSummary) != std::string_view::npos) {
      finish();
      return;
    }
    if (auto access = access_of(line)) {
      accesses_.push_back(std::move(*access));
      reads_frames_ = true;
      return;
    }
    unsigned number = 0;
    if (auto frame = frame_of(line, number)) {
      // Of another part of the warning, where it begins anew.
      auto* const frames = accesses_.empty() ? nullptr : &accesses_.back().frames;
      if (reads_frames_ && frames != nullptr && number == frames->size()) {
        frames->push_back(std::move(*frame));
      } else {
        reads_frames_ = false;
      }
      return;
    }
    // "Thread T1 (tid=...) created by main thread at:", "Mutex M0 (0x...) created at:",
    // "Location is heap block ... allocated by ...:" have frames of their own.
    if (line.ends_with(':') && (line.find(" at:") != std::string_view::npos ||
                                line.find("Location is ") != std::string_view::npos)) {
      reads_frames_ = false;
    }
  }

  void finish() {
    if (!std::exchange(within_, false)) return;
    const std::vector<LoggedAccess> accesses = std::exchange(accesses_, {});
    reads_frames_ = false;
    const bool whole = accesses.size() >= 2 && !is_previous(accesses[0]) &&
                       is_previous(accesses[1]) && !accesses[0].frames.empty() &&
                       !accesses[1].frames.empty();
    if (!whole) {
      ++log_.others;
      return;
    }
    LoggedRace race{.later = accesses[0], .earlier = accesses[1]};
    const bool known =
        std::any_of(log_.races.begin(), log_.races.end(), [&](const LoggedRace& other) {
          return same(other.later, race.later) && same(other.earlier, race.earlier);
        });
    if (!known) log_.races.push_back(std::move(race));
  }

  TsanLog log_;
  bool within_ = false;
  bool reads_frames_ = false;
  std::vector<LoggedAccess> accesses_;
};

}  // namespace

TsanLog parse_tsan_log(std::string_view text) {
  return LogParser().parse(text);
}

}  // namespace heddle
