#!/usr/bin/env python3
"""Reference AUCs by scikit-learn, over samples with and without ties.

    python3 make_auc_numbers.py auc_numbers.h5      (needs scikit-learn, numpy, h5py)

Flat columns: case c has the samples offsets[c] ... offsets[c + 1]; a case with one class has AUC NaN. Beside
them the means over cases, weighted by their sizes (the paper's eq. 12) and not, and the AUC of all samples
pooled.
"""
import sys

import h5py
import numpy as np
from sklearn.metrics import roc_auc_score


def main(path):
    rng = np.random.default_rng(7)
    scores, labels, offsets, aucs = [], [], [0], []
    for case in range(300):
        n = int(rng.integers(1, 120))
        y = (rng.random(n) < rng.uniform(0, 1) ** 2).astype(np.uint8)
        s = rng.normal(size=n) + y
        if case % 3 == 1:
            s = np.round(s * 2) / 2  # many ties
        if case % 50 == 2:
            s = np.zeros(n)  # nothing but ties
        if case % 7 == 3:
            s[rng.random(n) < 0.3] *= -0.0
        s = s.astype(np.float32)
        scores.append(s)
        labels.append(y)
        offsets.append(offsets[-1] + n)
        aucs.append(roc_auc_score(y, s) if 0 < y.sum() < n else np.nan)
    aucs, sizes = np.array(aucs), np.diff(offsets)
    defined = ~np.isnan(aucs)
    with h5py.File(path, "w", libver=("earliest", "v108")) as file:
        file["scores"], file["labels"] = np.concatenate(scores), np.concatenate(labels)
        file["offsets"], file["auc"] = np.array(offsets, dtype=np.int64), aucs
        file.attrs["weighted"] = np.average(aucs[defined], weights=sizes[defined])
        file.attrs["unweighted"] = aucs[defined].mean()
        file.attrs["pooled"] = roc_auc_score(np.concatenate(labels), np.concatenate(scores))
        file.attrs["undefined"] = int((~defined).sum())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "auc_numbers.h5")
