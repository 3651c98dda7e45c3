#!/usr/bin/env bash
# The import of a log of clicks beside polars' read_csv of the same file and the same columns, one thread each, in turns.
# Prints the rate of text, the time on the processor and the memory of each as a table.
#
#   bash Benchmarks/import.sh [ROWS] [ROUNDS]
#
# Makes a CSV of 13 columns (default 1,000,000 rows, 136 MB) of which 10 are used: user, item, ISO time, label, three
# categories, two numbers and a list. Needs a Python with numpy and polars: LCFT_PYTHON, default python3. LCFT names a
# program that is built already. Of ROUNDS rounds (default 5) each side's best counts.
set -euo pipefail
rows=${1:-1000000} rounds=${2:-5}
cd "$(dirname "$0")/.."
. jobs/environment.sh
lcft=${LCFT:-$(lcft_build)}
python=${LCFT_PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" Benchmarks/import_log.py make "$folder" "$rows"
export POLARS_MAX_THREADS=1
for _ in $(seq "$rounds"); do
  "$python" Benchmarks/import_log.py run "$folder" lcft "$lcft" import table --schema "$folder/log.yaml" \
    --output "$folder/log.h5" --overwrite
  for kind in text categories; do
    "$python" Benchmarks/import_log.py run "$folder" "polars-$kind" \
      "$python" Benchmarks/import_log.py polars "$folder" "$kind"
  done
done
"$python" Benchmarks/import_log.py table "$folder"
