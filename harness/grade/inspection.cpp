#include "harness/grade/inspection.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "harness/grade/files.h"
#include "harness/grade/source_text.h"

namespace heddle::grade {
namespace {

using Words = std::set<std::string, std::less<>>;
using Found = std::map<std::string, std::string>;  // by word, so that none is said twice

std::vector<std::string> sentences(Found found) {
  std::vector<std::string> result;
  for (auto& [word, sentence] : found) result.push_back(std::move(sentence));
  return result;
}

class Inspection {
 public:
  Inspection(const Rubric& rubric, const ObjectNames& given, const ObjectNames& original)
      : rubric_(rubric), given_(given), original_(original) {}

  void look_at_text(const std::string& name, const std::string& text) {
    const SourceText source = read_source_text(text);
    if (!source.unclear.empty()) {
      escapes_.emplace(source.unclear, fmt::format("{} in {}: one cannot tell what is compiled",
                                                   source.unclear, name));
    }
    add_forbidden(source.identifiers, name);
    add_escapes(source.identifiers, name);
  }

  // Macros can make any word of others.
  void look_at_preprocessed(const std::string& name, std::string_view text) {
    Words words = read_own_identifiers(text);
    words.erase("__assert_fail");  // what assert() stands for
    add_forbidden(words, name);
    add_escapes(words, name);
  }

  void look_at_object(const std::string& name, const ObjectNames& names) {
    Words used;
    for (const std::string& symbol : names.used) {
      used.merge(read_source_text(demangled(symbol)).identifiers);
      if (!is_escaping_symbol(symbol)) continue;
      escapes_.emplace(symbol, fmt::format("{}() in {} gets round the tests", symbol, name));
    }
    add_forbidden(used, name);
    for (const auto& [symbol, defined] : names.defined) {
      if (!is_anothers(symbol, defined)) continue;
      escapes_.emplace(symbol,
                       fmt::format("{} defines {}, which is not its own", name, demangled(symbol)));
    }
  }

  Inspected result() { return {sentences(std::move(forbidden_)), sentences(std::move(escapes_))}; }

 private:
  void add_forbidden(const Words& words, const std::string& where) {
    for (const Forbidden& entry : rubric_.forbidden) {
      for (const std::string& word : entry.words) {
        if (!words.contains(word)) continue;
        forbidden_.emplace(word, fmt::format("{} in {}: {}", word, where, entry.why));
      }
    }
  }

  void add_escapes(const Words& words, const std::string& where) {
    for (const std::string& word : words) {
      if (!is_escaping_identifier(word)) continue;
      escapes_.emplace(word, fmt::format("{} in {} gets round what is watched", word, where));
    }
  }

  // What the tests call of others would be the submission's, a join() say.
  bool is_anothers(const std::string& symbol, const DefinedName& name) const {
    if (original_.defined.contains(symbol)) return false;
    if (is_escaping_identifier(symbol) || symbol.starts_with("pthread_")) return true;
    if (given_.used.contains(symbol)) return true;
    if (!name.sole) return false;
    return given_.defined.contains(symbol) || is_librarys(symbol, name);
  }

  const Rubric& rubric_;
  const ObjectNames& given_;
  const ObjectNames& original_;
  Found forbidden_;
  Found escapes_;
};

}  // namespace

std::string stem_of(const std::string& file) {
  return file.substr(0, file.rfind('.'));
}

Inspected inspect(const Rubric& rubric, const HandedIn& handed_in,
                  const std::filesystem::path& folder, const ObjectNames& given,
                  const ObjectNames& original) {
  constexpr std::size_t kLongestPreprocessed = 64 << 20;
  Inspection inspection(rubric, given, original);
  for (const auto& [name, text] : handed_in.sources) {
    inspection.look_at_text(name, text);
    const auto preprocessed = read_file(folder / (stem_of(name) + ".ii"), kLongestPreprocessed);
    inspection.look_at_preprocessed(name, preprocessed.value_or(""));
    inspection.look_at_object(name, read_object_names(folder / (stem_of(name) + ".o")));
  }
  return inspection.result();
}

}  // namespace heddle::grade
