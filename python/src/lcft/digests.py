"""Content digests, as docs/files.md says: SHA-256 of columns, and of data sets a tree of such digests."""

from __future__ import annotations

import hashlib
from typing import Any, Dict, List, Tuple

import h5py
import numpy as np

_TYPES = {"u1": "uint8", "i4": "int32", "i8": "int64", "f4": "float32", "f8": "float64"}
_EVENTS = [f"/events/{name}" for name in ("item", "timestamp", "label", "action")]
_SAMPLE_COLUMNS = ("item", "label", "event_position", "probability", "timestamp", "drawn")
_SAMPLES = {part: [f"/samples/{part}/{name}" for name in _SAMPLE_COLUMNS] for part in ("train", "test")}
_ITEMS = [f"/items/{name}" for name in ("id", "category_offsets", "categories")]
_GENOME = ["/items/genome", "/items/genome_known"]
_OFFSETS = [f"/users/{name}_offsets" for name in ("event", "train", "test")]
_VOCABULARY = ("count", "distinct", "value")
_FINDINGS = [f"/findings/labels/{name}" for name in ("edges", "alpha", "beta")]
_CHOICE: Tuple[str, ...] = ("methods", "edges", "best", "chosen", "next", "users", "samples", "auc", "difference", "low", "high", "advantage")
_CHOICE += ("margin", "margin_low", "margin_high", "labels/edges", "labels/alpha", "labels/beta")
_FINDINGS += [f"/findings/choice/{name}" for name in _CHOICE]
_SETTINGS = ("method", "learning_rate", "epochs", "batch_size", "mu", "share")
_FINDINGS += [f"/findings/settings/{name}" for name in _SETTINGS]
_MEASURED = ("user", "fold", "local_ctr", "samples", "auc")
_RESULT_USERS = ("id", "row", "train_count", "train_positives", "test_count", "test_positives", "local_ctr")
_LISTS = ("lists", "list_candidates")
_OUTCOMES = ("alpha", "beta", "label_status", "auc", "auc_status", "loss_before", "loss_after")
_PAIRS = ("method", "against", "users", "difference", "low", "high", "up", "same", "down")
_UNTRAINED = ("id", "row", "test_count", "test_positives", "auc", "auc_status")
_UNTRAINED_SAMPLES = ("offsets", "label", "timestamp", "cloud")
_GROUPS = ("edges", "alpha", "beta", "auc", "plain_auc", "low", "high", "users", "samples")
_TRIED = ("learning_rate", "auc", "difference", "low", "high", "mu", "share", "epochs", "batch_size", "diverged")
_CANDIDATES = ("settings", "user_auc", "log_loss", "calibration", "difference", "low", "high", "epochs", "step", "diverged")
_SCORES = ("user", "item", "method", "time", "rank", "logit")
_BUCKETS = ("row", "bucket", "local_ctr", "diverged", "expected_clicks")
_DAYS = ("impressions", "clicks", "expected_clicks", "oracle_clicks", "random_clicks")


def content_digest(file: h5py.File) -> str:
    """The digest of a file's content, 64 hexadecimal digits."""
    if file.attrs["format"] == b"lcft-dataset" and file.attrs["format_version"] >= 2:
        return hashlib.sha256(dataset_text(file).encode()).hexdigest()
    if file.attrs["format"] == b"lcft-catalogue":
        return hashlib.sha256(catalogue_text(file).encode()).hexdigest()
    return digest_of(file, _columns(file))


def digest_of(file: h5py.File, paths: List[str]) -> str:
    """The digest of those of the columns that the file has."""
    digest = hashlib.sha256()
    for path in paths:
        if path in file:
            _add(digest, path, file[path][()])
    return digest.hexdigest()


def _add(digest: Any, path: str, values: Any) -> None:
    """Adds a column, or some rows of it."""
    sizes = "x".join(str(size) for size in values.shape)
    if values.dtype.kind == "S":
        digest.update(f"{path} utf8 {sizes}\n".encode())
        digest.update(b"".join(value + b"\0" for value in values.tolist()))
    else:
        little = values.astype(values.dtype.newbyteorder("<"))
        digest.update(f"{path} {_TYPES[little.dtype.str[1:]]} {sizes}\n".encode())
        digest.update(np.ascontiguousarray(little).tobytes())


