#!/usr/bin/env bash
# Builds rank-check and lcft for MPICH, which it installs beside Open MPI, runs the checks of sums, messages and queues on
# it, and one job whose results have the bits of the same build for Open MPI. Prints 'N passed, N failed'.
#
#   bash Tests/mpich.sh [path of an lcft for Open MPI, built like this one]
#
# LCFT_CONFIGURATION=debug builds without optimisation.
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
other=$(built_program "${1:-}") || exit 1
lcft_install mpich libmpich-dev || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
configuration=${LCFT_CONFIGURATION:-release}

build_for_mpich "$configuration" >&2 || exit 1
built=$(realpath ".build-mpich/$configuration")

# linked PROGRAM LIBRARY OTHER: with the one and not with the other.
linked() { ldd "$1" | grep "$2" >/dev/null && ! ldd "$1" | grep "$3" >/dev/null; }
check "lcft is linked with MPICH alone" linked "$built/lcft" libmpich libmpi.so
check "the other lcft is linked with Open MPI alone" linked "$other" libmpi.so libmpich

# Under the wrong mpirun every rank would do the whole run by itself.
LCFT_MPI=openmpi lcft_mpirun 2 "$built/lcft" ping >"$folder/wrong.log" 2>&1
check "Open MPI's mpirun is refused" grep -q "2 ranks were started, but this process finds 1.*the MPICH that" \
  "$folder/wrong.log"
LCFT_MPI=mpich lcft_mpirun 2 "$other" ping >"$folder/wrong.log" 2>&1
check "MPICH's mpirun is refused" grep -q "2 ranks were started, but this process finds 1.*the Open MPI that" \
  "$folder/wrong.log"

LCFT_MPI=mpich bash Tests/rank-check.sh "$built/rank-check" | tee "$folder/ranks.log"
add_counts "rank checks" "$folder/ranks.log"

"$other" synthesize --users 300 --items 200 --seed 3 --output "$folder/world.h5" >/dev/null 2>&1
printf '%s\n' 'name: mpich' 'model: {name: DIN}' 'training: {epochs: 1, batch_size: 64, virtual_shards: 8}' \
  'finetuning: {methods: [cloud, local, soft1, grouped]}' >"$folder/job.yaml"
# run MPI PROGRAM OUTPUT RANKS
run() {
  LCFT_MPI=$1 lcft_mpirun "$4" "$2" run --job "$folder/job.yaml" --data "$folder/world.h5" --output "$folder/$3" \
    >"$folder/$3.log" 2>&1
}
run openmpi "$other" openmpi 2
expected=$(digests "$folder/openmpi")
check "Open MPI on 2 ranks" [ -n "$expected" ] "$folder/openmpi.log"
for ranks in 1 2 3; do
  run mpich "$built/lcft" "mpich-$ranks" "$ranks"
  check "the same bits with MPICH on $ranks ranks" [ "$(digests "$folder/mpich-$ranks")" = "$expected" ] \
    "$folder/mpich-$ranks.log"
done
finish
