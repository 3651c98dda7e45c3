#!/usr/bin/env bash
# From a machine with only a Swift toolchain to a results table: installs what is missing, builds, makes a
# synthetic world of 2,000 users and runs the whole job on 2 ranks.
#
#   bash jobs/quickstart.sh [OUTPUT_FOLDER]
#
# Expected: a few minutes for the first build, then about a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
output=${1:-runs/quickstart}

# shellcheck disable=SC2086
lcft_install $LCFT_PACKAGES
swift build -c release --product lcft
lcft=$(swift build -c release --show-bin-path)/lcft

mkdir -p "$output"
"$lcft" synthesize --users 2000 --items 1000 --seed 1 --output "$output/world.h5"
lcft_mpirun 2 "$lcft" run --job jobs/quickstart.yaml --data "$output/world.h5" --output "$output"

echo
echo "Results: $output/results.h5 and $output/summary.json. A look inside:"
h5ls "$output/results.h5/methods"
