// What processes have to do with a result: which runs had one each, and what fresh ones say.
#pragma once

#include <string>
#include <vector>

#include "harness/report/describe.h"
#include "harness/search/result.h"

namespace heddle {

// What there is to say of an engine's runs, a sentence each.
std::vector<std::string> process_remarks(const EngineResult& engine, Names& names);

// How runs that share a process differ from those of fresh ones, and what has come of it.
std::string not_as_fresh_text(const NotAsFresh& unlike, Names& names);

// A finding in one line; with what fresh processes have not shown of it.
std::string finding_text(const Finding& finding, const EngineResult& engine, Names& names);

// Why a race that ThreadSanitizer reports may be none: "in each of 31 runs that came to both places
// something ordered them: T1's fence (acquire), at flag.cpp:21".
std::string ordering_text(const OrderedPlaces& ordered, Names& names);

// "shown", "not_yet", "not_tried".
std::string_view to_string(FreshProcess fresh);

}  // namespace heddle
