#!/usr/bin/env bash
# The time of a training step over hosts, as `lcft plan` predicts it and as a run takes it, with the tables on every host and
# shared out, on 2 and 4 hosts of one rank whose cables carry 1 Gbit/s. Prints a table.
#
#   bash Benchmarks/step-times.sh DATA.h5 [JOB.yaml [EPOCHS]]
#
# JOB (default jobs/amazon-din.yaml) is trained for EPOCHS (default 2). Hosts are namespaces of this machine (Tests/hosts.sh),
# which takes root's rights. They share its cores, so `lcft plan` measures on as many ranks at once as have a core, and is told
# what part of the cores each host has; latency and bandwidth are what `lcft ping` measures between them. LCFT names a program
# that is built already. Let nothing else run meanwhile.
set -euo pipefail
data=$(realpath "${1:?usage: step-times.sh DATA.h5 [JOB.yaml [EPOCHS]]}")
job=$(realpath "${2:-$(dirname "$0")/../jobs/amazon-din.yaml}") epochs=${3:-2}
cd "$(dirname "$0")/.."
. jobs/environment.sh
. Tests/checks.sh
. Tests/hosts.sh
lcft=${LCFT:-$(lcft_build)} all=$(nproc)
make_hosts 4 0
for space in "${spaces[@]}"; do limit_cable "$space" 1gbit root; done
for tables in replicated sharded; do
  sed -E "/^ *tables:/d; s/^( *epochs:).*/\1 $epochs/; s/^training:.*/&\n  tables: $tables/" "$job" >"$scratch/$tables.yaml"
done

# over HOSTS ARGUMENT...: lcft on so many hosts, one rank on each.
over() {
  on 1 mpirun --hostfile "$scratch/hostfile" --map-by ppr:1:node --bind-to none -n "$1" "$lcft" "${@:2}"
}
# The time of a step in ms, of a line of `lcft plan`, and of a run's summary without its checkpoints.
predicted() { sed -nE 's/.* ([0-9]+) steps of ([0-9.]+) (us|ms|s):.*/\2 \3/p' | awk '{ print $1 * ($2 == "us" ? 1e-3 : $2 == "s" ? 1e3 : 1) }'; }
taken() {
  "$LCFT_PYTHON" -c '
import json, sys
training = json.load(open(sys.argv[1] + "/summary.json"))["cloud_training"]
own = training["seconds"] - max(rank["phases"]["checkpoint"] for rank in training["ranks"])
print(1e3 * own / (training["steps_per_epoch"] * len(training["loss"])))' "$1"
}

printf '%8s %12s %14s %12s %8s\n' hosts tables 'predicted, ms' 'taken, ms' ratio
for count in 2 4; do
  read -ra link <<<"$(over "$count" ping | sed -n 's/^for lcft plan: *//p')"
  echo "$count hosts: ${link[*]}" >&2
  cores=$(awk -v busy="$((all < count ? all : count))" -v hosts="$count" 'BEGIN { print busy / hosts }')
  for tables in replicated sharded; do
    folder=$scratch/$tables-$count
    lcft_launcher "$((all < count ? all : count))"
    expected=$("${launcher[@]}" "$lcft" plan --job "$scratch/$tables.yaml" --data "$data" --hosts "$count" --ranks "$count" \
      --cores "$cores" --methods cloud "${link[@]}" | tee "$folder.plan" | predicted)
    over "$count" train --job "$scratch/$tables.yaml" --data "$data" --output "$folder" >"$folder.log" 2>&1
    printf '%8s %12s %14.2f %12.2f %8.2f\n' "$count" "$tables" "$expected" "$(taken "$folder")" \
      "$(awk -v a="$expected" -v b="$(taken "$folder")" 'BEGIN { print a / b }')"
  done
done
