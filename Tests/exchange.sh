#!/usr/bin/env bash
# What a training step sends, on 1, 2 and 4 hosts of 1 and 2 ranks, with the tables on every host and shared out: counted by
# the ranks and estimated by `lcft plan`, which must be the same numbers, with the same bits of the checkpoint. Prints the table and 'N passed, N failed, N skipped'.
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
LCFT=$(built_program "${1:-}") || exit 1
checks=24

# Two kinds of rows, batch statistics, a norm of the gradient, and as many steps as are counted.
inputs() {
  "$LCFT" synthesize --users 500 --items 3000 --seed 1 --output "$scratch/world.h5" >/dev/null 2>&1
  cat >"$scratch/job.yaml" <<END
model: {name: DIN, history_length: 20}
training: {epochs: 1, batch_size: ${1}, learning_rate: 0.1, gradient_clip: 10, virtual_shards: ${2}, tables: replicated}
END
  sed 's/replicated/sharded/' "$scratch/job.yaml" >"$scratch/shared.yaml"
}
# estimated HOSTS RANKS [JOB]: messages and bytes.
estimated() {
  "$LCFT" plan --job "$scratch/${3:-job}.yaml" --data "$scratch/world.h5" --hosts "$1" --ranks "$2" 2>/dev/null >"$scratch/plan"
  sed -nE 's/.*between hosts, mean of .*at most ([0-9.]+) messages and ([0-9.]+) bytes.*/\1 \2/p' "$scratch/plan" |
    awk '{ printf "%.3f %.3f\n", $1, $2 }'
}

if [ -n "$estimate" ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  inputs 4096 1024
  printf '%8s %8s %16s %16s %16s %16s\n' hosts ranks messages bytes 'shared messages' 'shared bytes'
  for shape in "2 8" "4 16" "4 64" "8 64" "16 256" "64 256" "64 1024"; do
    # shellcheck disable=SC2046,SC2086
    printf '%8s %8s %16.0f %16.0f %16.0f %16.0f\n' $shape $(estimated $shape) $(estimated $shape shared)
  done
  exit
fi

make_hosts 4 $checks
inputs 2048 8
# sent FOLDER: the most messages and bytes that a host sent per step.
sent() {
  "$LCFT_PYTHON" -c '
import json, sys
hosts = json.load(open(sys.argv[1] + "/summary.json"))["cloud_training"]["exchange"]
print(*(f"{max(h[k] for h in hosts):.3f}" for k in ("messages_per_step", "bytes_per_step")))' "$1"
}
table=$(printf '%8s %8s %8s %16s %16s' tables hosts ranks messages bytes)
for job in job shared; do
  alone=$scratch/alone-$job
  "$LCFT" train --job "$scratch/$job.yaml" --data "$scratch/world.h5" --output "$alone" >"$alone.log" 2>&1
  expected=$(digests "$alone")
  check "$job, without hosts" [ -n "$expected" ] "$alone.log"
  for count in 1 2 4; do
    for each in 1 2; do
      # One host has everything in any case.
      if [ "$job$count" = shared1 ]; then continue; fi
      ranks=$((count * each)) folder=$scratch/$job-$count-$each
      on 1 mpirun --hostfile "$scratch/hostfile" --map-by "ppr:$each:node" --bind-to none -n "$ranks" \
        "$LCFT" train --job "$scratch/$job.yaml" --data "$scratch/world.h5" --output "$folder" >"$folder.log" 2>&1
      check "$job, the same bits on $count hosts of $each ranks" [ "$(digests "$folder")" = "$expected" ] "$folder.log"
      measured=$(sent "$folder")
      if [ "$count" -eq 1 ]; then known="0.000 0.000"; else known=$(estimated "$count" "$ranks" "$job"); fi
      if [ "$measured" != "$known" ]; then echo "estimated $known, sent $measured"; fi
      check "$job, they send what is estimated" [ "$measured" = "$known" ] "$folder.log"
      # shellcheck disable=SC2086
      table+=$'\n'$(printf '%8s %8s %8s %16.0f %16.0f' $job "$count" "$ranks" $measured)
    done
  done
  # Ranks that are dealt out to the hosts in turns.
  on 1 mpirun --hostfile "$scratch/hostfile" --map-by node --bind-to none -n 6 \
    "$LCFT" train --job "$scratch/$job.yaml" --data "$scratch/world.h5" --output "$scratch/dealt-$job" >"$scratch/dealt-$job.log" 2>&1
  check "$job, the same bits on ranks dealt out to 4 hosts" [ "$(digests "$scratch/dealt-$job")" = "$expected" ] "$scratch/dealt-$job.log"
done
echo "$table"
finish
