#include "harness/grade/rubric.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/grade/files.h"

namespace heddle::grade {
namespace {

using Json = nlohmann::json;

struct PartNames {
  Part part;
  std::string_view name;
  std::string_view title;
};

constexpr std::array kParts = {
    PartNames{Part::compile, "compile", "compiles"},
    PartNames{Part::unchanged, "unchanged", "tests unchanged"},
    PartNames{Part::allowed, "allowed", "nothing forbidden"},
    PartNames{Part::correct, "correct", "correct"},
    PartNames{Part::race_free, "race_free", "no data race"},
    PartNames{Part::deadlock_free, "deadlock_free", "always ends"},
    PartNames{Part::parallel, "parallel", "still in parallel"},
    PartNames{Part::explanation, "explanation", "questions"},
};

// A name that is misspelled would be a wish that nobody hears.
void check_names(const Json& object, const std::string& where, const std::set<std::string>& known) {
  for (const auto& [name, value] : object.items()) {
    if (!known.contains(name)) {
      throw std::invalid_argument(fmt::format("{} has no \"{}\"", where, name));
    }
  }
}

// A name that leads out of the folder would let a rubric by mistake, or a submission by a link,
// reach what is not handed in.
void check_file_name(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos || name.front() == '.') {
    throw std::invalid_argument(fmt::format("\"{}\" is no name of a file in the folder", name));
  }
}

Rubric parse(const Json& json) {
  check_names(json, "a rubric",
              {"title", "sources", "given", "answers", "unchanged", "hidden_tests", "flags",
               "budget", "parallel", "forbidden", "marks", "questions"});
  Rubric rubric;
  rubric.title = json.at("title");
  rubric.sources = json.at("sources");
  rubric.given = json.value("given", rubric.given);
  rubric.answers = json.value("answers", "");
  rubric.flags = json.value("flags", std::vector<std::string>{"-std=c++17"});
  rubric.parallel = json.value("parallel", "");
  if (rubric.sources.empty()) throw std::invalid_argument("\"sources\" names no file");
  for (const std::string& name : rubric.sources) {
    check_file_name(name);
    if (!is_code(name)) throw std::invalid_argument(fmt::format("{} is no file of code", name));
  }
  for (const std::string& name : rubric.given) check_file_name(name);
  rubric.hidden_tests = json.value("hidden_tests", rubric.hidden_tests);
  for (const std::string& name : rubric.hidden_tests) {
    check_file_name(name);
    if (!is_code(name)) throw std::invalid_argument(fmt::format("{} is no file of code", name));
    if (std::find(rubric.given.begin(), rubric.given.end(), kTest) == rubric.given.end()) {
      throw std::invalid_argument(fmt::format("\"hidden_tests\" without a given {}", kTest));
    }
  }
  if (!rubric.answers.empty()) check_file_name(rubric.answers);
  for (const Json& range : json.value("unchanged", Json::array())) {
    check_names(range, "\"unchanged\"", {"file", "from", "to"});
    rubric.unchanged.push_back({range.at("file"), range.at("from"), range.at("to")});
  }
  const Json budget = json.value("budget", Json::object());
  check_names(budget, "\"budget\"", {"fuzz", "relacy", "stress", "tsan", "steps"});
  rubric.budget.fuzz = budget.value("fuzz", rubric.budget.fuzz);
  rubric.budget.relacy = budget.value("relacy", rubric.budget.relacy);
  rubric.budget.stress = budget.value("stress", rubric.budget.stress);
  rubric.budget.tsan = budget.value("tsan", rubric.budget.tsan);
  rubric.budget.steps = budget.value("steps", rubric.budget.steps);
  if (rubric.budget.fuzz == 0 || rubric.budget.steps == 0) {
    throw std::invalid_argument(
        "without runs of fuzz, or steps for them, there is nothing to mark");
  }
  for (const Json& entry : json.value("forbidden", Json::array())) {
    check_names(entry, "\"forbidden\"", {"words", "why"});
    rubric.forbidden.push_back({entry.at("words"), entry.at("why")});
  }
  std::set<std::string> known;
  const Json& marks = json.at("marks");
  for (const PartNames& part : kParts) {
    known.emplace(part.name);
    const auto at = marks.find(part.name);
    if (at == marks.end()) continue;
    const auto worth = at->get<std::int64_t>();
    if (worth < 0) throw std::invalid_argument("marks below zero");
    rubric.marks.emplace(part.part, worth);
  }
  check_names(marks, "\"marks\"", known);
  for (const Json& entry : json.value("questions", Json::array())) {
    check_names(entry, "\"questions\"", {"name", "accept", "any_order"});
    rubric.questions.push_back(
        {entry.at("name"), entry.at("accept"), entry.value("any_order", false)});
  }
  if (rubric.marks.contains(Part::parallel) && rubric.parallel.empty()) {
    throw std::invalid_argument("marks for \"parallel\", and no function is named");
  }
  if (rubric.marks.contains(Part::explanation) &&
      (rubric.questions.empty() || rubric.answers.empty())) {
    throw std::invalid_argument("marks for \"explanation\" take \"questions\" and \"answers\"");
  }
  return rubric;
}

void check_against_handout(const Assignment& assignment) {
  const auto need = [&](const std::string& name) {
    auto text = read_file(assignment.handout() / name);
    if (!text.has_value()) {
      throw std::invalid_argument(fmt::format("there is no handout/{}", name));
    }
    return *text;
  };
  const Rubric& rubric = assignment.rubric;
  for (const std::string& name : rubric.sources) need(name);
  for (const std::string& name : rubric.given) need(name);
  if (!rubric.answers.empty()) need(rubric.answers);
  for (const std::string& name : rubric.hidden_tests) {
    if (!read_file(assignment.hidden() / name).has_value()) {
      throw std::invalid_argument(fmt::format("there is no hidden/{}", name));
    }
  }
  for (const LineRange& range : rubric.unchanged) {
    if (std::find(rubric.sources.begin(), rubric.sources.end(), range.file) ==
        rubric.sources.end()) {
      throw std::invalid_argument(fmt::format("{} is not among \"sources\"", range.file));
    }
    if (lines_of(need(range.file), range.from, range.to).empty()) {
      throw std::invalid_argument(
          fmt::format("handout/{} has no lines {} to {}", range.file, range.from, range.to));
    }
  }
}

}  // namespace

bool is_code(const std::string& file) {
  return file.ends_with(".cpp") || file.ends_with(".cc") || file.ends_with(".c");
}

std::string_view to_string(Part part) {
  return kParts[static_cast<std::size_t>(part)].name;
}

std::string_view title_of(Part part) {
  return kParts[static_cast<std::size_t>(part)].title;
}

std::variant<Assignment, RubricError> read_assignment(const std::filesystem::path& folder) {
  Assignment assignment;
  std::error_code error;
  assignment.folder = std::filesystem::canonical(folder, error);
  if (error) return RubricError{fmt::format("there is no folder {}", folder.string())};
  assignment.name = assignment.folder.filename();
  const auto file = assignment.folder / "rubric.json";
  std::ifstream in(file);
  if (!in) return RubricError{fmt::format("{} cannot be read", file.string())};
  try {
    assignment.rubric = parse(Json::parse(in));
    check_against_handout(assignment);
  } catch (const std::exception& wrong) {
    return RubricError{fmt::format("{}: {}", file.string(), wrong.what())};
  }
  return assignment;
}

}  // namespace heddle::grade
