"""The histories of samples: windows of a user's events of one kind, padded."""

from __future__ import annotations

import numpy as np

from .dataset import Dataset
from .errors import MismatchError
from .storage import Array


class HistoryKind:
    """One kind of history of a data set's users: which events are entries.

    `positive` and `negative` are events with label 1 and 0, `actions` those that record an action, `exposures` all
    others.
    """

    def __init__(self, kind: str, dataset: Dataset):
        self.kind = kind
        self._offsets = dataset.users.event_offsets
        self._is_entry = self._entries(dataset)

    def _entries(self, dataset: Dataset) -> Array:
        """[events] whether each is an entry."""
        if self.kind in ("positive", "negative"):
            return np.asarray(dataset.events.label == (1 if self.kind == "positive" else 0))
        if "action" not in dataset.features.events:
            raise MismatchError(
                f"{dataset.path}: has no actions (/features/events/action), which histories of {self.kind} need"
            )
        action = dataset.features.events["action"]
        values = dataset.vocabularies[action.vocabulary or ""].value
        exposure = np.flatnonzero(values == "exposure") if values is not None else np.zeros(0)
        if len(exposure) == 0:
            raise MismatchError(f"{dataset.path}: /vocabularies/{action.vocabulary}: has no value exposure")
        is_action = action.values != exposure[0]
        return is_action if self.kind == "actions" else ~is_action

    def windows(self, users: Array, positions: Array, limit: int) -> Array:
        """[n, T] rows of /events: of each sample the last `limit` entries among the first events of its user.

        `positions` [n] says how many events come before the sample. Entries stand first, oldest first, then -1; T is
        the longest history, and at least 1.
        """
        users, positions = np.asarray(users, dtype=np.int64), np.asarray(positions, dtype=np.int64)
        before = np.concatenate([[0], np.cumsum(self._is_entry)])
        entries = np.flatnonzero(self._is_entry)
        starts = self._offsets[users]
        first, end = before[starts], before[starts + positions]
        first = np.maximum(first, end - limit)
        lengths = end - first
        steps = np.arange(max(1, int(lengths.max(initial=0))))
        is_there = steps < lengths[:, None]
        places = np.where(is_there, first[:, None] + steps, 0)
        if len(entries) == 0:
            return np.full(is_there.shape, -1, dtype=np.int64)
        return np.where(is_there, entries[places], -1).astype(np.int64)
