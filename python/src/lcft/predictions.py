"""The logits of users' test samples: `/predictions`, and the same in `/untrained`."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional, Sequence

import numpy as np

from .auc import aucs
from .errors import UnknownNameError
from .measured import cutoffs
from .measures import Rankings, calibration, calibration_error, log_losses
from .storage import Array, StoredFile
from .tables import Column, Table, frame

if TYPE_CHECKING:
    import pandas


class ScoredUsers(Table):
    """Users of results: one row per user."""

    key = "row"
    id = Column("str")
    row = Column("int32")


class Predictions:
    """One row per test sample of some users. `predictions["soft1"]` are a method's logits."""

    def __init__(self, file: StoredFile, where: str, users: ScoredUsers, methods: Sequence[str]):
        self._file = file
        self._where = where
        self._users = users
        self._methods = methods

    @property
    def offsets(self) -> Array:
        """Row u's test samples are rows `offsets[u]` up to `offsets[u + 1]`."""
        path = f"{self._where}/offsets"
        offsets = self._file.column(path, "int64", (len(self._users) + 1,))
        if offsets[0] != 0 or np.any(np.diff(offsets) < 0) or offsets[-1] != len(self.label):
            raise self._file.damaged(path, f"does not rise from 0 to {len(self.label)}")
        return offsets

    @property
    def label(self) -> Array:
        """The label of each test sample."""
        return self._file.column(f"{self._where}/label", "uint8", (None,))

    @property
    def timestamp(self) -> Optional[Array]:
        """The time of each test sample, seconds since 1970; None where it was not known, and in files of earlier versions."""
        path = f"{self._where}/timestamp"
        return self._file.column(path, "int64", (len(self.label),)) if self._file.has(path) else None

    def __getitem__(self, method: str) -> Array:
        """The logits under a method."""
        if method not in self.methods():
            raise UnknownNameError(self._file.path, "predictions of the method", method, self.methods())
        return self._file.column(f"{self._where}/{method}", "float32", (len(self.label),))

    def methods(self) -> List[str]:
        """The methods whose logits the file has, in their order."""
        return [name for name in self._methods if self._file.has(f"{self._where}/{name}")]

    def counts(self) -> Array:
        """[users] how many test samples each has."""
        return np.diff(self.offsets)

    def aucs(self, method: str) -> Array:
        """Each user's AUC, computed anew; NaN where undefined."""
        return aucs(self[method], self.label, self.offsets)

    def log_losses(self, method: str) -> Array:
        """Each user's mean cross entropy, computed anew; NaN where a score is no number."""
        return log_losses(self[method], self.label, self.offsets)

    def rankings(self, method: str, at: Optional[Sequence[int]] = None) -> Rankings:
        """NDCG@k, hit rate@k and MRR of the lists of candidates of one moment, computed anew.

        `at` are the k, by default those of the file. Raises `DamagedFileError` where the times are not known.
        """
        times = self.timestamp
        if times is None:
            raise self._file.damaged(f"{self._where}/timestamp", "is missing: lists are samples of one time")
        own = (cutoffs(self._file) or [1, 5, 10]) if at is None else list(at)
        return Rankings(self[method], self.label, times, self.offsets, own)

    def calibration(self, method: str) -> float:
        """Predicted over true CTR, computed anew over the users whose scores are numbers."""
        rows = self._scored(method)
        return calibration(self[method][rows], self.label[rows])

    def calibration_error(self, method: str, bins: Optional[int] = None) -> float:
        """The expected calibration error over the same users, computed anew; `bins` are by default those of the file."""
        rows = self._scored(method)
        own = int(self._file.attribute("/", "metrics_bins", 15)) if bins is None else bins
        return calibration_error(self[method][rows], self.label[rows], own)

    def _scored(self, method: str) -> Array:
        """The rows of users whose scores are all numbers."""
        counts = self.counts()
        broken = np.bincount(np.repeat(np.arange(len(counts)), counts), ~np.isfinite(self[method]), len(counts))
        return np.repeat(broken == 0, counts)

    def __call__(self) -> "pandas.DataFrame":
        """A row per test sample: `user` (identifier), `row` (in the data set), `label`, and a method's logits each.

        Between them `timestamp`, where it is known.
        """
        counts = self.counts()
        columns = {
            "user": np.repeat(self._users.id, counts),
            "row": np.repeat(self._users.row, counts),
            "label": self.label,
        }
        times = self.timestamp
        if times is not None:
            columns["timestamp"] = times
        return frame({**columns, **{method: self[method] for method in self.methods()}})
