#!/usr/bin/env bash
# Users' rows spread over hosts (network namespaces with sshd): each host has those of its own users only, of the data set,
# of tables of users and of the optimiser's state; of items and values all or, with shared tables, a part. Runs on 1, 2 and 4 hosts of 1 and 2 ranks have the same bits; a host that
# runs out of users works on others'; killed runs go on on another number of hosts; a host that sees another folder gets
# what it needs by messages. Prints the memory of hosts and 'N passed, N failed, N skipped'.
#
#   bash Tests/spread.sh [lcft]
#
# The memory of hosts, each in a control group of its own, on 1, 2 and 4 hosts, with many users and with many items, and runs
# that fit no single host:
#
#   bash Tests/spread.sh --memory [USERS] [lcft]
set -uo pipefail
cd "$(dirname "$0")/.." || exit
. jobs/environment.sh
. Tests/checks.sh
. Tests/hosts.sh
memory=
if [ "${1:-}" = --memory ]; then
  memory=100000
  shift
  if [[ ${1:-} =~ ^[0-9]+$ ]]; then memory=$1 && shift; fi
fi
LCFT=$(built_program "${1:-}") || exit 1
checks=52

make_hosts 4 $checks
cd "$scratch" || exit
# spread HOSTS EACH OUTPUT COMMAND...: on so many hosts of so many ranks.
spread() {
  local count=$1 each=$2 output=$3
  shift 3
  on 1 mpirun --hostfile hostfile --map-by "ppr:$each:node" --bind-to none -n $((count * each)) \
    "$LCFT" "$@" --output "$output" >"${output//\//-}.log" 2>&1
}

if [ -n "$memory" ]; then
  groups=/sys/fs/cgroup/memory
  [ -e $groups/memory.stat ] || { echo "no control groups of memory (version 1) here"; exit 1; }
  for host in 1 2 3 4; do
    mkdir -p "$groups/lcft-$$-$host"
    echo "${hosts[host - 1]}" >"$groups/lcft-$$-$host/tasks"
    # A network namespace has a /sys of its own.
    on $host sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup && mkdir /sys/fs/cgroup/memory &&
      mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory'
  done
  trap 'end_hosts; sleep 0.5; rmdir $groups/lcft-$$-*' EXIT
  "$LCFT" synthesize --users "$memory" --items 2000 --seed 4 --output users.h5 >synthesize.log 2>&1
  "$LCFT" synthesize --users "$((memory / 10))" --items "$((memory * 8))" --seed 4 --output items.h5 >synthesize.log 2>&1
  cat >users.yaml <<END
