#!/usr/bin/env bash
# Installs what is missing, builds and runs every test: the unit tests and the commands as users call them
# (release mode), the rank checks under mpirun, the bits' identity, a thousand damaged files, a sample of kills, jobs
# under Slurm and over two hosts, and the quick start. Ends with a line that counts the tests.
#
#   bash Tests/run.sh [all|lint|unit|ranks|identity|fuzz|kills|slurm|hosts|quickstart]
set -uo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
part=${1:-all}

# shellcheck disable=SC2086
lcft_install $LCFT_PACKAGES python3-h5py python3-matplotlib || exit 1
# Files are checked with h5py, which nobody here wrote; lcft report draws with matplotlib.
export LCFT_PYTHON=${LCFT_PYTHON:-/usr/bin/python3}
if ! "$LCFT_PYTHON" -c 'import h5py, numpy'; then
  echo "the tests need a Python with h5py and numpy: set LCFT_PYTHON" >&2
  exit 1
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0 skipped=0

# step NAME COMMAND...: one check that passes or fails as a whole.
step() {
  local name=$1
  shift
  echo "== $name"
  if "$@"; then passed=$((passed + 1)); else
    echo "FAILED: $name"
    failed=$((failed + 1))
  fi
}

# counted NAME COMMAND...: a script that ends with 'N passed, N failed' or 'N passed, N failed, N skipped'.
counted() {
  local name=$1 line
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$scratch/log"
  line=$(grep -Eo '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$scratch/log" | tail -1)
  if [ -z "$line" ]; then
    echo "FAILED: $name did not finish"
    failed=$((failed + 1))
  else
    passed=$((passed + ${line%% *}))
    line=${line#*, }
    failed=$((failed + ${line%% *}))
    if [[ $line == *skipped ]]; then line=${line#*, } skipped=$((skipped + ${line%% *})); fi
  fi
}

unit_tests() {
  local log=$scratch/unit status total bad skip
  echo "== unit tests and commands"
  swift test -c release --skip-build 2>&1 | tee "$log" | grep -E '^(✘|✔ (Suite|Test run)|➜)|rror:'
  status=${PIPESTATUS[0]}
  total=$(sed -n 's/.*Test run with \([0-9]*\) tests\? .*/\1/p' "$log" | tail -1)
  bad=$(grep -E '^✘ Test ' "$log" | grep -vE '^✘ Test run ' | grep -cE ' failed after ')
  skip=$(grep -cE '^➜ +Test .* skipped' "$log")
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  passed=$((passed + ${total:-0} - bad - skip)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

# A first run as a new user makes it, looked at from outside: a table was printed and the results open.
quick_start() {
  bash jobs/quickstart.sh "$scratch/quickstart" >"$scratch/table" || return 1
  cat "$scratch/table"
  grep -Eq '^soft1 +0\.[0-9]{4}' "$scratch/table" && h5dump -H "$scratch/quickstart/results.h5" >/dev/null
}

wanted() { [ "$part" = all ] || [ "$part" = "$1" ]; }

if wanted lint; then
  step "swift format lint" swift format lint --strict --parallel --recursive Sources Tests Package.swift
fi
if wanted unit || wanted ranks || wanted fuzz || wanted slurm || wanted hosts; then
  swift build -c release --build-tests || exit 1
fi
if wanted unit; then unit_tests; fi
if wanted ranks; then counted "rank checks" bash Tests/rank-check.sh; fi
if wanted identity; then counted "bit identity" bash Tests/bit-identity.sh; fi
if wanted fuzz; then counted "damaged files" bash Tests/fuzz.sh 1000 1; fi
if wanted kills; then
  swift build -c release --product lcft || exit 1
  counted "kills" bash Tests/kill-resume.sh 20
fi
if wanted slurm; then counted "jobs under Slurm" bash Tests/slurm.sh; fi
if wanted hosts; then counted "two hosts" bash Tests/two-hosts.sh; fi
if wanted quickstart; then step "quick start" quick_start; fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
