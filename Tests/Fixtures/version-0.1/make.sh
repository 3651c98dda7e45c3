#!/bin/bash
# How the files of this folder were made, by the program of version 0.1.0. Later versions must read them.
#   usage: make.sh LCFT OUTPUT
set -eu
lcft=$1 output=$2
corpus=$(cd "$(dirname "$0")/../fuzz" && pwd)/make_corpus.py
mkdir -p "$output"
cd "$output"
export SOURCE_DATE_EPOCH=1700000000
cat >job.yaml <<'JOB'
name: small
seed: 3
model: {name: LR, histories: [positive], history_length: 6}
training: {epochs: 1, batch_size: 64, learning_rate: 0.1, optimizer: adam, virtual_shards: 2}
finetuning: {methods: [cloud, local, soft1], epochs: 1, batch_size: 8, learning_rate: 0.05}
search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.01, 0.1]}
JOB
"$lcft" synthesize --users 60 --items 40 --categories 5 --mean-history 6 --mean-training 8 --mean-test 5 \
  --click-rate 0.3 --output dataset.h5
python3 "$corpus" .
"$lcft" import movielens --ratings ratings.csv --movies movies.csv --genome genome-scores.csv \
  --split-fraction 0.7 --output genome.h5
"$lcft" import taobao --user-behavior UserBehavior.csv --minimum-training-samples 0 --output actions.h5
on=(--job job.yaml --data dataset.h5 --output out)
"$lcft" run "${on[@]}"
"$lcft" search "${on[@]}" --methods local,hard
"$lcft" simulate-ab "${on[@]}" --candidates 10 --top 3 --days 2
cp out/{results,labels,search,ab-test}.h5 .
cp out/checkpoint-epoch-1.h5 checkpoint.h5
