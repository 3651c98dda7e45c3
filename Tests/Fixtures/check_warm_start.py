"""Checks with h5py and dictionaries that a model went on from another one, row by row and by name.

usage: check_warm_start.py OLD.h5 NEW.h5 SEED

OLD.h5 is a checkpoint, NEW.h5 one that went on from it and has not been trained (training.epochs 0), each beside its
catalogue. Rows of the same identifier or value must have the same bits, and others what the job's seed draws for them
(docs/files.md, random numbers); the optimiser's state of these must be zero. Prints the rows that were kept, new and dropped.
"""

import math
import os
import sys

import h5py
import numpy as np

MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def key(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 & MASK
    return mix(value)


def drawn(seed, name, row, shape):
    """What row `row` of a table begins with."""
    limit = math.sqrt(6 / sum(shape))
    state = mix((mix((mix((seed + STEP) & MASK) + key(name)) & MASK) + STEP + row) & MASK)
    values = []
    for _ in range(shape[1]):
        state = (state + STEP) & MASK
        values.append((2 * ((mix(state) >> 11) * 2.0**-53) - 1) * limit)
    return np.array(values, np.float64).astype(np.float32)


def strings(column):
    return [value.decode() for value in column[()]]


class Model:
    def __init__(self, path):
        self.file = h5py.File(path, "r")
        self.catalogue = h5py.File(os.path.join(os.path.dirname(path), "catalogue.h5"), "r")
        self.names = {"user": strings(self.catalogue["users/id"]), "item": strings(self.catalogue["items/id"])}
        for owner in self.catalogue.get("features", {}).values():
            for feature in owner.values():
                if feature.attrs["kind"].decode() != "categorical":
                    continue
                vocabulary = self.catalogue["vocabularies"][feature.attrs["vocabulary"].decode()]
                known = int(vocabulary.attrs["known"])
                names = strings(vocabulary["value"])[:known]
                # The row of all other values, which no value is called.
                names += [None] * (int(vocabulary.attrs["rows"]) - known)
                self.names[feature.attrs["table"].decode()] = names


def bits(values):
    return np.asarray(values).view(np.int32)


def main():
    old, new = Model(sys.argv[1]), Model(sys.argv[2])
    seed = int(sys.argv[3])
    parent = new.file["parent"]
    assert parent.attrs["digest"] == old.file.attrs["content_digest"]
    assert parent.attrs["dataset_digest"] == old.file.attrs["dataset_digest"]
    counted = {
        name.removeprefix("table/"): tuple(int(parent[column][row]) for column in ("kept", "new", "dropped"))
        for row, name in enumerate(strings(parent["table"]))
    }
    assert set(new.file["embeddings"]) == set(old.file["embeddings"])
    groups = ["/"] + [f"/optimizer/{slot}/" for slot in new.file["optimizer"]]
    checked = set()
    for group in groups:
        for name in new.file["embeddings"]:
            before = old.file[f"{group}embeddings/{name}"][()]
            after = new.file[f"{group}embeddings/{name}"][()]
            # A first order has tables of its own over the same names: the feature's, after what they are of.
            space = max((names for names in new.names if name == names or name.endswith("_" + names)), key=len)
            old_names, new_names = old.names[space], new.names[space]
            assert (len(before), len(after)) == (len(old_names), len(new_names)), name
            place = {value: row for row, value in enumerate(old_names)}
            kept = 0
            for row, value in enumerate(new_names):
                if value in place:
                    kept += 1
                    expected = before[place[value]]
                elif group == "/":
                    expected = drawn(seed, name, row, after.shape)
                else:
                    expected = np.zeros(after.shape[1], np.float32)
                assert (bits(after[row]) == bits(expected)).all(), (group, name, row, value)
            counts = (kept, len(new_names) - kept, len(old_names) - kept)
            assert counts == counted[{"user": "users", "item": "items"}.get(space, space)], (name, counts, counted)
            checked.add(space)

        def compare(path, dense):
            if isinstance(dense, h5py.Dataset):
                assert (bits(dense[()]) == bits(old.file[f"{group}dense/{path}"][()])).all(), path

        new.file[f"{group}dense"].visititems(compare)
    for name in sorted(checked):
        print(name, *counted[{"user": "users", "item": "items"}.get(name, name)])


main()
