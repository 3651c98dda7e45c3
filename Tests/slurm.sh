#!/usr/bin/env bash
# Submits the real job scripts to a real Slurm of one host: munged, slurmctld and slurmd of Debian's packages, started
# in a scratch folder, on loopback, and ended with the script. Runs the PBS twin as PBS would. Prints
# 'N passed, N failed, N skipped'; where Slurm is not available, it says why and skips.
#
#   bash Tests/slurm.sh [lcft]
set -uo pipefail
cd "$(dirname "$0")/.."
. jobs/environment.sh
. Tests/checks.sh
export LCFT
LCFT=$(built_program "${1:-}") || exit 1

[ "$(id -u)" -eq 0 ] || skip_all 20 "daemons of Slurm are started by root only"
lcft_install munge slurmctld slurmd slurm-client slurm-wlm-basic-plugins || skip_all 20 "Slurm cannot be installed"

scratch=$(mktemp -d)
chmod 755 "$scratch"
export SLURM_CONF=$scratch/slurm.conf
daemons=()
clean_up() {
  trap - EXIT INT TERM
  if [ ${#daemons[@]} -gt 0 ]; then
    scancel --state=PENDING --quiet --me 2>/dev/null
    scancel --signal=KILL --full --quiet --me 2>/dev/null
    sleep 1
    kill "${daemons[@]}" 2>/dev/null
    sleep 1
    kill -KILL "${daemons[@]}" 2>/dev/null
  fi
  wait 2>/dev/null
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# The daemons
read -r controller_port node_port < <("$LCFT_PYTHON" -c '
import socket
ports = [socket.socket() for _ in range(2)]
for port in ports: port.bind(("127.0.0.1", 0))
print(*[port.getsockname()[1] for port in ports])')
host=$(hostname -s)
cat >"$SLURM_CONF" <<END
ClusterName=lcft
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$node_port
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$scratch/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$scratch/state
SlurmdSpoolDir=$scratch/spool
SlurmctldPidFile=$scratch/slurmctld.pid
SlurmdPidFile=$scratch/slurmd.pid
SlurmctldLogFile=$scratch/slurmctld.log
SlurmdLogFile=$scratch/slurmd.log
# No control groups: this may be a container.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES OverSubscribe=FORCE:4 MaxTime=INFINITE State=UP
END
mkdir "$scratch/state" "$scratch/spool"
head -c 128 /dev/urandom >"$scratch/munge.key"
chmod 400 "$scratch/munge.key"
munged --foreground --key-file="$scratch/munge.key" --socket="$scratch/munge.socket" --pid-file="$scratch/munged.pid" \
  --log-file="$scratch/munged.log" --seed-file="$scratch/munged.seed" --num-threads=2 >"$scratch/munged.out" 2>&1 &
daemons+=($!)
for _ in {1..50}; do [ -S "$scratch/munge.socket" ] && break || sleep 0.1; done
slurmctld -D >"$scratch/slurmctld.out" 2>&1 &
daemons+=($!)
sleep 1
slurmd -D >"$scratch/slurmd.out" 2>&1 &
daemons+=($!)
for _ in {1..100}; do
  [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ] && break
  sleep 0.2
done
if [ "$(sinfo --noheader --format=%T 2>/dev/null)" != idle ]; then
  tail -n 3 "$scratch"/*.log "$scratch"/*.out >&2
  skip_all 20 "Slurm does not start here"
fi

# A job on a synthetic world, undisturbed
world=$scratch/world.h5
"$LCFT" synthesize --users 400 --items 200 --seed 1 --output "$world" 2>/dev/null >&2
cat >"$scratch/job.yaml" <<END
name: slurm
model: {name: DIN, histories: [positive], history_length: 20}
training: {epochs: 12, batch_size: 1024, learning_rate: 1.0, virtual_shards: 8}
finetuning: {methods: [cloud, local, soft1], epochs: 1, batch_size: 32, learning_rate: 0.01}
END
"$LCFT" run --job "$scratch/job.yaml" --data "$world" --output "$scratch/undisturbed" >"$scratch/undisturbed.log" 2>&1
expected=$(digests "$scratch/undisturbed")
check "an undisturbed run" [ -n "$expected" ]

# submit NAME SCRIPT OPTION...: sets job.
submit() {
  local name=$1 script=$2
  shift 2
  job=$(sbatch --parsable --ntasks=2 --output="$scratch/$name.log" "$@" "$script" \
    "$scratch/job.yaml" "$world" "$scratch/$name")
}

# ended JOB SECONDS: waits until the job has left the queue.
ended() {
  local state
  for ((i = 0; i < $2 * 5; i++)); do
    state=$(squeue --noheader --format=%T --jobs "$1" 2>/dev/null)
    [ -z "$state" ] && return 0
    case $state in COMPLETED | FAILED | CANCELLED | TIMEOUT) return 0 ;; esac
    sleep 0.2
  done
  return 1
}
state_of() { scontrol show job "$1" | sed -n "s/.*$2=\([A-Za-z0-9]*\).*/\1/p"; }

# The two forms
submit mpirun jobs/run.sbatch
mpirun_job=$job
ended "$mpirun_job" 100
submit srun jobs/run-srun.sbatch
ended "$job" 100
check "run.sbatch completes" [ "$(state_of "$mpirun_job" JobState)" = COMPLETED ] "$scratch/mpirun.log"
check "run-srun.sbatch completes" [ "$(state_of "$job" JobState)" = COMPLETED ] "$scratch/srun.log"
for name in mpirun srun; do
  check "$name: the bits of one rank" [ "$(digests "$scratch/$name")" = "$expected" ] "$scratch/$name.log"
done
check "srun starts the ranks of one run" grep -q ', 2 ranks$' "$scratch/srun.log"

# Tasks that cannot find one another
srun --mpi=none --ntasks=2 "$LCFT" train --job "$scratch/job.yaml" --data "$world" --output "$scratch/none" \
  >"$scratch/none.log" 2>&1
check "srun without MPI is refused with one line" \
  [ "$(grep -c '^lcft: srun started 2 tasks without MPI.*--mpi=pmix' "$scratch/none.log")" = 1 ] "$scratch/none.log"
check "and nothing is begun" [ ! -e "$scratch/none" ]

# The time limit. Slurm gives its warning within half a minute, however fast the machine: ranks are halted
# meanwhile, as on a slow one.
ranks_of() { pgrep -f "^$LCFT run .*--output $scratch/$1 "; }
# warned NAME: halts the ranks when they train, until the warning is pending.
warned() {
  local ranks rank waiting
  for _ in {1..1000}; do grep -q ' epoch 2/' "$scratch/$1.log" 2>/dev/null && break || sleep 0.1; done
  ranks=$(ranks_of "$1")
  # shellcheck disable=SC2086
  [ -n "$ranks" ] && kill -STOP $ranks 2>/dev/null
  for _ in {1..500}; do
    waiting=0
    for rank in $ranks; do
      grep -qE '^ShdPnd:.*[2367abef]..$' "/proc/$rank/status" 2>/dev/null || waiting=1
    done
    [ "$waiting" = 0 ] && break
    sleep 0.1
  done
  # shellcheck disable=SC2086
  [ -n "$ranks" ] && kill -CONT $ranks 2>/dev/null
  # As if a lost host had left the lock of this start.
  for _ in {1..300}; do grep -q 'goes back into the queue' "$scratch/$1.log" && break || sleep 0.1; done
  printf 'host elsewhere\nprocess 1\njob %s\n' "$2" >"$scratch/$1/.lcft.lock"
}
submit limit-mpirun jobs/run.sbatch --time=1 --signal=B:USR1@20
limit_mpirun=$job
submit limit-srun jobs/run-srun.sbatch --time=1 --signal=USR1@20
limit_srun=$job
warned limit-mpirun "$limit_mpirun" &
first=$!
warned limit-srun "$limit_srun" &
wait "$first" $!
for name in limit-mpirun limit-srun; do
  variable=${name/-/_}
  ended "${!variable}" 120
  log=$scratch/$name.log
  check "$name: stopped with exit code 75 and requeued" grep -q 'goes back into the queue (exit code 75)' "$log"
  # On a slow machine it takes more than one more start.
  check "$name: completes" [ "$(state_of "${!variable}" JobState)" = COMPLETED ] "$log"
  check "$name: the bits of an undisturbed run" [ "$(digests "$scratch/$name")" = "$expected" ] "$log"
done

# A sweep as an array: three runs, of which the second is warned of the time limit.
cat >"$scratch/sweep.yaml" <<END
jobs: {slurm: job.yaml}
data: {world: $world}
seeds: [1, 2, 3]
END
sweep() { "$LCFT" sweep "$scratch/sweep.yaml" --output "$scratch/swept" "$@"; }
array=$(sbatch --parsable --array=1-"$(sweep --list | wc -l)" --ntasks=2 --output="$scratch/array-%a.log" \
  jobs/sweep.sbatch "$scratch/sweep.yaml" "$scratch/swept")
# The warning itself, as Slurm gives it to the script.
for _ in {1..600}; do grep -q ' epoch ' "$scratch/swept/slurm-world-seed2/run.log" 2>/dev/null && break || sleep 0.1; done
scancel --signal=USR1 --batch "${array}_2" 2>/dev/null
ended "$array" 200
check "sweep.sbatch: a warned task goes back into the queue" \
  grep -q 'goes back into the queue (exit code 75)' "$scratch/array-2.log"
check "sweep.sbatch: all runs of the array are done" [ "$(sweep --list | grep -c ' done$')" = 3 ] "$scratch/array-2.log"
check "sweep.sbatch: the bits of a run by itself" [ "$(digests "$scratch/swept/slurm-world-seed1")" = "$expected" ] \
  "$scratch/array-1.log"
again=$(sbatch --parsable --array=1-3 --ntasks=2 --output="$scratch/again-%a.log" \
  jobs/sweep.sbatch "$scratch/sweep.yaml" "$scratch/swept")
ended "$again" 100
check "sweep.sbatch: submitted again, all is done before" \
  [ "$(cat "$scratch"/again-?.log | grep -c '^1 run: 0 done, 1 done before, 0 failed$')" = 3 ] "$scratch/again-1.log"

# The PBS twin, with what PBS gives to a job, and a qsub that notes what it is asked.
mkdir "$scratch/bin"
printf '#!/bin/sh\necho "$* $JOB" >>"%s"\n' "$scratch/qsub.log" >"$scratch/bin/qsub"
chmod +x "$scratch/bin/qsub"
printf '%s\n%s\n' "$host" "$host" >"$scratch/nodes"
sed 's/epochs: 12/epochs: 10000/' "$scratch/job.yaml" >"$scratch/long.yaml"
PATH=$scratch/bin:$PATH PBS_NODEFILE=$scratch/nodes PBS_JOBID=1 PBS_O_WORKDIR=$PWD SECONDS_TO_RUN=6 \
  JOB=$scratch/long.yaml DATA=$world OUTPUT=$scratch/pbs bash jobs/run.pbs >"$scratch/pbs.log" 2>&1
check "run.pbs runs on the ranks of PBS's hosts" grep -q ', 2 ranks$' "$scratch/pbs.log"
check "and submits itself again before the limit" \
  [ "$(cat "$scratch/qsub.log" 2>/dev/null)" = "-V jobs/run.pbs $scratch/long.yaml" ] "$scratch/pbs.log"

finish
