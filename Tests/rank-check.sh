#!/bin/bash
# Runs rank-check by itself and under mpirun with 1 to 4 ranks (MPICH on 2 cores: 3), on however few cores there are, and
# prints 'N passed, N failed'.  usage: Tests/rank-check.sh [path of rank-check]
# (LCFT_MPI=mpich: one that was built for MPICH)
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
binary=$(realpath "${1:-.build/release/rank-check}")
# A rank of MPICH that waits keeps its core, so that more ranks than cores take turns: one more is enough.
patience=120 most=4
if [ "${LCFT_MPI:-openmpi}" = mpich ]; then
  patience=900
  if [ "$(nproc)" -lt 3 ]; then most=3; fi
fi
seconds=$patience
passed=0
failed=0
sums=
output=$(mktemp) || exit 1
errors=$(mktemp) || exit 1
trap 'rm -f "$output" "$errors"' EXIT

if [ ! -x "$binary" ]; then
  echo "$binary: not found; swift build -c release --product rank-check makes it"
  exit 1
fi

# run RANKS ARGUMENT...: RANKS 0 is without mpirun.
run() {
  local ranks=$1
  shift
  local launcher=()
  if [ "$ranks" -gt 0 ]; then lcft_launcher "$ranks"; fi
  timeout --kill-after=5 "$seconds" ${launcher[@]+"${launcher[@]}"} "$binary" "$@" >"$output" 2>"$errors"
  code=$?
}

