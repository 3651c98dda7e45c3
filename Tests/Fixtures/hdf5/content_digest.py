"""Prints the content digest of an lcft file, computed with h5py and hashlib alone.

Usage: content_digest.py FILE.h5

The second, independent statement of what Sources/IO/Files/ContentDigest.swift documents.
"""
import hashlib
import sys

import h5py
import numpy as np

TYPES = {"u1": "uint8", "i4": "int32", "i8": "int64", "f4": "float32", "f8": "float64"}
FINDINGS = ["/findings/labels/" + name for name in ("edges", "alpha", "beta")]
FINDINGS += ["/findings/settings/" + name for name in ("method", "learning_rate", "epochs", "batch_size")]


def columns(file):
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
        return paths + ["/significance/" + name for name in names] + FINDINGS
    if kind == "lcft-ab-test":
        paths = ["/users/" + name for name in ("row", "bucket", "local_ctr", "diverged", "expected_clicks")]
        names = ("impressions", "clicks", "expected_clicks", "oracle_clicks", "random_clicks")
        return paths + ["/days/" + name for name in names] + FINDINGS
    paths = [f"/users/{name}" for name in ("id", "event_offsets", "train_offsets", "test_offsets")]
    paths += [f"/events/{name}" for name in ("item", "timestamp", "label", "action")]
    for part in ("train", "test"):
        paths += [f"/samples/{part}/{name}" for name in ("item", "label", "event_position", "probability")]
    paths += [f"/items/{name}" for name in ("id", "category_offsets", "categories", "genome", "genome_known")]
    return paths + ["/categories/id"]


digest = hashlib.sha256()
with h5py.File(sys.argv[1], "r") as file:
    for path in columns(file):
        if path not in file:
            continue
        values = file[path][()]
        sizes = "x".join(str(size) for size in values.shape)
        if values.dtype.kind == "S":
            digest.update(f"{path} utf8 {sizes}\n".encode())
            digest.update(b"".join(value + b"\0" for value in values.tolist()))
        else:
            little = values.astype(values.dtype.newbyteorder("<"))
            digest.update(f"{path} {TYPES[little.dtype.str[1:]]} {sizes}\n".encode())
            digest.update(np.ascontiguousarray(little).tobytes())
print(digest.hexdigest())
