# Sourced by the scripts in ci/: where the project is, and how they speak.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
me=ci/$(basename "$0")

die() {
  echo "$me: $*" >&2
  exit 1
}

# Prints a script's opening comment as its help.
help() {
  awk 'NR > 1 && /^#/ && !/^# shellcheck/ { sub(/^# ?/, ""); print; next } NR > 1 { exit }' "$0"
}

# configure_and_build TARGET...: with g++ into build/, as the default preset says.
configure_and_build() {
  local targets=()
  for target in "$@"; do
    targets+=(--target "$target")
  done
  (cd "$root" && cmake --preset default)
  cmake --build "$root/build" --parallel "$(nproc)" "${targets[@]}"
}

# The files that people write here, fixtures of tests included, separated by zero bytes.
own_cxx_files() {
  find "$root/harness" "$root/fuzz" "$root/cases" "$root/tests" \
    -type f \( -name '*.cpp' -o -name '*.h' \) -print0 | sort -z
}

# pick_tool NAME: Debian 12's version if it is there, since other versions judge otherwise.
pick_tool() {
  local tool
  for tool in "$1-14" "$1"; do
    if command -v "$tool" >/dev/null; then
      echo "$tool"
      return
    fi
  done
  die "$1 is missing; 'ci/install check' installs it"
}
