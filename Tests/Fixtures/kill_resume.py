"""Kills lcft at random moments, resumes it, and compares with undisturbed runs.

usage: kill_resume.py LCFT SCRATCH KILLS SEED

A case is a command that is started, killed, perhaps killed again when it is resumed, and in the end let through. Its
outputs must be those of the undisturbed run, every HDF5 file must open, and nothing half written may be left.
"""

import filecmp
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

import h5py

LCFT, SCRATCH, KILLS, SEED = os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
PATIENCE = 180  # seconds until a run counts as hanging

JOB = """
name: kill
model: {name: WideDeep, user_embedding: 10, item_embedding: 6, category_embedding: 4, hidden: [12, 6], history_length: 10}
training: {epochs: 2, batch_size: 384, learning_rate: 0.01, optimizer: adam, checkpoint_steps: 3}
finetuning: {methods: [cloud, local, soft1, grouped, hard], learning_rate: 0.005, epochs: 12, optimizer: adam}
grouping: {quantiles: 2, epochs: 2, learning_rate: 0.05, batch_size: 256, optimizer: adam}
search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.005, 0.02], choice: {folds: 2}}
"""
# The cloud model is judged as it is trained, the training may end early, and the best model is the run's.
JUDGED = JOB + "validation: {last: 0.2, every_steps: 4, metric: log_loss, patience: 6}\n"
# Candidates for the cloud model, by successive halving.
CLOUD = JOB.split("search:")[0].replace("epochs: 2, batch_size: 384", "epochs: 4, batch_size: 384") + """
validation: {last: 0.2, metric: log_loss}
search: {cloud: {method: halving, candidates: 4, factor: 2, settings: {
  training.learning_rate: {from: 0.001, to: 0.1, log: true}, training.optimizer: [adam, adagrad], model.hidden: [[12, 6], [8]]}}}
"""


def run_arguments(folder, command, *extra):
    return [command, "--job", "job.yaml", "--data", "data.h5", "--output", folder, *extra]


# Name, weight, whether on ranks (and resumed by --resume), the arguments for an output folder, what must be the same.
CASES = [
    ("run", 8, True, lambda folder: run_arguments(folder, "run"), ["results.h5", "labels.h5", "group-low.h5"]),
    ("run, models kept", 3, True,
     lambda folder: run_arguments(folder, "run", "--methods", "cloud,local,grouped", "--save-models", "sample:60"),
     ["results.h5", "group-high.h5", "models.h5"]),
    ("run, chosen", 4, True, lambda folder: run_arguments(folder, "run", "--methods", "cloud,hard,lcft,lcft_by_ctr"),
     ["results.h5", "choice.h5", "labels.h5"]),
    ("train", 2, True, lambda folder: run_arguments(folder, "train"), ["checkpoint-epoch-2.h5"]),
    ("warm start", 2, True, lambda folder: run_arguments(folder, "train", "--warm-start", "parent"),
     ["checkpoint-epoch-2.h5"]),
    ("run, judged", 3, True,
     lambda folder: ["run", "--job", "judged.yaml", "--data", "data.h5", "--output", folder, "--methods", "cloud,local"],
     ["results.h5", "checkpoint-best.h5"]),
    ("search", 2, True, lambda folder: run_arguments(folder, "search", "--methods", "local,hard"),
     ["search.h5", "labels.h5"]),
    ("search, cloud", 3, True,
     lambda folder: ["search", "--cloud", "--job", "cloud.yaml", "--data", "data.h5", "--output", folder],
     ["search-cloud.h5"]),
    ("simulate-ab", 1, True,
     lambda folder: run_arguments(folder, "simulate-ab", "--checkpoint", "model.h5", "--days", "3", "--truth"),
     ["ab-test.h5"]),
    ("import", 2, False,
     lambda folder: ["import", "csv", "--interactions", "log.csv", "--output", f"{folder}/log.h5", "--overwrite"], ["log.h5"]),
    ("synthesize", 2, False,
     lambda folder: ["synthesize", "--users", "20000", "--items", "2000", "--output", f"{folder}/world.h5",
                     "--overwrite"],
     ["world.h5"]),
    ("report", 1, False, lambda folder: ["report", "run-base", "--output", folder, "--overwrite"], ["tables.md"]),
]


