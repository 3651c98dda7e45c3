#!/usr/bin/env bash
# A run over the hosts of a hostfile, without a scheduler.
#
#   bash jobs/run-hosts.sh hostfiles/two-hosts 8 jobs/amazon-din.yaml electronics.h5 runs/amazon-din
#
# Every host has the same build, job file and data under the same paths, and can be reached by ssh without a
# password. Started again, it goes on where it stopped.
set -euo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
hostfile=$1 ranks=$2 job=$3 data=$4 output=$5
mpirun --hostfile "$hostfile" -n "$ranks" -x OPENBLAS_NUM_THREADS \
  "$PWD/.build/release/lcft" run --job "$job" --data "$data" --output "$output" --resume
