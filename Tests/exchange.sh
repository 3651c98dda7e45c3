#!/usr/bin/env bash
# What a training step sends, on 1, 2 and 4 hosts of 1 and 2 ranks: counted by the ranks and estimated by `lcft plan`, which
# must be the same numbers, with the same bits of the checkpoint. Prints the table and 'N passed, N failed, N skipped'.
#
#   bash Tests/exchange.sh [lcft]
#
# The same, estimated for more ranks than there are here, which takes minutes:
#
#   bash Tests/exchange.sh --estimate [lcft]
set -uo pipefail
cd "$(dirname "$0")/.." || exit
. jobs/environment.sh
. Tests/checks.sh
. Tests/hosts.sh
estimate=
if [ "${1:-}" = --estimate ]; then estimate=1 && shift; fi
LCFT=$(realpath "${1:-.build/release/lcft}")
[ -x "$LCFT" ] || { echo "$LCFT: not found; swift build -c release --product lcft makes it"; exit 1; }
checks=14

# Two kinds of rows, batch statistics, a norm of the gradient, and as many steps as are counted.
inputs() {
  "$LCFT" synthesize --users 500 --items 3000 --seed 1 --output "$scratch/world.h5" >/dev/null 2>&1
  cat >"$scratch/job.yaml" <<END
model: {name: DIN, history_length: 20}
training: {epochs: 1, batch_size: ${1}, learning_rate: 0.1, gradient_clip: 10, virtual_shards: ${2}}
END
}
# estimated HOSTS RANKS: messages and bytes.
estimated() {
  "$LCFT" plan --job "$scratch/job.yaml" --data "$scratch/world.h5" --hosts "$1" --ranks "$2" 2>/dev/null >"$scratch/plan"
  sed -nE 's/.*between hosts, mean of .*at most ([0-9.]+) messages and ([0-9.]+) bytes.*/\1 \2/p' "$scratch/plan"
}

if [ -n "$estimate" ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  inputs 4096 1024
  printf '%8s %8s %16s %16s\n' hosts ranks messages bytes
  for shape in "2 8" "4 16" "4 64" "8 64" "16 256" "64 256" "64 1024"; do
    # shellcheck disable=SC2046,SC2086
    printf '%8s %8s %16.0f %16.0f\n' $shape $(estimated $shape)
  done
  exit
fi

make_hosts 4 $checks
inputs 2048 8
"$LCFT" train --job "$scratch/job.yaml" --data "$scratch/world.h5" --output "$scratch/alone" >"$scratch/alone.log" 2>&1
expected=$(digests "$scratch/alone")
check "a run without hosts" [ -n "$expected" ] "$scratch/alone.log"
# sent FOLDER: the most messages and bytes that a host sent per step.
sent() {
  "$LCFT_PYTHON" -c '
import json, sys
hosts = json.load(open(sys.argv[1] + "/summary.json"))["cloud_training"]["exchange"]
print(*(f"{max(h[k] for h in hosts):.3f}" for k in ("messages_per_step", "bytes_per_step")))' "$1"
}
table=$(printf '%8s %8s %16s %16s' hosts ranks messages bytes)
for count in 1 2 4; do
  for each in 1 2; do
    ranks=$((count * each)) folder=$scratch/$count-$each
    on 1 mpirun --hostfile "$scratch/hostfile" --map-by "ppr:$each:node" --bind-to none -n "$ranks" \
      "$LCFT" train --job "$scratch/job.yaml" --data "$scratch/world.h5" --output "$folder" >"$folder.log" 2>&1
    check "the same bits on $count hosts of $each ranks" [ "$(digests "$folder")" = "$expected" ] "$folder.log"
    measured=$(sent "$folder")
    if [ "$count" -eq 1 ]; then known="0.000 0.000"; else known=$(estimated "$count" "$ranks"); fi
    if [ "$measured" != "$known" ]; then echo "estimated $known, sent $measured"; fi
    check "they send what is estimated" [ "$measured" = "$known" ] "$folder.log"
    table+=$'\n'$(printf '%8s %8s %16.0f %16.0f' "$count" "$ranks" $measured)
  done
done
# Ranks that are dealt out to the hosts in turns.
on 1 mpirun --hostfile "$scratch/hostfile" --map-by node --bind-to none -n 6 \
  "$LCFT" train --job "$scratch/job.yaml" --data "$scratch/world.h5" --output "$scratch/dealt" >"$scratch/dealt.log" 2>&1
check "the same bits on ranks dealt out to 4 hosts" [ "$(digests "$scratch/dealt")" = "$expected" ] "$scratch/dealt.log"
echo "$table"
finish
