#!/usr/bin/env python3
"""The table of jobs/drift-study.sh: paired differences in user AUC, by seed and over seeds.

Per seed the difference is the mean over users weighted by test samples, with a 95% bootstrap interval over users
(1,000 draws); over seeds it is the mean of the seeds' differences with Student's 95% interval (4 degrees of
freedom). `slope` is that of a user's mean predicted probability by the cloud model against the user's local CTR: 0
where the model knows nothing of users' base rates, 1 where it has learnt them.
"""
import sys

import h5py
import numpy as np

PAIRS = [("soft1", "local"), ("soft1", "cloud"), ("local", "cloud"), ("soft2", "local")]
STUDENT = 2.776  # 97.5% quantile of Student's t with 4 degrees of freedom


def read(path):
    with h5py.File(path) as file:
        offsets = file["predictions/offsets"][:]
        weights = np.diff(offsets).astype(float)
        aucs = {name: file[f"methods/{name}/auc"][:] for name in file["methods"]}
        chance = 1 / (1 + np.exp(-file["predictions/cloud"][:].astype(float)))
        mean = np.add.reduceat(chance, offsets[:-1]) / weights
        slope = np.polyfit(file["users/local_ctr"][:], mean, 1)[0]
    return aucs, weights, slope


def main(folder):
    for drift in ("drift", "no-drift"):
        differences = {pair: [] for pair in PAIRS}
        print(f"\n{drift}\nseed   cloud   local   soft1   soft2  slope  " + "  ".join(f"{a} - {b}".ljust(28) for a, b in PAIRS))
        for seed in range(1, 6):
            aucs, weights, slope = read(f"{folder}/{drift}-{seed}/results.h5")
            rng = np.random.default_rng(seed)
            means = []
            for name in ("cloud", "local", "soft1", "soft2"):
                ok = ~np.isnan(aucs[name])
                means.append(f"{np.average(aucs[name][ok], weights=weights[ok]):.4f}")
            cells = []
            for pair in PAIRS:
                d = aucs[pair[0]] - aucs[pair[1]]
                ok = ~np.isnan(d)
                d, w = d[ok], weights[ok]
                draws = rng.integers(0, len(d), (1000, len(d)))
                boot = (d[draws] * w[draws]).sum(1) / w[draws].sum(1)
                low, high = np.percentile(boot, [2.5, 97.5])
                differences[pair].append(np.average(d, weights=w))
                cells.append(f"{differences[pair][-1]:+.5f} [{low:+.5f}, {high:+.5f}]")
            print(f"{seed:4d}  {'  '.join(means)}  {slope:.2f}   " + "  ".join(cells))
        cells = []
        for pair in PAIRS:
            d = np.array(differences[pair])
            half = STUDENT * d.std(ddof=1) / np.sqrt(len(d))
            cells.append(f"{d.mean():+.5f} [{d.mean() - half:+.5f}, {d.mean() + half:+.5f}]")
        print(f"mean{'':41s} " + "  ".join(cells))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "runs/drift-study")