def _names(file: h5py.File, group: str) -> List[str]:
    """The members of a group, if it is there, in the order of the bytes of their names."""
    return sorted(file[group], key=str.encode) if group in file else []


def _columns(file: h5py.File) -> List[str]:
    """The columns of the kinds of file whose digest is one of all columns."""
    kind = file.attrs["format"].decode()
    if kind == "lcft-checkpoint":
        tensors: List[str] = []
        for group in ("dense", "embeddings", "optimizer"):
            file[group].visititems(
                lambda name, item: tensors.append(item.name) if isinstance(item, h5py.Dataset) else None
            )
        return sorted(tensors, key=str.encode)
    if kind == "lcft-results":
        methods, measures = _names(file, "methods"), _measures(file)
        paths = [f"/users/{name}" for name in _RESULT_USERS + _LISTS]
        paths += [f"/methods/{method}/{name}" for method in methods for name in (*_OUTCOMES, *measures)]
        paths += [f"/predictions/{name}" for name in ["offsets", "label", "timestamp", *methods]]
        paths += [f"/significance/{name}" for name in _PAIRS]
        untrained = (*_UNTRAINED, *_LISTS, *measures, *_UNTRAINED_SAMPLES)
        return paths + [f"/untrained/{name}" for name in untrained] + _FINDINGS
    if kind == "lcft-labels":
        return [f"/groups/{name}" for name in _GROUPS] + [
            f"/grid/{name}" for name in ("alpha", "beta", "auc")
        ]
    if kind == "lcft-choice":
        return [f"/choice/{name}" for name in _CHOICE] + [f"/measured/{name}" for name in _MEASURED]
    if kind == "lcft-search" and "candidates" in file:
        return [f"/candidates/{name}" for name in _CANDIDATES]
    if kind == "lcft-search":
        methods = sorted(file["methods"], key=lambda name: int(file["methods"][name].attrs["index"]))
        return [f"/methods/{method}/{name}" for method in methods for name in _TRIED]
    if kind == "lcft-predictions":
        return [f"/predictions/{name}" for name in _SCORES]
    if kind == "lcft-ab-test":
        return [f"/users/{name}" for name in _BUCKETS] + [f"/days/{name}" for name in _DAYS] + _FINDINGS
    paths = ["/users/id", *_OFFSETS, *_EVENTS, *_SAMPLES["train"], *_SAMPLES["test"], *_ITEMS, *_GENOME]
    return [*paths, "/categories/id"]


def _measures(file: h5py.File) -> List[str]:
    """The columns of users' calibration and rankings that results may have."""
    cutoffs = np.atleast_1d(file.attrs.get("metrics_at", []))
    rankings = [f"{name}_at_{int(k)}" for k in cutoffs for name in ("ndcg", "hit_rate")]
    return ["logloss", "predicted_ctr", "mrr", *rankings]


# Data sets of version 2.


