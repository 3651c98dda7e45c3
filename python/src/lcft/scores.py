"""Scores of pairs: `lcft-predictions`, which `lcft predict` writes."""

from __future__ import annotations

from typing import List

from .made_from import MadeFrom
from .tables import Column, OptionalColumn, Table


class Pairs(Table):
    """`/predictions`: one row per pair and method."""

    key = "logit"
    user = Column("str")
    item = Column("str")
    time = OptionalColumn("int64")
    method = Column("str")
    rank = OptionalColumn("int32")
    logit = Column("float32")
    probability = Column("float32")


class Scores(MadeFrom):
    """Scores of pairs of users and items, or rankings."""

    format = "lcft-predictions"

    @property
    def pairs(self) -> Pairs:
        """One row per pair and method."""
        return Pairs(self, "/predictions")

    @property
    def methods(self) -> List[str]:
        """The methods that scored, in their order."""
        return list(dict.fromkeys(self.pairs.method))
