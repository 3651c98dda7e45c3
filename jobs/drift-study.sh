#!/usr/bin/env bash
# Does label correction help where users' base click rates differ, and only there? The job jobs/amazon-din.yaml,
# unchanged, on synthetic worlds with and without drift, five seeds each.
#
#   bash jobs/drift-study.sh [OUTPUT_FOLDER] [USERS]
#
# Expected: about 12 s per world of 10,000 users on 2 cores. Needs a Python with numpy and h5py for the table
# (LCFT_PYTHON, default python3).
set -euo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
output=${1:-runs/drift-study}
users=${2:-10000}
# shellcheck disable=SC2086
lcft_install $LCFT_PACKAGES
lcft=$(lcft_build)

mkdir -p "$output"
for drift in drift no-drift; do
  for seed in 1 2 3 4 5; do
    folder=$output/$drift-$seed
    "$lcft" synthesize --users "$users" --items 1000 --seed "$seed" "--$drift" --output "$folder.h5" --overwrite
    lcft_mpirun 2 "$lcft" run --job jobs/amazon-din.yaml --data "$folder.h5" --output "$folder" --overwrite
  done
done
"${LCFT_PYTHON:-python3}" jobs/drift_study.py "$output"
