#!/usr/bin/env bash
# Runs the commands of docs/your-own-log.md and docs/rolling-days.md as they stand, block by block in a folder for each, and
# looks in what they print for the lines that the document quotes. Prints a line per check and 'N passed, N failed'.
#
#   bash Tests/documents.sh
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
binary=$(realpath "${LCFT:-.build/release/lcft}")
if [ ! -x "$binary" ]; then
  echo "$binary: not found; swift build -c release --product lcft makes it"
  exit 1
fi
documents=$PWD/docs
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/programs"
ln -s "$binary" "$scratch/programs/lcft"
export PATH=$scratch/programs:$PATH
# As lcft_mpirun, for machines with a single core.
if [ "$(nproc)" -lt 2 ]; then export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1; fi

# Every line of $1 is printed in $2, perhaps with more after it; how wide columns are does not matter.
quoted() {
  local line
  while IFS= read -r line; do
    tr -s ' ' <"$2" | grep -qF -- "$(tr -s ' ' <<<"$line")" || {
      echo "not printed: $line"
      return 1
    }
  done <"$1"
}

run_block() { (cd "$folder" && bash -euo pipefail "$1") >"$2" 2>&1; }

# run_document NAME BLOCKS: all commands of the document, which has at least so many blocks of them.
run_document() {
  local folder=$scratch/$1 blocks=$scratch/$1/.blocks block name log
  mkdir -p "$blocks"
  # Files 01.bash, 01.text, 02.bash, ...: a block of text belongs to the commands before it.
  awk -v folder="$blocks" '
    /^```(bash|text)$/ { kind = substr($0, 4); if (kind == "bash") count++; file = sprintf("%s/%02d.%s", folder, count, kind); next }
    /^```/ { file = ""; next }
    file != "" { print > file }' "$documents/$1.md"
  for block in "$blocks"/*.bash; do
    name=$(basename "$block" .bash) log=${block%.bash}.log
    check "$1, commands $name: $(grep -v '^ ' "$block" | tail -n 1)" run_block "$block" "$log" "$log"
    if [ -f "${block%.bash}.text" ]; then
      check "$1, lines quoted after $name" quoted "${block%.bash}.text" "$log" "$log"
    fi
  done
  check "$1, all blocks were found" [ "$(find "$blocks" -name '*.bash' | wc -l)" -ge "$2" ]
}

cd "$scratch" || exit 1
run_document your-own-log 7
# What no line of the page can quote: every method has a user AUC better than chance.
check "results of four methods" [ "$(grep -cE '^(cloud|local|soft1|soft2) +0\.[6-9]' "$scratch/your-own-log/.blocks/06.log")" -eq 4 ]
run_document rolling-days 5
finish
