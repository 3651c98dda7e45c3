#!/usr/bin/env python3
"""Reference rankings of lists of candidates with and without ties, and a calibration error.

    python3 make_ranking_numbers.py ranking_numbers.h5      (needs scikit-learn, numpy, h5py)

NDCG@k is scikit-learn's, which shares gains among ties. Hit rate and reciprocal rank have no such reference: they are
means over every order of the list's candidates in which no higher score stands below a lower one. The calibration error
is made of the bins of scikit-learn's calibration_curve.

Flat columns: list c has the candidates offsets[c] ... offsets[c + 1].
"""
import itertools
import sys

import h5py
import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import ndcg_score

CUTOFFS = (1, 2, 3, 5, 10)
BINS = 15


def orders(scores):
    """Every order of the candidates by falling score."""
    groups = [np.flatnonzero(scores == score) for score in np.unique(scores)[::-1]]
    for parts in itertools.product(*(itertools.permutations(group) for group in groups)):
        yield [row for part in parts for row in part]


def by_counting(labels, scores):
    """The mean reciprocal rank of the first positive and, per k, the share of orders with one among the first k."""
    ranks = np.array([1 + next(r for r, row in enumerate(order) if labels[row]) for order in orders(scores)])
    return np.mean(1 / ranks), [np.mean(ranks <= k) for k in CUTOFFS]


def main(path):
    rng = np.random.default_rng(11)
    scores, labels, offsets, mrr, ndcg, hits = [], [], [0], [], [], []
    while len(mrr) < 200:
        n = int(rng.integers(2, 13))
        y = (rng.random(n) < rng.uniform(0.1, 0.9)).astype(np.uint8)
        if not 0 < y.sum() < n:
            continue
        s = rng.normal(size=n) + y
        case = len(mrr) % 4
        if case == 1:
            s = np.round(s)  # many ties
        if case == 2:
            s[rng.random(n) < 0.5] = -0.0
        if case == 3 and n <= 8:
            s = np.zeros(n)  # nothing but ties
        if np.unique(s, return_counts=True)[1].max() > 7:
            continue  # too many orders to count
        s = s.astype(np.float32)
        rank, hit = by_counting(y, s)
        scores.append(s)
        labels.append(y)
        offsets.append(offsets[-1] + n)
        mrr.append(rank)
        hits.append(hit)
        ndcg.append([ndcg_score([y], [s.astype(float)], k=k) for k in CUTOFFS])
    z, y = np.concatenate(scores), np.concatenate(labels)
    p = 1 / (1 + np.exp(-z.astype(np.float64)))
    true, predicted = calibration_curve(y, p, n_bins=BINS, strategy="uniform")
    counts = np.histogram(p, bins=np.linspace(0, 1, BINS + 1))[0]
    with h5py.File(path, "w", libver=("earliest", "v108")) as file:
        file["scores"], file["labels"] = z, y
        file["offsets"], file["mrr"] = np.array(offsets, dtype=np.int64), np.array(mrr)
        file["cutoffs"] = np.array(CUTOFFS, dtype=np.int64)
        for place, k in enumerate(CUTOFFS):
            file[f"ndcg_{k}"], file[f"hit_rate_{k}"] = np.array(ndcg)[:, place], np.array(hits)[:, place]
        file.attrs["bins"] = BINS
        file.attrs["ece"] = np.sum(counts[counts > 0] * np.abs(true - predicted)) / len(y)
        file.attrs["calibration"] = p.sum() / y.sum()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "ranking_numbers.h5")
