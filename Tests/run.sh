#!/usr/bin/env bash
# Installs what is missing, builds and runs every test: unit tests in release mode, the rank checks under
# mpirun, and the commands as users call them. Ends with a line that counts the tests.
#
#   bash Tests/run.sh [all|lint|unit|ranks|commands]
#
# LCFT_DATA, if set, is a folder of real data sets on which some tests then run as well.
set -uo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
part=${1:-all}

# shellcheck disable=SC2086
lcft_install $LCFT_PACKAGES python3-h5py || exit 1
# Files are checked with h5py, which nobody here wrote.
export LCFT_PYTHON=${LCFT_PYTHON:-/usr/bin/python3}
"$LCFT_PYTHON" -c 'import h5py, numpy' || { echo "the tests need a Python with h5py: set LCFT_PYTHON" >&2; exit 1; }
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

count() { # count PASSED FAILED SKIPPED
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# step NAME COMMAND...: one check that passes or fails as a whole.
step() {
  local name=$1
  shift
  echo "== $name"
  if "$@"; then count 1 0 0; else echo "FAILED: $name"; count 0 1 0; fi
}

# counted NAME COMMAND...: a script that ends with 'N passed, N failed' (', N skipped').
counted() {
  local name=$1 line
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$results/log"
  line=$(grep -Eo '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$results/log" | tail -1)
  if [ -z "$line" ]; then
    echo "FAILED: $name did not finish"
    count 0 1 0
  else
    # shellcheck disable=SC2046
    set -- $(echo "$line" | grep -Eo '[0-9]+') 0
    count "$1" "$2" "$3"
  fi
}

unit_tests() {
  local log=$results/unit
  echo "== unit tests"
  # An xunit file counts what ran; its skips are tests whose requirement is not there.
  swift test -c release --xunit-output "$results/unit.xml" 2>&1 | tee "$log" | grep -vE '^(\[|◇)|started\.$'
  local status=${PIPESTATUS[0]}
  local ok bad skip
  ok=$(grep -cE '^✔ Test (case )?[^r]' "$log")
  bad=$(grep -cE '^✘ Test [^r].* (failed|recorded)' "$log")
  skip=$(grep -cE '^(➜|↷|⏭|✔|⏩)? ?Test .* skipped' "$log")
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  count "$ok" "$bad" "$skip"
}

if [ "$part" = all ] || [ "$part" = lint ]; then
  step "swift format lint" swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift
fi
swift build -c release --build-tests || exit 1
if [ "$part" = all ] || [ "$part" = unit ]; then unit_tests; fi
if [ "$part" = all ] || [ "$part" = ranks ]; then counted "ranks" bash Tests/rank-check.sh; fi
if [ "$part" = all ] || [ "$part" = commands ]; then counted "commands" bash Tests/commands.sh; fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
