"""Prints the content digest of an lcft file, computed with h5py and hashlib alone.

Usage: content_digest.py FILE.h5                the digest of the whole
       content_digest.py FILE.h5 --parts        of a data set of version 2: the text that its digest is made of
       content_digest.py FILE.h5 --block B      of a data set of version 2: the digest of one block of users, from
                                                that block's rows alone

The second, independent statement of what docs/files.md says.
"""
import hashlib
import sys

import h5py
import numpy as np

TYPES = {"u1": "uint8", "i4": "int32", "i8": "int64", "f4": "float32", "f8": "float64"}
FINDINGS = ["/findings/labels/" + name for name in ("edges", "alpha", "beta")]
FINDINGS += ["/findings/settings/" + name for name in ("method", "learning_rate", "epochs", "batch_size")]


def add(digest, path, values):
    """Adds a column, or some rows of it, to `digest`."""
    sizes = "x".join(str(size) for size in values.shape)
    if values.dtype.kind == "S":
        digest.update(f"{path} utf8 {sizes}\n".encode())
        digest.update(b"".join(value + b"\0" for value in values.tolist()))
    else:
        little = values.astype(values.dtype.newbyteorder("<"))
        digest.update(f"{path} {TYPES[little.dtype.str[1:]]} {sizes}\n".encode())
        digest.update(np.ascontiguousarray(little).tobytes())


def digest_of(file, paths):
    digest = hashlib.sha256()
    for path in paths:
        if path in file:
            add(digest, path, file[path][()])
    return digest.hexdigest()


EVENTS = [f"/events/{name}" for name in ("item", "timestamp", "label", "action")]
SAMPLES = {part: [f"/samples/{part}/{name}"
                  for name in ("item", "label", "event_position", "probability", "timestamp", "drawn")]
           for part in ("train", "test")}
ITEMS = [f"/items/{name}" for name in ("id", "category_offsets", "categories")]
GENOME = ["/items/genome", "/items/genome_known"]
OFFSETS = [f"/users/{name}_offsets" for name in ("event", "train", "test")]


def columns(file):
    """The columns of the kinds of file whose digest is one of all columns."""
    kind = file.attrs["format"].decode()
    if kind == "lcft-checkpoint":
        tensors = []
        for group in ("dense", "embeddings", "optimizer"):
            file[group].visititems(
                lambda name, item: tensors.append(item.name) if isinstance(item, h5py.Dataset) else None
            )
        return sorted(tensors, key=str.encode)
    if kind == "lcft-results":
        names = ("id", "row", "train_count", "train_positives", "test_count", "test_positives", "local_ctr")
        paths = ["/users/" + name for name in names]
        methods = sorted(file["methods"], key=str.encode)
        for method in methods:
            for name in ("alpha", "beta", "label_status", "auc", "auc_status", "loss_before", "loss_after"):
                paths.append(f"/methods/{method}/{name}")
        paths += [f"/predictions/{name}" for name in ["offsets", "label"] + methods]
        names = ("method", "against", "users", "difference", "low", "high", "up", "same", "down")
        paths += ["/significance/" + name for name in names]
        names = ("id", "row", "test_count", "test_positives", "auc", "auc_status", "offsets", "label", "cloud")
        return paths + ["/untrained/" + name for name in names] + FINDINGS
    if kind == "lcft-ab-test":
        paths = ["/users/" + name for name in ("row", "bucket", "local_ctr", "diverged", "expected_clicks")]
        names = ("impressions", "clicks", "expected_clicks", "oracle_clicks", "random_clicks")
        return paths + ["/days/" + name for name in names] + FINDINGS
    return ["/users/id"] + OFFSETS + EVENTS + SAMPLES["train"] + SAMPLES["test"] + ITEMS + GENOME + ["/categories/id"]


def sorted_names(file, group):
    return sorted(file[group], key=str.encode) if group in file else []


def add_feature(digest, file, path, start, end):
    """Adds the rows of a feature's columns at `path`, in the order of the bytes of their names."""
    if path + "/offsets" in file:
        offsets = file[path + "/offsets"][start:end + 1]
        add(digest, path + "/offsets", offsets - offsets[0])
        start, end = int(offsets[0]), int(offsets[-1])
    if path + "/missing" in file:
        add(digest, path + "/missing", file[path + "/missing"][start:end])
    add(digest, path + "/values", file[path + "/values"][start:end])


def attribute_text(value):
    """As docs/files.md says: reals as the digits of their bits, several values joined by commas."""
    if isinstance(value, h5py.Empty):
        return ""
    values = np.atleast_1d(value)
    if values.dtype.kind == "f":
        return ",".join(f"{np.float64(v).view(np.uint64):016x}" for v in values)
    return ",".join(v.decode() if isinstance(v, bytes) else str(v) for v in values)


