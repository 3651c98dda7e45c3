#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests: all parts, or those that are named.
#
#   bash Tests/run.sh [all|PART...]
#
#   lint        the format of the sources, and the rules of Tests/lint
#   debug       the models' tests in debug mode, where assertions hold; builds the benchmarks as well
#   extend      a method and a model are added as docs/adding-a-method.md and docs/adding-a-model.md say
#   unit        the unit tests and the commands as users call them, in release mode
#   ranks       the checks of sums, messages and queues under mpirun
#   identity    one job gives the same bits on 1, 2, 4 and 8 ranks; an import within a bound of memory, or by several ranks,
#               the same file
#   fuzz        a thousand damaged files
#   kills       twenty kills and resumes
#   faults      two minutes of failing calls of the system and of MPI, and of losses of power
#   slurm       jobs under Slurm
#   hosts       a run over two hosts
#   quickstart  the quick start
#   documents   the blocks of README.md and of the pages of docs, but for those that the parts below run
#   sweep       many runs as one sweep, killed, resumed and two at once; rows of the paper's Table 2
#   predict     the commands of docs/predict.md, and scores against those that runs have stored
#   python      the Python package, the blocks of docs/python.md, the notebook and the commands of
#               docs/from-raw-files-to-a-served-model.md, with packages from PyPI
#   mpich       the ranks' checks, and a run with the same bits, built for MPICH
#   install     jobs/install.sh, and the steps of jobs/Containerfile in a bare Debian root
#
# Ends with a table of the parts and their minutes, once more with what failed, and with a line that counts the tests.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
all="lint debug extend unit ranks identity fuzz kills faults slurm hosts quickstart documents sweep predict python mpich install"
parts=${*:-all}
if [ "$parts" = all ]; then parts=$all; fi
for part in $parts; do
  if [[ " $all " != *" $part "* ]]; then
    echo "there is no part '$part'; the parts are: $all" >&2
    exit 2
  fi
done

# Everything is built with the same settings, so that nothing is built twice. Warnings are errors here only.
export LCFT_WARNINGS_AS_ERRORS=1 LCFT_DEBUG_INFO=0
if [ "$(uname -m)" = x86_64 ]; then export LCFT_MARCH=${LCFT_MARCH-x86-64-v3}; fi

scratch=$(mktemp -d) || exit 1
release='' ahead=''
clean_up() {
  local job
  for job in $release $ahead; do kill -- "-$job" 2>/dev/null; done
  rm -rf "$scratch"
}
trap clean_up EXIT
skipped=0 begun=$SECONDS

# step NAME COMMAND...: one check that passes or fails as a whole.
step() {
  local name=$1
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$scratch/log"
  if [ "${PIPESTATUS[0]}" -eq 0 ]; then passed=$((passed + 1)); else
    echo "FAILED: $name"
    failed=$((failed + 1))
    keep_failures "$name" "$scratch/log"
  fi
}

# advice NAME COMMAND...: a step whose findings fail only with LCFT_STRICT_LINT=1.
advice() {
  if [ "${LCFT_STRICT_LINT:-0}" = 1 ]; then
    step "$@"
  else
    echo "== $1 (LCFT_STRICT_LINT=1 makes findings fail)"
    "${@:2}" | tail -n 1
  fi
}

# counted NAME COMMAND...: a script that ends with 'N passed, N failed' or 'N passed, N failed, N skipped'.
counted() {
  local name=$1
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$scratch/log"
  add_counts "$name" "$scratch/log" || keep_failures "$name" "$scratch/log"
}

# tests NAME COMMAND...: a `swift test`.
tests() {
  local name=$1 status before=$failed
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$scratch/tests" | grep -E '^(✘|✔ (Suite|Test run)|➜)|rror:'
  status=${PIPESTATUS[0]}
  count_swift_tests "$scratch/tests" "$status"
  [ "$failed" -eq "$before" ] || keep_failures "$name" "$scratch/tests"
}

