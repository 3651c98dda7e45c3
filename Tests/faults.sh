#!/usr/bin/env bash
# Fails the calls of lcft one by one, and loses power at moments of its runs (Tests/Faults says what counts and what must
# come of it). Prints a table of commands and 'N passed, N failed'.
#
#   bash Tests/faults.sh sample [SECONDS [SEED]]    a sample of all failures and losses: two minutes unless told otherwise
#   bash Tests/faults.sh calls [OPTION...]          every call of every command, by itself and on 2 ranks: the whole
#   bash Tests/faults.sh power [OPTION...]          losses of power at 40 moments of every command
#   bash Tests/faults.sh kills [OPTION...]          200 kills at random moments, of every command in turn
#
# The options are those of Tests/Faults/faults.py, power.py and kills.py: --only 'run*', --kinds write,sync, --ranks 0,
# --limit 120, --points 40, --kills 200, --seed 1.
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
binary=$(built_program "${LCFT:-}") || exit 1
# In memory where there is some: nothing waits for a disk then.
scratch=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")") || exit 1
trap 'rm -rf "$scratch"' EXIT
export PYTHONDONTWRITEBYTECODE=1
# program NAME OPTION...: in a folder of its own.
program() {
  mkdir "$scratch/$1" || return
  "$LCFT_PYTHON" "Tests/Faults/$1.py" "$binary" "$scratch/$1" "${@:2}"
}
what=${1:-sample}
shift
case $what in
  sample)
    program faults --seconds "${1:-120}" --seed "${2:-1}" | tee "$scratch/faults.log"
    program power --points 12 --seconds "$((${1:-120} / 3))" --seed "${2:-1}" | tee "$scratch/power.log"
    for log in faults power; do add_counts "$log" "$scratch/$log.log"; done
    finish
    ;;
  calls) program faults "$@" ;;
  power) program power "$@" ;;
  kills) program kills "$@" ;;
  *)
    echo "there is no '$what'; say sample, calls, power or kills"
    exit 2
    ;;
esac
