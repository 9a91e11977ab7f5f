#include "harness/report/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/report/anchors.h"
#include "harness/report/cause_words.h"
#include "harness/report/claim_words.h"
#include "harness/report/describe.h"
#include "harness/report/interleaving.h"
#include "harness/report/issues.h"
#include "harness/report/process_words.h"

namespace heddle {
namespace {

// Keeps the order in which fields are written: people read these files too.
using Json = nlohmann::ordered_json;

Json hex_or_null(Address address) {
  return address == 0 ? Json(nullptr) : Json(fmt::format("{:#x}", address));
}

Json thread_or_null(ThreadId thread) {
  return thread == kNoThread ? Json(nullptr) : Json(thread);
}

Json to_json(const SourceLine& source) {
  if (!source.known() && source.function.empty()) return nullptr;
  return {{"file", source.file}, {"line", source.line}, {"function", source.function}};
}

Json to_json(const Frame& frame) {
  return {{"file", frame.file}, {"line", frame.line}, {"function", frame.function}};
}

Json to_json(const Place& place, Names& names) {
  const Symbols& symbols = names.symbols();
  const std::string object = place.op.address == 0 ? "" : names.object(place.op.address);
  Json stack = Json::array();
  for (const Frame& frame : frames_of(symbols, place.op.pc, place.stack)) {
    stack.push_back(to_json(frame));
  }
  return {{"thread", thread_or_null(place.thread)},
          {"operation", to_string(place.op.kind)},
          {"object", object.empty() ? Json(nullptr) : Json(object)},
          {"address", hex_or_null(place.op.address)},
          {"note", place.note},
          {"source", to_json(source_of(symbols, place.op.pc, place.stack))},
          {"stack", std::move(stack)}};
}

std::string_view kind_text(InterleavingRow::Kind kind) {
  switch (kind) {
    case InterleavingRow::Kind::operation:
      return "operation";
    case InterleavingRow::Kind::failure:
      return "failure";
    case InterleavingRow::Kind::elided:
      return "elided";
    case InterleavingRow::Kind::pending:
      return "pending";
  }
  return "";
}

Json to_json(const InterleavingRow& row) {
  Json switched = nullptr;
  if (row.switched_from != kNoThread) {
    switched = {{"from", row.switched_from}, {"reason", reason_text(row.why, "unknown")}};
  }
  return {{"kind", kind_text(row.kind)},
          {"number", row.number},
          {"thread", thread_or_null(row.thread)},
          {"step", row.step},
          {"source", to_json(row.source)},
          {"text", row.text},
          {"switch", std::move(switched)},
          {"racy", row.racy},
          {"times", row.times},
          {"fold_rows", row.fold_rows}};
}

Json to_json(const std::vector<NamedText>& parts, const char* name_field) {
  Json json = Json::array();
  for (const NamedText& part : parts) {
    json.push_back({{name_field, part.name}, {"text", part.text}});
  }
  return json;
}

void add_claim(Json& json, const Claim& claim) {
  json["proved"] = is_proof(claim);
  json["not_proved"] = to_json(named_reasons(claim), "reason");
  json["bounds"] = to_json(named_bounds(claim), "bound");
  json["assumed"] = assumptions_of(claim);
}

Json to_json(const MinimalityProof& proof) {
  Json json = {
      {"complete", proof.complete}, {"schedules", proof.schedules}, {"failed", proof.failed}};
  add_claim(json, proof.claim);
  return json;
}

Json to_json(const Event& event, const Interleaving& interleaving, Names& names) {
  Json json = to_json(
      Place{.thread = event.thread, .op = event.op, .stack = event.stack, .note = {}}, names);
  json["row"] = row_of(interleaving, event);
  json["happened"] = event.step != 0 && !interleaving.is_pending(event);
  return json;
}

Json to_json(const Cause& cause, const Interleaving& interleaving, Names& names) {
  Json steps = Json::array();
  for (const Event& event : cause.steps) steps.push_back(to_json(event, interleaving, names));
  const std::string summary = cause_text(cause, names);
  const bool named = !summary.empty();
  Json swapped = nullptr;
  if (cause.checked > 0 && cause.first.has_value() && cause.second.has_value()) {
    swapped = {{"first", to_json(*cause.first, interleaving, names)},
               {"second", to_json(*cause.second, interleaving, names)},
               {"checked", cause.checked},
               {"passed", cause.passed},
               {"more_checked", cause.more_checked},
               {"more_passed", cause.more_passed},
               {"clean", cause.clean}};
  }
  return {{"pattern", named ? Json(to_string(cause.pattern)) : Json(nullptr)},
          {"summary", named ? Json(summary) : Json(nullptr)},
          {"steps", std::move(steps)},
          {"swapped", std::move(swapped)}};
}

Json to_json(const MinimalInterleaving& minimal, const Failed& failure,
             const ReportCase& report_case, Names& names) {
  const Interleaving interleaving = select_rows(minimal.trace, failure, names, rows_of(minimal));
  Json rows = Json::array();
  for (const InterleavingRow& row : interleaving.rows) rows.push_back(to_json(row));
  return {{"token", replay_word(report_case, minimal.token)},
          {"outside_choices", minimal.outside_choices},
          {"outside_choices_proof",
           minimal.choices_proof ? to_json(*minimal.choices_proof) : Json(nullptr)},
          {"preemptions", minimal.preemptions},
          {"one_minimal", minimal.one_minimal},
          {"proof", minimal.proof ? to_json(*minimal.proof) : Json(nullptr)},
          {"canonical", minimal.canonical},
          {"fewest_deviations", minimal.fewest_deviations},
          {"cause", minimal.cause ? to_json(*minimal.cause, interleaving, names) : Json(nullptr)},
          {"deviations", minimal.token.schedule.deviations.size()},
          {"deviations_before", minimal.deviations_before},
          {"shrink_runs", minimal.shrink_runs},
          {"truncated", interleaving.truncated},
          {"threads", interleaving.threads},
          {"rows", std::move(rows)}};
}

Json to_json(const Hunt& hunt, const ReportCase& report_case, Names& names) {
  Json json = {{"reproduced", hunt.found.has_value()},
               {"by_search", hunt.by_search},
               {"runs", hunt.runs},
               {"strategy", hunt.strategy}};
  json["error"] = hunt.error ? Json(*hunt.error) : Json(nullptr);
  json["key"] = hunt.found ? Json(fmt::format("{:016x}", failure_key(*hunt.found))) : Json(nullptr);
  json["token"] = hunt.token ? Json(replay_word(report_case, *hunt.token)) : Json(nullptr);
  json["replay"] = nullptr;
  if (hunt.token && hunt.found) {
    json["replay"] = replay_command(report_case, *hunt.token, hunt.found->kind);
  }
  json["minimal"] =
      hunt.minimal ? to_json(*hunt.minimal, *hunt.found, report_case, names) : Json(nullptr);
  json["thread_sanitizer_alone"] = nullptr;
  if (hunt.ordered) {
    json["thread_sanitizer_alone"] = {{"runs", hunt.ordered->runs},
                                      {"text", ordering_text(*hunt.ordered, names)}};
  }
  return json;
}

Json to_json(const Finding& finding, const ReportCase& report_case, std::uint64_t runs) {
  Names names = names_for(finding.failure, finding.minimal ? &finding.minimal->trace : nullptr,
                          *report_case.symbols);
  Json places = Json::array();
  for (const Place& place : finding.failure.places) places.push_back(to_json(place, names));
  const Token* token = nullptr;
  if (finding.token) token = &*finding.token;
  if (finding.minimal) token = &finding.minimal->token;
  Json json = {{"kind", to_string(finding.failure.kind)},
               {"key", fmt::format("{:016x}", failure_key(finding.failure))},
               {"lasting_key", lasting_key(finding.failure, *report_case.symbols)},
               {"summary", headline(finding.failure, names)},
               {"message", finding.failure.message},
               {"late_wake_up", finding.failure.late_wake},
               {"places", std::move(places)},
               {"count", finding.count},
               {"rate", fraction({finding.count, runs})},
               {"first_run", finding.first_run}};
  json["fresh_process"] = to_string(finding.fresh);
  json["token"] = token == nullptr ? Json(nullptr) : Json(replay_word(report_case, *token));
  json["replay"] = token == nullptr
                       ? Json(nullptr)
                       : Json(replay_command(report_case, *token, finding.failure.kind));
  const std::string anchored =
      finding.minimal ? anchored_word(*finding.minimal, finding.failure, *report_case.symbols)
                      : std::string();
  json["anchored_token"] = anchored.empty() ? Json(nullptr) : Json(anchored);
  json["minimal"] = finding.minimal ? to_json(*finding.minimal, finding.failure, report_case, names)
                                    : Json(nullptr);
  json["hunt"] = finding.hunt ? to_json(*finding.hunt, report_case, names) : Json(nullptr);
  return json;
}

Json to_json(const Coverage& coverage, const EngineResult& engine) {
  Json json = {{"from_run", coverage.from_run},
               {"distinct", coverage.distinct},
               {"exact", coverage.exact},
               {"new_in_last_tenth", coverage.late ? Json(*coverage.late) : Json(nullptr)},
               {"decisions",
                {{"min", coverage.fewest_decisions},
                 {"mean", coverage.mean_decisions},
                 {"max", coverage.most_decisions}}},
               {"hit_limit", engine.gave_up}};
  json["bound"] = nullptr;
  if (coverage.bound) {
    json["bound"] = {
        {"depth", coverage.bound->depth},
        {"threads", coverage.bound->threads},
        {"decisions", coverage.bound->decisions},
        {"per_run", coverage.bound->per_run},
        {"missed", coverage.bound->missed_by(engine.runs - std::min(engine.gave_up, engine.runs))}};
  }
  return json;
}

Json to_json(const Exploration& exploration) {
  const bool bounded = exploration.bound != Exploration::kNoBound;
  return {{"complete", exploration.complete},
          {"executions", exploration.executions},
          {"redundant", exploration.redundant},
          {"distinct", exploration.distinct},
          {"fraction", exploration.fraction},
          {"bound", bounded ? Json(exploration.bound) : Json(nullptr)},
          {"limited", exploration.limited},
          {"by_bound", exploration.by_bound}};
}

Json to_json(const NotAsFresh& unlike, const ReportCase& report_case) {
  Names names{*report_case.symbols};
  Json failures = Json::array();
  for (const ProcessFailure& failure : unlike.failures) {
    const bool counted = failure.runs != ProcessRuns{};
    failures.push_back(
        {{"kind", to_string(failure.failure.kind)},
         {"summary", headline(failure.failure, names)},
         {"count", failure.count},
         {"first", counted ? Json{failure.failed.first, failure.runs.first} : Json(nullptr)},
         {"later", counted ? Json{failure.failed.later, failure.runs.later} : Json(nullptr)}});
  }
  return {{"summary", not_as_fresh_text(unlike, names)},
          {"failures", std::move(failures)},
          {"difference", unlike.divergence ? Json(fresh_difference_text(*unlike.divergence, names))
                                           : Json(nullptr)},
          {"own_processes", unlike.own_processes}};
}

Json to_json(const EngineResult& engine, const ReportCase& report_case) {
  Json json = {{"engine", to_string(engine.engine)},
               {"method", method_text(engine)},
               {"runs", engine.runs},
               {"failed", engine.failed},
               {"failed_late", engine.failed_late},
               {"gave_up", engine.gave_up}};
  json["failure_rate"] = nullptr;
  json["interval_95"] = nullptr;
  json["zero_failure_bound"] = nullptr;
  if (engine.runs > 0) {
    const Interval interval = wilson_interval(engine.rate());
    json["failure_rate"] = fraction(engine.rate());
    json["interval_95"] = {interval.low, interval.high};
    if (engine.failed == 0) {
      json["zero_failure_bound"] =
          zero_failure_bound(engine.runs - std::min(engine.gave_up, engine.runs));
    }
  }
  json["first_failure"] = engine.first_failure ? Json(*engine.first_failure) : Json(nullptr);
  json["seconds"] = engine.seconds;
  json["runs_per_second"] =
      engine.seconds > 0 ? Json(static_cast<double>(engine.runs) / engine.seconds) : Json(nullptr);
  json["exhausted"] = engine.exhausted;
  add_claim(json, engine.claim);
  json["exploration"] = engine.exploration ? to_json(*engine.exploration) : Json(nullptr);
  json["coverage"] = engine.coverage ? to_json(*engine.coverage, engine) : Json(nullptr);
  json["error"] = engine.error ? Json(*engine.error) : Json(nullptr);
  json["not_repeatable"] = nullptr;
  if (engine.divergence) {
    Names names{*report_case.symbols};
    json["not_repeatable"] = divergence_text(*engine.divergence, names);
  }
  if (engine.lost_workers != 0) json["lost_workers"] = engine.lost_workers;
  if (engine.known_well || engine.out_of_budget) json["ended_early"] = true;
  if (engine.own_processes) {
    json["own_processes"] = {{"left_behind", engine.own_processes->left_behind},
                             {"runs", engine.own_processes->runs},
                             {"seconds", engine.own_processes->seconds}};
  }
  json["not_as_fresh"] =
      engine.not_as_fresh ? to_json(*engine.not_as_fresh, report_case) : Json(nullptr);
  json["process_runs"] = nullptr;
  if (engine.process_runs) {
    json["process_runs"] = {{"first", engine.process_runs->first},
                            {"later", engine.process_runs->later}};
  }
  json["limit"] = nullptr;
  if (engine.limit) {
    Json places = Json::array();
    Names names{*report_case.symbols};
    for (const Place& place : engine.limit->places) places.push_back(to_json(place, names));
    json["limit"] = {{"reason", engine.limit->reason}, {"places", std::move(places)}};
    const auto& token = engine.limit_token;
    json["limit"]["token"] = token ? Json(replay_word(report_case, *token)) : Json(nullptr);
    json["limit"]["replay"] =
        token ? Json(replay_command(report_case, *token, {}, engine.limit_step_limit))
              : Json(nullptr);
  }
  // Apart: who asks whether a program fails looks whether there are findings.
  json["findings"] = Json::array();
  json["late_findings"] = Json::array();
  for (const Finding& finding : engine.findings) {
    Json& list = json[finding.failure.late_wake ? "late_findings" : "findings"];
    list.push_back(to_json(finding, report_case, engine.runs));
  }
  return json;
}

Json to_json(const ReportEnvironment& environment) {
  return {{"heddle", environment.heddle},     {"compiler", environment.compiler},
          {"build_id", environment.build_id}, {"libc", environment.libc},
          {"kernel", environment.kernel},     {"processor", environment.processor},
          {"command", environment.command}};
}

Json to_json(const ReportCase& report_case) {
  const CaseResult& result = *report_case.result;
  Json engines = Json::array();
  for (const EngineResult& engine : result.engines) engines.push_back(to_json(engine, report_case));
  Json expectation = nullptr;
  Json verdict = nullptr;
  if (!report_case.expectation.empty()) expectation = report_case.expectation;
  if (report_case.verdict != Verdict::unknown) {
    verdict = report_case.verdict == Verdict::held ? "held" : "broken";
  }
  return {
      {"name", result.name},
      {"program", result.program},
      {"expectation", std::move(expectation)},
      {"verdict", std::move(verdict)},
      {"environment", report_case.environment ? to_json(*report_case.environment) : Json(nullptr)},
      {"args", result.args},
      {"input", result.input.empty() ? Json(nullptr) : Json(result.input)},
      {"seed", std::to_string(result.seed)},
      {"memory", result.memory == 0 ? Json(nullptr) : Json(result.memory)},
      {"google_test", result.google_test},
      {"skipped", result.skipped ? Json("never starts a second thread") : Json(nullptr)},
      {"interrupted", result.interrupted},
      {"engines", std::move(engines)}};
}

}  // namespace

void write_json_report(std::ostream& out, std::span<const ReportCase> cases) {
  // `replace`: a message with stray bytes must not cost the whole report.
  const auto text = [](const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
  };
  Json head = {{"schema_version", kJsonSchemaVersion}, {"generator", "heddle"}};
  head["cases_skipped"] =
      std::count_if(cases.begin(), cases.end(),
                    [](const ReportCase& report_case) { return report_case.result->skipped; });
  head["cases"] = Json::array();
  std::string frame = text(head);
  // Case by case: of a thousand, the values alone would take gigabytes.
  constexpr std::string_view kEnd = "[]\n}";
  frame.resize(frame.size() - kEnd.size());
  out << frame << '[';
  for (const ReportCase& report_case : cases) {
    out << (&report_case == cases.data() ? "\n    " : ",\n    ");
    const std::string one = text(to_json(report_case));
    // In their depth. Line breaks of the program's own are escaped.
    for (std::size_t at = 0; at < one.size();) {
      const std::size_t end = std::min(one.find('\n', at), one.size());
      out.write(one.data() + at, static_cast<std::streamsize>(end - at));
      if (end < one.size()) out << "\n    ";
      at = end + 1;
    }
  }
  out << (cases.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace heddle
