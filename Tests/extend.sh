#!/usr/bin/env bash
# Follows docs/adding-a-method.md and docs/adding-a-model.md to the letter: applies the changes that they show to a copy of
# the sources, builds it, and runs the new model with the new method on 1 and 2 ranks. Prints a line per check and
# 'N passed, N failed'.
#
#   bash Tests/extend.sh
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
copy=$scratch/copy
mkdir "$copy" && cp -R Package.swift Sources Tests "$copy"
git -C "$copy" init -q

# quiet COMMAND... LOG: what the command prints goes to the log.
quiet() { "${@:1:$#-1}" >"${!#}" 2>&1; }
log=$scratch/last.log

# change PAGE: the page's block of kind diff.
change() { awk '/^```/ { inside = $0 == "```diff"; next } inside' "docs/adding-a-$1.md"; }
for page in method model; do
  check "the change of adding-a-$page.md can be applied" git -C "$copy" apply --recount <(change "$page")
done
# A build without optimisation is the quickest, and its assertions hold.
check "it builds" quiet swift build --package-path "$copy" --product lcft "$log"
lcft=$copy/.build/debug/lcft
cat >"$scratch/job.yaml" <<'JOB'
model: {name: MLP, item_embedding: 4, category_embedding: 3, hidden: [8]}
training: {epochs: 2, batch_size: 128, learning_rate: 0.01, optimizer: adam}
finetuning: {methods: [cloud, local, smoothed, lcft], learning_rate: 0.05}
search: {choice: {methods: [local, smoothed], folds: 1}}
JOB
cd "$scratch" || exit 1
check "a world" quiet "$lcft" synthesize --users 60 --items 40 --features --output world.h5 "$log"
lcft_launcher 2
check "a run" quiet "$lcft" run --job job.yaml --data world.h5 --output one "$log"
check "a run on 2 ranks" quiet "${launcher[@]}" "$lcft" run --job job.yaml --data world.h5 --output two "$log"
digest() { "$LCFT_PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))["digest"])' "$1/summary.json"; }
check "the same bits" [ "$(digest one)" = "$(digest two)" ]
# shellcheck disable=SC2016
check "labels of 0.9 and 0.1" "$LCFT_PYTHON" -c '
import sys, h5py
method = h5py.File(sys.argv[1])["methods/smoothed"]
assert set(method["alpha"][:]) == {0.9} and set(method["beta"][:]) == {0.1}' one/results.h5
check "a report" quiet "$lcft" report one --output report "$log"
check "with its sentence" grep -q "the label 0.9 for positives" report/report.html
finish
