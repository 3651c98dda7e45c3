#!/usr/bin/env bash
# The same job, data, seed and build give the same bits: runs two jobs, one of many virtual shards and large batches and
# one of few and small ones, on 1, 2, 4 and 8 ranks: plainly, with --profile, with a rank that is paused again and
# again so that users are handed out in another order, and resumed after a kill on another number of ranks. Prints which
# digests agree, and 'N passed, N failed'.
#
#   bash Tests/bit-identity.sh [path of lcft]
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
lcft=$(built_program "${1:-}") || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

# launch RANKS OUTPUT OPTION...: the current job.
launch() {
  local ranks=$1 output=$2
  shift 2
  lcft_mpirun "$ranks" "$lcft" run --job "$folder/$job.yaml" --data "$folder/$job.h5" \
    --output "$folder/$output" "$@" >"$folder/$output.log" 2>&1
}

# The processes of one run that are ranks.
ranks_of() { pgrep -f "^$lcft run .*--output $folder/$1( |\$)"; }

# The variants: RANKS OUTPUT
plain() { launch "$1" "$2"; }
profile() { launch "$1" "$2" --profile "$folder/$2.json"; }

# The last rank stands still for half of the time.
paused() {
  launch "$1" "$2" &
  local run=$! victim
  while kill -0 "$run" 2>/dev/null; do
    victim=$(ranks_of "$2" | tail -1)
    [ -n "$victim" ] && kill -STOP "$victim" 2>/dev/null
    sleep 0.1
    [ -n "$victim" ] && kill -CONT "$victim" 2>/dev/null
    sleep 0.1
  done
  wait "$run"
}

# Killed at the end of the first epoch on this number of ranks, resumed on the next.
killed() {
  launch "$1" "$2" &
  local run=$!
  while kill -0 "$run" 2>/dev/null && [ ! -e "$folder/$2/checkpoint-epoch-1.h5" ]; do sleep 0.02; done
  # shellcheck disable=SC2046
  kill -9 $(ranks_of "$2") 2>/dev/null
  wait "$run" 2>/dev/null
  launch $(($1 % 8 + 1)) "$2" --resume
}

# matrix JOB USERS OPTION...: every variant on every number of ranks, on a world of that many users.
matrix() {
  local variant ranks output found expected=
  job=$1
  "$lcft" synthesize --users "$2" "${@:3}" --items 400 --seed 3 --output "$folder/$job.h5" >/dev/null 2>&1 || exit 1
  printf '%-34s' "$job"
  for ranks in 1 2 4 8; do printf '%8s' "$ranks"; done
  echo
  for variant in plain profile paused killed; do
    printf '%-34s' "  $variant"
    for ranks in 1 2 4 8; do
      output=$job-$variant-$ranks
      "$variant" "$ranks" "$output" 2>/dev/null
      found=$(digests "$folder/$output")
      if [ -n "$found" ] && [ "$found" = "${expected:=$found}" ]; then
        passed=$((passed + 1))
        printf '%8s' same
      else
        failed=$((failed + 1))
        if [ -n "$found" ]; then printf '%8s' differs; else printf '%8s' 'no end'; fi
        tail -3 "$folder/$output.log" >&2
      fi
      rm -rf "${folder:?}/$output"
    done
    echo
  done
  echo "  checkpoint and results: $expected"
}

cat >"$folder/64-shards-batches-of-256.yaml" <<'JOB'
name: bit-identity
model: {name: DIN}
training: {epochs: 2, batch_size: 256, learning_rate: 0.5, virtual_shards: 64}
finetuning: {methods: [cloud, local, soft1, soft2, grouped]}
JOB
cat >"$folder/8-shards-batches-of-32.yaml" <<'JOB'
name: bit-identity
model: {name: DIN}
training: {epochs: 2, batch_size: 32, learning_rate: 0.1, virtual_shards: 8}
finetuning: {methods: [cloud, local, soft1]}
JOB
matrix 64-shards-batches-of-256 600
matrix 8-shards-batches-of-32 200 --features
finish
