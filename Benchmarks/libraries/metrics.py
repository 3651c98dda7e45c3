"""User AUC (the paper's eq. 12) and pooled AUC, the same for both sides."""
import numpy as np


def auc(scores, labels):
    """By ranks, ties counted one half; NaN where one class is missing."""
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[places]
    return (ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives)


def user_aucs(scores, labels, users):
    """For each distinct user, in order: its AUC and its number of samples."""
    order = np.argsort(users, kind="stable")
    bounds = np.flatnonzero(np.diff(users[order])) + 1
    parts = np.split(order, bounds)
    return np.array([auc(scores[p], labels[p]) for p in parts]), np.array([len(p) for p in parts])


def evaluate(scores, labels, users):
    scores, labels = np.asarray(scores, np.float32), np.asarray(labels)
    aucs, sizes = user_aucs(scores, labels, np.asarray(users))
    ok = ~np.isnan(aucs)
    if not np.isfinite(scores).all():
        return {"user_auc": float("nan"), "pooled_auc": float("nan")}
    return {
        "user_auc": float((aucs[ok] * sizes[ok]).sum() / sizes[ok].sum()),
        "pooled_auc": float(auc(scores, labels))}


def since_best(rows):
    """How many rows follow the one with the best user AUC."""
    aucs = [row["user_auc"] for row in rows]
    return len(rows) - 1 - aucs.index(max(aucs))