report() {
  if [ "$1" = pass ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "failed: $2 (exit code $code, of 124 or 137: no end within $seconds s)"
    sed 's/^/  | /' "$output" "$errors"
  fi
}

# Every check on RANKS ranks; the sums must be those of the runs before.
succeeds() {
  run "$1"
  local these
  these=$(sed -n 's/.*checks passed.*, sums //p' "$output")
  if [ "$code" -eq 0 ] && [ -n "$these" ] && [ "$these" = "${sums:=$these}" ] && [ ! -s "$errors" ]; then
    report pass
    cat "$output"
  else
    report fail "rank-check on $1 ranks, sums '$these', before '$sums'"
  fi
}

# fails RANKS MESSAGE ARGUMENT...: exit code 3 and exactly this line, soon.
fails() { fails_with 3 "$@"; }

# fails_with CODE RANKS MESSAGE ARGUMENT...
fails_with() {
  local expected=$1 ranks=$2 message=$3
  shift 3
  seconds=20
  if [ "${LCFT_MPI:-openmpi}" = mpich ]; then seconds=60; fi
  run "$ranks" "$@"
  seconds=$patience
  if [ "$code" -eq "$expected" ] && [ "$(cat "$errors")" = "$message" ] && [ ! -s "$output" ]; then
    report pass
  else
    report fail "rank-check $* on $ranks ranks should say '$message'"
  fi
}

for ranks in $(seq 0 "$most"); do succeeds "$ranks"; done

fails 0 "rank-check: users.h5: /users/id ends early" fail 0
fails 0 "rank-check: ratings.csv: no such file" agree 0
fails 0 "rank-check: user 4711: not a number" queue-fail 0
for ranks in $(seq "$most"); do
  fails "$ranks" "rank-check: rank 0: ratings.csv: no such file" fail-together
  for rank in 0 $((ranks - 1)); do
    fails "$ranks" "rank-check: rank $rank: users.h5: /users/id ends early" fail "$rank"
    fails "$ranks" "rank-check: rank $rank: users.h5: cannot be closed" fail-late "$rank"
    fails "$ranks" "rank-check: rank $rank: ratings.csv: no such file" agree "$rank"
    fails "$ranks" "rank-check: rank $rank: user 4711: not a number" queue-fail "$rank"
    fails_with 75 "$ranks" "rank-check: rank 0: stopped by a signal; go on" queue-stop "$rank"
  done
done

# Ranks without an item know of no stop, and end with the others all the same.
for ranks in 3 4 5; do
  fails_with 75 "$ranks" "rank-check: rank 0: stopped by a signal; go on" queue-stop-short
done

# Memory that a host holds once: more of it than 32 bits count, where there is room.
if [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt $((8 << 20)) ]; then
  run 2 share-large
  if [ "$code" -eq 0 ] && grep -q '4294979641 bytes shared by 2 ranks' "$output" && [ ! -s "$errors" ]; then
    report pass
    cat "$output"
  else
    report fail "2 ranks share a block of 4 GB"
  fi
fi

# Ranks that cannot see one another's processes find out and do without; so do they without shared messages.
if [ "${LCFT_MPI:-openmpi}" = openmpi ] && unshare --pid --fork --mount-proc true 2>/dev/null; then
  timeout --kill-after=5 "$seconds" mpirun --oversubscribe --bind-to none --mca btl tcp,self -n 2 \
    unshare --pid --fork --mount-proc "$binary" share-apart >"$output" 2>"$errors"
  code=$?
  if [ "$code" -eq 0 ] && grep -q 'apart: cannot see the memory of process' "$output"; then
    report pass
    cat "$output"
  else
    report fail "2 ranks in containers of their own"
  fi
fi

# However the ranks end, nothing of the shared memory is left: it has no name in /dev/shm, and the processes that
# hold it are gone. (What lies there after a kill of mpirun, vader_segment.*, is Open MPI's own.)
named() { find /dev/shm -maxdepth 1 -type f ! -name 'vader_segment.*' -newer "$output" -name '*lcft*'; }
: >"$output"
lcft_launcher 2
"${launcher[@]}" "$binary" hold >"$output" 2>"$errors" &
mpirun=$!
for _ in $(seq 100); do
  grep -q holding "$output" && break
  sleep 0.1
done
held=$(cat "$output")
ranks=$(pgrep -f "^$binary hold" | tr '\n' ' ')
during=$(named)
kill -9 "$mpirun"
wait "$mpirun" 2>/dev/null
for _ in $(seq 100); do
  left=0
  for rank in $ranks; do kill -0 "$rank" 2>/dev/null && left=$((left + 1)); done
  [ "$left" -eq 0 ] && break
  sleep 0.1
done
code=$left
if [ "$held" = "rank-check: holding 67108864 bytes" ] && [ -n "$ranks" ] && [ "$left" -eq 0 ] &&
  [ -z "$during$(named)" ]; then
  report pass
else
  report fail "nothing is left of shared memory: said '$held', processes $ranks: $left left, files '$during' '$(named)'"
fi

# A rank that does not answer: one line from one of the others, soon, and the end of all.
export LCFT_TIMEOUT=2
for ranks in 2 3; do
  for check in "hang 0" "hang $((ranks - 1))" "queue-hang 1"; do
    seconds=50
    # shellcheck disable=SC2086
    run "$ranks" $check
    line=$(grep -v Killed "$errors")
    if [ "$code" -ne 0 ] && [ "$code" -lt 124 ] && [ "$(wc -l <<<"$line")" -eq 1 ] \
      && [[ $line =~ ^"rank-check: rank "[0-9]": no answer from the other ranks for 2 s (" ]] && [ ! -s "$output" ]; then
      report pass
    else
      report fail "rank-check $check on $ranks ranks should say that there is no answer"
    fi
  done
done
# One that works, however long, is waited for.
for check in "alone 0" "alone 2"; do
  seconds=50
  # shellcheck disable=SC2086
  run 3 $check
  if [ "$code" -eq 0 ] && [ "$(cat "$output")" = "rank-check: nobody gave up" ] && [ ! -s "$errors" ]; then
    report pass
  else
    report fail "rank-check $check on 3 ranks should wait for the one that works"
  fi
done
LCFT_TIMEOUT=soon
fails_with 1 2 "rank-check: rank 0: LCFT_TIMEOUT is 'soon', not a number of seconds (0: wait without limit)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
