# shellcheck shell=bash
# Sourced by the test scripts: counts checks, and compares runs.
passed=0 failed=0
export LCFT_PYTHON=${LCFT_PYTHON:-/usr/bin/python3}

# check NAME COMMAND... [LOG]: passes if the command does; otherwise shows the log, which is a last word that ends in
# .log.
check() {
  local name=$1 log=${!#}
  shift
  if [[ $log != *.log ]]; then log=; elif [ "$1" = "[" ] || [ "$1" = said ]; then set -- "${@:1:$#-1}"; fi
  if "$@"; then
    passed=$((passed + 1))
    echo "ok: $name"
  else
    failed=$((failed + 1))
    echo "failed: $name"
    if [ -n "$log" ]; then tail -n 30 "$log" 2>/dev/null | sed 's/^/  | /'; fi
  fi
}

# built_program [PATH]: prints the path of the program that is tested, that of the build unless it is given.
built_program() {
  local program
  program=$(realpath "${1:-.build/release/lcft}")
  if [ ! -x "$program" ]; then
    echo "$program: not found; swift build -c release --product lcft makes it" >&2
    return 1
  fi
  echo "$program"
}

# build_for_mpich CONFIGURATION: the programs that Tests/mpich.sh tests, in .build-mpich.
build_for_mpich() {
  local product
  for product in rank-check lcft; do
    LCFT_MPI=mpich swift build -c "$1" --product "$product" --scratch-path .build-mpich || return
  done
}

# digests FOLDER: those of a run's checkpoint and results; nothing if it has not ended.
digests() {
  "$LCFT_PYTHON" -c '
import json, sys
digest = json.load(open(sys.argv[1] + "/summary.json"))["digest"]
print(digest["checkpoint"], digest.get("results", ""))' "$1" 2>/dev/null
}

# count_swift_tests LOG STATUS: adds the tests that the runs in the log of a `swift test` have passed, failed and, where
# `skipped` is kept, skipped. A test program that ended early counts as a failure, and so does one without any test.
count_swift_tests() {
  local total bad skip
  total=$(sed -nE 's/.*Test run with ([0-9]+) tests? .*/\1/p' "$1" | awk '{ sum += $1 } END { print sum + 0 }')
  bad=$(grep -E '^✘ Test ' "$1" | grep -vE '^✘ Test run ' | grep -cE ' failed after ')
  skip=$(grep -cE '^➜ +Test .* skipped' "$1")
  if [ "$bad" -eq 0 ] && { [ "$2" -ne 0 ] || [ "$total" -eq 0 ]; }; then
    bad=1
    tail -n 20 "$1"
  fi
  if [ "$total" -lt $((bad + skip)) ]; then total=$((bad + skip)); fi
  passed=$((passed + total - bad - skip)) failed=$((failed + bad)) skipped=$((${skipped:-0} + skip))
}

# add_counts NAME LOG: adds the counts that the script of the log ended with, 'N passed, N failed' and perhaps 'N skipped'.
# A script that did not finish counts as a failure. Fails if anything did.
add_counts() {
  local counts
  counts=$(grep -Eo '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$2" | tail -1 | tr -cd '0-9 ')
  if [ -z "$counts" ]; then
    echo "FAILED: $1 did not finish"
    counts="0 1"
  fi
  # shellcheck disable=SC2086
  set -- $counts
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((${skipped:-0} + ${3:-0}))
  [ "$2" -eq 0 ]
}

# skip_all COUNT WHY: ends the script.
skip_all() {
  echo "skipped: $2"
  echo "0 passed, 0 failed, $1 skipped"
  exit 0
}

# Prints the counts and ends the script, with success if nothing failed.
finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
