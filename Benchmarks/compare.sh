#!/usr/bin/env bash
# The two hot loops beside PyTorch programs that do the same, one after the other on the same machine: one thread
# against one rank, then two against two. Prints both sides' rates and their ratios as a table.
#
#   bash Benchmarks/compare.sh PEER_REFERENCE_SIZES.py PEER_ORIGINAL_SIZES.py [ROUNDS]
#
# A peer takes the number of threads and prints lines "... samples/s N", "naive deepcopy users/s N" and
# "rollback users/s N". Needs a Python with torch and numpy: LCFT_PYTHON, default python3. Ours is built for this
# machine's own processor (LCFT_MARCH, default native), as PyTorch chooses its kernels by it. Let nothing else run
# meanwhile; of ROUNDS rounds (default 2), in turns, each side's best counts.
set -euo pipefail
reference=$(realpath "$1") original=$(realpath "$2") rounds=${3:-2}
cd "$(dirname "$0")/.."
. jobs/environment.sh
# shellcheck disable=SC2086
lcft_install $LCFT_PACKAGES libopenblas-dev
export LCFT_MARCH=${LCFT_MARCH:-native}
build=.build-$LCFT_MARCH
LCFT_BENCHMARKS=1 swift build -c release --product Benchmark --scratch-path "$build" >&2
python=${LCFT_PYTHON:-python3}
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
for _ in $(seq "$rounds"); do
  for threads in 1 2; do
    "$python" "$reference" $threads | tee -a "$log/peer-reference-$threads" | sed "s/^/PyTorch, $threads threads: /" >&2
    "$python" "$original" $threads | tee -a "$log/peer-original-$threads" | sed "s/^/PyTorch, $threads threads: /" >&2
  done
  # The ceiling by the kernels that the BLAS itself would choose.
  env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE "$build/release/Benchmark" din | tee -a "$log/ours-1" >&2
  env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE mpirun --bind-to core -n 2 "$build/release/Benchmark" din \
    | tee -a "$log/ours-2" >&2
done
python3 Benchmarks/ratios.py "$log"
