#!/usr/bin/env bash
# take_in.sh OBJECT LIST EXPORTS TEMPLATE LIBSTDCXX INPUT...
#
# Makes one object of the inputs, which define functions of libstdc++ with instrumented accesses,
# for libheddle.so to have beside the originals: what they define has the prefix heddle_seen_ there.
# LIST gets a line HEDDLE_CPP_LIBRARY(name) for each function that LIBSTDCXX exports too, and
# EXPORTS is TEMPLATE with their names.
# So has what they call that has a hook (hooks/cpp_library_hooks.cpp).
# NM, OBJCOPY, LD: the tools.
set -euo pipefail

object=$1 list=$2 exports=$3 template=$4 libstdcxx=$5
shift 5
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

"$LD" -r -o "$temporary/all.o" "$@"

# What can be seen outside: code, weak or not, data, and the names of groups (n), of which a linker
# keeps one each. Compilers' own have other names.
"$NM" --defined-only "$temporary/all.o" |
  awk '$2 ~ /^[TWVuBDRn]$/ && $3 ~ /^_Z/ { print $2, $3 }' > "$temporary/defined"
"$NM" -D --defined-only "$libstdcxx" | awk '{ sub(/@.*/, "", $3); print $3 }' |
  sort -u > "$temporary/exported"

awk '$1 ~ /^[TW]$/ { print $2 }' "$temporary/defined" | sort -u |
  comm -12 - "$temporary/exported" > "$temporary/functions"
sed 's/.*/HEDDLE_CPP_LIBRARY(&)/' "$temporary/functions" > "$temporary/list"
sed 's/.*/    &;/' "$temporary/functions" |
  sed -e '/@cpp_library@/{' -e 'r /dev/stdin' -e 'd' -e '}' "$template" > "$exports"

{
  awk '{ print $2, "heddle_seen_" $2 }' "$temporary/defined"
  "$NM" -u "$temporary/all.o" | awk '
    $2 ~ /^(_Z(nw|na|dl|da)|__tsan_|w?mem|strlen$|wcslen$|pthread_)/ { print $2, "heddle_seen_" $2 }'
} > "$temporary/names"
"$OBJCOPY" --redefine-syms="$temporary/names" "$temporary/all.o" "$temporary/renamed.o"

mv "$temporary/renamed.o" "$object"
cmp -s "$temporary/list" "$list" || mv "$temporary/list" "$list"