model: {name: DIN, history_length: 20, attention: [16, 8], hidden: [24, 12], user_embedding: 64}
training: {epochs: 1, batch_size: 4096, optimizer: adam, learning_rate: 0.001, virtual_shards: 16, checkpoint_steps: 400}
finetuning: {methods: [cloud, soft1], epochs: 1, batch_size: 32, learning_rate: 0.05, losses: false}
END
  sed 's/user_embedding: 64/item_embedding: 64/; s/virtual_shards/tables: replicated, virtual_shards/' users.yaml >items.yaml
  sed 's/replicated/sharded/' items.yaml >shared.yaml
  # What a host's processes take: their own memory and what they share, at most, in MB.
  peak() {
    local stat=$groups/lcft-$$-$1/memory.stat most=0 now
    while [ ! -e stop ]; do
      now=$(awk '$1 == "total_rss" || $1 == "total_shmem" { sum += $2 } END { print int(sum / 1048576) }' "$stat")
      [ "$now" -gt "$most" ] && most=$now
      sleep 0.05
    done
    echo "$most"
  }
  # limited COUNT JOB OUTPUT [OPTION...]: `spread` with one rank per host, the first one within its group as well.
  limited() {
    local count=$1 job=$2 output=$3 data=items.h5 host
    if [ "$job" = users ]; then data=users.h5; fi
    shift 3
    rm -f stop peak-*
    for host in $(seq "$count"); do peak "$host" >"peak-$host" & done
    (
      echo $BASHPID >"$groups/lcft-$$-1/tasks"
      spread "$count" 1 "$output" run --job "$job.yaml" --data "$data" "$@"
    )
    touch stop
    sleep 0.3
  }
  printf '%8s %6s  %s\n' job hosts 'most memory of each host, MB'
  declare -A most expected
  for job in users items shared; do
    for count in 1 2 4; do
      # The same as `items`.
      if [ $job$count = shared1 ]; then continue; fi
      limited $count $job $job-$count
      most[$job$count]=$(seq -f 'peak-%.0f' $count | xargs cat | sort -n | tail -n 1)
      printf '%8s %6s  %s\n' $job $count "$(seq -f 'peak-%.0f' $count | xargs cat | tr '\n' ' ')"
      expected[$job]=${expected[$job]:-$(digests $job-$count)}
      check "$job, the same bits on $count hosts" [ "$(digests $job-$count || echo none)" = "${expected[$job]}" ] $job-$count.log
    done
  done
  # within MEGABYTES: what each host may take.
  within() { for host in 1 2 3 4; do echo "$1M" >"$groups/lcft-$$-$host/memory.limit_in_bytes"; done; }
  # Less than one host needs, and more than each of two.
  limit=$(((most[users1] + most[users2]) / 2))
  within $limit
  limited 1 users refused-1
  check "one host of $limit MB is refused before the run begins" grep -q 'of memory on node1 .*the memory limit of the control group' refused-1.log
  limited 1 users small-1 --ignore-limits
  check "one host of $limit MB is not enough for the users" [ ! -e small-1/results.h5 ] small-1.log
  limited 2 users small-2 --ignore-limits
  check "two such hosts are" [ "$(digests small-2 || echo none)" = "${expected[users]}" ] small-2.log
  # Less than each of four hosts needs for all items, and more than for its part of them.
  limit=$(((most[items4] + most[shared4]) / 2))
  within $limit
  limited 4 items small-items --ignore-limits
  check "four hosts of $limit MB are not enough for all items on each" [ ! -e small-items/results.h5 ] small-items.log
  limited 4 shared small-shared --ignore-limits
  check "they are for a part on each" [ "$(digests small-shared || echo none)" = "${expected[shared]}" ] small-shared.log
  sed 's/sharded/auto/' shared.yaml >auto.yaml
  limited 4 auto small-auto
  check "and a run sees that by itself" grep -q 'a part of those of items and values' small-auto.log
  check "and ends" [ -e small-auto/results.h5 ] small-auto.log
  finish
  exit
fi
"$LCFT" synthesize --users 3000 --items 1500 --seed 2 --output world.h5 >/dev/null 2>&1
# Features of users, samples and events, a list, a name of a user that is longer than others'.
"$LCFT_PYTHON" - <<'END'
import random
r = random.Random(3)
with open("log.csv", "w") as f:
    f.write("user,item,time,clicked,device,price,dwell,tags\n")
    for user in range(2500):
        for k in range(r.randrange(1, 25)):
            tags = "|".join(r.sample(["a", "b", "c", "d"], r.randrange(0, 3)))
            f.write(f"u{user},i{min(int(r.expovariate(.01)), 400)},{1000000 + 500 * k + r.randrange(400)},{int(r.random() < .2 + user % 7 / 14)},"
                    f"{r.choice(['phone', 'tablet', ''])},{r.random() * 9:.2f},{r.randrange(60)},{tags}\n")
with open("members.csv", "w") as f:
    f.write("id,age,city\n")
    for user in range(2500):
        f.write(f"u{user},{r.choice(['', '18', '25', '40'])},{'x' * (user % 40)}\n")
