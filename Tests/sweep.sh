#!/usr/bin/env bash
# Sweeps on ranks: every run has the bits of the run by hand; a sweep that is stopped or killed goes on to the same; two
# sweeps at once do each run once; rows of jobs/table2.yaml on a synthetic world, with three seeds and one report. Prints a
# line per check and 'N passed, N failed'.
#
#   bash Tests/sweep.sh
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
LCFT=$(built_program "${LCFT:-}") || exit 1
here=$PWD
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
lcft() { "$LCFT" "$@"; }
# quietly LOG COMMAND... LOG
quietly() { "${@:2:$#-2}" >"$1" 2>&1; }
# The mpirun of the scripts, as a launcher.
cat >on-two <<END
#!/bin/bash
. '$here/jobs/environment.sh'
lcft_launcher 2
exec "\${launcher[@]}" "\$@"
END
chmod +x on-two

check "a world" quietly a.log lcft synthesize --users 150 --items 120 --seed 1 --output world.h5 a.log
cat >small.yaml <<END
model: {name: DIN, attention: [8, 4], hidden: [16, 8], history_length: 10}
training: {epochs: 3, batch_size: 64, learning_rate: 0.5, checkpoint_steps: 5}
finetuning: {methods: [cloud, local, soft1], epochs: 4}
END
cat >sweep.yaml <<END
launcher: $scratch/on-two
output: swept
jobs: small.yaml
data: {world: world.h5}
seeds: [1, 2]
set: {training.learning_rate: [0.5, 0.25]}
END
names=$(lcft sweep sweep.yaml --list | awk '{ print $2 }')
check "four runs" [ "$(wc -l <<<"$names")" -eq 4 ]
all_digests() {
  local run
  for run in $names; do digests "$1/$run" || echo "nothing in $1"; done
}
check "an undisturbed sweep on 2 ranks" quietly a.log lcft sweep sweep.yaml a.log
expected=$(all_digests swept)
by_hand() {
  local run
  for run in $names; do lcft run --job "swept/$run/job.yaml" --data world.h5 --output "hand/$run" || return 1; done
}
check "its jobs by hand, on 1 rank" quietly a.log by_hand a.log
check "have the same bits" [ "$(all_digests hand)" = "$expected" ]

# kill_sweep SIGNAL FOLDER FILE: starts a sweep, sends it the signal when a run has the file, SIGKILL also to its ranks, and
# lets it go on.
kill_sweep() {
  local signal=$1 folder=$2 wait=$3 sweep status ranks
  "$LCFT" sweep sweep.yaml --output "$folder" >"$folder.log" 2>&1 &
  sweep=$!
  for _ in {1..600}; do compgen -G "$folder/*/$wait" >/dev/null && break || sleep 0.05; done
  ranks=$(pgrep -f "^$LCFT run .*--output $folder/")
  kill "-$signal" "$sweep"
  # shellcheck disable=SC2086
  [ "$signal" != KILL ] || kill -KILL $ranks 2>/dev/null
  wait "$sweep"
  status=$?
  case $signal in KILL) [ "$status" -eq 137 ] ;; *) [ "$status" -eq 75 ] ;; esac || { cat "$folder.log"; return 1; }
  # The run that was under way may just have ended.
  [ "$signal" = KILL ] || lcft sweep sweep.yaml --output "$folder" --list | grep -E ' (half done|missing)' >/dev/null || return 1
  # mpirun notices the loss of its ranks.
  for _ in {1..200}; do pgrep -f "^$LCFT run .*--output $folder/" >/dev/null || break; sleep 0.05; done
  lcft sweep sweep.yaml --output "$folder" >>"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
}
for one in "TERM checkpoint-latest.h5" "INT results.journal" "USR1 checkpoint-latest.h5" "KILL checkpoint-epoch-1.h5"; do
  read -r signal wait <<<"$one"
  check "a sweep that gets SIG$signal goes on" kill_sweep "$signal" "swept-$signal" "$wait"
  check "to the same bits" [ "$(all_digests "swept-$signal")" = "$expected" ]
done

lcft sweep sweep.yaml --output both >first.log 2>&1 &
first=$!
lcft sweep sweep.yaml --output both >second.log 2>&1
second=$?
wait "$first"
first=$?
check "two sweeps at once end well" [ "$first$second" != "${first}1" ] second.log
check "neither fails" [ "$(cat first.log second.log | grep -c ' 0 failed')" = 2 ] second.log
lcft sweep sweep.yaml --output both >third.log 2>&1
check "all is done" grep -q '^4 runs: 0 done, 4 done before, 0 failed$' third.log
check "each run once" [ "$(cat both/*/progress.jsonl | grep -c '"event":"start"')" = 4 ] first.log
check "with the same bits" [ "$(all_digests both)" = "$expected" ]

# Table 2's rows on one data set.
table2() { lcft sweep "$here/jobs/table2.yaml" --output table2 --only 'amazon-*' --data amazon=world.h5 "$@"; }
check "Table 2 has 33 runs" [ "$(lcft sweep "$here/jobs/table2.yaml" --output t --dry-run 2>&1 | grep -c 'ml-20m.h5: cannot open')" = 1 ]
check "15 of them on Amazon" [ "$(table2 --launcher '' --list | grep -c missing)" = 15 ]
check "all 15 on 2 ranks" quietly a.log table2 --launcher "$scratch/on-two" a.log
check "a report of the sweep's folder" quietly report.log lcft report table2 report.log
check "has its table" grep -q 'user AUC' report.log
check "and five models with three seeds each" "$LCFT_PYTHON" - <<'END'
import csv
rows = list(csv.DictReader(open("table2/report/table2.csv")))
models = {row["model"]: row for row in rows}
assert sorted(models) == ["DIN", "DeepFM", "LR", "PNN", "WideDeep"], list(models)
assert all("3" in (row.get("seeds") or "") for row in rows), rows[0]
END
finish
