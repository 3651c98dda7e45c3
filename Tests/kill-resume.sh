#!/usr/bin/env bash
# Kills runs with SIGKILL at random moments, a rank or mpirun itself, resumes them on a random number of ranks,
# and compares the outputs with those of undisturbed runs. Prints a line per kill and 'N passed, N failed'.
#
#   bash Tests/kill-resume.sh [KILLS [SEED]]     20 kills unless told otherwise; about two minutes on two cores
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
binary=${LCFT:-.build/release/lcft}
if [ ! -x "$binary" ]; then
  echo "$binary: not found; swift build -c release --product lcft makes it"
  exit 1
fi
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
"${LCFT_PYTHON:-/usr/bin/python3}" Tests/Fixtures/kill_resume.py "$binary" "$scratch" "${1:-20}" "${2:-1}"