END
cat >schema.yaml <<END
log: {files: [log.csv], user: user, item: item, time: {column: time, unit: s}}
label: {column: clicked}
sample_features: {device: {column: device, kind: categorical}, price: {column: price, kind: numeric}, tags: {column: tags, kind: categorical, list: "|"}}
event_features: {dwell: {column: dwell, kind: numeric, transform: quantiles(4)}}
users: {file: members.csv, key: id, features: {age: {kind: categorical}, city: {kind: categorical, min_count: 3}}}
split: {fraction: 0.8}
END
"$LCFT" import table --schema schema.yaml --output log.h5 >import.log 2>&1
check "data sets" [ -s world.h5 -a -s log.h5 ] import.log
common='finetuning: {methods: [cloud, local, soft1, soft2], epochs: 1, batch_size: 16, learning_rate: 0.05}'
cat >world.yaml <<END
model: {name: DIN, history_length: 20, attention: [16, 8], hidden: [24, 12]}
training: {epochs: 2, batch_size: 512, learning_rate: 0.5, virtual_shards: 16, checkpoint_steps: 40}
$common
END
cat >log.yaml <<END
model: {name: WideDeep, histories: [positive, negative], history_length: 10, hidden: [16]}
training: {epochs: 2, batch_size: 256, optimizer: adam, learning_rate: 0.01, l2_dense: 0.0001, l2_embeddings: 0.0001, gradient_clip: 5, virtual_shards: 16}
$common
END
for data in world log; do sed 's/^training: {/&tables: sharded, /' $data.yaml >$data-shared.yaml; done
declare -A expected
for data in world log world-shared log-shared; do
  file=${data%-shared}.h5
  "$LCFT" run --job $data.yaml --data "$file" --output alone-$data >alone-$data.log 2>&1
  expected[$data]=$(digests alone-$data)
  check "$data without hosts" [ -n "${expected[$data]}" ] alone-$data.log
  for shape in "2 1" "2 2" "4 1" "4 2"; do
    # shellcheck disable=SC2086
    set -- $shape
    folder=$data-$1-$2
    spread "$1" "$2" "$folder" run --job $data.yaml --data "$file"
    check "the same bits of $data on $1 hosts of $2 ranks" [ "$(digests "$folder" || echo none)" = "${expected[$data]}" ] "$folder.log"
  done
  check "each host has its own users only" grep -q 'has the rows of its own users only' "$data-4-1.log"
done
check "and where tables are shared, a part of the items" grep -q 'only, and a part of those of items' world-shared-4-1.log

# A checkpoint on some hosts goes on on others, whatever stopped the run.
for data in world log world-shared log-shared; do
  file=${data%-shared}.h5
  for stop in "KILL checkpoint-latest.h5 4 1 2 2" "TERM checkpoint-epoch-1.h5 2 1 4 2" "KILL results.journal 4 2 1 1"; do
    read -r signal wait from each to more <<<"$stop"
    folder=$data-$signal-$from-$to
    rm -rf "$folder"
    spread "$from" "$each" "$folder" run --job $data.yaml --data "$file" &
    running=$!
    for _ in {1..1200}; do [ -e "$folder/$wait" ] || ! kill -0 "$running" 2>/dev/null || { sleep 0.05; continue; }; break; done
    pkill "-$signal" -f "^$LCFT run .*--output $folder$"
    wait "$running"
    for _ in {1..200}; do pgrep -f "^$LCFT run .*--output $folder$" >/dev/null || break; sleep 0.05; done
    spread "$to" "$more" "$folder" run --job $data.yaml --data "$file" --resume
    check "$data: $signal on $from hosts, the same bits on $to" [ "$(digests "$folder" || echo none)" = "${expected[$data]}" ] "$folder.log"
  done
done

# Fine-tuning by itself, and scores without training samples.
spread 4 1 world-4-1 finetune --job world.yaml --data world.h5 --overwrite
check "finetune on 4 hosts" [ "$(digests world-4-1 || echo none)" = "${expected[world]}" ] world-4-1.log

