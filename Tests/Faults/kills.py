"""Kills lcft with SIGKILL at random moments of every command, and looks at what becomes of it.

usage: kills.py LCFT SCRATCH [--kills N] [--seed N] [--only PATTERN] [--ranks LIST]

The commands, and what must come of each, are those of faults.py: nothing half written under a final name, no earlier file
lost, and the command, resumed, makes the bits of an undisturbed run. On ranks, one of them or the launcher is killed.
Prints a table and 'N passed, N failed'.
"""

import os
import random
import signal
import subprocess
import sys
import time

from cases import write_inputs
from faults import Sweep
from harness import Lab, common_parser
from power import look, places


def run(lab, case, ranks, folder, after, generator):
    """Runs the command and kills a process of it `after` seconds; returns how long it ran, and whether it was killed."""
    begin = time.time()
    process = subprocess.Popen(
        lab.command(case.arguments, ranks), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=lab.environment, start_new_session=True)
    try:
        process.wait(timeout=after)
        return time.time() - begin, False
    except subprocess.TimeoutExpired:
        pass
    below = [process.pid] + children(process.pid)
    victim = generator.choice(below)
    try:
        os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:
        pass
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        if children(process.pid):
            sys.exit(f"{case.name} on {ranks} ranks: still there 40 s after a kill of process {below.index(victim)} of {len(below)}")
        # Open MPI 4.1's mpirun at times does not notice that all of its ranks are dead. A user would kill it, too.
        process.kill()
        process.wait()
    # Ranks that a killed launcher leaves behind, and a sweep's run, end by themselves, or hold a lock until they do.
    deadline = time.time() + 40
    while any(alive(pid) for pid in below) and time.time() < deadline:
        time.sleep(0.05)
    return time.time() - begin, True


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def children(pid):
    """The processes below `pid`."""
    parents = {}
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat") as file:
                parents[int(name)] = int(file.read().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            pass
    found = [pid]
    for above in found:
        found += [child for child, parent in parents.items() if parent == above]
    return found[1:]


def main():
    parser = common_parser(__doc__)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    options.every = False
    lab = Lab(options.lcft, options.scratch)
    lab.prepare(write_inputs)
    sweep = Sweep(lab, options)
    generator = random.Random(options.seed)
    tried_on = places(lab, options)
    seconds = {}
    rows = {(case.name, ranks): [0, 0, 0] for case, ranks in tried_on}
    for number in range(options.kills):
        case, ranks = tried_on[number % len(tried_on)]
        if (case.name, ranks) not in seconds:
            seconds[case.name, ranks], _ = run(lab, case, ranks, lab.fresh(case), 60, generator)
        for _ in range(5):
            folder = lab.fresh(case)
            after = generator.random() * seconds[case.name, ranks]
            _, killed = run(lab, case, ranks, folder, after, generator)
            if killed:
                break
        bad = look(lab, sweep, case, is_finished=not killed)
        row = rows[case.name, ranks]
        row[0] += 1
        row[1] += killed
        if bad:
            row[2] += 1
            print(f"failed: {case.name} on {ranks or 'no'} ranks, killed after {after:.3f} of {seconds[case.name, ranks]:.3f} s: "
                  f"{'; '.join(bad)[:500]}", flush=True)
    print(f"{'command':24}{'ranks':>6}{'runs':>7}{'killed':>8}{'bad':>6}")
    for (name, ranks), (runs, killed, bad) in rows.items():
        if runs:
            print(f"{name:24}{ranks or 1:>6}{runs:7}{killed:8}{bad:6}")
    failed = sum(row[2] for row in rows.values())
    print(f"{sum(row[0] for row in rows.values()) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
