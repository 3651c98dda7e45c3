#!/usr/bin/env bash
# What travels in a training step, for item tables of 10^4 to 10^7 rows at the same batch: bytes follow the rows
# that batches touch, not the tables. Categories show the other way, sums of whole small tables.
#
#   bash Benchmarks/communication.sh [RANKS [LARGEST_EXPONENT]]      needs some 6 GB and minutes for 10^7
set -euo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
ranks=${1:-2} largest=${2:-7}
lcft=$PWD/.build/release/lcft
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/job.yaml" <<'YAML'
model: {name: DIN, user_embedding: 9, item_embedding: 9, category_embedding: 9, history_length: 50}
training: {epochs: 1, batch_size: 1024, learning_rate: 0.1}
YAML
printf '%-12s %12s %12s %14s %14s\n' "item rows" "table" "batch" "sent/step" "received/step"
for exponent in $(seq 4 "$largest"); do
  items=$((10 ** exponent))
  rm -rf "$scratch/world.h5" "$scratch/out"
  "$lcft" synthesize --users 1000 --items "$items" --categories 40 --output "$scratch/world.h5" >/dev/null 2>&1
  lcft_mpirun "$ranks" "$lcft" train --job "$scratch/job.yaml" --data "$scratch/world.h5" \
    --output "$scratch/out" 2>"$scratch/log" || { cat "$scratch/log" >&2; exit 1; }
  python3 - "$scratch/out/summary.json" "$items" <<'PY'
import json, sys
training = json.load(open(sys.argv[1]))["cloud_training"]
items = int(sys.argv[2])
sent = max(r["bytes_sent_per_step"] for r in training["ranks"])
received = max(r["bytes_received_per_step"] for r in training["ranks"])
print(f"{items:<12} {items * 36 / 1e6:9.2f} MB         1,024 {sent / 1e3:11.1f} kB {received / 1e3:11.1f} kB")
PY
done
