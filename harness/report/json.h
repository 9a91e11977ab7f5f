// The report for programs, in report.schema.json for a validator. Stable: a field keeps its name
// and meaning within one schema version; new fields may be added without a new version, so readers
// should ignore those they do not know. Numbers of runs are integers; an address is a string
// "0x..." because JSON numbers are doubles for many readers; text that is not UTF-8 has its bad
// bytes replaced by U+FFFD.
//
// report:
//   schema_version  1
//   generator       "heddle"
//   cases_skipped   number of cases that are "skipped"
//   cases           array of case
//
// case:
//   name, program   strings; program is a path
//   expectation     string: what --expect asked for, or null
//   verdict         "held" or "broken": whether it came so; null if nothing was asked
//   environment     environment, or null
//   args            array of strings: the program's arguments
//   input           string: path of the file that was standard input, or null
//   seed            string, decimal: 64 bits do not fit a double
//   memory          bytes that each worker might have (--memory); null if there was no limit
//   google_test     true if the case is one test of a GoogleTest program
//   skipped         string: why it was not run, e.g. "never starts a second thread"; null if it was
//   interrupted     true if a person stopped the search; the figures are of the runs until then
//   engines         array of engine
//
// environment: where the report was made; strings, empty where it is not known
//   heddle, compiler, build_id, libc, kernel, processor, command
//
// engine:
//   engine          "stress", "tsan", "fuzz" or "relacy"
//   method          string: the strategy, the delay plan or the search
//   runs, failed, gave_up   counts of runs; a run that gave up is in neither of the other two kinds
//   failed_late     runs of which all that failed needs a late wake-up; not among `failed`
//   failure_rate    failed / runs; null without runs
//   interval_95     [low, high], Wilson's 95 % interval of the failure rate; null without runs
//   zero_failure_bound   only where failed is 0: the largest failure rate that the completed runs
//                   (runs - gave_up) allow at 95 % confidence; else null
//   first_failure   how many runs it took to the first failure, from 1; null if there is none
//   seconds         wall clock, without building up and shrinking
//   runs_per_second null where seconds is 0
//   exhausted       true if the search came to its end; whether that proves anything, "proved" says
//   proved          true if it is shown that no interleaving within "bounds" fails
//   not_proved      array of {"reason": name, "text": string for people}: why "proved" is false;
//                   empty where it is true. Names: "not_ended" (not everything was run), "failed",
//                   "error"; of a search that came to its end without a failure:
//                   "not_instrumented", "calls_not_modelled" (functions of the system's libraries),
//                   "gave_up", "loops_cut_short", "compare_exchange", "interrupted_unseen" (a
//                   thread, in a loop of code that is not instrumented), "not_repeatable",
//                   "not_as_in_fresh_process" (see "not_as_fresh"), "failed_elsewhere" (under
//                   another engine of this report), "late_wake_ups"
//   bounds          array of {"bound": name, "text": string for people}: within what it is proved;
//                   empty where nothing is, or where there is no bound. Names: "preemptions",
//                   "spurious_wakes", "weak_failures", "early_timeouts", "deadlines_in_order",
//                   "sequentially_consistent" (the program's memory orders allow more),
//                   "own_clocks" (each thread has a clock of its own), "relacy_model",
//                   "relacy_choices", "relacy_yields", "strong_exchanges",
//                   "parts_of_locals", "outside_choices",
//                   "deviations"
//   assumed         array of strings: what the proof takes for granted, e.g. "gtest shares nothing
//                   between threads"
//   exploration     of exhaustive strategies, else null
//   coverage        coverage; null for engines other than fuzz
//   error           string if Heddle itself failed or could not use this engine, else null
//   not_repeatable  null, or string: how two runs of one schedule differed
//   own_processes   runs that had a process each: {"left_behind": string: what was not put back,
//                   "runs", "seconds"}; absent if there were none
//   not_as_fresh    null, or how runs that shared a process were not as in fresh ones:
//                   {"summary": string for people, "failures": array of {"kind", "summary",
//                   "count": runs that shared a process, "first", "later": null, or of real threads
//                   [failed so, of how many] of the runs that a process began with and of the
//                   others}, "difference": null, or string: another step that a run took,
//                   "own_processes": true if the runs of this report had a process each instead.
//                   If not, those of "failures" that fresh processes do not show do not count}
//   process_runs    stress and tsan, else null: of "runs", {"first": those that a process began
//                   with, "later"}
//   lost_workers    workers that were killed from outside; absent if there were none
//   ended_early     true if fewer runs were made than asked for: they take long, and the rate is
//                   known well, or --budget was used up; else absent
//   limit           of the first run that gave up, limit; null if none did
//   findings        array of finding: first the ways in which the program itself fails, then data
//                   races and lock orders; of each kind the most frequent first
//   late_findings   likewise those that fail only by a late wake-up, which do not count as failures
//
// limit: how a run gave up
//   reason          string
//   places          array of place: where threads that could go on were
//   token, replay   as of a finding: of a run that gives up in the same loop; null if none was
//   found
//                   that is short enough, or the engine is not fuzz
//
// exploration:
//   complete        true if nothing is left within the bounds
//   executions      different schedules that were executed, over all parts of a resumed search
//   redundant       runs that repeated an execution, or were given up since they could only do that
//   distinct        interleavings: executions that differ as partial orders
//   fraction        estimate of what was done of the whole, 0 to 1
//   bound           preemptions allowed; null for no bound
//   limited         true if runs ended at a limit, or waiting loops were cut short
//   by_bound        array: distinct ones within 0, 1, 2, ... preemptions
//
// coverage: what the runs have been through
//   from_run        number of the first run counted here: earlier ones did not yet know of a place
//                   that races
//   distinct        distinct interleavings: runs that differ as partial orders of what they did
//   exact           false if the counts of interleavings are estimates (standard error 1.6 %)
//   new_in_last_tenth   how many of them were first seen in the last tenth of the runs; null if
//                   that is not known
//   decisions       {"min", "mean", "max"} of a run: points at which more than one thread could go,
//                   and other open choices
//   hit_limit       runs that ended at a limit
//   bound           null, or what the strategy promises (pct): a bug that needs "depth" ordering
//                   constraints, in a program of "threads" threads and at most "decisions"
//                   decisions a run, shows in a run with the probability "per_run" at least; all
//                   these runs have missed it with the probability "missed" at most
//
// finding: a distinct way to fail
//   kind            "data race", "assertion failed", ...: the names of FailureKind
//   key             string, 16 hex digits: equal for equal failures within one build of a program
//   summary         string: one line for people
//   message         string: the program's own words, may be empty
//   late_wake_up    true if it fails only by a late wake-up: a wait ended by its time although an
//                   earlier deadline was another thread's
//   places          array of place; the first is where the run failed
//   count           runs that failed so
//   rate            count / runs
//   first_run       number of the first such run, from 0
//   fresh_process   "shown" if it comes in fresh processes too, "not_yet" if it did not and those
//                   were too few to say that it never does, "not_tried"
//   token           string for `heddle replay`, or null if no schedule is known
//   replay          string: the whole command, or null
//   anchored_token  string for `heddle replay` of another build of the program, by functions and
//                   lines; null if there is no interleaving that is known as a whole
//   minimal         interleaving, or null
//   hunt            stress and tsan: what fuzz knows of it, hunt; null if it was not looked for
//
// hunt:
//   reproduced      true if fuzz fails so too
//   by_search       true if the search with fuzz that is in this report has found it
//   runs            runs until it was found; if it was not, all that were made
//   strategy        string: that found it; if none did, those that were tried
//   error           string: why fuzz cannot run the program, or null
//   key             string: that of what fuzz has found, or null; engines name some kinds
//                   differently
//   token, replay, minimal   as of a finding; minimal is null if another finding of this report has
//                   it
//   thread_sanitizer_alone   of a data race that fuzz has not found: null, or how it has seen both
//                   places ordered in every run that came to them: runs (their number) and text (a
//                   sentence that names what ordered them)
//
// place: one thread's part
//   thread          number, 0 is main's; null if unknown
//   operation       "read", "mutex lock", ...: the names of OpKind
//   object          string: the name of what was operated on; null if it has none
//   address         string or null
//   note            string, may be empty
//   source          source, or null: the innermost line of the person's own code
//   stack           array of frame, innermost first, inlined functions included
//
// source, frame:
//   file            string, as the compiler recorded it; may be empty
//   line            number from 1, or 0 if unknown
//   function        string, demangled; may be empty
//
// interleaving:
//   token           string: what replays it
//   preemptions     number of switches away from a thread that could have gone on
//   one_minimal     true if it was checked that no single deviation can be left out
//   proof           null, or what an exhaustive search of the schedules with fewer preemptions has
//                   shown: {"complete": whether it came to its end, "schedules": how many there
//                   were, "failed": how many of them failed in another way, "proved", "not_proved",
//                   "bounds", "assumed": as of an engine, of the claim that none fails in this way}
//   canonical       true if it is the first to fail so of all schedules, fewest preemptions first
//   cause           cause, or null
//   deviations, deviations_before   in the schedule as it is, and as it was found
//   shrink_runs     runs that making it smaller took
//   truncated       true if the beginning of the run was not recorded
//   threads         array of thread numbers: those that have rows
//   rows            array of row: only what matters to the failure, loops folded
//
// cause: why it fails
//   pattern         "lost update", ...: the names of CausePattern; null if none fits
//   summary         string: one sentence for people; null if none fits
//   steps           array of step: what makes the pattern, in the order that CausePattern says
//   swapped         null, or the two operations whose order decides: {"first": step,
//                   "second": step, "checked": runs with the second before the first, "passed": how
//                   many of them ended without this failure, "more_checked", "more_passed":
//                   likewise with one preemption more, "clean": whether none of them failed in any
//                   other way}
//
// step: a place, and
//   row             number of the row that shows it; 0 if there is none
//   happened        false if the run failed before it
//
// row:
//   kind            "operation", "failure", "elided" (rows left out here: only text is of use) or
//                   "pending" (a step of the cause that the run failed before)
//   number          from 1; 0 for elided
//   thread          number, or null
//   step            the thread's own count of steps, as tokens name them; 0 if none
//   source          source, or null
//   text            string: "read counter -> 0"
//   switch          null where the same thread goes on, else {"from": thread, "reason": one of
//                   "preempted", "blocked", "ended", "gave way", "unknown"}
//   racy            true if part of a data race
//   times           how often the row happened; more than 1 in a folded loop
//   fold_rows       on the last row of a folded loop: how many rows one round of it has; else 0
#pragma once

#include <ostream>
#include <span>

#include "harness/report/report_case.h"

namespace heddle {

inline constexpr int kJsonSchemaVersion = 1;

void write_json_report(std::ostream& out, std::span<const ReportCase> cases);

}  // namespace heddle
