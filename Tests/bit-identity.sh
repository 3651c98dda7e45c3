#!/usr/bin/env bash
# The same job, data, seed and build give the same bits: runs one job on 1, 2, 4 and 8 ranks, plainly, with
# --profile, with a rank that is paused again and again so that users are handed out in another order, and resumed
# after a kill on another number of ranks, and prints which digests agree. Ends with 'N passed, N failed'.
#
#   bash Tests/bit-identity.sh [path of lcft]
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
lcft=$(realpath "${1:-.build/release/lcft}")
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0
expected=

cat >"$folder/job.yaml" <<'JOB'
name: bit-identity
model: {name: DIN}
training: {epochs: 2, batch_size: 256, learning_rate: 0.5, virtual_shards: 8}
finetuning: {methods: [cloud, local, soft1, soft2, grouped]}
JOB
"$lcft" synthesize --users 600 --items 400 --seed 3 --output "$folder/world.h5" >/dev/null 2>&1 || exit 1

# digests OUTPUT: of checkpoint and results.
digests() {
  python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))["digest"]; print(d["checkpoint"], d["results"])' "$folder/$1/summary.json" 2>/dev/null
}

# launch RANKS OUTPUT OPTION...
launch() {
  local ranks=$1 output=$2
  shift 2
  lcft_mpirun "$ranks" "$lcft" run --job "$folder/job.yaml" --data "$folder/world.h5" \
    --output "$folder/$output" "$@" >"$folder/log" 2>&1
}

# The processes of one run that are ranks.
ranks_of() { pgrep -f "^$lcft run .*--output $folder/$1( |\$)"; }

plain() { launch "$1" "plain-$1"; }
profile() { launch "$1" "profile-$1" --profile "$folder/profile-$1.json"; }

# The last rank stands still for half of the time.
paused() {
  launch "$1" "paused-$1" &
  local run=$! victim
  while kill -0 "$run" 2>/dev/null; do
    victim=$(ranks_of "paused-$1" | tail -1)
    [ -n "$victim" ] && kill -STOP "$victim" 2>/dev/null
    sleep 0.1
    [ -n "$victim" ] && kill -CONT "$victim" 2>/dev/null
    sleep 0.1
  done
  wait "$run"
}

# Killed at the end of the first epoch on this number of ranks, resumed on the next.
killed() {
  launch "$1" "killed-$1" &
  local run=$!
  while kill -0 "$run" 2>/dev/null && [ ! -e "$folder/killed-$1/checkpoint-epoch-1.h5" ]; do sleep 0.02; done
  # shellcheck disable=SC2046
  kill -9 $(ranks_of "killed-$1") 2>/dev/null
  wait "$run" 2>/dev/null
  launch $(($1 % 8 + 1)) "killed-$1" --resume
}

printf '%-10s' variant
for ranks in 1 2 4 8; do printf '%8s' "$ranks"; done
echo
for variant in plain profile paused killed; do
  printf '%-10s' "$variant"
  for ranks in 1 2 4 8; do
    "$variant" "$ranks" 2>/dev/null
    found=$(digests "$variant-$ranks")
    if [ -n "$found" ] && [ "$found" = "${expected:=$found}" ]; then
      passed=$((passed + 1))
      printf '%8s' same
    else
      failed=$((failed + 1))
      if [ -n "$found" ]; then printf '%8s' differs; else printf '%8s' 'no end'; fi
      tail -3 "$folder/log" >&2
    fi
  done
  echo
done
echo "checkpoint and results: $expected"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