# keep_failures NAME LOG: keeps the lines that tell of a failure and those behind them, or the last ones where none does.
keep_failures() {
  {
    echo "== what failed of $1"
    grep -aE -A 15 '^✘|(^|[^a-z])(failed|FAILED|FAIL|ERROR): ' "$2" | grep -aEv '^(ok: |✔|◇|--$)' | head -n 80 | grep . \
      || tail -n 40 "$2"
    echo
  } >>"$scratch/failures"
}

# build COMMAND...: a build without which no further part can run; the script ends if it fails.
build() {
  echo "== build: $*"
  "$@" && return
  echo "FAILED: the build"
  failed=$((failed + 1))
  summary
  exit 1
}

# A build keeps one core busy, and the tests seldom two. So builds go on beside other parts.

# beside LOG COMMAND...: starts a command in a group of processes of its own, whose number `begun_beside` is.
beside() {
  set -m
  "${@:2}" >"$1" 2>&1 &
  begun_beside=$!
  set +m
}

# The build for most parts. Debug has a folder of its own, as two builds in one would wait for each other.
release_build() {
  # shellcheck disable=SC2046
  swift build -c release $([[ " $parts " != *" unit "* ]] || echo --build-tests)
}

# The builds of MPICH and of the installation, which find everything done in their turn.
builds_ahead() {
  # Compilers get what the tests leave. A nice value would not do: Swift's build program starts them with an ordinary one.
  chrt --idle --pid 0 "$BASHPID"
  if [[ " $parts " == *" mpich "* ]]; then
    build_for_mpich release
  fi
  if [[ " $parts " == *" install "* ]]; then env -u LCFT_MARCH bash jobs/install.sh "$scratch/beside"; fi
}

release_built() {
  wait "$release"
  local status=$?
  release=
  cat "$scratch/release"
  return $status
}

part_lint() {
  command -v python3 >/dev/null || lcft_install python3 || return
  step "swift format lint" swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift
  step "syntax of the scripts" shell_syntax
  step "folders" python3 Tests/lint/folders.py
  step "inlining" python3 Tests/lint/inlining.py
  step "layers" python3 Tests/lint/layers.py
  step "equations" python3 Tests/lint/equations.py
  step "paths" python3 Tests/lint/paths.py
  step "links" python3 Tests/lint/links.py
  advice "lengths" python3 Tests/lint/lengths.py
  advice "words" python3 Tests/lint/words.py
}

