#!/usr/bin/env bash
# own_copies.sh OBJECT INPUT...
#
# Makes one object of the inputs, which define functions of libstdc++, for libheddle.so to call where
# it would call libstdc++.so's: those call operator new, and so the program's if it has one of its
# own. What they define has the prefix heddle_own_ there.
# NM, OBJCOPY, LD: the tools.
set -euo pipefail

object=$1
shift
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

"$LD" -r -o "$temporary/all.o" "$@"
# As in take_in.sh.
"$NM" --defined-only "$temporary/all.o" |
  awk '$2 ~ /^[TWVuBDRn]$/ && $3 ~ /^_Z/ { print $3, "heddle_own_" $3 }' > "$temporary/names"
"$OBJCOPY" --redefine-syms="$temporary/names" "$temporary/all.o" "$object"
