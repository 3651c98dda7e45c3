"""Runs lcft with one of its calls failing, and looks at what it leaves."""

import argparse
import ctypes
import filecmp
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree
import zlib

import h5py

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "python", "src"))
sys.dont_write_bytecode = True
from lcft.digests import content_digest  # noqa: E402

KINDS = ["open", "read", "write", "cut", "sync", "close", "rename", "link", "remove", "folder", "map", "memory",
         "message", "socket"]
ONCE, FROM_THEN_ON, HALF = range(3)
LARGE = 16 << 10  # bytes from which memory counts; a small world's largest columns have some more
MPIRUN = ["mpirun", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1", "--mca", "pml", "ob1",
          "--mca", "plm", "isolated"]


class Control(ctypes.Structure):
    """Tests/Faults/control.h."""

    _fields_ = [(name, ctypes.c_int32) for name in ("kind", "at", "code", "mode", "rank", "padding")] + [
        ("large", ctypes.c_int64), ("program", ctypes.c_char * 256), ("root", ctypes.c_char * 256),
        ("record", ctypes.c_char * 256), ("fired", ctypes.c_int32), ("process", ctypes.c_int32),
        ("counts", ctypes.c_int32 * len(KINDS)), ("call", ctypes.c_char * 64), ("path", ctypes.c_char * 512),
        ("frames", ctypes.c_char * 2048)]


def common_parser(usage):
    """A parser of what all programs here take."""
    parser = argparse.ArgumentParser(usage=usage)
    parser.add_argument("lcft")
    parser.add_argument("scratch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="*")
    parser.add_argument("--ranks", default="0,2")
    return parser


class Lab:
    """A folder with the inputs, and the undisturbed outputs of every case."""

    def __init__(self, lcft, scratch):
        self.lcft = os.path.realpath(lcft)
        self.scratch = os.path.realpath(scratch)
        self.library = os.path.join(self.scratch, "faults.so")
        self.control = os.path.join(self.scratch, "control")
        self.trial = os.path.join(self.scratch, "trial")
        flags = subprocess.run(["pkg-config", "--cflags", "ompi-c"], capture_output=True, text=True, check=True).stdout.split()
        sources = [os.path.join(HERE, name) for name in ("faults.c", "calls.c", "messages.c", "record.c")]
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-nonnull-compare", *flags, "-o", self.library,
                        *sources, "-ldl"], check=True)
        self.places, self.outputs = {}, {}
        # The same content gives the same bytes.
        self.environment = dict(os.environ, SOURCE_DATE_EPOCH="1700000000", LCFT_TIMEOUT="8", TMPDIR="/tmp")
        self.environment.pop("LD_PRELOAD", None)
        # A crash is seen by its signal.
        self.environment["SWIFT_BACKTRACE"] = "enable=no"

    def run(self, arguments, folder, ranks=0, fault=None, record="", rank=-1, seconds=40, tcp=False):
        """Runs lcft; returns its status (None: it hung), what it wrote to standard error, and the control's end."""
        environment = dict(self.environment)
        control = Control()
        kind, control.at, control.code, control.mode = fault or (-1, 0, 0, 0)
        control.kind, control.rank, control.large = kind, rank, LARGE
        control.program, control.root = self.lcft.encode(), self.scratch.encode()
        control.record = record.encode()
        if record:
            control.root = folder.encode()
        with open(self.control, "wb") as file:
            file.write(control)
        preload = {"LD_PRELOAD": self.library, "LCFT_FAULTS": self.control}
        command = self.command(arguments, ranks, preload.items(), tcp)
        if not ranks:
            environment.update(preload)
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   stdin=subprocess.DEVNULL, env=environment, start_new_session=True)
        try:
            output, errors = process.communicate(timeout=seconds)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            status = None
        with open(self.control, "rb") as file:
            control = Control.from_buffer_copy(file.read())
        return status, output.decode(errors="replace"), errors.decode(errors="replace"), control

    def command(self, arguments, ranks, variables=(), tcp=False):
        """lcft with `arguments`, or what starts so many ranks of it, which have the environment `variables`."""
        if not ranks:
            return [self.lcft] + arguments
        transport = ["self,tcp", "--mca", "btl_tcp_if_include", "lo"] if tcp else ["self,vader"]
        words = [word for name, value in variables for word in ("-x", f"{name}={value}")]
        return MPIRUN + ["--mca", "btl"] + transport + words + ["-n", str(ranks), self.lcft] + arguments

    def plain(self, arguments, folder, seconds=60):
        done = subprocess.run([self.lcft] + arguments, cwd=folder, capture_output=True, text=True, env=self.environment,
                              timeout=seconds)
        return done.returncode, done.stdout, done.stderr

    def must(self, arguments, folder):
        status, _, errors = self.plain(arguments, folder)
        if status != 0:
            sys.exit(f"lcft {' '.join(arguments)}: {errors}")

    def prepare(self, write_inputs):
        write_inputs(self.scratch, lambda arguments: self.must(arguments, os.path.join(self.scratch, "in")))

    def base(self, case):
        """The folder of the undisturbed run."""
        folder = self.folder("base", case)
        if not os.path.exists(folder):
            shutil.copytree(self.earlier(case), folder)
            status, output, errors = self.plain(case.arguments, folder)
            if status != 0:
                sys.exit(f"{case.name}: {errors}")
            self.outputs[case.name] = output
        return folder

    def earlier(self, case):
        """The folder as the command finds it."""
        folder = self.folder("earlier", case)
        if not os.path.exists(folder):
            os.makedirs(folder)
            if case.earlier:
                self.must(case.earlier, folder)
        return folder

    def folder(self, kind, case):
        return os.path.join(self.scratch, f"{kind}-{case.name}".replace(" ", "-"))

    def fresh(self, case):
        """The folder of a trial, as the command finds it."""
        shutil.rmtree(self.trial, ignore_errors=True)
        shutil.copytree(self.earlier(case), self.trial)
        return self.trial

    def place(self, control):
        """Where in the program the failing call came from: functions, innermost first."""
        frames = control.frames.decode().split()
        if not frames:
            return ""
        if control.frames in self.places:
            return self.places[control.frames]
        lines = subprocess.run(["addr2line", "-f", "-e", self.lcft, *frames], capture_output=True, text=True).stdout
        names = subprocess.run(["swift-demangle", "--simplified"], input="\n".join(lines.splitlines()[::2]),
                               capture_output=True, text=True).stdout.splitlines()
        names = [re.sub("^(specialized |closure #1 in |partial apply for )+", "", name.split("(")[0]) for name in names]
        text = " < ".join(name for name, before in zip(names, [""] + names) if name not in ("??", before))[:400]
        self.places[control.frames] = text
        return text