shell_syntax() {
  local script wrong=0
  for script in jobs/*.sh jobs/*.sbatch jobs/*.pbs Tests/*.sh Benchmarks/*.sh .ci/run; do
    bash -n "$script" || wrong=1
  done
  return "$wrong"
}

part_debug() {
  # The benchmarks must compile; they need a BLAS.
  if lcft_install libopenblas-dev && pkg-config --exists openblas; then export LCFT_BENCHMARKS=1; fi
  export LCFT_TESTS=ModelsTests
  build swift build --build-tests --scratch-path .build-debug
  tests "the models' tests in debug mode" swift test --skip-build --scratch-path .build-debug
  unset LCFT_BENCHMARKS LCFT_TESTS
}

part_unit() { tests "unit tests and commands" swift test -c release --skip-build; }
part_ranks() { counted "rank checks" bash Tests/rank-check.sh; }
part_identity() {
  counted "bit identity" bash Tests/bit-identity.sh
  counted "imports within a bound" bash Tests/bounded-import.sh
  counted "imports by several ranks" bash Tests/shared-import.sh
}
part_fuzz() { counted "damaged files" bash Tests/fuzz.sh 1000 1; }
part_kills() { counted "kills" bash Tests/kill-resume.sh 20; }
part_faults() { counted "failing calls" bash Tests/faults.sh sample 90; }
part_slurm() { counted "jobs under Slurm" bash Tests/slurm.sh; }
part_hosts() {
  counted "two hosts" bash Tests/two-hosts.sh
  counted "exchange between hosts" bash Tests/exchange.sh
  counted "users spread over hosts" bash Tests/spread.sh
}
part_quickstart() { step "quick start" quick_start; }
part_documents() { counted "documents" bash Tests/documents.sh; }
part_sweep() { counted "sweeps" bash Tests/sweep.sh; }
part_predict() { counted "predictions" bash Tests/predict.sh; }
part_extend() { counted "a method and a model of one's own" bash Tests/extend.sh; }
part_python() { counted "Python package" bash Tests/python.sh; }

part_mpich() {
  wait_ahead
  counted "MPICH" bash Tests/mpich.sh .build/release/lcft
}
part_install() {
  wait_ahead
  counted "installation" bash Tests/install.sh .build/release/lcft
}
wait_ahead() {
  [ -z "$ahead" ] || wait "$ahead" || cat "$scratch/ahead"
  ahead=
}

# A first run as a new user makes it, looked at from outside: a table was printed, the results open, and the report is
# where it says. A second time it finds everything done.
quick_start() {
  bash jobs/quickstart.sh "$scratch/quickstart" >"$scratch/first" || return 1
  bash jobs/quickstart.sh "$scratch/quickstart" >"$scratch/results" && cmp "$scratch/first" "$scratch/results" \
    && [ -s "$(sed -n 's/^Report: *//p' "$scratch/results")" ] || return 1
  cat "$scratch/results"
  grep -Eq '^soft1 +0\.[0-9]{4}' "$scratch/results" && h5dump -H "$scratch/quickstart/results.h5" >/dev/null
}

# run NAME COMMAND...: notes the minutes of the command, and what it adds to the counts.
run() {
  local name=$1 start=$SECONDS before=("$passed" "$failed" "$skipped")
  shift
  "$@"
  printf '%-12s %7s %7d %7d %7d\n' "$name" "$(minutes $((SECONDS - start)))" \
    $((passed - before[0])) $((failed - before[1])) $((skipped - before[2])) >>"$scratch/table"
  echo "-- $name: $(minutes $((SECONDS - start))) minutes"
}

minutes() { awk -v seconds="$1" 'BEGIN { printf "%.1f", seconds / 60 }'; }

summary() {
  echo
  cat "$scratch/failures" 2>/dev/null
  printf '%-12s %7s %7s %7s %7s\n' part minutes passed failed skipped
  cat "$scratch/table" 2>/dev/null
  printf '%-12s %7s\n' all "$(minutes $((SECONDS - begun)))"
  echo "$passed passed, $failed failed, $skipped skipped"
}

if [ "$parts" != lint ]; then
  # At once, as two installations at the same time would refuse each other.
  # shellcheck disable=SC2046,SC2086
  lcft_install $LCFT_PACKAGES python3-h5py python3-matplotlib \
    $([[ " $parts " != *" mpich "* ]] || echo mpich libmpich-dev) || exit 1
  # Files are checked with h5py, which nobody here wrote; lcft report draws with matplotlib.
  if ! "$LCFT_PYTHON" -c 'import h5py, numpy'; then
    echo "the tests need a Python with h5py and numpy: set LCFT_PYTHON" >&2
    exit 1
  fi
fi
needs_release() { [[ ! $1 =~ ^(lint|debug|quickstart|extend)$ ]]; }
needed='' built=''
for part in $parts; do ! needs_release "$part" || needed=yes; done
for part in $parts; do
  # The checks of lint ask Swift about the package, which would wait for the build.
  if [ -n "$needed" ] && [ "$part" != lint ] && [ -z "$release$built" ]; then
    beside "$scratch/release" release_build
    release=$begun_beside
  fi
  if [ -z "$built" ] && needs_release "$part"; then
    run build build release_built
    built=yes
    beside "$scratch/ahead" builds_ahead
    ahead=$begun_beside
  fi
  run "$part" "part_$part"
done
summary
[ "$failed" -eq 0 ]