# A host that has little to do takes over users of others: both hosts have as many training samples, the second one nearly
# all test samples.
"$LCFT_PYTHON" - <<'END'
import random
r = random.Random(5)
with open("uneven.csv", "w") as f:
    f.write("user,item,time,clicked\n")
    for user in range(600):
        for k in range(20 + (400 if user >= 300 else 2)):
            f.write(f"{user:04},i{r.randrange(100)},{1000 + k + (100000 if k >= 20 else 0)},{int(r.random() < .4)}\n")
END
cat >uneven-schema.yaml <<END
log: {files: [uneven.csv], user: user, item: item, time: {column: time, unit: s}}
label: {column: clicked}
split: {time: 50000}
END
"$LCFT" import table --schema uneven-schema.yaml --output uneven.h5 >uneven.log 2>&1
sed 's/epochs: 2/epochs: 1/' world-shared.yaml >uneven.yaml
"$LCFT" run --job uneven.yaml --data uneven.h5 --output alone-uneven >alone-uneven.log 2>&1
expected[uneven]=$(digests alone-uneven)
check "uneven hosts, without hosts" [ -n "${expected[uneven]}" ] alone-uneven.log
for each in 1 2; do
  spread 2 "$each" uneven-$each run --job uneven.yaml --data uneven.h5
  check "a host of $each ranks without users takes over others'" grep -Eq 'hosts took over [0-9]+ users? of others' uneven-$each.log
  check "and they have the same bits" [ "$(digests uneven-$each || echo none)" = "${expected[uneven]}" ] uneven-$each.log
done
# The folder of the first host is its own: others get all users' rows by messages.
spread 2 1 local/private run --job uneven.yaml --data uneven.h5
check "a folder that one host sees" grep -q 'not every host sees' local-private.log
check "has the same bits" [ "$(on 1 cat local/private/summary.json | "$LCFT_PYTHON" -c 'import json,sys; print(*json.load(sys.stdin)["digest"].values())')" = "${expected[uneven]}" ] local-private.log

# One block of users: the first host has them all, and the second one none.
"$LCFT" synthesize --users 100 --items 300 --seed 3 --output small.h5 >/dev/null 2>&1
"$LCFT" run --job uneven.yaml --data small.h5 --output alone-small >alone-small.log 2>&1
for each in 1 2; do
  spread 2 "$each" small-$each run --job uneven.yaml --data small.h5
  check "one block of users, on 2 hosts of $each ranks" [ "$(digests alone-small)" = "$(digests small-$each || echo none)" ] small-$each.log
done
# A file of another program states no digests of its blocks.
cp small.h5 foreign.h5
"$LCFT_PYTHON" - <<'END'
import h5py
with h5py.File("foreign.h5", "r+") as file:
    del file.attrs["content_digest"]
END
spread 2 1 foreign run --job uneven.yaml --data foreign.h5
check "a file without digests of its blocks is named" grep -q 'has the whole data set, as foreign.h5 cannot be checked in parts' foreign.log
check "and has the same bits" [ "$(digests foreign || echo none)" = "$(digests alone-small)" ] foreign.log
# A damaged block is found by the host that reads it.
cp world.h5 damaged.h5
"$LCFT_PYTHON" - <<'END'
import h5py
with h5py.File("damaged.h5", "r+") as file:
    file["samples/train/label"][-1] ^= 1
END
spread 4 1 damaged train --job world.yaml --data damaged.h5
check "a damaged block is found by the host that reads it" grep -Eq '^lcft: rank 3 \(node4\): damaged.h5: block [0-9]+ ' damaged.log
# What needs all rows of users has them.
sed 's/cloud, local, soft1, soft2/cloud, local, popularity/' world.yaml >whole.yaml
spread 2 1 whole run --job whole.yaml --data world.h5
check "a method that needs all users is named" grep -q 'has the whole data set, as the method popularity needs it' whole.log
finish