def files(folder):
    """Every file below, by its path."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            found[os.path.relpath(path, folder)] = path
    return found


def is_result(name):
    """Whether a file has a final name and holds a result: no hidden file, no journal, no record of progress."""
    return not any(part.startswith(".") for part in name.split("/")) and not name.endswith(".journal") \
        and os.path.basename(name) not in ("progress.jsonl", "timeline.json", "run.log")


def h5_content(path):
    """What an HDF5 file holds, all attributes and values; opens and reads everything."""
    digest = hashlib.sha256()
    with h5py.File(path) as file:
        def add(name, item):
            digest.update(name.encode())
            for key in sorted(item.attrs):
                if key not in ("created", "creator"):
                    digest.update(f"{key}={item.attrs[key]}".encode())
            if isinstance(item, h5py.Dataset):
                value = item[()]
                digest.update(value.tobytes() if hasattr(value, "tobytes") else repr(value).encode())
        add("", file)
        file.visititems(add)
        stated = file.attrs.get("content_digest")
        if stated is not None:
            stated = stated.decode() if isinstance(stated, bytes) else stated
        return digest.hexdigest(), stated


def same(path, other):
    """Whether two results have the same bits."""
    if filecmp.cmp(path, other, False):
        return True
    if path.endswith(("summary.json", "ab-test.json")):  # they say on how many ranks
        ours, theirs = (json.load(open(name)) for name in (path, other))
        return ours.get("digest") == theirs.get("digest")
    if path.endswith(".h5"):
        if os.path.basename(path).startswith("models-rank-"):
            return True  # a file for each rank that there was; models.h5 shows them all
        if os.path.basename(path) == "models.h5":
            return models(path) == models(other)
        (ours, stated), (theirs, expected) = h5_content(path), h5_content(other)
        # What a data set keeps of its import names the command, --overwrite among it.
        return ours == theirs or (stated is not None and stated == expected and whole(path) is None)
    if path.endswith((".svg", ".png")):
        return is_drawing(path)
    if path.endswith(".html"):
        return os.path.getsize(path) > 0 and open(path).read().rstrip().endswith("</html>")
    return False


def is_drawing(path):
    """Whether a drawing is whole: each file has marks of its own."""
    if path.endswith(".svg"):
        try:
            return xml.etree.ElementTree.parse(path).getroot().tag.endswith("svg")
        except xml.etree.ElementTree.ParseError:
            return False
    content, place = open(path, "rb").read(), 8
    while content[place + 4:place + 8] != b"IEND":
        length = int.from_bytes(content[place:place + 4], "big")
        data, check = content[place + 4:place + 8 + length], content[place + 8 + length:place + 12 + length]
        if not data or zlib.crc32(data) != int.from_bytes(check, "big"):
            return False
        place += 12 + length
    return True


def models(path):
    """The models of a run's users, in the order of the users, whichever rank made them."""
    with h5py.File(path) as file:
        order = file["users/row"][:].argsort()
        return [file["users/row"][:][order].tobytes()] + [
            file[f"methods/{method}/dense"][:][order].tobytes() for method in sorted(file["methods"])]


def whole(path):
    """What is wrong with a result that is of no finished run; None if nothing is."""
    try:
        if path.endswith(".h5"):
            _, stated = h5_content(path)
            with h5py.File(path) as file:
                kind = file.attrs["format"]
                kind = kind.decode() if isinstance(kind, bytes) else kind
                if kind in ("lcft-dataset", "lcft-checkpoint", "lcft-results") and content_digest(file) != stated:
                    return "its digest is another"
            return None
        if path.endswith(".json"):
            json.load(open(path))
            return None
    except Exception as error:  # whatever h5py says
        return str(error).splitlines()[0]
    return "no undisturbed run has it"


def own_lines(errors):
    """The lines that say what failed: lcft's own, and a sweep's of one of its runs."""
    return [line for line in errors.splitlines() if re.match(r"lcft: |[0-9]+/[0-9]+ .*: failed: ", line)]
