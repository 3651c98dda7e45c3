"""Results: `lcft-results`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .auc import AUC_STATUS, user_auc
from .errors import UnknownNameError
from .findings import Findings, findings
from .made_from import MadeFrom
from .measured import MeasuredUsers, cutoffs
from .predictions import Predictions, ScoredUsers
from .storage import Array
from .summaries import summary
from .tables import Column, EnumColumn, Members, OptionalColumn, Table, frame
from .untrained import UntrainedUsers

if TYPE_CHECKING:
    import pandas


class EvaluatedUsers(ScoredUsers):
    """`/users`: one row per evaluated user."""

    train_count = Column("int32")
    train_positives = Column("int32")
    test_count = Column("int32")
    test_positives = Column("int32")
    local_ctr = Column("float64")
    #: Lists of candidates of one moment with a positive and a negative, and test samples in them.
    lists = OptionalColumn("int32")
    list_candidates = OptionalColumn("int32")


class MethodOutcome(MeasuredUsers):
    """`/methods/METHOD`: one row per user. `summary` has the method's figures over all users."""

    key = "auc"
    alpha = Column("float64")
    beta = Column("float64")
    label_status = EnumColumn("uncorrected", "corrected", "undefined")
    auc = Column("float64")
    auc_status = EnumColumn(*AUC_STATUS)
    loss_before = Column("float64")
    loss_after = Column("float64")

    @property
    def name(self) -> str:
        """The method's name."""
        return self.where.rsplit("/", 1)[-1]

    @property
    def index(self) -> int:
        """The method's place."""
        return int(self.file.attribute(self.where, "index"))

    @property
    def summary(self) -> Dict[str, Any]:
        """The attributes of `/summary/METHOD`: `user_auc` (eq. 12), `pooled_auc`, `logloss` and others."""
        return summary(self.file, f"/summary/{self.name}")


class Methods(Members):
    """`/methods`. Called, it is a pandas frame with a row per method: its summary."""

    what = "method"

    def __getitem__(self, name: str) -> MethodOutcome:
        return MethodOutcome(self.file, self.check(name))

    def __call__(self) -> "pandas.DataFrame":
        rows = [{"method": name, **self[name].summary} for name in self]
        return frame({key: [row[key] for row in rows] for key in (rows[0] if rows else {"method": ""})})


class ByMethod(Table):
    """One row per user, and a column per method: `table["soft1"]`."""

    #: What a method's column holds, in errors.
    what = ""

    def __getitem__(self, method: str) -> Array:
        if method not in self.methods():
            raise UnknownNameError(self.file.path, f"{self.what} of the method", method, self.methods())
        return self.file.column(f"{self.where}/{method}", "float64", (len(self),))

    def methods(self) -> List[str]:
        """The methods that the file has a column of, in their order."""
        return [name for name in Methods(self.file, "/methods") if self.file.has(f"{self.where}/{name}")]

    def columns(self) -> Dict[str, Array]:
        """Those of users, and each method's."""
        return {**super().columns(), **{name: self[name] for name in self.methods()}}


class Shifts(ByMethod):
    """`/shifts`: one row per user. `shifts["soft1"]` is how much further the scores of touched items moved."""

    what = "shifts"
    key = "touched"
    touched = Column("int32")
    unseen = Column("int32")


class WithoutUnseen(ByMethod):
    """`/without_unseen`: one row per user. `without_unseen["soft1"]` is the AUC without the items of unseen positives."""

    what = "AUCs"
    key = "positives"
    positives = Column("int32")
    others = Column("int32")


class Significance(Table):
    """`/significance`: one row per pair of methods."""

    key = "method"
    method = Column("str")
    against = Column("str")
    users = Column("int32")
    difference = Column("float64")
    low = Column("float64")
    high = Column("float64")
    up = Column("float64")
    same = Column("float64")
    down = Column("float64")

    @property
    def draws(self) -> int:
        """Draws of the paired bootstrap."""
        return int(self.file.attribute(self.where, "draws"))

    @property
    def seed(self) -> int:
        """The seed of the draws."""
        return int(self.file.attribute(self.where, "seed"))


class Results(MadeFrom):
    """Every evaluated user's numbers under every method.

    `results.users.local_ctr` and `results.methods["soft1"].auc` are columns; `results.users()`, `results.methods()`,
    `results.methods["soft1"]()`, `results.predictions()` and `results.significance()` are pandas frames.
    """

    format = "lcft-results"

    @property
    def users(self) -> EvaluatedUsers:
        """One row per evaluated user."""
        return EvaluatedUsers(self, "/users")

    @property
    def methods(self) -> Methods:
        """The methods, by name."""
        return Methods(self, "/methods")

    @property
    def predictions(self) -> Optional[Predictions]:
        """The logits of all test samples; None where the job did not save them."""
        where = "/predictions"
        return Predictions(self, where, self.users, list(self.methods)) if self.has(where) else None

    @property
    def untrained(self) -> Optional[UntrainedUsers]:
        """Users without training samples, as the cloud model scores them; None where there are none."""
        return UntrainedUsers(self, self.predictions) if self.has("/untrained") else None

    @property
    def shifts(self) -> Optional[Shifts]:
        """Where methods moved the scores of test samples; None in files of versions that did not tell."""
        return Shifts(self, "/shifts") if self.has("/shifts") else None

    @property
    def without_unseen(self) -> Optional[WithoutUnseen]:
        """AUCs without the items of unseen positives; None in files of versions that did not tell."""
        return WithoutUnseen(self, "/without_unseen") if self.has("/without_unseen") else None

    @property
    def significance(self) -> Optional[Significance]:
        """Differences between methods; None where there are none."""
        return Significance(self, "/significance") if self.has("/significance") else None

    @property
    def findings(self) -> Optional[Findings]:
        """What searches found and the run used; None in files of version 0.1."""
        return findings(self)

    @property
    def global_ctr(self) -> float:
        """w_g of the paper's eq. 10."""
        return float(self.attribute("/", "global_ctr"))

    @property
    def metrics_at(self) -> List[int]:
        """The k of NDCG@k and hit rate@k; empty in files of versions that did not measure them."""
        return cutoffs(self)

    @property
    def metrics_bins(self) -> Optional[int]:
        """Bins of the expected calibration error; None in files of versions that did not measure it."""
        found = self.attribute("/", "metrics_bins", None)
        return None if found is None else int(found)

    def aucs(self, method: str) -> Array:
        """Each user's AUC, computed anew from the predictions; NaN where undefined."""
        return self._predictions().aucs(method)

    def user_auc(self, method: str, weighted: bool = True) -> float:
        """The user AUC of eq. 12, computed anew from the predictions; unweighted: every user counts the same."""
        counts = self._predictions().counts() if weighted else None
        return user_auc(self.aucs(method), counts)

    def _predictions(self) -> Predictions:
        predictions = self.predictions
        if predictions is None:
            raise self.damaged("/predictions", "is missing (finetuning.save_predictions was false)")
        return predictions
