#!/usr/bin/env bash
# The paper's whole experiment on one data set: cloud training, the search for hard correction's labels and for
# each method's best settings on held-out training samples, fine-tuning under every method with the paper's
# settings and with each method's own best, the simulated online test where the true click probabilities are
# known, and the report.
#
#   bash jobs/whole-experiment.sh jobs/amazon-din.yaml electronics.h5 runs/electronics-din [RANKS]
#
# Writes OUTPUT/paper and OUTPUT/best (results, tables of the searches, online test) and OUTPUT/report
# (report.html, figures, tables). Finished steps are not done again. LCFT_TUNED=local,soft1 searches settings for
# those methods only: the search for hard takes 25 times as long as for another.
set -euo pipefail
if [ $# -lt 3 ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
  exit 2
fi
job=$1 data=$2 output=$3 ranks=${4:-$(nproc)}
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/jobs/environment.sh"
paper=$output/paper best=$output/best
tuned=${LCFT_TUNED:-local,soft1,soft2,hard,balanced1,balanced2,averaged,prior_offset}
all=cloud,local,soft1,soft2,hard,grouped,balanced1,balanced2,shrunken_soft1,shrunken_soft2,averaged
all=$all,bias_only,dense_only,embeddings_only,prior_offset,cloud_without_user,popularity
if ! lcft=$(lcft_binary 2>/dev/null); then
  # shellcheck disable=SC2086
  lcft_install $LCFT_PACKAGES || exit 1
  lcft=$(cd "$here" && lcft_build) || exit 1
fi
mkdir -p "$output"

step() { echo "== $*" >&2; }
on_ranks() { lcft_mpirun "$ranks" "$lcft" "$@"; }

step "cloud training"
on_ranks train --job "$job" --data "$data" --output "$paper" --resume
if [ ! -f "$paper/labels.h5" ]; then
  step "hard correction's labels"
  on_ranks search-labels --job "$job" --data "$data" --output "$paper"
fi
step "every method with the paper's settings"
on_ranks finetune --job "$job" --data "$data" --output "$paper" --methods "$all" --resume
checkpoint=$(ls -v "$paper"/checkpoint-epoch-*.h5 | tail -1)
if [ ! -f "$best/search.yaml" ]; then
  step "each method's best settings"
  on_ranks search --job "$job" --data "$data" --output "$best" --methods "$tuned"
fi
step "every method with its best settings"
on_ranks finetune --job "$job" --data "$data" --output "$best" --checkpoint "$checkpoint" \
  --settings "$best/search.yaml" --methods "cloud,$tuned,popularity" --resume
if "$lcft" describe "$data" | grep '^source *synthetic' >/dev/null && [ ! -f "$paper/ab-test.h5" ]; then
  step "simulated online test"
  on_ranks simulate-ab --job "$job" --data "$data" --output "$paper" --a cloud --b soft1 --further local --truth
fi
step "report"
"$lcft" report "$paper" "$best" --output "$output/report" --overwrite
