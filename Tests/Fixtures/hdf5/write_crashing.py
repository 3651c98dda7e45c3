"""Writes a data set that crashes the HDF5 library (1.10.8), as a damaged or a crafted file may.

Usage: write_crashing.py GOOD.h5 PATH

A copy of GOOD.h5 has the users' ids as strings of variable length, one of which is said to be longer than all memory.
"""
import shutil
import sys

import h5py

good, path = sys.argv[1:]
shutil.copy(good, path)
with h5py.File(path, "r+") as file:
    ids = [name.decode() for name in file["users/id"][:]]
    attributes = dict(file["users/id"].attrs)
    del file["users/id"]
    column = file.create_dataset("users/id", data=ids, dtype=h5py.string_dtype())
    column.attrs.update(attributes)
with open(path, "r+b") as file:
    data = file.read()
    # The ids' heap: 16 bytes, and then per string its number, a count, its size in 8 bytes, and its bytes up to a multiple of 8.
    heap = data.index(ids[0].encode(), data.rindex(b"GCOL")) - 16
    file.seek(heap + 15)
    file.write(b"\x0b")
