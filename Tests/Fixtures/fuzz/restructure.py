"""Writes HDF5 files whose structure says what no writer of ours would say.

Usage: restructure.py CORPUS OUTPUT COUNT SEED

Each is a copy of one of CORPUS's HDF5 files, as it is or in the oldest format (whose metadata have no checksums),
with one to three changes by the HDF5 library itself, so that they pass what checks it makes.
"""
import os
import random
import resource
import shutil
import sys

import h5py
import numpy as np

# Some of what is written here declares more than any machine has.
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
corpus, output, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
rng = random.Random()
sources = sorted(name for name in os.listdir(corpus) if name.endswith(".h5"))


def objects(file, kind):
    found = []
    file.visititems(lambda name, item: found.append(name) if isinstance(item, kind) else None)
    return sorted(found)


def some_dataset(file):
    names = [name for name in objects(file, h5py.Dataset) if file[name].size is None or file[name].size < 1 << 20]
    return rng.choice(names) if names else None


def create(file, name, shape, dtype, settings=None):
    """A data set that was never written, of a shape that the file could not hold."""
    del file[name]
    settings = settings or h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    space = h5py.h5s.create_simple(shape) if shape else h5py.h5s.create(h5py.h5s.SCALAR)
    lcpl = h5py.h5p.create(h5py.h5p.LINK_CREATE)
    lcpl.set_create_intermediate_group(True)
    h5py.h5d.create(file.id, name.encode(), h5py.h5t.py_create(np.dtype(dtype)), space, settings, lcpl)


NUMBERS = [-1, 0, 1, 2**31 - 1, 2**31, 2**53, 2**63 - 1, -(2**63), 2**64 - 1, 0.0, -1.5, 1e308, float("inf"),
           float("-inf"), float("nan"), 2**62, 10**18, 65536]
TEXTS = ["", "x", "../../etc/x", "/etc/x", "a\nb", "\x1b[2J", "\u202e", "y" * 5000, "99999999999999999999", "nan",
         "-1", "1e400", "2147483647", "true"]


def attribute(file):
    owner = rng.choice([file] + [file[name] for name in objects(file, (h5py.Group, h5py.Dataset))])
    names = sorted(owner.attrs)
    if not names:
        return
    name = rng.choice(names)
    choice = rng.randrange(6)
    if choice == 0:
        del owner.attrs[name]
    elif choice == 1:
        owner.attrs[name] = rng.choice(TEXTS)
    elif choice == 2:
        owner.attrs[name] = [rng.choice(NUMBERS[:7])] * rng.randrange(4)
    elif choice == 3:
        owner.attrs[name] = h5py.Empty(rng.choice(["i4", "S5", "f8"]))
    elif choice == 4:
        owner.attrs[name] = np.array([b"abc", b"d"], dtype=rng.choice(["S3", "S0", "S60000"]).replace("S0", "S1"))
    else:
        value = rng.choice(NUMBERS)
        owner.attrs[name] = np.uint64(value) if isinstance(value, int) and value >= 2**63 else value


def values(file):
    name = some_dataset(file)
    if not name:
        return
    data = file[name]
    if data.dtype.kind not in "iuf" or data.size == 0 or h5py.check_enum_dtype(data.dtype):
        return
    array = data[()]
    flat = np.array(array).reshape(-1)
    for _ in range(rng.randrange(1, 4)):
        value = rng.choice(NUMBERS)
        with np.errstate(all="ignore"):
            if flat.dtype.kind == "f":
                flat[rng.randrange(flat.size)] = value
            elif value == value and abs(value) != float("inf"):
                limits = np.iinfo(flat.dtype)
                flat[rng.randrange(flat.size)] = min(max(int(value), limits.min), limits.max)
    if data.is_virtual:
        return
    data[()] = flat.reshape(np.shape(array))


def length(file):
    """Another number of rows, with or without values."""
    name = some_dataset(file)
    if not name:
        return
    data = file[name]
    if data.dtype.kind == "O" or data.ndim == 0:
        return
    rows = rng.choice([0, 1, max(0, data.shape[0] - 1), data.shape[0] + 1])
    shape = (rows,) + data.shape[1:]
    fresh = np.zeros(shape, dtype=data.dtype)
    common = min(rows, data.shape[0])
    if not data.is_virtual:
        fresh[:common] = data[:common]
    attributes = dict(data.attrs)
    del file[name]
    made = file.create_dataset(name, data=fresh)
    for key, value in attributes.items():
        made.attrs[key] = value


def huge(file):
    name = some_dataset(file)
    if not name:
        return
    dtype = file[name].dtype if file[name].dtype.kind != "O" else "i4"
    rank = max(1, file[name].ndim)
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    shape = [rng.choice([2**20, 2**31, 2**40, 2**60])] + [rng.choice([1, 2, 2**10]) for _ in range(rank - 1)]
    if rng.random() < 0.6:
        chunk = tuple(rng.choice([1, 1000, 2**26]) if i == 0 else 1 for i in range(rank))
        settings.set_chunk(chunk)
        if rng.random() < 0.5:
            settings.set_deflate(4)
    if rng.random() < 0.2:
        settings.set_external(b"/dev/zero", 0, 2**40)
        settings = settings if settings.get_layout() != h5py.h5d.CHUNKED else h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    create(file, name, tuple(shape), dtype, settings)


