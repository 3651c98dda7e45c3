"""Writes a small lcft dataset the way a user of h5py and numpy would: 64-bit ids, strings of variable length,
labels as booleans, one big-endian column, next to no attributes.

Usage: write_dataset.py OUT.h5 LIBVER     the HDF5 format to write: earliest, v108, v110
"""
import sys

import h5py
import numpy as np

path, version = sys.argv[1:]
latest = {"earliest": "v108"}.get(version, version)
with h5py.File(path, "w", libver=(version, latest)) as file:
    file.attrs["format"] = "lcft-dataset"
    file.attrs["format_version"] = 1
    file.attrs["seed"] = np.uint64(2**64 - 1)
    file.attrs["setting_note"] = "héllo"
    file["users/id"] = ["ann", "böb", "a much longer name"]
    file["users/event_offsets"] = np.array([0, 2, 2, 5])
    file["users/train_offsets"] = np.array([0, 1, 2, 4], dtype=">i4")
    file["users/test_offsets"] = np.array([0, 0, 1, 2], dtype="u8")
    file["events/item"] = np.array([3, 1, 0, 2, 3])
    file["events/timestamp"] = np.array([10, 10, 5, 6, 7], dtype="i4")
    file["events/label"] = np.array([True, False, True, True, True])
    for part, count in (("train", 4), ("test", 2)):
        group = file.create_group("samples/" + part)
        group["item"] = np.arange(count, dtype="u2")
        group["label"] = np.arange(count) % 2
        group["event_position"] = np.array([2, 0, 3, 1][:count] if part == "train" else [0, 3])
        group["probability"] = np.linspace(0, 1, count)
    file["items/id"] = np.array([b"i0", b"i1", b"i2", b"item three"])
    file["items/category_offsets"] = np.array([0, 1, 1, 3, 3])
    file.create_dataset("items/categories", data=np.array([1, 0, 1]), chunks=(2,), compression="gzip")
    file["items/genome"] = np.arange(8, dtype="f8").reshape(4, 2) / 10
    file["items/genome_known"] = np.array([1, 1, 0, 1], dtype="i8")
    file["categories/id"] = np.array(["food", "drink"], dtype=h5py.string_dtype("ascii", 8))
