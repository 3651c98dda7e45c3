"""Calibration, and rankings of the candidates of one moment, computed from predictions."""

from __future__ import annotations

from typing import Dict, Iterator, Optional, Sequence, Tuple

import numpy as np

from .storage import Array


def probabilities(logits: Array) -> Array:
    """Click probabilities in double precision."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64))))


def calibration_error(logits: Array, labels: Array, bins: int) -> float:
    """Expected calibration error (Guo et al., 2017) over `bins` intervals of the probability, all of one width.

    Sum over the bins of the share of the samples times the distance between their CTR and their mean probability.
    """
    p = probabilities(logits)
    if not len(p):
        return float("nan")
    place = np.minimum((p * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(place, labels, bins) - np.bincount(place, p, bins)
    return float(np.abs(gaps).sum() / len(p))


def calibration(logits: Array, labels: Array) -> float:
    """Predicted over true CTR; NaN without a positive."""
    positives = np.count_nonzero(labels)
    return float(probabilities(logits).sum() / positives) if positives else float("nan")


def log_losses(logits: Array, labels: Array, offsets: Array) -> Array:
    """Each user's mean cross entropy; user u has the samples `offsets[u]` up to `offsets[u + 1]`."""
    z = np.asarray(logits, dtype=np.float64)
    counts = np.diff(offsets)
    with np.errstate(invalid="ignore"):
        losses = np.logaddexp(0, z) - labels * z
        sums = np.bincount(np.repeat(np.arange(len(counts)), counts), losses, len(counts))
        return np.asarray(sums / counts)


def rank_list(scores: Array, labels: Array, cutoffs: Sequence[int]) -> Tuple[float, Array, Array]:
    """Reciprocal rank of the first positive, NDCG@k and hit rate@k of a list with a positive.

    Candidates whose scores are equal have no order: expected values over all orders of them.
    """
    values, place = np.unique(-np.asarray(scores, dtype=np.float64), return_inverse=True)
    sizes = np.bincount(np.ravel(place), minlength=len(values))
    hits = np.bincount(np.ravel(place), labels, len(values))
    above = np.concatenate([[0], np.cumsum(sizes)])
    gain = np.concatenate([[0], np.cumsum(1 / np.log2(np.arange(2, len(labels) + 2)))])
    group = int(np.flatnonzero(hits)[0])
    first, size, positives = int(above[group]), int(sizes[group]), int(hits[group])
    # The probability that none of the group's first places holds a positive, from no place on.
    steps = np.arange(size - positives + 1)
    missed = np.concatenate([[1], np.cumprod((size - positives - steps) / (size - steps))])
    rank = float(np.sum((missed[:-1] - missed[1:]) / (first + 1 + steps)))
    ndcg, rates = [], []
    for k in cutoffs:
        reach = gain[np.minimum(above[1:], k)] - gain[np.minimum(above[:-1], k)]
        ndcg.append(np.sum(hits / sizes * reach) / gain[min(int(hits.sum()), k)])
        rates.append(1 - missed[min(max(k - first, 0), len(missed) - 1)])
    return rank, np.array(ndcg), np.array(rates)


def lists(times: Array, labels: Array, offsets: Array) -> Iterator[Tuple[int, Array]]:
    """The lists of each user: the user's place and the rows of the list.

    A user's samples with the same time are one list; it counts where it has a positive and a negative.
    """
    for user, (start, end) in enumerate(zip(offsets[:-1], offsets[1:])):
        order = start + np.argsort(times[start:end], kind="stable")
        cuts = np.flatnonzero(np.diff(times[order])) + 1
        for rows in np.split(order, cuts):
            if 0 < np.count_nonzero(labels[rows]) < len(rows):
                yield user, rows


class Rankings:
    """The rankings of some users' lists under one method: means over each user's lists, NaN for a user without one."""

    def __init__(
        self, scores: Array, labels: Array, times: Array, offsets: Array, cutoffs: Sequence[int]
    ):
        users = len(offsets) - 1
        #: [users] lists, and samples in them.
        self.lists = np.zeros(users, dtype=np.int64)
        self.list_candidates = np.zeros(users, dtype=np.int64)
        sums = np.zeros((users, 1 + 2 * len(cutoffs)))
        for user, rows in lists(times, labels, offsets):
            self.lists[user] += 1
            self.list_candidates[user] += len(rows)
            if np.all(np.isfinite(scores[rows])):
                rank, ndcg, rates = rank_list(scores[rows], labels[rows], cutoffs)
                sums[user] += np.concatenate([[rank], ndcg, rates])
            else:
                sums[user] = np.nan
        with np.errstate(invalid="ignore"):
            means = sums / self.lists[:, None]
        #: [users]
        self.mrr = means[:, 0]
        #: By k: [users].
        self.ndcg: Dict[int, Array] = {k: means[:, 1 + place] for place, k in enumerate(cutoffs)}
        self.hit_rate: Dict[int, Array] = {
            k: means[:, 1 + len(cutoffs) + place] for place, k in enumerate(cutoffs)
        }

    def mean(self, values: Array, users: Optional[Array] = None) -> float:
        """The mean over lists of one of the columns, each list counted alike; over the `users` of a mask."""
        chosen = (self.lists > 0) & ~np.isnan(values)
        if users is not None:
            chosen &= users
        return float(np.average(values[chosen], weights=self.lists[chosen])) if chosen.any() else float("nan")
