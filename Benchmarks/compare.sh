#!/usr/bin/env bash
# The two hot loops, ours on one rank beside a PyTorch program on one thread, one after the other.
#
#   bash Benchmarks/compare.sh PEER.py        (PEER.py prints "... samples/s N" and "... users/s N" lines)
#
# Needs a Python with torch and numpy: LCFT_PYTHON, default python3. Let nothing else run meanwhile.
set -euo pipefail
peer=$(realpath "$1")
cd "$(dirname "$0")"
. ../jobs/environment.sh
swift build -c release >&2
# The machine's own choice of BLAS kernels for PyTorch; ours takes what the environment sets.
env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE "${LCFT_PYTHON:-python3}" "$peer" 1 | sed 's/^/PyTorch: /'
.build/release/Benchmark
