"""The training part of a data set as a data set of its own: the last share of each user's training samples becomes the test
part, and the test samples are gone. Both sides choose their settings on it.

    python holdout.py DATA.h5 HELD_OUT.h5 [SHARE]
"""
import os
import shutil
import sys

import h5py
import numpy as np


def cuts(offsets, drawn, share):
    """Per user, the row from which its samples are held out. Drawn negatives stay with their positive."""
    result = []
    for start, end in zip(offsets[:-1], offsets[1:]):
        cut = start + int((end - start) * (1 - share))
        while drawn is not None and start < cut < end and drawn[cut]:
            cut += 1
        result.append(cut)
    return np.array(result, np.int64)


def write(source, target, share=0.2):
    partial = target + ".partial"
    shutil.copyfile(source, partial)
    with h5py.File(partial, "r+") as file:
        offsets = file["users/train_offsets"][:]
        drawn = file["samples/train/drawn"][:] if "samples/train/drawn" in file else None
        cut = cuts(offsets, drawn, share)
        held = np.zeros(offsets[-1], bool)
        for start, end in zip(cut, offsets[1:]):
            held[start:end] = True
        split(file["samples"], held)
        for group in file.get("features/samples", {}).values():
            split(group, held)
        for name, counts in (("train", cut - offsets[:-1]), ("test", offsets[1:] - cut)):
            file[f"users/{name}_offsets"][:] = np.concatenate([[0], np.cumsum(counts)])
            if f"{name}_samples" in file.attrs:
                file.attrs[f"{name}_samples"] = np.int64(counts.sum())
        file.attrs["split_rule"] = np.bytes_(f"first {1 - share:g} of each user's training samples")
        # The content is another one, and what it was computed from is not in the file.
        for name in ("content_digest", "global_ctr", "block_users"):
            if name in file.attrs:
                del file.attrs[name]
        for name in ("blocks", "parts"):
            if name in file:
                del file[name]
    os.replace(partial, target)


def split(group, held):
    """The columns of `group`/train, and of groups in it, into train and test."""
    part = group["train"]
    if isinstance(part, h5py.Group) and "offsets" in part:
        offsets, values = part["offsets"][:], part["values"][:]
        owner = np.repeat(np.arange(len(held)), np.diff(offsets))
        columns = {}
        for name, rows in (("train", ~held), ("test", held)):
            columns[name] = {
                "offsets": np.concatenate([[0], np.cumsum(np.diff(offsets)[rows])]), "values": values[rows[owner]]}
    else:
        columns = {
            name: {column: part[column][:][rows] for column in part}
            for name, rows in (("train", ~held), ("test", held))}
    for name, values in columns.items():
        del group[name]
        for column, data in values.items():
            group.create_dataset(f"{name}/{column}", data=data, compression="gzip", shuffle=True)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    write(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) == 4 else 0.2)