def running(belongs):
    """The processes of the program that `belongs` says are looked for, by their folder in /proc; in the order of their start."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{name}/exe") == os.path.realpath(LCFT) and belongs(f"/proc/{name}"):
                found.append(int(name))
        except OSError:
            pass
    return sorted(found)


class Run:
    """A started command: its process (mpirun where it has ranks) and its log."""

    def __init__(self, arguments, ranks, log):
        launcher = []
        if ranks > 0:
            launcher = ["mpirun", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1",
                        "-n", str(ranks)]
        self.ranks, self.log = ranks, log
        # Ranks that lived on when the wait for the run was given up.
        self.standing = []
        self.output = open(log + ".out", "w")
        self.errors = open(log + ".err", "w")
        self.start = time.time()
        self.process = subprocess.Popen(
            launcher + [LCFT] + arguments, cwd=SCRATCH, stdout=self.output, stderr=self.errors,
            stdin=subprocess.DEVNULL)

    def processes(self):
        """The ranks' processes, in the order of their start; the command itself without mpirun."""
        if self.ranks == 0:
            return [self.process.pid]
        return running(lambda place: int(open(f"{place}/stat").read().rsplit(")", 1)[1].split()[1]) == self.process.pid)

    def wait(self, seconds=PATIENCE):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.standing = self.processes()
            for pid in self.standing + [self.process.pid]:
                os.kill(pid, signal.SIGKILL)
            self.process.wait()
            return None

    def begin(self):
        """Waits until the run has told its first line, behind the start of mpirun and reading the data."""
        while self.process.poll() is None and not self.told() and time.time() < self.start + PATIENCE:
            time.sleep(0.005)
        return time.time()

    def told(self):
        """Lines on standard error that are ours."""
        lines = open(self.log + ".err", errors="replace").read().splitlines()
        lines = [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in lines]
        return [line for line in lines if line and not line.startswith(("-", "mpirun", "[", "Primary"))]


def phase(lines):
    """What a run was at, by the last line that it told."""
    last = next((line for line in reversed(lines) if not line.startswith(("resuming", "lcft", " ", "cloud t"))), "")
    for begin, name in [
        ("epoch", "training"), ("search: cloud model", "search's model"), ("search:", "search"), ("group", "groups"),
        ("keeping", "fine-tuning"), ("fine-tuning", "results"), ("results", "results"), ("A/B", "results"),
        ("kill:", "training"), ("samples", "writing"), ("writing", "writing"), ("log.csv", "reading"), ("cloud model", "A/B test"),
        ("validation", "training"), ("best cloud", "after training"),
    ]:
        if last.startswith(begin):
            if name == "groups" and "epoch 2/2" in last and last.startswith("group high"):
                return "fine-tuning"
            if name == "training" and "epoch 2/2" in last:
                return "after training"
            return name
    return "start"


def digest(path):
    with h5py.File(path) as file:
        kind = file.attrs["format"]
        if kind in ("lcft-models", b"lcft-models"):
            order = file["users/row"][:].argsort()
            parts = [file["users/row"][:][order].tobytes()]
            for method in sorted(file["methods"]):
                parts.append(file[f"methods/{method}/dense"][:][order].tobytes())
            return tuple(parts)
        return file.attrs["content_digest"]


def problems(folder, base, keys):
    """What is wrong with a finished run's folder; empty if nothing is."""
    found = []
    folder, base = os.path.join(SCRATCH, folder), os.path.join(SCRATCH, base)
    names = sorted(os.listdir(folder))
    # Models lie in a file per rank.
    others = {name for name in set(names) ^ set(os.listdir(base)) if not name.startswith("models-rank-")}
    if others:
        found.append(f"files {sorted(others)} are not in both folders")
    for name in names:
        # A training that has ended within an epoch keeps where it stands.
        unfinished = name.endswith("-latest.h5") and not os.path.exists(os.path.join(base, name))
        if name.startswith(".") or name.endswith(".journal") or unfinished:
            found.append(f"{name} is left")
        if name.endswith(".h5"):
            try:
                with h5py.File(os.path.join(folder, name)) as file:
                    file.visititems(lambda path, item: item[()] if isinstance(item, h5py.Dataset) else None)
            except Exception as error:  # whatever h5py says
                found.append(f"{name}: {error}")
    for key in keys:
        ours, theirs = os.path.join(folder, key), os.path.join(base, key)
        try:
            same = digest(ours) == digest(theirs) if key.endswith(".h5") else filecmp.cmp(ours, theirs, False)
        except Exception as error:
            found.append(f"{key}: {error}")
            continue
        if not same:
            found.append(f"{key} differs")
    summary = os.path.join(folder, "summary.json")
    if os.path.exists(summary):
        digests = [json.load(open(os.path.join(place, "summary.json")))["digest"] for place in (folder, base)]
        if digests[0] != digests[1]:
            found.append("digests of summary.json differ")
    return found