def dtype(file):
    name = some_dataset(file)
    if not name:
        return
    shape = file[name].shape or ()
    kind = rng.choice(["i1", "u1", "i2", ">i8", "u8", "f2", ">f4", "f8", "S1", "S3000", "str", "vlen", "compound",
                       "array", "bool", "enum", "ref", "wide", "opaque"])
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    if kind == "wide":
        del file[name]
        wide = h5py.h5t.STD_I64LE.copy()
        wide.set_size(rng.choice([9, 16, 4000]))
        space = h5py.h5s.create_simple(shape) if shape else h5py.h5s.create(h5py.h5s.SCALAR)
        settings.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        h5py.h5d.create(file.id, name.encode(), wide, space, settings)
        return
    made = {"str": h5py.string_dtype(), "vlen": h5py.vlen_dtype(np.int32), "ref": h5py.ref_dtype,
            "compound": np.dtype([("a", "i4"), ("b", "f8")]), "array": np.dtype(("i4", (3,))), "bool": np.dtype("?"),
            "enum": h5py.enum_dtype({"defined": 0, "b": 1, "c": 200}, "u1"), "opaque": np.dtype("V7")}.get(kind, kind)
    del file[name]
    data = file.create_dataset(name, shape=shape, dtype=made)
    if kind == "str" and shape and shape[0]:
        data[...] = rng.choice(TEXTS).replace("\x00", "")
        if rng.random() < 0.3:
            data[0] = "z" * 100_000
    elif kind in ("i1", "u1", "i2", ">i8", "u8", "f2", ">f4", "f8", "enum") and shape:
        data[...] = np.zeros(shape, dtype=data.dtype)


def link(file):
    names = objects(file, (h5py.Group, h5py.Dataset))
    if not names:
        return
    name = rng.choice(names)
    choice = rng.randrange(7)
    del file[name]
    if choice == 0:
        file[name] = h5py.SoftLink("/" + name)
    elif choice == 1:
        file[name + "-b"] = h5py.SoftLink("/" + name)
        file[name] = h5py.SoftLink("/" + name + "-b")
    elif choice == 2:
        file[name] = h5py.ExternalLink(rng.choice(["/etc/passwd", "/dev/zero", "../x.h5", "world.h5"]), "/users/id")
    elif choice == 3:
        file[name] = file["/"]
    elif choice == 4:
        group = file.create_group(name)
        for level in range(rng.choice([3, 300])):
            group = group.create_group("g")
        group["up"] = file["/"]
    elif choice == 5:
        file[name] = np.dtype("i4")
    else:
        file.create_group(name)


def virtual(file):
    name = some_dataset(file)
    if not name or file[name].ndim == 0:
        return
    shape, kind = file[name].shape, file[name].dtype
    if kind.kind == "O":
        return
    source = rng.choice([".", "/etc/passwd", "world.h5", "../case/world.h5", "none.h5", "/dev/zero"])
    if rng.random() < 0.5:
        shape = (rng.choice([10, 2**20, 2**40]),) + shape[1:]
    layout = h5py.VirtualLayout(shape=shape, dtype=kind)
    layout[...] = h5py.VirtualSource(source, name if source == "." else "users/id", shape=shape)
    attributes = {key: value for key, value in file[name].attrs.items()}
    del file[name]
    made = file.create_virtual_dataset(name, layout)
    for key, value in attributes.items():
        made.attrs[key] = value


def filters(file):
    """Compressed several times over, by unknown filters, or in chunks that say another size."""
    name = some_dataset(file)
    if not name:
        return
    shape = file[name].shape or (1,)
    kind = file[name].dtype
    if kind.kind == "O":
        return
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    chunk = tuple(max(1, n) for n in shape)
    settings.set_chunk(chunk)
    choice = rng.randrange(4)
    if choice == 0:
        settings.set_deflate(9)
        settings.set_deflate(9)
    elif choice == 1:
        settings.set_filter(32004, h5py.h5z.FLAG_OPTIONAL, (1, 2))
    elif choice == 2:
        settings.set_fletcher32()
        settings.set_shuffle()
    else:
        settings.set_scaleoffset(h5py.h5z.SO_INT, 0) if kind.kind in "iu" else settings.set_deflate(1)
    create(file, name, tuple(shape), kind, settings)
    data = file[name]
    if rng.random() < 0.5 and all(shape) and choice != 1:
        try:
            data[...] = np.zeros(shape, dtype=kind)
            if rng.random() < 0.5:
                # A chunk that inflates to much more than a chunk.
                import zlib
                data.id.write_direct_chunk((0,) * len(shape), zlib.compress(bytes(rng.choice([100, 1 << 24]))), 0)
        except (OSError, ValueError, TypeError):
            pass


def digest(file):
    file.attrs.pop("content_digest", None)


CHANGES = [attribute, values, values, length, huge, dtype, link, virtual, filters]

def make(index):
    rng.seed(f"{seed} {index}")
    name = rng.choice(sources)
    path = os.path.join(output, f"{name[:-3]}-{index}.h5")
    if rng.random() < 0.4:
        # Object by object, in the format of HDF5 1.0 as far as it goes.
        with h5py.File(os.path.join(corpus, name)) as source, h5py.File(path, "w", libver="earliest") as file:
            for key in source:
                source.copy(key, file)
            for key, value in source.attrs.items():
                file.attrs[key] = value
    else:
        shutil.copy(os.path.join(corpus, name), path)
    if rng.random() < 0.1:
        return
    with h5py.File(path, "r+") as file:
        if rng.random() < 0.7:
            digest(file)
        for _ in range(rng.randrange(1, 4)):
            try:
                rng.choice(CHANGES)(file)
            except (OSError, ValueError, TypeError, KeyError, RuntimeError, OverflowError, AttributeError):
                # What the library does not let a file say.
                pass


for index in range(count):
    # The library crashes over some of what it is asked to write; then what it wrote until then is the file.
    child = os.fork()
    if child == 0:
        try:
            make(index)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
