"""Which methods held-out training samples chose: `choice.h5` (`lcft-choice`), and the findings of files that used it."""

from __future__ import annotations

from typing import Dict, List, Optional

from .searches import HeldOutSearch
from .storage import Array
from .tables import Column, Table


class ChosenLabels(Table):
    """`labels` of a choice: those of hard correction, by group of users."""

    key = "alpha"
    edges = Column("float64", extra=1)
    alpha = Column("float64")
    beta = Column("float64")


class Choice(Table):
    """A row for all users, and one for each group by local CTR; `edges[g]` < local CTR of group g <= `edges[g + 1]`.

    `best`, `chosen` and `next` are places in `methods`; `auc`, `difference`, `low`, `high` and `advantage` have a column per
    method.
    """

    key = "chosen"
    edges = Column("float64")
    best = Column("int32")
    chosen = Column("int32")
    next = Column("int32")
    users = Column("int64")
    samples = Column("int64")
    auc = Column("float64", shape=(None,))
    difference = Column("float64", shape=(None,))
    low = Column("float64", shape=(None,))
    high = Column("float64", shape=(None,))
    advantage = Column("float64", shape=(None,))
    margin = Column("float64")
    margin_low = Column("float64")
    margin_high = Column("float64")

    @property
    def methods(self) -> List[str]:
        """The cloud model, which is the fallback, and the methods that were tried."""
        return [str(name) for name in self.file.column(f"{self.where}/methods", "str", (None,))]

    @property
    def labels(self) -> Optional[ChosenLabels]:
        """Hard correction's labels; None where it was not tried."""
        where = f"{self.where}/labels"
        return ChosenLabels(self.file, where) if self.file.has(where) else None

    @property
    def rule(self) -> str:
        """How the choice was made, in a sentence."""
        return str(self.file.attribute(self.where, "rule"))

    @property
    def folds(self) -> int:
        """How often a part was held out."""
        return int(self.file.attribute(self.where, "folds"))

    @property
    def holdout(self) -> float:
        """The share of what is left that a fold holds out."""
        return float(self.file.attribute(self.where, "holdout"))

    @property
    def decay(self) -> float:
        """A sample of fold k counts decay^(k - 1)."""
        return float(self.file.attribute(self.where, "decay"))

    @property
    def shrinkage(self) -> float:
        """The weight of a group's sampling variance."""
        return float(self.file.attribute(self.where, "shrinkage"))

    def columns(self) -> Dict[str, Array]:
        """Those with one value per row; the places in methods as names."""
        names = self.file.column(f"{self.where}/methods", "str", (None,))
        found = super().columns()
        return {**found, **{name: names[found[name]] for name in ("best", "chosen", "next")}}


class Measured(Table):
    """`/measured`: a row per user and fold; `auc` has a column per method."""

    key = "user"
    user = Column("int32")
    fold = Column("int32")
    local_ctr = Column("float64")
    samples = Column("int32")
    auc = Column("float64", shape=(None,))


class ChoiceFile(HeldOutSearch):
    """A choice, and what it follows from."""

    format = "lcft-choice"

    @property
    def choice(self) -> Choice:
        """What was chosen."""
        return Choice(self, "/choice")

    @property
    def measured(self) -> Measured:
        """What was measured of every user in every fold."""
        return Measured(self, "/measured")
