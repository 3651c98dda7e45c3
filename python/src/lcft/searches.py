"""What searches write: tables of labels (`lcft-labels`) and of settings (`lcft-search`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Optional

from .made_from import MadeFrom
from .storage import Array
from .tables import Column, Members, OptionalColumn, Table, frame

if TYPE_CHECKING:
    import pandas


class HeldOutSearch(MadeFrom):
    """What both kinds say of the samples that were held out."""

    @property
    def holdout(self) -> float:
        """The share of each user's training samples that was held out."""
        return float(self.attribute("/", "holdout"))

    @property
    def users(self) -> int:
        """Users that count: with both classes held out."""
        return int(self.attribute("/", "users"))

    @property
    def users_one_class(self) -> int:
        """Users of whose held-out samples all are of one class."""
        return int(self.attribute("/", "users_one_class"))

    @property
    def users_too_few(self) -> int:
        """Users with too few samples."""
        return int(self.attribute("/", "users_too_few"))


class LabelGroups(Table):
    """`/groups`: one row per group of users by local CTR; group g: `edges[g]` < local CTR <= `edges[g + 1]`."""

    key = "alpha"
    edges = Column("float64", extra=1)
    alpha = Column("float64")
    beta = Column("float64")
    auc = Column("float64")
    plain_auc = Column("float64")
    low = Column("float64")
    high = Column("float64")
    users = Column("int64")
    samples = Column("int64")


class LabelGrid:
    """`/grid`: the user AUC of every group under every pair of labels."""

    def __init__(self, file: "LabelTable"):
        self._file = file

    @property
    def alpha(self) -> Array:
        """[A] labels of positives that were tried."""
        return self._file.column("/grid/alpha", "float64", (None,))

    @property
    def beta(self) -> Array:
        """[B] labels of negatives that were tried."""
        return self._file.column("/grid/beta", "float64", (None,))

    @property
    def auc(self) -> Array:
        """[groups, A, B]."""
        shape = (len(self._file.groups), len(self.alpha), len(self.beta))
        return self._file.column("/grid/auc", "float64", shape)


class LabelTable(HeldOutSearch):
    """Hard correction's table."""

    format = "lcft-labels"

    @property
    def groups(self) -> LabelGroups:
        """One row per group."""
        return LabelGroups(self, "/groups")

    @property
    def grid(self) -> LabelGrid:
        """All that was tried."""
        return LabelGrid(self)


class TriedSettings(Table):
    """`/methods/METHOD`: one row per setting that was tried."""

    key = "auc"
    learning_rate = Column("float64")
    epochs = Column("int64")
    batch_size = Column("int64")
    auc = Column("float64")
    difference = Column("float64")
    low = Column("float64")
    high = Column("float64")
    diverged = Column("int64")
    mu = OptionalColumn("float64")
    share = OptionalColumn("float64")

    @property
    def index(self) -> int:
        """The method's place."""
        return int(self.file.attribute(self.where, "index"))

    @property
    def best(self) -> int:
        """The best row, or -1."""
        return int(self.file.attribute(self.where, "best"))


class SearchedMethods(Members):
    """`/methods`. Called, it is a pandas frame with a row per method: its best settings."""

    what = "method"

    def __getitem__(self, name: str) -> TriedSettings:
        return TriedSettings(self.file, self.check(name))

    def __call__(self) -> "pandas.DataFrame":
        names = [name for name in self if self[name].best >= 0]
        tables = {name: (self[name].columns(), self[name].best) for name in names}
        keys = list(dict.fromkeys(key for columns, _ in tables.values() for key in columns))
        values = {
            key: [columns[key][row] if key in columns else math.nan for columns, row in tables.values()]
            for key in keys
        }
        return frame({"method": names, **values})


class Candidates(Table):
    """`/candidates`: cloud settings that were tried, the best first."""

    key = "settings"
    settings = Column("str")
    epochs = Column("int64")
    user_auc = Column("float64")
    log_loss = Column("float64")
    calibration = Column("float64")
    step = Column("int64")
    difference = Column("float64")
    low = Column("float64")
    high = Column("float64")
    diverged = Column("int64")


class Search(HeldOutSearch):
    """Settings that were tried for each method, or for the cloud model."""

    format = "lcft-search"

    @property
    def methods(self) -> SearchedMethods:
        """The methods, by name."""
        return SearchedMethods(self, "/methods")

    @property
    def candidates(self) -> Optional[Candidates]:
        """Cloud settings, in files of `lcft search --cloud`, which have no methods; None in others."""
        return Candidates(self, "/candidates") if self.has("/candidates") else None

    @property
    def cloud_auc(self) -> float:
        """The cloud model's user AUC on the held-out samples."""
        return float(self.attribute("/", "cloud_auc"))
