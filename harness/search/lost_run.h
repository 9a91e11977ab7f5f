// What is said of a run whose worker was lost without a word of its own.
#pragma once

#include <cstdint>
#include <string>

#include "harness/model/outcome.h"
#include "harness/runtime/channel.h"

namespace heddle {

// What has taken no step for as long as a run may take is waited for a part of that the next time.
inline constexpr std::uint32_t kLostPart = 10;

// The run took no step for so long. The words are the same for all runs of a search, of which only
// the first is waited for as long.
Failed no_step_for(std::uint64_t milliseconds);
// Whether it is such a failure: one of a run that ended in no other way, and nobody knows where.
bool is_lost(const Failed& failure);
// A run whose process has stopped itself, or was stopped, and waits for SIGCONT.
Failed suspended_by_signal();

// The page that the supervisor shares with the worker cannot be believed. `end`: how the process
// ended; empty: it was ended.
Failed wrote_over_heddle(const std::string& end);

// As far as the page tells which choices the run had taken.
Described described_for(const Failed& failure, std::uint64_t run, const SharedProgress& progress);

}  // namespace heddle
