#!/usr/bin/env bash
# Two hosts on this machine, node1 and node2 of hostfiles/two-hosts: network namespaces joined by a virtual cable,
# each with its own name, /etc/hosts, shared memory and sshd. Ranks on both run as one job over TCP, and meet what
# hosts meet: a cut cable, a file that is missing or another one on one of them. Prints 'N passed, N failed, N skipped';
# where there are no namespaces, it says why and skips.
#
#   bash Tests/two-hosts.sh [lcft]
#
# With a command, runs that on both hosts instead, over a cable of a given rate and delay, and prints how long it took
# and what went over the cable, to compare with the estimate of `lcft plan`:
#
#   bash Tests/two-hosts.sh --rate 1gbit [--delay 50us] [--ranks 2] -- lcft train --job J --data D --output O
set -uo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
. Tests/checks.sh
. Tests/hosts.sh
rate='' delay='' ranks=2
while [[ ${1:-} == --* ]]; do
  case $1 in
    --rate) rate=$2 ;;
    --delay) delay=$2 ;;
    --ranks) ranks=$2 ;;
    --) shift && break ;;
    *) echo "unknown option $1" >&2 && exit 2 ;;
  esac
  shift 2
done
measured=()
if [ -n "$rate$delay" ]; then
  measured=("$@")
  [ ${#measured[@]} -gt 0 ] || { echo "give the command after --" >&2; exit 2; }
  measured[0]=$(realpath "$(command -v "${measured[0]}" || echo .build/release/lcft)")
  set --
fi
export LCFT
LCFT=$(built_program "${1:-}") || exit 1
rank_check=$(dirname "$LCFT")/rank-check
count=18

make_hosts 2 $count

# A command over a cable of a given rate and delay
if [ ${#measured[@]} -gt 0 ]; then
  for space in "${spaces[@]}"; do
    ip netns exec "$space" sysctl -q -w net.ipv4.tcp_congestion_control=cubic
    if [ -n "$delay" ] && ! tc -n "$space" qdisc add dev cable root handle 1: netem delay "$delay" limit 100000; then
      echo "this kernel has no netem: leave out --delay" >&2
      exit 1
    fi
    if [ -n "$rate" ]; then
      # shellcheck disable=SC2046
      limit_cable "$space" "$rate" $([ -n "$delay" ] && echo parent 1: || echo root) || exit 1
    fi
  done
  before=$(over_cable)
  start=$(date +%s.%N)
  on 1 mpirun --hostfile hostfiles/two-hosts --map-by "ppr:$((ranks / 2)):node" --bind-to none -n "$ranks" "${measured[@]}"
  status=$?
  awk -v start="$start" -v end="$(date +%s.%N)" -v bytes=$(($(over_cable) - before)) -v ranks="$ranks" \
    -v cable="${rate:-no limit}${delay:+, delay $delay}" 'BEGIN {
      printf "two hosts, %d ranks, %s: %.2f s, %.1f MB over the cable\n", ranks, cable, end - start, bytes / 1e6 }'
  exit "$status"
fi

# A job, on one rank without any host, then over both hosts
world=$scratch/world.h5
"$LCFT" synthesize --users 400 --items 200 --seed 1 --output "$world" >/dev/null 2>&1
job=$scratch/job.yaml
cat >"$job" <<END
name: hosts
model: {name: DIN, histories: [positive], history_length: 20}
training: {epochs: 8, batch_size: 1024, learning_rate: 1.0, virtual_shards: 8}
finetuning: {methods: [cloud, local, soft1], epochs: 1, batch_size: 32, learning_rate: 0.01}
END
"$LCFT" run --job "$job" --data "$world" --output "$scratch/one" >"$scratch/one.log" 2>&1
expected=$(digests "$scratch/one")
check "a run without hosts" [ -n "$expected" ] "$scratch/one.log"
check "one rank says that it was started without mpirun" grep -q ', 1 rank: started without mpirun or srun$' "$scratch/one.log"

# over_both RANKS OUTPUT [JOB DATA]: the script as users start it, on node1; its log is OUTPUT.log.
export LCFT_MAP_BY LCFT_BIND_TO=none
over_both() {
  LCFT_MAP_BY=ppr:$(($1 / 2)):node
  on 1 bash jobs/run-hosts.sh hostfiles/two-hosts "$1" "${3:-$job}" "${4:-$world}" "$scratch/$2" >"$scratch/$2.log" 2>&1
}
# said LOG LINE: the program's only lines, mpirun's own apart, are one that matches.
said() { [ "$(grep -c '^lcft: ' "$1")" = 1 ] && grep -qE "^lcft: $2" "$1"; }

before=$(over_cable)
over_both 4 both
check "the same bits over two hosts" [ "$(digests "$scratch/both")" = "$expected" ] "$scratch/both.log"
check "what the ranks exchange goes over the cable" [ $(($(over_cable) - before)) -gt 1000000 ]
if [ -x "$rank_check" ]; then
  "$rank_check" >"$scratch/check1.log" 2>&1
  on 1 mpirun --hostfile hostfiles/two-hosts --map-by ppr:2:node --bind-to none -n 4 "$rank_check" >"$scratch/check2.log" 2>&1
  check "rank-check finds two nodes" grep -q '^rank-check: 4 ranks on 2 nodes, ' "$scratch/check2.log"
  check "and the same sums" \
    [ "$(sed -n 's/.*, sums //p' "$scratch/check1.log")" = "$(sed -n 's/.*, sums //p' "$scratch/check2.log")" ] "$scratch/check2.log"
fi

# The cable is cut while they train
(
  for _ in {1..600}; do grep -q ' epoch 2/' "$scratch/cut.log" 2>/dev/null && break || sleep 0.05; done
  ip -n "${spaces[0]}" link set cable down
  date +%s >"$scratch/cut.time"
) &
cutter=$!
export LCFT_TIMEOUT=5
over_both 2 cut
status=$?
ended=$(date +%s)
wait "$cutter"
check "a cut cable ends the run with an error" [ "$status" -ne 0 ] "$scratch/cut.log"
check "of one line" said "$scratch/cut.log" 'rank 0 \(node1\): no answer from the other ranks for 5 s ' "$scratch/cut.log"
# 5 s of waiting, and 5 for mpirun to end by itself; the rest is for a busy machine.
check "in the time that was set" [ $((ended - $(cat "$scratch/cut.time"))) -le 40 ] "$scratch/cut.log"
for _ in {1..200}; do pgrep -f "$scratch/cut( |\$)" >/dev/null || break; sleep 0.2; done
check "and ends its ranks on both hosts" [ -z "$(pgrep -f "$scratch/cut( |\$)")" ]
unset LCFT_TIMEOUT
"$LCFT" status "$scratch/cut" >"$scratch/status.log" 2>&1
check "which its folder tells" [ $? = 5 ] "$scratch/status.log"
ip -n "${spaces[0]}" link set cable up
for _ in {1..50}; do on 1 ssh -F "$scratch/ssh_config" -o ConnectTimeout=1 node2 true 2>/dev/null && break || sleep 0.2; done
cp "$scratch/cut.log" "$scratch/before.log"
over_both 2 cut
check "the same command resumes when the cable is back" grep -q '^resuming after' "$scratch/cut.log"
check "to the same bits" [ "$(digests "$scratch/cut")" = "$expected" ] "$scratch/cut.log"

# Hosts that hold different things under one path
own=$scratch/local
on 1 cp "$world" "$own/world.h5"
over_both 2 missing "$job" "$own/world.h5"
check "a data set missing on one host is reported with the host" \
  said "$scratch/missing.log" 'rank 1 \(node2\): .*/local/world.h5: .*(No such file|no such file)' "$scratch/missing.log"
on 1 "$LCFT" synthesize --users 400 --items 200 --seed 2 --output "$own/other.h5" >/dev/null 2>&1
on 2 "$LCFT" synthesize --users 400 --items 200 --seed 1 --output "$own/other.h5" >/dev/null 2>&1
over_both 2 other "$job" "$own/other.h5"
check "and so is another data set" \
  said "$scratch/other.log" 'rank 1 \(node2\): .*/local/other.h5: not the same content' "$scratch/other.log"
on 1 cp "$job" "$own/job.yaml"
on 2 bash -c "sed 's/learning_rate: 1.0/learning_rate: 0.5/' '$job' >'$own/job.yaml'"
over_both 2 job "$own/job.yaml"
check "another job file is reported" grep -q "^note: .*/local/job.yaml: rank 1 (node2) has another version" "$scratch/job.log"
check "and rank 0's is used" [ "$(digests "$scratch/job")" = "$expected" ] "$scratch/job.log"
on 1 cp "$LCFT" "$own/lcft"
on 2 bash -c "cp '$LCFT' '$own/lcft' && echo >>'$own/lcft'"
program=$LCFT
LCFT=$own/lcft
over_both 2 build
LCFT=$program
check "another build is refused with the host" \
  said "$scratch/build.log" "rank 1 \(node2\): not the same build as rank 0's on node1" "$scratch/build.log"
check "before anything is written" [ ! -e "$scratch/build" ]

finish
