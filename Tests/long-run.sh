#!/bin/bash
# Fine-tunes USERS users of a synthetic world on two ranks, and looks once a second at every rank's own memory and
# open files: neither may grow once the run is under way, but for what rank 0 gathers of the results. The data set,
# which the ranks share, counts with a rank when it first looks at a part of it, and is left out.
# The samples are left in OUTPUT as memory.tsv: seconds, rank, RssAnon in kB, open files. Prints 'N passed, N failed'.
#   usage: Tests/long-run.sh [USERS] [OUTPUT]        20000 users, into a temporary folder, if not given
# A million users take some minutes on two cores and less than a gigabyte of disk.
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
users=${1:-20000}
output=${2:-}
ranks=2
lcft=${LCFT_BUILD:-$PWD/.build/release}/lcft
[ -x "$lcft" ] || {
  echo "$lcft: not found; swift build -c release --product lcft makes it"
  exit 1
}
if [ -z "$output" ]; then
  output=$(mktemp -d) || exit 1
  trap 'rm -rf "$output"' EXIT
fi
mkdir -p "$output" || exit 1
cat >"$output/job.yaml" <<'JOB'
name: long run
model: {name: DIN, user_embedding: 8, item_embedding: 8, category_embedding: 8, attention: [16, 8], hidden: [32, 16], history_length: 20}
training: {epochs: 1, batch_size: 1024, learning_rate: 0.5}
finetuning: {methods: [cloud, local, soft1], learning_rate: 0.01}
JOB
"$lcft" synthesize --users "$users" --items 5000 --mean-history 20 --mean-training 20 --mean-test 8 \
  --output "$output/world.h5" 2>"$output/log" || {
  cat "$output/log"
  exit 1
}
run=(--job "$output/job.yaml" --data "$output/world.h5" --output "$output/run")
lcft_mpirun $ranks "$lcft" train "${run[@]}" >"$output/log" 2>&1 || {
  cat "$output/log"
  exit 1
}
rm -f "$output/run/results"*
lcft_mpirun $ranks "$lcft" finetune "${run[@]}" >"$output/log" 2>&1 &
launcher=$!

printf 'seconds\trank\tanonymous_kb\topen_files\n' >"$output/memory.tsv"
start=$SECONDS
while kill -0 "$launcher" 2>/dev/null; do
  for process in $(pgrep -f "^$lcft finetune --job $output/job.yaml"); do
    rank=$(tr '\0' '\n' <"/proc/$process/environ" 2>/dev/null | sed -n 's/^OMPI_COMM_WORLD_RANK=//p')
    resident=$(sed -n 's/^RssAnon:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$process/status" 2>/dev/null)
    files=$(find "/proc/$process/fd" -mindepth 1 2>/dev/null | wc -l)
    [ -z "$rank" ] || [ -z "$resident" ] || [ "$files" -eq 0 ] \
      || printf '%d\t%d\t%d\t%d\n' $((SECONDS - start)) "$rank" "$resident" "$files" >>"$output/memory.tsv"
  done
  sleep 1
done
wait "$launcher" || {
  cat "$output/log"
  echo "0 passed, 1 failed"
  exit 1
}
cat "$output/log"

# The lowest memory of the last quarter against that of the second one: copies that come and go with a partial
# file do not count. Rank 0 holds three methods' outcomes and logits, twice while it writes them.
passed=0 failed=0
for ((rank = 0; rank < ranks; rank++)); do
  verdict=$(awk -F'\t' -v rank="$rank" -v users="$users" '
    NR > 1 && $2 == rank { n++; memory[n] = $3; files[n] = $4 }
    END {
      if (n < 8) { print "failed: too few samples, " n "; give more users"; exit }
      low = 1e18; late = 1e18; opened = 0; openedLate = 0
      for (i = int(n / 4) + 1; i <= n / 2; i++) {
        if (memory[i] < low) low = memory[i]
        if (files[i] > opened) opened = files[i]
      }
      for (i = int(3 * n / 4) + 1; i <= n; i++) {
        if (memory[i] < late) late = memory[i]
        if (files[i] > openedLate) openedLate = files[i]
      }
      allowed = 4096 + (rank == 0 ? users * 0.6 : 0)
      flat = late - low <= allowed && openedLate <= opened + 1
      printf "%s: %d samples, %d kB, later %d kB (%d kB more allowed), %d open files, later %d\n",
        flat ? "flat" : "failed", n, low, late, allowed, opened, openedLate
    }' "$output/memory.tsv")
  echo "rank $rank: $verdict"
  case $verdict in flat*) passed=$((passed + 1)) ;; *) failed=$((failed + 1)) ;; esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