def newest(folder, since):
    """When the run last kept something."""
    times = [since]
    path = os.path.join(SCRATCH, folder)
    for name in os.listdir(path) if os.path.isdir(path) else []:
        if name.endswith((".h5", ".journal", ".csv", ".md")) and not name.startswith("."):
            try:
                times.append(os.stat(os.path.join(path, name)).st_mtime)
            except OSError:
                pass
    return max(times)


def prepare():
    """The inputs, and for every case the undisturbed run: its folder and its seconds."""
    for name, text in [("job.yaml", JOB), ("judged.yaml", JUDGED), ("cloud.yaml", CLOUD)]:
        open(os.path.join(SCRATCH, name), "w").write(text)
    numbers = random.Random(3)
    with open(os.path.join(SCRATCH, "log.csv"), "w") as log:
        log.write("user,item,timestamp\n")
        for _ in range(200_000):
            log.write(f"u{numbers.randrange(5000)},i{numbers.randrange(900)},{numbers.randrange(10**9)}\n")

    def must(arguments, name, ranks=0):
        run = Run(arguments, ranks, os.path.join(SCRATCH, name))
        begin = run.begin()
        if run.wait() != 0:
            sys.exit(f"{name}: {run.told()}")
        return time.time() - (begin if ranks else run.start)

    must(["synthesize", "--users", "300", "--items", "100", "--mean-training", "20", "--mean-test", "8",
          "--mean-history", "10", "--output", "data.h5"], "data")
    must(["synthesize", "--users", "200", "--items", "140", "--seed", "2", "--mean-training", "20", "--mean-test", "8",
          "--mean-history", "10", "--output", "older.h5"], "older")
    must(["train", "--job", "job.yaml", "--data", "older.h5", "--output", "parent"], "parent-log")
    seconds = {}
    for name, _, on_ranks, arguments, _ in CASES:
        folder = name.replace(", ", "-").replace(" ", "-") + "-base"
        os.makedirs(os.path.join(SCRATCH, folder), exist_ok=True)
        seconds[name] = (folder, must(arguments(folder), folder, 2 if on_ranks else 0))
        if name == "run":
            shutil.copy(os.path.join(SCRATCH, folder, "checkpoint-epoch-2.h5"), os.path.join(SCRATCH, "model.h5"))
    return seconds


def orphans(folder):
    """Ranks that work in `folder`: a killed mpirun may leave some that had not begun when it died."""
    return running(lambda place: folder in open(f"{place}/cmdline").read().split("\0"))


def kill(run, numbers):
    """Kills a part of a run, waits for mpirun, and says what was killed."""
    ranks = run.processes()
    kinds = ["rank"] * 5 + ["mpirun"] * 3 + ["signal"] if run.ranks > 0 else ["process"]
    kind = numbers.choice(kinds)
    if kind == "rank" and not ranks:
        kind = "mpirun"
    if kind == "rank":
        rank = numbers.randrange(len(ranks))
        pid, name, number = ranks[rank], f"rank {rank} of {run.ranks}", signal.SIGKILL
    elif kind == "signal":
        pid, name, number = run.process.pid, f"USR1 to {run.ranks}", signal.SIGUSR1
    else:
        pid, name, number = run.process.pid, kind + (f" of {run.ranks}" if run.ranks else ""), signal.SIGKILL
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
    status = run.wait(60)
    if status is None and not run.standing:
        # Open MPI 4.1's mpirun at times does not notice that all of its ranks are dead. A user would kill it, too.
        return name + "!", None, ranks
    # mpirun passes signals on while its ranks run. Before and after that it dies of them itself, like of any other.
    if kind == "signal" and status not in (0, 75, -signal.SIGUSR1) and phase(run.told()) != "start":
        return name, f"status {status} after SIGUSR1", ranks
    return name, None if status is not None else "ranks hang", ranks


