"""Losses of power: what lcft has not synced is dropped, or cut at a page, and the run goes on.

usage: power.py LCFT SCRATCH [--points N] [--seconds S] [--seed N] [--only PATTERN] [--ranks LIST]

The preloaded library records every change of a file or folder and every sync, in their order. A loss of power at a point
of the record leaves, of each file, what was synced before the point; of what was written later each page is there,
missing or zeros; and of the names in a folder, those that were synced and a part of the later changes:

    strict     nothing that was not synced
    names      all names, and of the files what was synced: a file that was renamed before it was synced is empty
    torn       names up to a random change, and of what was written since the last sync each page or not
    sizes      as torn, but files have their new lengths, with zeros where a page is missing

After each loss every result under a final name must be whole, an earlier result must be there or its successor, and the
command, resumed, must make the bits of an undisturbed run. A run that has ended has lost nothing at all, whatever the loss
leaves out. Prints a table and 'N passed, N failed'.
"""

import fnmatch
import os
import random
import shutil
import struct
import sys
import time

from cases import cases, write_inputs
from faults import Sweep
from harness import Lab, common_parser, files

HEAD = struct.Struct("<4I3Q")
OPENED, WRITTEN, CUT_TO, SYNCED, RENAMED, LINKED, REMOVED, MADE_FOLDER, REMOVED_FOLDER = range(1, 10)
PAGE = 4096
LOSSES = ["strict", "names", "torn", "sizes"]


def read_record(path):
    data = open(path, "rb").read() if os.path.exists(path) else b""
    place, found = 0, []
    while place < len(data):
        operation, _, path_bytes, other_bytes, file, number, count = HEAD.unpack_from(data, place)
        place += HEAD.size
        name = data[place:place + path_bytes].decode()
        other = data[place + path_bytes:place + path_bytes + other_bytes]
        place += path_bytes + other_bytes
        found.append((operation, os.path.normpath(name) if name else name, other, file, number, count))
    return found


class Disk:
    """The files of a folder, with what of them is on the disk."""

    def __init__(self, folder):
        # Name -> file, as programs see it, and the changes of names that are not synced yet, in their order.
        self.synced_names = {}
        self.changes = []
        self.folders = {"."}
        # Inode of now -> file.
        self.inodes = {}
        for name, path in files(folder).items():
            content = open(path, "rb").read()
            file = {"content": bytearray(content), "synced": bytes(content), "writes": []}
            self.synced_names[name] = file
        for place, names, _ in os.walk(folder):
            self.folders |= {os.path.relpath(os.path.join(place, name), folder) for name in names}
        self.synced_folders = set(self.folders)
        self.names = dict(self.synced_names)

    def apply(self, record):
        operation, name, other, inode, number, count = record
        if operation == OPENED and name in self.folders:
            self.inodes.pop(inode, None)
        elif operation == OPENED:
            if count or name not in self.names:
                self.names[name] = {"content": bytearray(), "synced": b"", "writes": []}
                self.change("add", name, self.names[name])
            file = self.inodes[inode] = self.names[name]
            if number and not count and file["content"]:
                file["content"] = bytearray()
                file["writes"].append(("cut", 0))
        elif operation in (WRITTEN, CUT_TO):
            file = self.inodes.get(inode)
            if file is None:
                return
            if operation == CUT_TO:
                cut(file["content"], number)
                file["writes"].append(("cut", number))
            else:
                put(file["content"], number, other)
                file["writes"].append((number, other))
        elif operation == SYNCED:
            file = self.inodes.get(inode)
            if file is not None:
                file["synced"], file["writes"] = bytes(file["content"]), []
            else:
                self.sync_folder(name)
        elif operation == RENAMED:
            target = os.path.normpath(other.decode())
            if name in self.names:
                file = self.names.pop(name)
                self.names[target] = file
                self.change("rename", name, file, target)
            elif name in self.folders:
                moved = {old: target + old[len(name):] for old in self.names if old.startswith(name + "/")}
                for old, new in moved.items():
                    self.names[new] = self.names.pop(old)
                self.folders = {target + old[len(name):] if old == name or old.startswith(name + "/") else old
                                for old in self.folders}
                self.change("rename folder", name, None, target)
        elif operation == LINKED:
            target = os.path.normpath(other.decode())
            self.names[target] = self.names[name]
            self.change("add", target, self.names[name])
        elif operation == REMOVED:
            self.names.pop(name, None)
            self.change("remove", name, None)
        elif operation == MADE_FOLDER:
            self.folders.add(name)
            self.change("folder", name, None)
        elif operation == REMOVED_FOLDER:
            self.folders.discard(name)
            self.change("no folder", name, None)

    def change(self, what, name, file, target=None):
        self.changes.append((what, name, file, target))

    def sync_folder(self, folder):
        """Changes of names in `folder` are on the disk; a renaming is when either of its folders is."""
        kept = []
        for change in self.changes:
            places = {os.path.dirname(name) or "." for name in (change[1], change[3]) if name}
            if folder in places:
                settle(self.synced_names, self.synced_folders, change)
            else:
                kept.append(change)
        self.changes = kept

    def lose(self, loss, generator, target):
        """Writes what a loss of power leaves to the folder `target`."""
        names, folders = dict(self.synced_names), set(self.synced_folders)
        kept = {"strict": 0, "names": len(self.changes)}.get(loss, generator.randint(0, len(self.changes)))
        for change in self.changes[:kept]:
            settle(names, folders, change)
        shutil.rmtree(target, ignore_errors=True)
        os.makedirs(target)
        for folder in sorted(folders):
            os.makedirs(os.path.join(target, folder), exist_ok=True)
        for name, file in names.items():
            path = os.path.join(target, name)
            if os.path.isdir(os.path.dirname(path)):
                with open(path, "wb") as out:
                    out.write(remains(file, loss, generator))


