// Addresses and operations in words, the same ones in every report.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/op.h"
#include "harness/model/outcome.h"
#include "harness/model/trace.h"
#include "harness/report/names.h"
#include "harness/report/source_line.h"
#include "harness/report/symbols.h"
#include "harness/search/result.h"

namespace heddle {

// "preempted"; `none`: where it is not known why.
std::string_view reason_text(SwitchReason why, std::string_view none);

// A value of `size` bytes: decimal, small negative numbers as such, large ones in hex.
std::string value_text(std::uint64_t value, unsigned size);

// The same of what an access is to, as the program spells it where that is known: "0.5", "ready".
std::string value_text(std::uint64_t value, const Op& op, const Names& names);

// "read counter -> 0", "lock m", "wait on ready (gives up m)". `last` is the value of the last of
// several equal operations; equal to the event's own for a single one.
std::string operation_text(const Event& event, std::optional<std::uint64_t> last, Names& names);

// A place in the present tense: "writes counter", "waits to lock m".
std::string place_text(const Place& place, Names& names);

// For all that is said of a failure: as its headline comes first, so do the objects in it. `trace`:
// of the run that it is of, or null.
Names names_for(const Failed& failure, const Trace* trace, const Symbols& symbols);

// The failure in one line, with the places that make it: "data race on counter: T1 writes it at
// counter.cpp:11, T2 reads it at counter.cpp:11".
std::string headline(const Failed& failure, Names& names);

// What outlives a run, and what that costs.
// What a thread was about to do: "write counter", "lock m".
std::string intent_text(const Event& event, Names& names);

// The kind of the failure and the program's own words, each said once: "assertion failed: x == 1",
// "exit status 1".
std::string kind_and_message(const Failed& failure);

// The same with the objects that it is about: "bad unlock: unlocks m, which nobody holds".
std::string failure_text(const Failed& failure, Names& names);

std::string own_processes_text(const OwnProcesses& own);
// Why a program's runs cannot be repeated, in one sentence.
std::string divergence_text(const Divergence& divergence, Names& names);
// What a run did in a process of many that it did not in a fresh one, likewise.
std::string fresh_difference_text(const Divergence& divergence, Names& names);

// A run that gave up, in one line: "livelock or limit, in the loop at spin.cpp:9".
std::string limit_text(const GaveUp& gave_up, Names& names);

// Every thread is stuck, and who waits on what is the whole story.
bool is_stuck(FailureKind kind);

}  // namespace heddle
