#!/usr/bin/env bash
# What travels in a training step, for item tables of 10^4 to 10^7 rows at the same batch: bytes follow the rows
# that batches touch, not the tables. Estimated by `lcft plan`; Tests/exchange.sh checks that the same is sent.
#
#   bash Benchmarks/communication.sh [HOSTS [LARGEST_EXPONENT]]      needs some 6 GB and minutes for 10^7
set -euo pipefail
cd "$(dirname "$0")/.."
hosts=${1:-2} largest=${2:-7}
lcft=$PWD/.build/release/lcft
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/job.yaml" <<'YAML'
model: {name: DIN, user_embedding: 9, item_embedding: 9, category_embedding: 9, history_length: 50}
training: {epochs: 1, batch_size: 1024, learning_rate: 0.1}
YAML
printf '%-12s %12s %12s %14s %14s\n' "item rows" "table" "batch" "messages" "sent/step"
for exponent in $(seq 4 "$largest"); do
  items=$((10 ** exponent))
  rm -f "$scratch/world.h5"
  "$lcft" synthesize --users 1000 --items "$items" --categories 40 --output "$scratch/world.h5" >/dev/null 2>&1
  "$lcft" plan --job "$scratch/job.yaml" --data "$scratch/world.h5" --hosts "$hosts" --ranks "$hosts" >"$scratch/plan"
  read -r messages bytes < <(
    sed -nE 's/.*between hosts, mean of .*at most ([0-9.]+) messages and ([0-9.]+) bytes.*/\1 \2/p' "$scratch/plan")
  awk -v items="$items" -v messages="$messages" -v bytes="$bytes" 'BEGIN {
    printf "%-12d %9.2f MB         1,024 %14.1f %11.1f kB\n", items, items * 36 / 1e6, messages, bytes / 1e3 }'
done
