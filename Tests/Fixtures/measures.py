"""Calibration and rankings by direct formulas, for the scripts that check results and reports.

Tied candidates have no order: NDCG, hit rate and reciprocal rank are expected values over all orders of them, here by
counting subsets (math.comb) where lcft multiplies along the places.
"""
from math import comb

import numpy as np


def ndcg(y, z, k):
    """As scikit-learn's ndcg_score, which shares discounts among ties."""
    discount = np.where(np.arange(len(y)) < k, 1 / np.log2(np.arange(len(y)) + 2), 0)
    order = np.argsort(-z, kind="stable")
    total = 0.0
    for score in np.unique(z):
        total += y[z == score].mean() * discount[z[order] == score].sum()
    return total / discount[: int(y.sum())].sum()


def first_group(y, z):
    """Candidates above, in, and positives in the highest group of tied candidates that has a positive."""
    best = z[y == 1].max()
    return int((z > best).sum()), int((z == best).sum()), int(y[z == best].sum())


def hit_rate(y, z, k):
    above, size, hits = first_group(y, z)
    places = min(max(k - above, 0), size)
    return 1 - comb(size - hits, places) / comb(size, places)


def reciprocal_rank(y, z):
    above, size, hits = first_group(y, z)
    orders = comb(size, hits)
    return sum(comb(size - place, hits - 1) / orders / (above + place) for place in range(1, size - hits + 2))


def lists(y, times):
    """The rows of each list of one user's samples: of one time, with a positive and a negative."""
    found = (np.flatnonzero(times == time) for time in np.unique(times))
    return [rows for rows in found if 0 < y[rows].sum() < len(rows)]


def user_measures(y, z, times, cutoffs):
    """One user's numbers, by their names in results.h5; `times` may be None."""
    z = z.astype(np.float64)
    numbers = {"logloss": np.mean(np.logaddexp(0, z) - y * z), "predicted_ctr": np.mean(1 / (1 + np.exp(-z)))}
    if times is None:
        return numbers
    own = [(y[rows], z[rows]) for rows in lists(y, times)]

    def mean(measure, *arguments):
        return np.mean([measure(*one, *arguments) for one in own]) if own else np.nan

    numbers["mrr"] = mean(reciprocal_rank)
    for k in cutoffs:
        numbers[f"ndcg_at_{k}"], numbers[f"hit_rate_at_{k}"] = mean(ndcg, k), mean(hit_rate, k)
    return numbers


def calibration_error(y, z, bins):
    p = 1 / (1 + np.exp(-z.astype(np.float64)))
    place = np.minimum((p * bins).astype(int), bins - 1)
    return sum(abs(y[place == b].sum() - p[place == b].sum()) for b in np.unique(place)) / len(y)


def total(users, y, z, times, cutoffs, bins):
    """A summary over users, from the samples of each: `users` are pairs of a start and an end of rows."""
    rows = np.concatenate([np.arange(start, end) for start, end in users])
    p = 1 / (1 + np.exp(-z[rows].astype(np.float64)))
    each = [user_measures(y[a:b], z[a:b], None, cutoffs) for a, b in users]
    numbers = {
        "logloss_per_user": np.mean([one["logloss"] for one in each]),
        "calibration": p.sum() / y[rows].sum() if y[rows].any() else np.nan,
        "ece": calibration_error(y[rows], z[rows], bins),
    }
    if times is None:
        return numbers
    own = [
        (y[a:b][rows], z[a:b][rows].astype(np.float64)) for a, b in users for rows in lists(y[a:b], times[a:b])
    ]
    numbers["lists"], numbers["list_candidates"] = len(own), sum(len(labels) for labels, _ in own)
    if own:
        numbers["mrr"] = np.mean([reciprocal_rank(*one) for one in own])
        for k in cutoffs:
            numbers[f"ndcg_at_{k}"] = np.mean([ndcg(*one, k) for one in own])
            numbers[f"hit_rate_at_{k}"] = np.mean([hit_rate(*one, k) for one in own])
    return numbers
