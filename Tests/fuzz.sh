#!/bin/bash
# Gives changed copies of valid files to everything that reads files: HDF5 of all kinds, CSV, JSON, gzip, YAML,
# lists. None may crash, hang, take memory out of proportion or touch other files; each is read, or refused with
# one line. Prints 'N passed, N failed'; the files of failed cases stay in the folder that is then named.
#   usage: Tests/fuzz.sh [CASES] [SEED]        1000 cases and seed 1 if not given
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
cases=${1:-1000}
seed=${2:-1}
lcft=${LCFT_BUILD:-$PWD/.build/release}/lcft
fuzz=${LCFT_BUILD:-$PWD/.build/release}/fuzz-check
for program in "$lcft" "$fuzz"; do
  if [ ! -x "$program" ]; then
    echo "$program: not found; swift build -c release --build-tests makes it"
    exit 1
  fi
done
# In memory where possible: every output is synced to the disk.
work=$(mktemp -d "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)/lcft-fuzz.XXXXXX") || exit 1
keep=
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
fixtures=$PWD/Tests/Fixtures/fuzz
mkdir "$work/corpus" "$work/scratch"

# One small file of every kind, as the program itself writes it.
prepare() {
  local corpus=$work/corpus run=$work/run
  "$LCFT_PYTHON" "$fixtures/make_corpus.py" "$corpus" || return 1
  cat >"$corpus/job.yaml" <<JOB
name: fuzzed
seed: 3
model: {name: DIN, user_embedding: 2, item_embedding: 2, category_embedding: 2, attention: [4, 3], hidden: [5], history_length: 6}
training: {epochs: 1, batch_size: 64, learning_rate: 0.1, optimizer: adam, virtual_shards: 2}
finetuning: {methods: [cloud, local, soft1], epochs: 1, batch_size: 8, learning_rate: 0.05}
search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.01, 0.1], choice: {folds: 2}}
JOB
  "$lcft" synthesize --users 20 --items 18 --categories 4 --mean-history 8 --mean-training 12 --mean-test 6 \
    --output "$corpus/world.h5" && "$lcft" synthesize --actions --click-rate 0.3 --users 12 --items 18 \
    --categories 4 --mean-history 8 --mean-training 12 --mean-test 6 --output "$corpus/actions.h5" || return 1
  "$lcft" import movielens --ratings "$corpus/ratings.csv" --movies "$corpus/movies.csv" \
    --genome "$corpus/genome-scores.csv" --split-fraction 0.7 --output "$corpus/genome.h5" || return 1
  on() { "$lcft" "$1" --job "$corpus/job.yaml" --data "$corpus/world.h5" --output "$run" "${@:2}"; }
  on train || return 1
  printf 'u1\nu3\n u5 \n\nu7\n' >"$corpus/users.txt"
  on finetune --save-models "users:$corpus/users.txt" && on search --methods local,hard && on search-methods \
    && on simulate-ab --candidates 10 --top 3 --days 2 || return 1
  cp "$run"/{results,models,models-rank-0,labels,search,choice,ab-test,catalogue}.h5 "$run"/{labels,search}.yaml "$run/ab-days.csv" \
    "$run/summary.json" "$run/progress.jsonl" "$corpus" && cp "$run/checkpoint-epoch-1.h5" "$corpus/checkpoint.h5"
  printf 'user,item,time\nu1,i3,1700000000\nu2,i5,5\nnobody,"i4",1700000000\n' >"$corpus/pairs.csv"
  "$lcft" predict --checkpoint "$corpus/checkpoint.h5" --data "$corpus/world.h5" --pairs "$corpus/pairs.csv" \
    --output "$corpus/scores.h5" || return 1
  printf 'launcher: env\noutput: swept\njobs: {small: job.yaml}\ndata: {world: world.h5}\nseeds: [1, 2]\nruns:\n  - {set: {%s, %s}}\n  - %s\n' \
    'training.learning_rate: [0.1, 0.2]' 'model.hidden: [[5], [4, 3]]' '{seeds: 3, set: {finetuning.epochs: 2}}' >"$corpus/sweep.yaml"
  # What a fine-tuning leaves that cannot write its results.
  (ulimit -f 24 && on finetune --checkpoint "$run/checkpoint-epoch-1.h5" --overwrite)
  cp "$run/replacement-results/results.journal" "$corpus" || return 1
  local job
  for job in movielens-din taobao-edgerec amazon-dcnv2; do
    cp "jobs/$job.yaml" "$corpus/job-$job.yaml" || return 1
  done
}
if ! prepare >"$work/log" 2>&1; then
  cat "$work/log"
  echo "the corpus could not be made"
  exit 1
fi

# Files of other structure: as they are, and with changed bytes.
mkdir "$work/restructured"
"$LCFT_PYTHON" "$fixtures/restructure.py" "$work/corpus" "$work/restructured" $((cases / 4 + 20)) "$seed" || exit 1
cp "$work/corpus/"{world.h5,job.yaml,checkpoint.h5,catalogue.h5,results.h5,summary.json,models-rank-0.h5} "$work/restructured"

