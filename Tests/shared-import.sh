#!/usr/bin/env bash
# Several ranks import a log together: the same file to the byte, the same account and the same messages as one process.
# Prints 'N passed, N failed'.
#
#   bash Tests/shared-import.sh [lcft]        .build/release/lcft unless it is given
set -u
cd "$(dirname "$0")/.." || exit 1
. jobs/environment.sh
. Tests/checks.sh
lcft=$(built_program "${1:-}") || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=0
"$LCFT_PYTHON" - "$work" <<'MAKE'
import gzip
import json
import random
import sys

random.seed(1)
folder = sys.argv[1]
words = "words of a review that go on for a while, \"quoted\" and with an accent: \u00e9. "


def rows(count, start):
    for row in range(count):
        line = {"user_id": f"u{int(random.random() ** 2 * 3000)}", "title": "title", "text": words * random.randrange(12),
                "item": f"i{int(random.random() ** 2 * 900)}", "time": start + row, "meta": {"click": row % 3 // 2, "ip": "::1"}}
        if row % 1000 == 7:
            line["rare"] = [1, 2]
        yield json.dumps(line) + "\n"


def write(opener, name, lines):
    with opener(f"{folder}/{name}", "wt") as file:
        file.writelines(lines)


write(open, "plain.jsonl", rows(30000, 1600000000))
for part in range(3):
    write(gzip.open, f"part-{part}.jsonl.gz", rows(15000, 1600100000 + part * 20000))
plain = open(f"{folder}/plain.jsonl").read()
open(f"{folder}/same-size.jsonl", "w").write(plain.replace("u1", "u2"))
lines = list(rows(30000, 1600200000))
lines[20000] = lines[20000][:40] + "\n"
write(open, "bad.jsonl", lines)
users = [f"{random.getrandbits(200):x}" for _ in range(2000)]
write(gzip.open, "table.csv.gz", ["user,item,timestamp\n"] + [
    f"{random.choice(users)},i{random.randrange(500)},{1600000000 + row}\n" for row in range(60000)])
write(open, "items.jsonl", (json.dumps({"id": f"i{item}", "brand": f"b{item % 50}", "about": words * 20}) + "\n"
                            for item in range(900)))
# A malformed line a little before the damage.
lines = list(rows(15000, 1600100000))
lines[6500] = "{}\n"
whole = gzip.compress("".join(lines).encode())
open(f"{folder}/cut.jsonl.gz", "wb").write(whole[:len(whole) // 2])
# Lines of every kind and length: lost values, a mark in front, carriage returns, Python, 1.5 MB.
lines = []
for row in range(800):
    line = {"user_id": f"u{row % 50}", "item": f"i{row % 90}", "time": row, "meta": {"click": row % 2}, "text": words * 40}
    if row % 400 == 60:
        line["price"] = "abc"
    if row % 400 == 100:
        line["tags"] = {"a": 1}
    if row % 200 == 150:
        line["text"] = "long" * 400000
    lines.append(repr(line) if row % 100 == 30 else json.dumps(line))
open(f"{folder}/odd.jsonl", "w", encoding="utf-8-sig", newline="").write("\r\n".join(lines))
MAKE
# schema NAME ITEMS FILE...
schema() {
  local items=$2
  {
    echo "log: {files: [$(IFS=,; echo "${*:3}")], user: user_id, item: item, time: {column: time, unit: s}}"
    echo "label: {column: meta.click}"
    [ "$items" = - ] || echo "items: {file: $items, key: id, features: {brand: {}}}"
  } >"$work/$1.yaml"
}
schema plain items.jsonl plain.jsonl
schema parts items.jsonl part-0.jsonl.gz plain.jsonl part-1.jsonl.gz part-2.jsonl.gz
schema bad - plain.jsonl bad.jsonl
schema cut - part-0.jsonl.gz cut.jsonl.gz part-2.jsonl.gz
schema twice - plain.jsonl part-0.jsonl.gz plain.jsonl
schema odd - odd.jsonl
echo "sample_features: {price: {kind: numeric}, tags: {list: '|'}}" >>"$work/odd.yaml"
schema pipe items.jsonl pipe

# import OUTPUT RANKS OPTION...: what it prints goes to OUTPUT.log; times and paths of outputs are left out.
import() {
  local output=$1 ranks=$2
  shift 2
  if [ "$ranks" = 0 ]; then launcher=(); else lcft_launcher "$ranks"; fi
  env -C "$work" ${launcher[@]+"${launcher[@]}"} "$lcft" import "$@" --output "$output.h5" >"$work/$output.log" 2>&1
}
said() { sed -E '/ for rank 0$/d; /^[0-9]{2}:[0-9]{2}:[0-9]{2} /d; /^writing /d; s/^[^ ]+\.h5: //; s/^(lcft: )rank [0-9]+: /\1/' "$work/$1.log"; }
same() { cmp "$work/$1.h5" "$work/$2.h5" && diff <(said "$1" | sort) <(said "$2" | sort); }

for name in plain parts; do
  import "$name-alone" 0 table --schema "$name.yaml"
  for ranks in 1 2 3 5; do
    import "$name-$ranks" "$ranks" table --schema "$name.yaml"
    check "$name on $ranks ranks: the file and the account of one process" same "$name-alone" "$name-$ranks" \
      "$work/$name-$ranks.log"
  done
  check "$name: two other ranks read" grep -q '^2 other ranks read [1-5] files\{0,1\} for rank 0$' "$work/$name-3.log"
done
for name in odd twice; do
  import "$name-alone" 0 table --schema "$name.yaml"
  import "$name-4" 4 table --schema "$name.yaml"
  check "$name: the same file and account" same "$name-alone" "$name-4" "$work/$name-4.log"
done
import parts-bounded 3 table --schema parts.yaml --memory 100M
check "within a bound of memory" same parts-alone parts-bounded "$work/parts-bounded.log"
import skip-alone 0 table --schema bad.yaml --on-error skip
import skip-3 3 table --schema bad.yaml --on-error skip
check "the same lines are skipped" same skip-alone skip-3 "$work/skip-3.log"
import csv-alone 0 csv --interactions table.csv.gz
import csv-2 2 csv --interactions table.csv.gz
check "separated values, compressed" same csv-alone csv-2 "$work/csv-2.log"

# refused NAME: one line, the same as of one process, and no file.
refused() {
  import "$1-alone" 0 table --schema "$1.yaml"
  import "$1-3" 3 table --schema "$1.yaml"
  [ "$(grep -c '^lcft: ' "$work/$1-3.log")" = 1 ] && [ ! -e "$work/$1-3.h5" ] \
    && diff <(said "$1-alone" | grep '^lcft: ') <(said "$1-3" | grep '^lcft: ')
}
check "a malformed line ends it with the same line" refused bad "$work/bad-3.log"
check "a damaged file as well, and what stands before the damage" refused cut "$work/cut-3.log"
import skipped-alone 0 table --schema cut.yaml --on-error skip
import skipped-3 3 table --schema cut.yaml --on-error skip
check "the line is skipped before the damage is told" \
  [ "$(grep -c '^skipped cut' "$work/skipped-alone.log") $(grep -c '^skipped cut' "$work/skipped-3.log")" = "1 1" ]

# Arguments that contradict one another, an output that is there, and a dry run.
for case in "both 64 --split-time 1 --split-fraction 0.5" "there 1" "dry 0 --dry-run"; do
  read -r name expected options <<<"$case"
  [ "$name" != there ] || cp "$work/csv-alone.h5" "$work/there.h5"
  # shellcheck disable=SC2086
  import "$name" 3 csv --interactions table.csv.gz $options
  check "$name: status $expected" [ $? -eq "$expected" ] "$work/$name.log"
done
check "nothing is written over" cmp "$work/csv-alone.h5" "$work/there.h5"
check "a dry run writes nothing" [ ! -e "$work/dry.h5" ]

# Rank 0 waits for a pipe while the others wait for it, for longer than ranks wait for those that are gone.
mkfifo "$work/pipe"
(
  head -n 500 "$work/plain.jsonl"
  sleep 4
  tail -n +501 "$work/plain.jsonl"
) >"$work/pipe" &
LCFT_TIMEOUT=1 import pipe 3 table --schema pipe.yaml
check "a slow pipe is waited for" [ $? -eq 0 ] "$work/pipe.log"

# Ranks with work of their own.
lcft_launcher 2
env -C "$work" "${launcher[@]}" bash -c 'exec "$0" import table --schema plain.yaml --output "own-${OMPI_COMM_WORLD_RANK:-$PMI_RANK}.h5"' \
  "$lcft" >"$work/own.log" 2>&1
check "ranks with different arguments each do their own" \
  cmp "$work/own-0.h5" "$work/own-1.h5"

# A rank that dies ends the others.
lcft_launcher 3
env -C "$work" "${launcher[@]}" bash -c '[ "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" != 1 ] || { sleep 0.4; kill -9 $$; } & exec "$0" "$@"' \
  "$lcft" import table --schema parts.yaml --output killed.h5 >"$work/killed.log" 2>&1
status=$?
ended() { [ "$status" -ne 0 ] || [ -e "$work/killed.h5" ]; }
check "a helper that is killed ends the import, or came too late" ended "$work/killed.log"
check "no temporary file is left" [ -z "$(find "$work" -name '*.tmp*' -o -name '.*.h5*')" ]

# elsewhere NAME MOUNT...: an import for which rank 1 has mounted something, as if it were on another host.
elsewhere() {
  local name=$1
  shift
  mount="mount $*" env -C "$work" "${launcher[@]}" bash -c '
    [ "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" = 0 ] || exec unshare --mount bash -c "$mount && exec \"\$0\" \"\$@\"" "$0" "$@"
    exec "$0" "$@"' "$lcft" import table --schema "$name.yaml" --output "other-$name.h5" >"$work/other-$name.log" 2>&1
}
lcft_launcher 2
if unshare --mount true 2>/dev/null; then
  # Another file of the same size, and none at all.
  elsewhere plain --bind same-size.jsonl plain.jsonl
  check "another file for another rank ends it, in one line" grep -Eq \
    '^lcft: rank 0: plain.jsonl: was changed while it was read' "$work/other-plain.log"
  mkdir "$work/there"
  ln "$work/plain.jsonl" "$work/there"
  schema hidden - there/plain.jsonl
  elsewhere hidden -t tmpfs tmpfs there
  check "so does a file that another rank does not see" grep -Eq \
    '^lcft: rank 0: there/plain.jsonl: cannot be opened: No such file' "$work/other-hidden.log"
  check "without a data set" [ -z "$(ls "$work"/other-*.h5 2>/dev/null)" ]
fi

once() { [ "$("${launcher[@]}" "$lcft" describe "$work/plain-alone.h5" 2>/dev/null | grep -c 'lcft-dataset')" = 1 ]; }
check "a command of one process is done once" once
finish
