#!/usr/bin/env bash
# Runs the commands of docs/your-own-log.md and docs/rolling-days.md as they stand, block by block in a folder for each, and
# looks in what they print for the lines that the document quotes. Prints a line per check and 'N passed, N failed'.
#
#   bash Tests/documents.sh
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
. Tests/page.sh
prepare_pages
run_page "$PWD/docs/your-own-log.md" 7
# What no line of the page can quote: every method has a user AUC better than chance.
user_aucs() { sed -n '/^method *user AUC/,/^user AUC/p' "$blocks/06.log"; }
check "results of four methods" [ "$(user_aucs | grep -cE '^(cloud|local|soft1|soft2) +0\.[6-9]')" -eq 4 ]
run_page "$PWD/docs/rolling-days.md" 5
finish