# part NAME CORPUS CASES
part() {
  echo "== $1"
  # 4 GB of address space: what is asked for beyond the few hundred megabytes of libraries is refused.
  (ulimit -c 0 -v 4194304 && SWIFT_BACKTRACE=enable=no "$fuzz" "$2" "$work/scratch" "$3" "$seed") | tee "$work/log"
  add_counts "$1" "$work/log" || keep=1
}
part "changed bytes" "$work/corpus" $((cases / 2))
part "changed structure" "$work/restructured" $((cases - cases / 2))

# The program itself, as a user runs it.
# run FILE ARGUMENT...
run() {
  local file=$1 status
  shift
  rm -rf "$work/out"
  mkdir "$work/out"
  (cd "$work/empty" && ulimit -c 0 -v 4194304 && SWIFT_BACKTRACE=enable=no timeout 120 "$lcft" "$@") \
    >"$work/stdout" 2>"$work/stderr" </dev/null
  status=$?
  if { [ $status -eq 0 ] || { [ $status -eq 1 ] && [ "$(grep -ac '^lcft: ' "$work/stderr")" -eq 1 ]; }; } \
    && [ -z "$(ls -A "$work/empty")" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1)) keep=1
    echo "FAILED: lcft $* (exit code $status): $(tail -3 "$work/stderr" | cut -c1-300)"
    cp "$file" "$work/scratch/failed/program-$failed-$(basename "$file")"
  fi
}
# program FILE: the commands that read such a file.
program() {
  local file=$1 corpus=$work/corpus out=$work/out
  local on=(--job "$corpus/job.yaml" --data "$corpus/world.h5" --output "$out/run")
  case $(basename "$file") in
    world* | actions* | genome*.h5)
      run "$file" describe "$file"
      run "$file" run --job "$corpus/job.yaml" --data "$file" --output "$out/run"
      ;;
    checkpoint*) run "$file" finetune "${on[@]}" --checkpoint "$file" ;;
    models*) run "$file" apply --models "$file" --checkpoint "$corpus/checkpoint.h5" --data "$corpus/world.h5" --output "$out/run" ;;
    pairs* | scores*)
      run "$file" predict --checkpoint "$corpus/checkpoint.h5" --data "$corpus/world.h5" --pairs "$file" \
        --output "$out/scores.csv" --overwrite
      ;;
    labels*) run "$file" labels --table "$file" --local-ctr 0.3 ;;
    *.h5) run "$file" describe "$file" ;;
    # Without data, since what is a job still may be a long one.
    *job*.yaml) run "$file" train --job "$file" --data "$out/none.h5" --output "$out/run" ;;
    *sweep*.yaml) run "$file" sweep "$file" --output "$out/swept" --data world="$corpus/world.h5" --list ;;
    *search*.yaml) run "$file" finetune "${on[@]}" --checkpoint "$corpus/checkpoint.h5" --settings "$file" ;;
    *users*.txt) run "$file" finetune "${on[@]}" --checkpoint "$corpus/checkpoint.h5" --save-models "users:$file" ;;
    schema*) run "$file" import table --schema "$file" --folder "$corpus" --output "$out/d.h5" --overwrite ;;
    views*)
      run "$file" import table --guess "$file"
      run "$file" import table --schema "$corpus/schema.yaml" --log "$file" --output "$out/d.h5" --overwrite
      ;;
    earlier*) run "$file" import table --schema "$corpus/schema.yaml" --history "$file" --output "$out/d.h5" --overwrite ;;
    pages*) run "$file" import table --schema "$corpus/schema-pages.yaml" --log "$file" --output "$out/d.h5" --overwrite ;;
    *interactions*) run "$file" import csv --interactions "$file" --output "$out/d.h5" --overwrite ;;
    *items*) run "$file" import csv --interactions "$corpus/interactions.csv" --items "$file" --output "$out/d.h5" --overwrite ;;
    ratings*) run "$file" import movielens --ratings "$file" --split-fraction 0.7 --output "$out/d.h5" --overwrite ;;
    *reviews*) run "$file" import amazon --reviews "$file" --on-error skip --output "$out/d.h5" --overwrite ;;
    *meta*) run "$file" import amazon --reviews "$corpus/reviews.json" --metadata "$file" --output "$out/d.h5" --overwrite ;;
    UserBehavior*) run "$file" import taobao --user-behavior "$file" --minimum-training-samples 0 --output "$out/d.h5" --overwrite ;;
  esac
}
mkdir "$work/empty"
before=$((passed + failed))
for part in corpus restructured; do
  "$fuzz" write "$work/$part" "$work/scratch" "$seed" $((cases / 20)) 2>/dev/null || exit 1
  for file in "$work"/scratch/written/*/*; do program "$file"; done
  rm -rf "$work/scratch/written"
done
echo "the program itself: $((passed + failed - before)) runs"
[ -z "$keep" ] || echo "the files of failed cases are in $work/scratch/failed"
finish
