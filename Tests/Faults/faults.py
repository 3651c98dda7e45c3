"""Fails every call that lcft makes of the system and of MPI, one after the other, and looks at what becomes of it.

usage: faults.py LCFT SCRATCH [--seconds S] [--seed N] [--only PATTERN] [--kinds LIST] [--ranks LIST] [--limit N]

For every command that writes, on no launcher and on each of 2 ranks: the calls of every kind are counted, and then the
N-th fails, for N = 1, 2, 3, ... After each failure there must be one line and a status that is not 0, or the right
result; no signal, no hang, nothing half written under a final name, no earlier file lost. Then the run goes on, without
failures, and must have the bits of an undisturbed one. Of kinds with more calls than --limit the first half of the limit
and a sample of the others are tried. --seconds: a sample of everything, for so long.

Prints a table: command, ranks, calls of each kind, failures tried, and what came of them; then 'N passed, N failed'. An
interrupt ends the sweep with what it has found so far.
"""

import errno
import fnmatch
import hashlib
import os
import random
import re
import signal
import sys
import time

from cases import cases, write_inputs
from harness import FROM_THEN_ON, HALF, KINDS, ONCE, Lab, common_parser, files, is_result, own_lines, same, whole

PLANS = {
    "open": [(errno.EMFILE, ONCE), (errno.EMFILE, FROM_THEN_ON), (errno.ENOSPC, ONCE)],
    "read": [(errno.EIO, ONCE)],
    "write": [(errno.ENOSPC, FROM_THEN_ON), (errno.EIO, ONCE), (errno.ENOSPC, HALF)],
    "cut": [(errno.ENOSPC, ONCE), (errno.EIO, ONCE)],
    "sync": [(errno.EIO, ONCE), (errno.ENOSPC, FROM_THEN_ON)],
    "close": [(errno.EIO, ONCE), (errno.ENOSPC, ONCE)],
    "rename": [(errno.EIO, ONCE), (errno.ENOSPC, ONCE)],
    "link": [(errno.EIO, ONCE)],
    "remove": [(errno.EIO, ONCE), (errno.EIO, FROM_THEN_ON)],
    "folder": [(errno.ENOSPC, ONCE), (errno.EIO, ONCE)],
    "map": [(errno.ENOMEM, ONCE)],
    "memory": [(errno.ENOMEM, ONCE), (errno.ENOMEM, FROM_THEN_ON)],
    "message": [(errno.ECONNRESET, ONCE)],
    "socket": [(errno.ECONNRESET, ONCE)],
}
MODES = {ONCE: "", FROM_THEN_ON: " from then on", HALF: " after half"}
# What MPI sends by: shared memory, but for the sockets.
ON_RANKS = {"message", "socket"}