def dataset_text(file: h5py.File) -> str:
    """The text that the digest of a data set of version 2 is made of: a line per block and per part."""
    size, users = block_size(file), file["/users/id"].shape[0]
    lines = [f"lcft-dataset 2\nblock_users {size}\nusers {users}\n"]
    lines += [block_line(file, index) for index in range((users + size - 1) // size)]
    return "".join(lines) + _part_lines(part_digests(file))


def catalogue_text(file: h5py.File) -> str:
    """The text that the digest of a catalogue is made of: its counts and a line per part."""
    parts = part_digests(file)
    parts["/users"] = digest_of(file, ["/users/id"])
    for name in _names(file, "/features/users"):
        path, digest = f"/features/users/{name}", hashlib.sha256()
        _add_feature(digest, file, path, 0, file["/users/id"].shape[0])
        parts[path] = digest.hexdigest()
    train, positives = (int(file.attrs[name]) for name in ("train_samples", "train_positives"))
    return f"lcft-catalogue 1\ntrain {train}\npositives {positives}\n" + _part_lines(parts)


def _part_lines(parts: Dict[str, str]) -> str:
    return "".join(f"part {path} {parts[path]}\n" for path in sorted(parts, key=str.encode))


def block_size(file: h5py.File) -> int:
    """How many users a block has; where the file does not say, by the writer's rule."""
    if "block_users" in file.attrs:
        return int(file.attrs["block_users"])
    size, users = 1, file["/users/id"].shape[0]
    while size < 4096 and users >= 1024 * 2 * size:
        size *= 2
    return size


def block_line(file: h5py.File, index: int) -> str:
    """A block's line of that text, from the rows of its users alone. It ends with the block's digest."""
    size = block_size(file)
    first, last = index * size, min((index + 1) * size, file["/users/id"].shape[0])
    digest = hashlib.sha256()
    _add(digest, "/users/id", file["/users/id"][first:last])
    offsets = [file[path][first : last + 1] for path in _OFFSETS]
    for path, values in zip(_OFFSETS, offsets):
        _add(digest, path, values - values[0])
    events, train, test = [(int(values[0]), int(values[-1])) for values in offsets]
    for paths, (start, end) in ((_EVENTS, events), (_SAMPLES["train"], train), (_SAMPLES["test"], test)):
        for path in paths:
            if path in file:
                _add(digest, path, file[path][start:end])
    spans: List[Tuple[str, List[Tuple[str, Tuple[int, int]]]]] = [
        ("events", [("", events)]),
        ("samples", [("/test", test), ("/train", train)]),
        ("users", [("", (first, last))]),
    ]
    for owner, parts in spans:
        for name in _names(file, f"/features/{owner}"):
            for part, (start, end) in parts:
                _add_feature(digest, file, f"/features/{owner}/{name}{part}", start, end)
    positives = int(file["/samples/train/label"][train[0] : train[1]].sum())
    return (
        f"block {index} events {events[1] - events[0]} train {train[1] - train[0]} positives {positives} "
        f"test {test[1] - test[0]} {digest.hexdigest()}\n"
    )


def part_digests(file: h5py.File) -> Dict[str, str]:
    """The digests of the parts of the item side, by path."""
    parts = {"/items": digest_of(file, _ITEMS)}
    if "/categories" in file:
        parts["/categories"] = digest_of(file, ["/categories/id"])
    if _GENOME[0] in file:
        parts["/items/genome"] = digest_of(file, _GENOME)
    for name in _names(file, "/features/items"):
        path, digest = f"/features/items/{name}", hashlib.sha256()
        _add_feature(digest, file, path, 0, file["/items/id"].shape[0])
        parts[path] = digest.hexdigest()
    for name in _names(file, "/vocabularies"):
        path = f"/vocabularies/{name}"
        parts[path] = digest_of(file, [f"{path}/{column}" for column in _VOCABULARY])
    if "/features" in file or "/vocabularies" in file:
        parts["/features"] = hashlib.sha256(_feature_attributes(file).encode()).hexdigest()
    return parts


def _add_feature(digest: Any, file: h5py.File, path: str, start: int, end: int) -> None:
    """Adds the rows of a feature's columns at `path`, in the order of the bytes of their names."""
    if path + "/offsets" in file:
        offsets = file[path + "/offsets"][start : end + 1]
        _add(digest, path + "/offsets", offsets - offsets[0])
        start, end = int(offsets[0]), int(offsets[-1])
    if path + "/missing" in file:
        _add(digest, path + "/missing", file[path + "/missing"][start:end])
    _add(digest, path + "/values", file[path + "/values"][start:end])


def _feature_attributes(file: h5py.File) -> str:
    """The text whose digest is the part /features."""
    paths = [
        f"/features/{owner}/{name}"
        for owner in _names(file, "/features")
        for name in _names(file, f"/features/{owner}")
    ]
    paths += [f"/vocabularies/{name}" for name in _names(file, "/vocabularies")]
    return "".join(
        f"{path}@{name}={_attribute_text(file[path].attrs[name])}\n"
        for path in sorted(paths, key=str.encode)
        for name in sorted(file[path].attrs, key=str.encode)
        if name not in ("description", "source", "used_by", "intervals")
    )


def _attribute_text(value: Any) -> str:
    """Reals as the digits of their bits, several values joined by commas."""
    if isinstance(value, h5py.Empty):
        return ""
    values = np.atleast_1d(value)
    if values.dtype.kind == "f":
        return ",".join(f"{np.float64(v).view(np.uint64):016x}" for v in values)
    return ",".join(v.decode() if isinstance(v, bytes) else str(v) for v in values)
