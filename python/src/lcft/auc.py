"""The area under the ROC curve, of a user and over users (eq. 12 of the paper)."""

from __future__ import annotations

from typing import Optional

import numpy as np

from .storage import Array

#: Whether a user has an AUC, and why not, by the number that stands for each.
AUC_STATUS = ("defined", "onlyPositives", "onlyNegatives", "notFinite")


def auc(scores: Array, labels: Array) -> float:
    """The share of pairs of a positive and a negative in which the positive has the higher score, ties counting half.

    NaN where a class is missing or a score is no number.
    """
    scores, labels = np.asarray(scores), np.asarray(labels)
    positives = int(np.count_nonzero(labels))
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0 or not np.all(np.isfinite(scores)):
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    # The mean rank, counted from 1, of the scores that are equal.
    ranks = (ends - (counts - 1) / 2)[np.ravel(place)]
    above = ranks[labels != 0].sum() - positives * (positives + 1) / 2
    return float(above / (positives * negatives))


def aucs(scores: Array, labels: Array, offsets: Array) -> Array:
    """Each user's AUC; user u has the samples `offsets[u]` up to `offsets[u + 1]`."""
    pairs = zip(offsets[:-1], offsets[1:])
    return np.array([auc(scores[start:end], labels[start:end]) for start, end in pairs], dtype=np.float64)


def user_auc(values: Array, counts: Optional[Array] = None) -> float:
    """The mean of the users' AUCs where they are defined, weighted by `counts`: eq. 12 with the users' test samples."""
    defined = ~np.isnan(values)
    if not defined.any():
        return float("nan")
    weights = None if counts is None else np.asarray(counts, dtype=np.float64)[defined]
    return float(np.average(values[defined], weights=weights))