def main():
    numbers = random.Random(SEED)
    undisturbed = prepare()
    print("undisturbed: " + ", ".join(f"{name} {seconds:.1f} s" for name, (_, seconds) in undisturbed.items()))
    print(f"\n{'kill':>4}  {'command':17}{'killed':14}{'after':>7}  {'phase':16}{'lost':>7}  {'resumed':9}outcome")
    passed = failed = done = case = 0
    while done < KILLS:
        case += 1
        name, _, on_ranks, arguments, keys = numbers.choices(CASES, [weight for _, weight, *_ in CASES])[0]
        base, seconds = undisturbed[name]
        folder = f"case-{case}"
        os.makedirs(os.path.join(SCRATCH, folder))
        lines, bad, left, resumed, logs = [], [], [], False, []
        while True:
            ranks = numbers.randint(1, 4) if on_ranks else 0
            run = Run(arguments(folder) + (["--resume"] if resumed and on_ranks else []), ranks,
                      os.path.join(SCRATCH, f"log-{case}-{len(logs)}"))
            logs.append(run)
            if lines:
                lines[-1][1] = f"{ranks} rank{'s' if ranks > 1 else ''}" if ranks else "again"
            if done + len(lines) < KILLS and (not lines or numbers.random() < 0.3):
                # Mostly in the middle of the work: the start of mpirun would take most kills otherwise.
                starts = on_ranks and numbers.random() < 0.15
                begin = run.begin() if on_ranks and not starts else run.start
                # What goes on has less to do.
                delay = numbers.uniform(0, 0.5 if starts else undisturbed[name][1] * (1 if not lines else 0.5))
                try:
                    status = run.process.wait(delay)
                except subprocess.TimeoutExpired:
                    kept = newest(folder, run.start)
                    now = time.time()
                    told = run.told()
                    what, wrong, processes = kill(run, numbers)
                    left += processes
                    # They end by themselves, and hold the folder's lock until they do.
                    deadline = time.time() + 20
                    while orphans(folder) and time.time() < deadline:
                        time.sleep(0.05)
                    if wrong:
                        bad.append(wrong)
                    resumed = True
                    lines.append([f"{name:17}{what:14}{now - run.start:6.2f}s  {phase(told):16}{now - kept:6.2f}s", "", ""])
                    continue
                # It was over before its time: this machine is faster than when the undisturbed run was measured.
                if not starts and not resumed:
                    undisturbed[name] = (base, min(seconds, 0.9 * (time.time() - begin)))
            else:
                status = run.wait()
            break
        if status != 0:
            bad.append(f"status {status}: {run.told()[-1:]}")
        deadline = time.time() + 20
        while any(os.path.exists(f"/proc/{pid}") for pid in left) and time.time() < deadline:
            time.sleep(0.1)
        alive = [pid for pid in left if os.path.exists(f"/proc/{pid}")]
        if alive:
            bad.append(f"ranks {alive} of killed runs are still there")
        bad += problems(folder, base, keys) if status == 0 else []
        if status == 0 and open(run.log + ".out").read().replace(folder, base) != open(
                os.path.join(SCRATCH, base) + ".out").read():
            bad.append("another table was printed")
        for number, (text, ranks, _) in enumerate(lines):
            done += 1
            outcome = "same" if not bad else "failed: " + "; ".join(bad)
            if number + 1 < len(lines):
                outcome = "killed again" if not bad else "in a case that failed"
            print(f"{done:4}  {text}  {ranks:9}{outcome}", flush=True)
            passed, failed = (passed, failed + 1) if bad else (passed + 1, failed)
        if bad:
            if not lines:
                failed += 1
                print(f"failed: case {case}, {name}, not killed: {'; '.join(bad)}")
            for log in logs:
                print("\n".join("        " + line for line in log.told()[-6:]))
        else:
            shutil.rmtree(os.path.join(SCRATCH, folder))
    print(f"\n{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