class Sweep:
    def __init__(self, lab, options):
        self.lab, self.options = lab, options
        self.rows = {}
        self.found = {}
        self.states = {}
        self.passed = self.failed = 0

    def row(self, case, ranks, rank):
        return self.rows.setdefault((case.name, ranks, rank), {"reached": {}, "tried": 0, "told": 0, "right": 0, "bad": 0})

    def trial(self, case, ranks, rank, kind, number, plan):
        """One failure. False if the run did not come so far."""
        lab, code, mode = self.lab, *plan
        base, earlier = lab.base(case), lab.earlier(case)
        folder = lab.fresh(case)
        status, output, errors, control = lab.run(
            case.arguments, folder, ranks, (KINDS.index(kind), number, code, mode), rank=rank, tcp=kind == "socket")
        if not control.fired:
            return False
        bad = []
        lines = own_lines(errors)
        if status is not None and status == case.unreadable:
            lines += output.splitlines()
        if status is None:
            bad.append("hangs")
        elif kind == "socket" and not lines and (status == 128 + signal.SIGABRT or "FATAL" in errors):
            pass  # Open MPI itself ends the process over some failures of its connections, with words of its own.
        elif status < 0 or (status > 128 and status < 160):
            bad.append(f"dies of {signal.Signals(-status if status < 0 else status - 128).name}")
        elif status != 0 and len(lines) != 1:
            bad.append(f"{len(lines)} lines instead of one")
        elif status == 0 and not case.on_ranks and not files(base):
            expected = lab.outputs[case.name]
            if output != expected and not (case.tells_times and beginnings(output) == beginnings(expected)):
                bad.append("prints something else")
        # Of memory Swift's runtime speaks before lcft does.
        if "Fatal error" in errors and not (kind in ("memory", "map") and any(": out of memory" in line for line in lines)):
            bad.append("a fatal error")
        bad += self.remains(folder, base, earlier, is_finished=status == 0)
        lost = [name for name in files(earlier) if is_result(name) and name in files(base)
                and name not in files(folder) and not exchanged(folder)]
        bad += [f"{name} is lost" for name in lost]
        bad += self.finish(case, folder)
        row = self.row(case, ranks, rank)
        row["tried"] += 1
        row["bad" if bad else "right" if status == 0 else "told"] += 1
        if bad:
            self.failed += 1
            where = lab.place(control)
            key = (control.call, "; ".join(bad)[:150], where[:150])
            self.found[key] = self.found.get(key, 0) + 1
            if self.found[key] <= 2 or self.options.every:
                name = os.path.relpath(os.path.join(folder, control.path.decode()), folder) if control.path else ""
                print(f"failed: {case.name}, {f'rank {rank} of {ranks}' if ranks else 'no launcher'}, {kind} {number} "
                      f"{errno.errorcode[code]}{MODES[mode]} ({control.call.decode()} {name}): {'; '.join(bad)}\n"
                      f"    at {where}", flush=True)
                for line in errors.splitlines()[-3:]:
                    print(f"    | {line[:200]}", flush=True)
        else:
            self.passed += 1
        return True

    def finish(self, case, folder):
        """What is wrong with the run that goes on from what lies in the folder; looked at once for each such state."""
        state = (case.name, state_of(folder))
        if state not in self.states:
            status, _, errors = self.lab.plain(case.resumed(folder), folder)
            if status != 0:
                bad = [f"does not go on: {' '.join(errors.split())[-200:]}"]
            else:
                bad = self.remains(folder, self.lab.base(case), self.lab.earlier(case), True, is_resumed=True)
            self.states[state] = bad
        return self.states[state]

    def remains(self, folder, base, earlier, is_finished, is_resumed=False):
        """What is wrong with what lies in a run's folder."""
        found, expected, old = files(folder), files(base), files(earlier)
        bad = []
        for name, path in sorted(found.items()):
            if not is_result(name):
                if is_resumed and name not in expected and os.path.basename(name) != "progress.jsonl":
                    bad.append(f"{name} is left")
                continue
            if name in expected and same(path, expected[name]):
                continue
            if is_finished:
                # Models lie in a file of each rank that there was.
                if not os.path.basename(name).startswith("models-rank-"):
                    bad.append(f"{name} " + ("differs" if name in expected else "is left"))
                continue
            if name in old and same(path, old[name]):
                continue
            problem = whole(path)
            if problem and not is_part_of_run(name):
                bad.append(f"{name}: {problem}")
        if is_finished:
            bad += [f"{name} is missing" for name in expected if is_result(name) and name not in found]
        return bad

    def numbers(self, count, generator):
        if count <= self.options.limit:
            return list(range(1, count + 1))
        first = self.options.limit // 2
        return list(range(1, first + 1)) + sorted(generator.sample(range(first + 1, count + 1), first))

    def counts(self, case, ranks, rank):
        """The calls of each kind that an undisturbed run makes."""
        row = self.row(case, ranks, rank)
        for tcp in (False, True) if ranks else (False,):
            if tcp and "socket" not in self.options.kinds or row["reached"].get("socket"):
                continue
            status, _, errors, control = self.lab.run(
                case.arguments, self.lab.fresh(case), ranks, rank=rank, tcp=tcp)
            if status != 0:
                sys.exit(f"{case.name} on {ranks} ranks, undisturbed: status {status}: {errors}")
            reached = {kind: control.counts[index] for index, kind in enumerate(KINDS)}
            if tcp:
                row["reached"]["socket"] = reached["socket"]
            else:
                row["reached"] = reached
        return row["reached"]

    def places(self):
        """Where faults are made: the case, the number of ranks (0: no launcher) and the rank."""
        for case in cases():
            if fnmatch.fnmatch(case.name, self.options.only):
                if "0" in self.options.ranks:
                    yield case, 0, -1
                if case.on_ranks and "2" in self.options.ranks:
                    yield case, 2, 0
                    yield case, 2, 1

    def faults(self, place, generator):
        """The kind, number and plan of every failure there."""
        counts = self.counts(*place)
        for kind in KINDS:
            if kind not in self.options.kinds or (kind in ON_RANKS and place[1] == 0):
                continue
            for number in self.numbers(counts.get(kind, 0), generator):
                plans = PLANS[kind]
                for plan in plans if self.options.plans == "all" else [plans[number % len(plans)]]:
                    yield kind, number, plan

    def all(self, generator):
        places = list(self.places())
        for done, place in enumerate(places):
            case, ranks, rank = place
            print(f"{done} of {len(places)} places done; {case.name} {f'rank {rank} of {ranks}' if ranks else 'alone'}",
                  file=sys.stderr)
            for fault in self.faults(place, generator):
                self.trial(*place, *fault)

    def sample(self, generator):
        """Failures at places in any order, a few at each, until the time is over."""
        end = time.time() + self.options.seconds
        places = list(self.places())
        while time.time() < end:
            generator.shuffle(places)
            for place in places:
                if time.time() > end:
                    break
                faults = list(self.faults(place, generator))
                for fault in generator.sample(faults, min(12, len(faults))):
                    self.trial(*place, *fault)

    def table(self):
        kinds = [kind for kind in KINDS if any(row["reached"].get(kind) for row in self.rows.values())]
        print(f"\n{'command':24}{'on':>8}" + "".join(f"{kind:>8}" for kind in kinds)
              + f"{'tried':>8}{'a line':>8}{'right':>8}{'bad':>6}")
        total = dict.fromkeys(("tried", "told", "right", "bad"), 0)
        for (name, ranks, rank), row in self.rows.items():
            place = f"{rank} of {ranks}" if ranks else "1"
            print(f"{name:24}{place:>8}" + "".join(f"{row['reached'].get(kind, 0):8}" for kind in kinds)
                  + f"{row['tried']:8}{row['told']:8}{row['right']:8}{row['bad']:6}")
            for key in total:
                total[key] += row[key]
        print(f"{'all':24}{'':>8}" + " " * 8 * len(kinds)
              + f"{total['tried']:8}{total['told']:8}{total['right']:8}{total['bad']:6}")


