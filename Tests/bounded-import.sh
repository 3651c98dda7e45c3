#!/bin/bash
# Imports a log of ten times the memory that it may take: the same file to the byte, a peak below the bound, nothing left
# after a kill, one line where the disk of temporary files is full or the bound cannot be kept, and a synthesis whose
# memory does not grow with the users. Prints 'N passed, N failed'.
#   usage: Tests/bounded-import.sh [LCFT]        .build/release/lcft if not given
set -u
cd "$(dirname "$0")/.." || exit 1
. Tests/checks.sh
lcft=${1:-$PWD/.build/release/lcft}
if [ ! -x "$lcft" ]; then
  echo "$lcft: not found; swift build -c release makes it"
  exit 1
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/lcft-bounded.XXXXXX") || exit 1
mounted=
trap '[ -z "$mounted" ] || umount "$work/small"; rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=0
cat >"$work/log.yaml" <<'SCHEMA'
log: {files: log.csv, user: member, item: sku, time: {column: shown_at, unit: s}}
label: {column: clicked}
sample_features:
  device: {}
  tags: {list: "|", min_count: 5}
  price: {kind: numeric, transform: [log, standardised]}
event_features: {dwell: {kind: numeric, transform: quantiles(10)}}
split: {last_days: 2}
SCHEMA
"$LCFT_PYTHON" - "$work" <<'MAKE'
import random
import sys

random.seed(1)
folder = sys.argv[1]
page = "https://shop.example/search?q=shoes&sort=price&page=1&session=" + 8 * "0123456789abcdef"
ends = [
    f"{random.randrange(2)},{random.choice(['phone', 'tablet', 'tv', ''])},"
    f"{'|'.join(f't{random.randrange(60)}' for _ in range(random.randrange(4)))},"
    f"{random.choice(['', random.randrange(9000) / 100])},{random.randrange(900) / 10},{page}\n"
    for _ in range(5000)
]
with open(folder + "/log.csv", "w") as log:
    log.write("member,sku,shown_at,clicked,device,tags,price,dwell,page\n")
    for part in range(430):
        log.write("".join([
            f"u{int(random.random() ** 2 * 20000)},i{int(random.random() ** 3 * 5000)},"
            f"{1709251200 + int(random.random() * 2592000)},{end}" for end in ends + ends
        ]))
with open(folder + "/users.csv", "w") as log:
    log.write("user,item,timestamp\n")
    for row in range(1000000):
        log.write(f"{row:064x},i{row % 7},{1700000000 + row}\n")
MAKE
bound=80000000
echo "a log of $(wc -c <"$work/log.csv") bytes, a bound of $bound"
check "the log is ten times the bound" [ "$(wc -c <"$work/log.csv")" -ge $((10 * bound)) ]

# peak FILE COMMAND...: runs the command, and writes the greatest memory that it took into FILE, in bytes.
peak() {
  "$LCFT_PYTHON" -c '
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
sys.exit(status)' "$@"
}

table() { "$lcft" import table --schema "$work/log.yaml" --output "$@"; }
check "an import in memory" table "$work/free.h5" >"$work/free.log" 2>&1
one=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
check "an import on one processor" taskset -c "$one" "$lcft" import table --schema "$work/log.yaml" \
  --output "$work/one.h5" >"$work/one.log" 2>&1
check "the same file" cmp "$work/free.h5" "$work/one.h5"
rm -f "$work/one.h5"
check "an import within the bound" peak "$work/peak" "$lcft" import table --schema "$work/log.yaml" \
  --output "$work/bounded.h5" --memory 80M >"$work/bounded.log" 2>&1
tail -n 3 "$work/bounded.log"
echo "peak: $(cat "$work/peak") bytes"
check "the peak is below the bound" [ "$(cat "$work/peak")" -le "$bound" ]
check "the same file to the byte" cmp "$work/free.h5" "$work/bounded.h5"
rm -f "$work/free.h5"

# Without a name, temporary files go with the process.
before=$(ls -A "$work")
"$lcft" import table --schema "$work/log.yaml" --output "$work/bounded.h5" --overwrite --memory 80M \
  >"$work/kill.log" 2>&1 &
sleep 2
kill -9 $!
wait $! 2>/dev/null
check "a kill leaves nothing" [ "$(ls -A "$work" | grep -v kill.log)" = "$before" ]

mkdir "$work/small"
if mount -t tmpfs -o size=30m tmpfs "$work/small" 2>/dev/null; then
  mounted=yes
  table "$work/full.h5" --memory 80M --temporary "$work/small" >"$work/full.log" 2>&1
  check "a full disk ends the import" [ $? -ne 0 ]
  check "with one line" [ "$(grep -c '^lcft:' "$work/full.log")" = 1 ] "$work/full.log"
  check "that names the folder" grep -q "^lcft: $work/small: " "$work/full.log"
  check "and no file" [ ! -e "$work/full.h5" ]
  check "nor a temporary one" [ -z "$(ls -A "$work/small")" ]
else
  echo "no file system can be mounted here: a full disk is not tested"
fi

"$lcft" import csv --interactions "$work/users.csv" --all-positive --output "$work/users.h5" --memory 80M \
  >"$work/users.log" 2>&1
check "a bound that users exceed is refused" [ $? -ne 0 ]
check "with what is needed" grep -Eq '^lcft: --memory 80 MB is not enough: .* about [0-9]+ MB' "$work/users.log"

for users in 40000 80000; do
  check "a synthesis of $users users" peak "$work/peak-$users" "$lcft" synthesize --users "$users" --items 2000 \
    --features --output "$work/world.h5" --overwrite >"$work/world.log" 2>&1
  echo "$users users: $(cat "$work/peak-$users") bytes"
done
check "memory does not grow with the users" \
  [ $(($(cat "$work/peak-80000") - $(cat "$work/peak-40000"))) -lt 16000000 ]
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
