#!/usr/bin/env bash
# lint_test.sh LINT SCENARIO: puts one thing wrong into a small tree that is right otherwise, and
# expects LINT to say so in one finding, of the right rule and place.
set -euo pipefail
lint=$1
scenario=$2

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"

# write FILE LINE...
write() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "${@:2}" >"$1"
}

# write_lines FILE COUNT: that many empty ones
write_lines() {
  mkdir -p "$(dirname "$1")"
  head -c "$2" /dev/zero | tr '\0' '\n' >"$1"
}

write CMakeLists.txt ''
write harness/model/op.h '#pragma once' '#define HEDDLE_OP 1'
write harness/engine/engine.h '#pragma once' '#include "harness/model/op.h"'
write harness/engine/relacy/relacy_include.h '#pragma once' '#include <relacy/relacy.hpp>'
write harness/engine/relacy/relacy_engine.cpp \
  '#include "harness/engine/relacy/relacy_include.h"' '#include "fuzz/strategy/strategy.h"'
write harness/engine/fuzz/fuzz_engine.cpp '#include "harness/engine/fuzz/verdict/leaks.h"' \
  '#include "harness/engine/fuzz/run/fibers.h"'
write harness/engine/fuzz/verdict/leaks.h '#pragma once' '#include "harness/engine/engine.h"' \
  '#include "harness/engine/fuzz/memory/heap.h"' '#include "harness/engine/fuzz/verdict/words.h"'
write harness/report/report.cpp '#include <fmt/core.h>' '#include "harness/engine/engine.h"'
write harness/report/claim_words.cpp 'const char* row = "all {} interleavings pass";'
write harness/cli/main.cpp '#include <CLI/CLI.hpp>' '// TODO(#7): more options'
write fuzz/strategy/strategy.h '#pragma once' '#include "harness/model/op.h"'
write fuzz/shrink/shrink.cpp '#include <rapidcheck.h>' '#include "fuzz/strategy/strategy.h"'
# What the linter names as longer than others may be.
read -r long_file most_lines <<<"$(sed -n '/^long_files=/{n;p}' "$lint")"
write_lines "$long_file" "$most_lines"
write cases/CMakeLists.txt 'heddle_add_case(race data_race/race.cpp)'
write cases/data_race/race.cpp '// Does: it counts.' '// Class: data_race, difficulty 1 of 5' '// Bug: a race.' '// Fails: always.' '// From: here.' '#include <thread>'

expected=
case $scenario in
  clean_tree) ;;
  include_of_later_layer)
    write harness/model/rate.cpp '' '#include "harness/engine/engine.h"'
    expected='harness/model/rate.cpp:2: layers:'
    ;;
  fuzz_includes_engine)
    write fuzz/delay/plan.cpp '#include "harness/engine/engine.h"'
    expected='fuzz/delay/plan.cpp:1: layers:'
    ;;
  engine_includes_shrinking)
    write harness/engine/fuzz/fuzz.cpp '#include "fuzz/shrink/shrink.h"'
    expected='harness/engine/fuzz/fuzz.cpp:1: layers:'
    ;;
  include_of_later_room)
    write harness/engine/fuzz/memory/heap.h '#pragma once' \
      '#include "harness/engine/fuzz/verdict/leaks.h"'
    expected='harness/engine/fuzz/memory/heap.h:2: rooms:'
    ;;
  room_includes_what_puts_rooms_together)
    write harness/engine/other/objects/mutex.h '#pragma once' \
      '#include "harness/engine/other/other_engine.h"'
    expected='harness/engine/other/objects/mutex.h:2: rooms:'
    ;;
  unknown_room)
    write harness/engine/other/util/mutex.h '#pragma once' \
      '#include "harness/engine/other/run/fibers.h"'
    expected='harness/engine/other/util/mutex.h:2: rooms:'
    ;;
  file_too_long)
    write_lines harness/model/op.cpp 601
    expected='harness/model/op.cpp:601: lengths:'
    ;;
  file_longer_than_it_was)
    write_lines "$long_file" $((most_lines + 1))
    expected="$long_file:$((most_lines + 1)): lengths:"
    ;;
  unknown_layer)
    write harness/search/search.cpp '#include "harness/util/util.h"'
    expected='harness/search/search.cpp:1: layers:'
    ;;
  relacy_outside_its_engine)
    write harness/search/search.cpp '#include <relacy/relacy.hpp>'
    expected='harness/search/search.cpp:1: libraries:'
    ;;
  second_cpp_sees_relacy)
    # Through a header; both files are named.
    write harness/engine/relacy/more.cpp '#include "harness/engine/relacy/relacy_include.h"'
    expected='harness/engine/relacy/more.cpp:1: libraries:'
    ;;
  formatting_library_inside_program)
    write harness/engine/stress/stress.cpp '#include <fmt/core.h>'
    expected='harness/engine/stress/stress.cpp:1: libraries:'
    ;;
  rapidcheck_outside_shrinking)
    write harness/search/search.cpp '#include <rapidcheck.h>'
    expected='harness/search/search.cpp:1: libraries:'
    ;;
  include_relative_to_file)
    write harness/model/op.cpp '#include "op.h"'
    expected='harness/model/op.cpp:1: includes:'
    ;;
  header_without_pragma_once)
    write harness/model/rate.h '#include <vector>'
    expected='harness/model/rate.h:1: headers:'
    ;;
  macro_without_prefix)
    write harness/model/op.cpp '#define LIMIT 3'
    expected='harness/model/op.cpp:1: macros:'
    ;;
  claim_without_its_conditions)
    write harness/report/report.cpp '#include <fmt/core.h>' '// "all interleavings pass"' \
      'const char* row = "all 7 interleavings pass";'
    expected='harness/report/report.cpp:3: claims:'
    ;;
  bare_todo)
    write harness/model/op.cpp '// TODO: think'
    expected='harness/model/op.cpp:1: todo:'
    ;;
  file_in_camel_case)
    write harness/model/OpKind.cpp ''
    expected='harness/model/OpKind.cpp:1: names:'
    ;;
  unknown_name_at_the_top)
    write notes.txt ''
    expected='notes.txt:1: names:'
    ;;
  case_includes_heddle)
    write cases/data_race/race.cpp '// Does: it counts.' '// Class: data_race, difficulty 1 of 5' '// Bug: a race.' '// Fails: always.' '// From: here.' \
      '#include "harness/model/op.h"'
    expected='cases/data_race/race.cpp:6: cases:'
    ;;
  case_without_origin)
    write cases/data_race/race.cpp '// Does: it counts.' '// Class: data_race, difficulty 1 of 5' '// Bug: a race.' '// Fails: always.' 'int main() {}'
    expected='cases/data_race/race.cpp:1: cases:'
    ;;
  case_not_built)
    write cases/CMakeLists.txt ''
    expected='cases/data_race/race.cpp:1: cases:'
    ;;
  *)
    echo "no scenario '$scenario'"
    exit 2
    ;;
esac

status=0
output=$("$lint" "$tree" 2>/dev/null) || status=$?
echo "status $status, findings:"
echo "$output"
if [[ -z $expected ]]; then
  [[ $status -eq 0 && -z $output ]]
elif [[ $scenario == second_cpp_sees_relacy ]]; then
  [[ $status -eq 1 && $(wc -l <<<"$output") -eq 2 && $output == *"$expected"* ]]
else
  [[ $status -eq 1 && $(wc -l <<<"$output") -eq 1 && $output == "$expected"* ]]
fi