def state_of(folder):
    """The files of a folder and what they hold, but for the record of progress and the process in temporary names."""
    return tuple(sorted((re.sub(r"-[0-9]+-[0-9]+\.partial$", "", name), hashlib.sha256(open(path, "rb").read()).digest())
                        for name, path in files(folder).items() if os.path.basename(name) != "progress.jsonl"))


def beginnings(output):
    """The first word of each line."""
    return [line.split()[:1] for line in output.splitlines()]


def exchanged(folder):
    """Whether a run's new files are whole and about to take the place of the earlier ones."""
    return any(part.endswith((".whole", ".moving")) for name in files(folder) for part in name.split("/"))


def is_part_of_run(name):
    """Whether a text is one that a run writes as it goes, and again when it is resumed."""
    return name.endswith((".json", ".yaml", ".csv", ".md", ".html", ".txt")) and "/" in name


def main():
    parser = common_parser(__doc__)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=KINDS)
    parser.add_argument("--limit", type=int, default=120)
    parser.add_argument("--plans", choices=["all", "turns"], default="turns",
                        help="every errno at each call, or one after the other (default)")
    parser.add_argument("--every", action="store_true", help="print every failure, not two of each sort")
    options = parser.parse_args()
    lab = Lab(options.lcft, options.scratch)
    lab.prepare(write_inputs)
    sweep = Sweep(lab, options)
    generator = random.Random(options.seed)
    try:
        sweep.sample(generator) if options.seconds else sweep.all(generator)
    except KeyboardInterrupt:
        print("stopped by an interrupt: not all failures were tried")
    sweep.table()
    if sweep.found:
        print("\nof each sort:")
        for (call, bad, where), count in sorted(sweep.found.items(), key=lambda item: -item[1]):
            print(f"{count:5} {call.decode()}: {bad} at {where[:300]}")
    print(f"{sweep.passed} passed, {sweep.failed} failed")
    sys.exit(1 if sweep.failed else 0)


if __name__ == "__main__":
    main()
