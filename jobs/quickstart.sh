#!/usr/bin/env bash
# From a machine with only a Swift toolchain to a results table: installs what is missing, builds lcft for this
# machine's own processor, makes a synthetic world of 2,000 users and runs a whole job on 2 ranks.
#
#   bash jobs/quickstart.sh [OUTPUT_FOLDER]    (runs/quickstart)
#
# Expected on 2 quiet cores: at most 5 minutes the first time, most of it for the build; then about a minute.
# LCFT_MARCH=x86-64-v3 builds a program that can be copied to other machines.
set -euo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
output=${1:-runs/quickstart}

say() { echo "== $*" >&2; }

say "1 of 4: packages (half a minute if any is missing)"
# shellcheck disable=SC2086
lcft_install $LCFT_PACKAGES
say "2 of 4: build of lcft (2 to 4 minutes the first time)"
lcft=$(lcft_build)
say "3 of 4: a synthetic world of 2,000 users (seconds)"
mkdir -p "$output"
[ -f "$output/world.h5" ] \
  || "$lcft" synthesize --users 2000 --items 1000 --seed 1 --output "$output/world.h5" >&2
say "4 of 4: training, fine-tuning of every user and results, on 2 ranks (less than a minute), and a report"
# A second time, what is finished is not done again.
lcft_mpirun 2 "$lcft" run --job jobs/quickstart.yaml --data "$output/world.h5" --output "$output" --resume

cat <<'EOF'

How to read it: user AUC says how well a method ranks what a user clicks above what not (0.5: by chance), averaged over
users by their test samples. cloud is one model for all; local is fine-tuned for each user, soft1 and soft2 with labels
corrected. up, same, down: users whose AUC rises, stays, falls. A difference is real where its interval does not hold 0.

EOF
"$lcft" report "$output" --output "$output/report" --overwrite | sed -n '/report\.html: /,$p'
echo "Report:  $(realpath "$output/report/report.html")"
echo "Results: $output/results.h5 and $output/summary.json. A look inside:"
h5ls "$output/results.h5/methods"
