#!/usr/bin/env bash
# Runs the commands of docs/predict.md as they stand, and compares scores: of the data set's test part with those that the
# run has stored, on 1 and 2 ranks and from every form of pairs; rankings with a sort in Python; a device's with the
# cluster's. Prints a line per check and 'N passed, N failed'.
#
#   bash Tests/predict.sh
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
. Tests/page.sh
script=$PWD/Tests/Fixtures/check_predictions.py
prepare_pages
run_page "$PWD/docs/predict.md" 5
cd "$folder" || exit 1

py() { "$LCFT_PYTHON" "$script" "$@"; }
# quietly LOG COMMAND... LOG
quietly() { "${@:2:$#-2}" >"$1" 2>&1; }
cloud=(--checkpoint run/checkpoint-epoch-1.h5)
for form in csv csv.gz h5; do
  check "test part as $form" py pairs shop.h5 "test.$form"
  check "saved models, pairs as $form" quietly a.log \
    lcft predict "${cloud[@]}" --data shop.h5 --models run/models.h5 --methods cloud,local,soft1,soft2 \
    --pairs "test.$form" --output "saved-$form.h5" a.log
  check "the stored scores, pairs as $form" py compare shop.h5 run/results.h5 "saved-$form.h5"
done
predict=(predict "${cloud[@]}" --data shop.h5 --methods cloud,local,soft1,soft2 --pairs test.csv)
check "fine-tuned on 1 rank" quietly a.log lcft "${predict[@]}" --output one.csv a.log
check "fine-tuned on 2 ranks" quietly a.log lcft_mpirun 2 lcft "${predict[@]}" --output two.csv a.log
check "the same file" cmp one.csv two.csv
check "the stored scores" py compare shop.h5 run/results.h5 two.csv
check "the cloud model of a folder" quietly a.log lcft_mpirun 2 \
  lcft predict --checkpoint run "${predict[@]:3}" --output folder.csv a.log
check "the same scores" cmp one.csv folder.csv
mkdir empty
lcft predict --checkpoint empty --pairs test.csv --output none.csv >a.log 2>&1 && echo "none was needed" >>a.log
check "a folder without one" [ "$(cat a.log)" = "lcft: empty: has no checkpoint-epoch-N.h5; run lcft train first, or give \
--checkpoint FILE" ]
check "scores of scores" quietly a.log lcft predict "${cloud[@]}" --data shop.h5 --pairs saved-csv.h5 --output again.h5 a.log

check "rankings on 2 ranks" quietly a.log lcft_mpirun 2 lcft "${predict[@]}" --top 4 --output top.h5 a.log
check "rankings as Python sorts" py top one.csv top.h5 4
check "rankings of all items" quietly a.log \
  lcft predict "${cloud[@]}" --data shop.h5 --pairs users.csv --all-items --output all.h5 a.log
check "their best" quietly a.log \
  lcft_mpirun 2 lcft predict "${cloud[@]}" --data shop.h5 --pairs users.csv --all-items --top 7 --output best.csv a.log
check "the best of all as Python sorts" py top all.h5 best.csv 7

check "models of groups" quietly a.log lcft finetune --job job.yaml --data shop.h5 --output run --overwrite \
  --checkpoint run/checkpoint-epoch-1.h5 --methods cloud,grouped a.log
check "each user's group's" quietly a.log lcft_mpirun 2 lcft predict "${cloud[@]}" --data shop.h5 \
  --methods cloud,grouped --pairs test.csv --output grouped.csv a.log
check "the stored scores of groups" py compare shop.h5 run/results.h5 grouped.csv
check "a group's alone" quietly a.log \
  lcft predict --checkpoint run/group-low.h5 --data shop.h5 --pairs test.csv --output low.csv a.log
check "scores of its users" py group run/results.h5 run/group-low.h5 low.csv shop.h5

# A log of positives, with drawn negatives: a device's samples are no events then.
awk -F, 'NR == 1 || $6 == 1 { print $1 "," $2 "," $3 }' log.csv >bought.csv
check "a log of positives" quietly a.log lcft import csv --interactions bought.csv --split-fraction 0.7 --output bought.h5 a.log
check "a run on it" quietly a.log lcft run --job job.yaml --data bought.h5 --output bought a.log
for data in shop bought; do
  if [ "$data" = shop ]; then out=run; else out=bought; fi
  check "runs with all methods on $data" quietly a.log lcft finetune --job job.yaml --data "$data.h5" --output "$out" \
    --overwrite --checkpoint "$out/checkpoint-epoch-1.h5" --save-models all a.log
  for user in u5 u17; do
    mkdir -p "$data-$user"
    check "what $user of $data has done" py device "$data.h5" "$user" "$data-$user"
    check "$user of $data on a device" quietly a.log lcft fine-tune-user --checkpoint "$out/checkpoint-epoch-1.h5" \
      --user "$user" --samples "$data-$user/samples.csv" --history "$data-$user/history.csv" \
      --score "$data-$user/candidates.csv" --output "$data-$user/own.h5" --scores "$data-$user/scores.csv" a.log
    check "the cluster's scores of $user of $data" py compare "$data.h5" "$out/results.h5" "$data-$user/scores.csv"
    check "the cluster's models of $user of $data" py models "$out" "$data-$user/own.h5"
  done
  check "test part of $data" py pairs "$data.h5" "$data-test.csv"
  check "its scores on 2 ranks" quietly a.log lcft_mpirun 2 lcft predict --checkpoint "$out/checkpoint-epoch-1.h5" \
    --data "$data.h5" --methods cloud,local,soft1 --pairs "$data-test.csv" --output "$data-scores.h5" a.log
  check "the stored scores of $data" py compare "$data.h5" "$out/results.h5" "$data-scores.h5"
done

# refused TEXT COMMAND...: exits with 1, says TEXT on one line, and writes nothing.
refused() {
  local text=$1 before status
  before=$(ls -lR --time-style=full-iso | md5sum)
  shift
  "$@" >"$scratch/refusal" 2>&1
  status=$?
  [ "$status" -eq 1 ] && grep -qF -- "$text" "$scratch/refusal" && [ "$(grep -c '^lcft:' "$scratch/refusal")" -eq 1 ] \
    && [ "$before" = "$(ls -lR --time-style=full-iso | md5sum)" ] || { cat "$scratch/refusal"; return 1; }
}
check "refused: a file that is there" refused "is there already" lcft "${predict[@]}" --output one.csv
check "refused: another catalogue" refused "is not the catalogue of" \
  lcft predict "${cloud[@]}" --catalogue bought/catalogue.h5 --pairs test.csv --output x.csv
check "refused on 2 ranks: a missing column" refused "member" \
  lcft_mpirun 2 lcft predict "${cloud[@]}" --pairs bought.csv --user-column member --output x.csv
check "dry run" quietly a.log lcft "${predict[@]}" --output x.csv --dry-run a.log
check "nothing was written" [ ! -e x.csv ]
check "describe" quietly a.log lcft describe top.h5 a.log
finish
