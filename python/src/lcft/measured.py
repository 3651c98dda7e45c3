"""Columns of users' calibration and rankings: of `/methods/METHOD`, and of `/untrained`."""

from __future__ import annotations

from typing import Dict, List

import numpy as np

from .storage import Array, StoredFile
from .tables import OptionalColumn, Table

_MEASURES = ("logloss", "predicted_ctr", "mrr")


def cutoffs(file: StoredFile) -> List[int]:
    """The k of NDCG@k and hit rate@k that results have; none in files of versions that did not measure them."""
    return [int(k) for k in np.atleast_1d(file.attribute("/", "metrics_at", []))]


class MeasuredUsers(Table):
    """One method's measures of users: None in files of versions that did not measure them.

    Rankings are means over a user's lists of candidates of one moment, NaN for a user without one, and None where the
    times of samples were not known.
    """

    logloss = OptionalColumn("float64")
    predicted_ctr = OptionalColumn("float64")
    mrr = OptionalColumn("float64")

    @property
    def ndcg(self) -> Dict[int, Array]:
        """`ndcg_at_K`, by k; empty where there are no rankings."""
        return self._rankings("ndcg")

    @property
    def hit_rate(self) -> Dict[int, Array]:
        """`hit_rate_at_K`, by k; empty where there are no rankings."""
        return self._rankings("hit_rate")

    def columns(self) -> Dict[str, Array]:
        found = super().columns()
        found.update({name: found.pop(name) for name in _MEASURES if name in found})
        ndcg, hit_rate = self.ndcg, self.hit_rate
        for k in ndcg:
            found.update({f"ndcg_at_{k}": ndcg[k], f"hit_rate_at_{k}": hit_rate[k]})
        return found

    def _rankings(self, name: str) -> Dict[int, Array]:
        if not self.file.has(f"{self.where}/mrr"):
            return {}
        paths = {k: f"{self.where}/{name}_at_{k}" for k in cutoffs(self.file)}
        return {k: self.file.column(path, "float64", (self.count,)) for k, path in paths.items()}
