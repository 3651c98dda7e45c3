"""Users without training samples, as the cloud model scores them: `/untrained` of results."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import numpy as np

from .auc import AUC_STATUS, user_auc
from .measured import MeasuredUsers
from .predictions import Predictions, ScoredUsers
from .storage import Array, StoredFile
from .summaries import summary
from .tables import Column, EnumColumn, OptionalColumn


class UntrainedUsers(MeasuredUsers, ScoredUsers):
    """`/untrained`: one row per user with test samples and without training samples, who has no row in `/users`."""

    test_count = Column("int32")
    test_positives = Column("int32")
    auc = Column("float64")
    auc_status = EnumColumn(*AUC_STATUS)
    lists = OptionalColumn("int32")
    list_candidates = OptionalColumn("int32")

    def __init__(self, file: StoredFile, evaluated: Optional[Predictions]):
        super().__init__(file, "/untrained")
        self._evaluated = evaluated

    @property
    def predictions(self) -> Optional[Predictions]:
        """Their columns `offsets`, `label` and `cloud`; None where the job did not save predictions."""
        if not self.file.has(f"{self.where}/cloud"):
            return None
        return Predictions(self.file, self.where, self, ["cloud"])

    @property
    def summary(self) -> Dict[str, Any]:
        """The cloud model's figures over these users."""
        return summary(self.file, f"{self.where}/summary")

    @property
    def summary_of_all(self) -> Dict[str, Any]:
        """The cloud model's figures over all users with test samples: these, and the evaluated ones."""
        return summary(self.file, f"{self.where}/summary_of_all")

    def aucs(self) -> Array:
        """Each user's AUC under the cloud model, computed anew from the predictions; NaN where undefined."""
        return self._parts()[-1].aucs("cloud")

    def user_auc(self, weighted: bool = True) -> float:
        """The user AUC of eq. 12 over these users, computed anew; unweighted: every user counts the same."""
        return _user_auc(self._parts()[-1:], weighted)

    def user_auc_of_all(self, weighted: bool = True) -> float:
        """The cloud model's user AUC over all users with test samples, computed anew."""
        return _user_auc(self._parts(), weighted)

    def _parts(self) -> List[Predictions]:
        """The predictions of the evaluated users, and of these."""
        own = self.predictions
        if own is None or self._evaluated is None:
            where = f"{self.where}/cloud" if own is None else "/predictions"
            raise self.file.damaged(where, "is missing (finetuning.save_predictions was false)")
        return [self._evaluated, own]


def _user_auc(parts: List[Predictions], weighted: bool) -> float:
    counts = np.concatenate([part.counts() for part in parts]) if weighted else None
    return user_auc(np.concatenate([part.aucs("cloud") for part in parts]), counts)