def attributes(file):
    """The text whose digest is the part /features."""
    paths = [f"/features/{owner}/{name}" for owner in sorted_names(file, "/features")
             for name in sorted_names(file, "/features/" + owner)]
    paths += ["/vocabularies/" + name for name in sorted_names(file, "/vocabularies")]
    return "".join(f"{path}@{name}={attribute_text(file[path].attrs[name])}\n"
                   for path in sorted(paths, key=str.encode)
                   for name in sorted(file[path].attrs, key=str.encode)
                   if name not in ("description", "source", "used_by"))


def block(file, index):
    """A line of the digest's text: reads the rows of one block's users and nothing else."""
    size = int(file.attrs["block_users"])
    users = file["/users/id"].shape[0]
    first, last = index * size, min((index + 1) * size, users)
    digest = hashlib.sha256()
    add(digest, "/users/id", file["/users/id"][first:last])
    offsets = [file[path][first:last + 1] for path in OFFSETS]
    for path, values in zip(OFFSETS, offsets):
        add(digest, path, values - values[0])
    (events, train, test) = [(int(values[0]), int(values[-1])) for values in offsets]
    for paths, (start, end) in ((EVENTS, events), (SAMPLES["train"], train), (SAMPLES["test"], test)):
        for path in paths:
            if path in file:
                add(digest, path, file[path][start:end])
    for owner, spans in (("events", [("", events)]), ("samples", [("/test", test), ("/train", train)]),
                         ("users", [("", (first, last))])):
        for name in sorted_names(file, "/features/" + owner):
            for part, (start, end) in spans:
                add_feature(digest, file, f"/features/{owner}/{name}{part}", start, end)
    positives = int(file["/samples/train/label"][train[0]:train[1]].sum())
    return (f"block {index} events {events[1] - events[0]} train {train[1] - train[0]} positives {positives} "
            f"test {test[1] - test[0]} {digest.hexdigest()}\n")


def text(file):
    size, users = int(file.attrs["block_users"]), file["/users/id"].shape[0]
    lines = [f"lcft-dataset 2\nblock_users {size}\nusers {users}\n"]
    lines += [block(file, index) for index in range((users + size - 1) // size)]
    return "".join(lines) + lines_of(item_side(file))


def catalogue(file):
    """The text of a catalogue's digest."""
    parts = item_side(file)
    parts["/users"] = digest_of(file, ["/users/id"])
    for name in sorted_names(file, "/features/users"):
        path = "/features/users/" + name
        digest = hashlib.sha256()
        add_feature(digest, file, path, 0, file["/users/id"].shape[0])
        parts[path] = digest.hexdigest()
    counts = [int(file.attrs[name]) for name in ("train_samples", "train_positives")]
    return "lcft-catalogue 1\ntrain {}\npositives {}\n".format(*counts) + lines_of(parts)


def lines_of(parts):
    return "".join(f"part {path} {parts[path]}\n" for path in sorted(parts, key=str.encode))


def item_side(file):
    """The digests of the tables that belong to no user, by path."""
    parts = {"/items": digest_of(file, ITEMS)}
    if "/categories" in file:
        parts["/categories"] = digest_of(file, ["/categories/id"])
    if GENOME[0] in file:
        parts["/items/genome"] = digest_of(file, GENOME)
    for name in sorted_names(file, "/features/items"):
        path = "/features/items/" + name
        digest = hashlib.sha256()
        add_feature(digest, file, path, 0, file["/items/id"].shape[0])
        parts[path] = digest.hexdigest()
    for name in sorted_names(file, "/vocabularies"):
        path = "/vocabularies/" + name
        parts[path] = digest_of(file, [path + "/" + column for column in ("count", "distinct", "value")])
    if "/features" in file or "/vocabularies" in file:
        parts["/features"] = hashlib.sha256(attributes(file).encode()).hexdigest()
    return parts


with h5py.File(sys.argv[1], "r") as file:
    if sys.argv[2:] == ["--parts"]:
        print(text(file), end="")
    elif sys.argv[2:3] == ["--block"]:
        print(block(file, int(sys.argv[3])).split()[-1])
    elif file.attrs["format"] == b"lcft-dataset" and file.attrs["format_version"] >= 2:
        print(hashlib.sha256(text(file).encode()).hexdigest())
    elif file.attrs["format"] == b"lcft-catalogue":
        print(hashlib.sha256(catalogue(file).encode()).hexdigest())
    else:
        print(digest_of(file, columns(file)))
