#!/bin/bash
# The unit tests under the sanitizers that this Swift offers: address, with leaks left to Tests/valgrind.sh, and
# undefined behaviour; says which are not offered. An arena's pieces are allocations of their own in these builds.
# Takes some ten minutes, most of it to build everything twice in a folder of its own, .build-SANITIZER, which is
# removed at the end. Prints 'N passed, N failed'.
#   usage: Tests/sanitize.sh [address|undefined]
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
log=$(mktemp) || exit 1
trap 'rm -f "$log"; rm -rf .build-address .build-undefined' EXIT
# Commands start other processes, which the sanitizer of this one knows nothing of: they are tested by themselves.
skip="CLITests|ImportRealDataTests"
# What the Swift runtime, Open MPI and HDF5 keep to the end is no leak of ours; new and delete of libraries may mix.
export ASAN_OPTIONS=detect_leaks=0:alloc_dealloc_mismatch=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export SWIFT_BACKTRACE=enable=no

for sanitizer in ${1:-address undefined}; do
  if ! printf 'print(1)' | swiftc -sanitize="$sanitizer" -o /dev/null - >"$log" 2>&1; then
    echo "skipped: this Swift offers no sanitizer for $sanitizer: $(grep -m1 error "$log")"
    continue
  fi
  echo "== $sanitizer"
  defines="-Xswiftc -DLCFT_CHECKED_ARENA"
  [ "$sanitizer" = address ] && defines="$defines -Xswiftc -DLCFT_ADDRESS_SANITIZER"
  # Warnings that only optimised builds with a sanitizer bring are not errors here.
  # shellcheck disable=SC2086
  swift test -c release --sanitize="$sanitizer" $defines --scratch-path ".build-$sanitizer" --skip "$skip" >"$log" 2>&1
  status=$?
  grep -E '^(✘|✔ Test run)|ERROR: AddressSanitizer|runtime error:|SUMMARY:|error:' "$log" | head -40
  count_swift_tests "$log" "$status"
  rm -rf ".build-$sanitizer"
done
finish
