"""The logits of users' test samples: `/predictions`, and the same in `/untrained`."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Sequence

import numpy as np

from .auc import aucs
from .errors import UnknownNameError
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

    def __call__(self) -> "pandas.DataFrame":
        """A row per test sample: `user` (identifier), `row` (in the data set), `label`, and a method's logits each."""
        counts = self.counts()
        columns = {
            "user": np.repeat(self._users.id, counts),
            "row": np.repeat(self._users.row, counts),
            "label": self.label,
        }
        return frame({**columns, **{method: self[method] for method in self.methods()}})
