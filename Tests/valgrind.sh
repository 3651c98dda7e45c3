#!/bin/bash
# Runs every command once, small and by itself, under valgrind. What is lost of ours fails; the suppressions of
# Tests/valgrind.supp are for what libraries take once and never give back. Prints 'N passed, N failed'.
#   usage: Tests/valgrind.sh [COMMAND]         all commands if none is named
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
lcft=${LCFT_BUILD:-$PWD/.build/release}/lcft
only=${1:-}
command -v valgrind >/dev/null || {
  echo "skipped: valgrind is not installed (apt-get install valgrind)"
  echo "0 passed, 0 failed"
  exit 0
}
[ -x "$lcft" ] || {
  echo "$lcft: not found; swift build -c release --product lcft makes it"
  exit 1
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# valgrind 3.19 stops at clang's debugging information; the functions' names are enough.
strip --strip-debug -o "$work/lcft" "$lcft" || exit 1
lcft=$work/lcft
passed=0 failed=0
# The Python that draws figures is a program of its own, and valgrind lets no other one start.
export LCFT_PYTHON=
# A thread that is still there at the end would count as a leak of its stack.
export SWIFT_BACKTRACE=enable=no

# check STATUS NAME ARGUMENT...: the command, and the exit code that it must end with.
check() {
  local expected=$1 name=$2 log=$work/log status
  shift 2
  if [ -n "$only" ] && [ "$only" != "$1" ]; then
    "$lcft" "$@" >"$work/output" 2>&1
    return
  fi
  valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect \
    --errors-for-leak-kinds=definite,indirect --num-callers=30 --suppressions=Tests/valgrind.supp \
    "$lcft" "$@" >"$work/output" 2>"$log"
  status=$?
  if [ "$status" -eq "$expected" ] && ! grep -q '^==[0-9]*== ' "$log"; then
    passed=$((passed + 1))
    echo "passed: $name"
  else
    failed=$((failed + 1))
    echo "FAILED: $name (exit code $status)"
    grep '^==[0-9]*==' "$log" | head -"${LCFT_VALGRIND_LINES:-60}"
    grep -v '^==[0-9]*==' "$log" | tail -3
  fi
}

cat >"$work/job.yaml" <<'JOB'
name: valgrind
model: {name: DIN, user_embedding: 2, item_embedding: 2, category_embedding: 2, attention: [4, 3], hidden: [5], history_length: 6}
training: {epochs: 2, batch_size: 64, learning_rate: 0.1, optimizer: adam, virtual_shards: 2}
finetuning: {methods: [cloud, local, soft1, soft2], epochs: 1, batch_size: 8, learning_rate: 0.05}
search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.01, 0.1]}
JOB
{
  echo "user,item,timestamp"
  for user in 1 2 3 4 5 6; do for time in 1 2 3 4 5 6 7 8; do echo "$user,$(((user * time) % 9)),$time"; done; done
} >"$work/interactions.csv"
gzip -k "$work/interactions.csv"
sed '1d; s/,/::/; s/,/::4::/' "$work/interactions.csv" >"$work/ratings.dat"
sed '1d' "$work/interactions.csv" | while IFS=, read -r user item time; do
  echo "{\"reviewerID\": \"$user\", \"asin\": \"$item\", \"unixReviewTime\": $time}"
done >"$work/reviews.json"
sed '1d' "$work/interactions.csv" | while IFS=, read -r user item time; do
  echo "$user,$item,1,pv,$((1511600000 + 50000 * time))"
done >"$work/UserBehavior.csv"
printf '%s\n' '{"reviewerID"' >"$work/bad.json"

run=$work/run
on() { echo "$1 --job $work/job.yaml --data $work/world.h5 --output $run"; }
check 0 "synthesize" synthesize --users 12 --items 15 --categories 4 --mean-history 6 --mean-training 10 --mean-test 5 \
  --output "$work/world.h5"
check 0 "import csv" import csv --interactions "$work/interactions.csv.gz" --split-fraction 0.7 --output "$work/c.h5"
check 0 "import movielens" import movielens --ratings "$work/ratings.dat" --split-fraction 0.7 --output "$work/m.h5"
check 0 "import amazon" import amazon --reviews "$work/reviews.json" --split-fraction 0.7 --output "$work/a.h5"
check 0 "import taobao" import taobao --user-behavior "$work/UserBehavior.csv" --minimum-training-samples 0 \
  --output "$work/t.h5"
check 1 "a refusal" import amazon --reviews "$work/bad.json" --output "$work/b.h5"
check 0 "describe" describe "$work/world.h5"
# shellcheck disable=SC2046
{
  check 0 "train" $(on train)
  check 0 "train --resume" $(on train) --resume
  check 0 "finetune" $(on finetune) --save-models all --methods cloud,local,soft1,grouped
  check 0 "describe, results" describe "$run/results.h5"
  check 0 "apply" apply --models "$run/models.h5" --checkpoint "$run/checkpoint-epoch-2.h5" --data "$work/world.h5" \
    --output "$work/applied" --methods cloud,local,soft1
  check 0 "search" $(on search) --methods local,hard
  check 0 "search-labels" $(on search-labels) --overwrite
  check 0 "labels" labels --table "$run/labels.h5" --local-ctr 0.2
  check 0 "simulate-ab" $(on simulate-ab) --candidates 8 --top 3 --days 2
  check 0 "report" report "$run" --output "$work/report"
  check 0 "run" run --job "$work/job.yaml" --data "$work/world.h5" --output "$work/run2"
}
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
