#!/usr/bin/env bash
# The peers and lcft in turns on this machine, each network's training and fine-tuning; prints one table.
#
#   LCFT_PYTHON=venv/bin/python bash Benchmarks/peers/measure.sh [ROUNDS] [SECONDS] [THREADS] [MODEL...]
#
# ROUNDS (default 2), each loop for SECONDS (default 8) in each, with THREADS threads (default 1) against as many ranks, for
# all models or those that are named. Of all rounds the best pass counts, and of the peers the best program. Needs a Python
# with the packages of requirements.txt. lcft is built for this machine's own processor (LCFT_MARCH, default native), as
# PyTorch and XLA choose their kernels by it; LCFT_BENCHMARK names a program that is built already. Let nothing else run
# meanwhile; LCFT_RATES=cpu compares rates by the processor's time, for a machine that is not quiet (one thread only).
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-2} seconds=${2:-8} threads=${3:-1}
shift $(($# < 3 ? $# : 3))
models=${*:-WideDeep DeepFM PNN DCNv2 DIN EdgeRec}
python=${LCFT_PYTHON:-python3}
if [ -z "${LCFT_BENCHMARK:-}" ]; then
  . jobs/environment.sh
  # shellcheck disable=SC2086
  lcft_install $LCFT_PACKAGES libopenblas-dev
  export LCFT_MARCH=${LCFT_MARCH:-native}
  build=.build-$LCFT_MARCH
  LCFT_BENCHMARKS=1 swift build -c release --product Benchmark --scratch-path "$build" >&2
  LCFT_BENCHMARK=$build/release/Benchmark
fi
export OMP_NUM_THREADS=$threads MKL_NUM_THREADS=$threads OPENBLAS_NUM_THREADS=1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
log=$scratch/log
# What a round compiled the next ones take from there.
export JAX_COMPILATION_CACHE_DIR=$scratch/jax
cores=0-$((threads - 1))

peer() {
  # No page fault per temporary: glibc keeps what it has.
  env MALLOC_MMAP_THRESHOLD_=2147483648 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456 \
    taskset -c "$cores" "$python" Benchmarks/peers/measure.py "$@" --threads "$threads" --seconds "$seconds"
}
ours() {
  if [ "$threads" = 1 ]; then
    taskset -c 0 "$LCFT_BENCHMARK" peer "$seconds" "$1"
  else
    mpirun --bind-to core -n "$threads" "$LCFT_BENCHMARK" peer "$seconds" "$1"
  fi
}

for _ in $(seq "$rounds"); do
  for model in $models; do
    case $model in
      DIN) names=("cloud train, reference sizes" "finetune local" "finetune cloud+local+soft1") ;;
      *) names=("$model train" "$model local" "$model cloud+local+soft1") ;;
    esac
    {
      for side in torch jax; do peer train "$model" "$side"; done
      ours "${names[0]}"
      for number in 1 2; do
        loop=${names[number]##* }
        peer "$loop" "$model" torch --users 50
        for users in 20 50; do peer "$loop" "$model" jax --users "$users"; done
        ours "${names[number]}"
      done
    } | tee -a "$log" >&2
  done
done
"$python" Benchmarks/peers/table.py "$log" "$threads" "${LCFT_RATES:-wall}"
