"""Prints data sets (/path) and attributes (/path@name) of an HDF5 file as one JSON object.

Usage: show.py FILE.h5 NAME...
"""
import json
import sys

import h5py
import numpy as np


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and value != value:
        return "NaN"
    return value


result = {}
with h5py.File(sys.argv[1], "r") as file:
    for name in sys.argv[2:]:
        path, _, attribute = name.partition("@")
        result[name] = plain(file[path].attrs[attribute] if attribute else file[path][()])
        if not attribute:
            dtype = file[path].dtype
            members = h5py.check_enum_dtype(dtype)
            result[name + ":type"] = members or dtype.str
print(json.dumps(result))