def settle(names, folders, change):
    what, name, file, target = change
    if what == "add":
        names[name] = file
    elif what == "remove":
        names.pop(name, None)
    elif what == "rename":
        names.pop(name, None)
        names[target] = file
    elif what == "folder":
        folders.add(name)
    elif what == "no folder":
        folders.discard(name)
    else:
        for old in [old for old in names if old.startswith(name + "/")]:
            names[target + old[len(name):]] = names.pop(old)
        for old in [old for old in folders if old == name or old.startswith(name + "/")]:
            folders.discard(old)
            folders.add(target + old[len(name):])


def remains(file, loss, generator):
    content = bytearray(file["synced"])
    if loss in ("strict", "names") or not file["writes"]:
        return content
    # A cut that changes lengths, and pages that came to the disk in any order.
    for offset, bytes_ in file["writes"]:
        if offset == "cut":
            if generator.random() < 0.5:
                cut(content, bytes_)
            continue
        place = offset
        while place < offset + len(bytes_):
            end = min(offset + len(bytes_), (place // PAGE + 1) * PAGE)
            if generator.random() < 0.6:
                put(content, place, bytes_[place - offset:end - offset])
            place = end
    if loss == "sizes":
        cut(content, len(file["content"]))
    return content


def cut(content, length):
    if length <= len(content):
        del content[length:]
    else:
        content.extend(bytes(length - len(content)))


def put(content, offset, bytes_):
    if offset + len(bytes_) > len(content):
        cut(content, offset + len(bytes_))
    content[offset:offset + len(bytes_)] = bytes_


def places(lab, options):
    """The commands that write files, each with the numbers of ranks that it is tried on; 0: no launcher."""
    return [(case, ranks) for case in cases() if fnmatch.fnmatch(case.name, options.only)
            for ranks in ([0, 2] if case.on_ranks else [0]) if str(ranks) in options.ranks and files(lab.base(case))]


def main():
    parser = common_parser(__doc__)
    parser.add_argument("--points", type=int, default=40, help="for each command; 0: all")
    parser.add_argument("--seconds", type=float, default=0, help="commands in any order, for so long")
    options = parser.parse_args()
    options.every = False
    lab = Lab(options.lcft, options.scratch)
    # Drawings are another program's, whose writes are not recorded.
    lab.environment["LCFT_PYTHON"] = "no-python-to-draw-figures"
    lab.prepare(write_inputs)
    sweep = Sweep(lab, options)
    generator = random.Random(options.seed)
    passed = failed = 0
    print(f"{'command':24}{'ranks':>6}{'changes':>9}{'syncs':>7}{'losses':>8}{'bad':>6}")
    tried_on = places(lab, options)
    if options.seconds:
        generator.shuffle(tried_on)
    end = time.time() + options.seconds
    for case, ranks in tried_on:
        if options.seconds and time.time() > end:
            break
        folder, path = lab.fresh(case), os.path.join(lab.scratch, "record")
        if os.path.exists(path):
            os.remove(path)
        status, _, errors, _ = lab.run(case.arguments, folder, ranks, record=path)
        if status != 0:
            sys.exit(f"{case.name}: {errors}")
        record = named_folders(read_record(path))
        points = list(range(len(record) + 1))
        if options.points and len(points) > options.points:
            points = sorted(generator.sample(points[:-1], options.points - 1)) + points[-1:]
        tried = bad_here = 0
        disk, done = Disk(lab.earlier(case)), 0
        for point in points:
            for change in record[done:point]:
                disk.apply(change)
            done = point
            for loss in LOSSES:
                disk.lose(loss, generator, lab.trial)
                bad = look(lab, sweep, case, is_finished=point == len(record))
                tried += 1
                if bad:
                    bad_here += 1
                    before = ", ".join(describe(change) for change in record[max(0, point - 3):point])
                    if bad_here <= 3:
                        print(f"failed: {case.name} on {ranks or 'no'} ranks, {loss} after change {point} of "
                              f"{len(record)} ({before}): {'; '.join(bad)[:500]}", flush=True)
        passed, failed = passed + tried - bad_here, failed + bad_here
        syncs = sum(change[0] == SYNCED for change in record)
        print(f"{case.name:24}{ranks or 1:>6}{len(record):9}{syncs:7}{tried:8}{bad_here:6}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def named_folders(record):
    """The syncs of folders with the folder's path, which its opening says."""
    folders, named = {}, []
    for operation, name, other, inode, number, count in record:
        # The inputs.
        if name.startswith(".."):
            continue
        if operation == OPENED and count == 0 and number == 0:
            folders[inode] = name
        if operation == OPENED and (count or number):
            folders.pop(inode, None)
        if operation == SYNCED:
            name = folders.get(inode, name)
        named.append((operation, name, other, inode, number, count))
    return named


def describe(change):
    names = ["", "open", "write", "cut", "sync", "rename", "link", "remove", "mkdir", "rmdir"]
    return f"{names[change[0]]} {change[1]}"


def look(lab, sweep, case, is_finished):
    base, earlier, folder = lab.base(case), lab.earlier(case), lab.trial
    bad = sweep.remains(folder, base, earlier, is_finished=is_finished)
    status, _, errors = lab.plain(case.resumed(folder), folder)
    if status != 0:
        return bad + [f"does not go on: {' '.join(errors.split())[-300:]}"]
    return bad + sweep.remains(folder, base, earlier, is_finished=True, is_resumed=True)


if __name__ == "__main__":
    main()
