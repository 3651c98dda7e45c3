"""Results: `lcft-results`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional

import numpy as np

from .auc import aucs, user_auc
from .errors import UnknownNameError
from .findings import Findings, findings
from .made_from import MadeFrom
from .storage import Array
from .tables import Column, EnumColumn, Members, Table, frame

if TYPE_CHECKING:
    import pandas


class EvaluatedUsers(Table):
    """`/users`: one row per evaluated user."""

    key = "row"
    id = Column("str")
    row = Column("int32")
    train_count = Column("int32")
    train_positives = Column("int32")
    test_count = Column("int32")
    test_positives = Column("int32")
    local_ctr = Column("float64")


class MethodOutcome(Table):
    """`/methods/METHOD`: one row per user. `summary` has the method's figures over all users."""

    key = "auc"
    alpha = Column("float64")
    beta = Column("float64")
    label_status = EnumColumn("uncorrected", "corrected", "undefined")
    auc = Column("float64")
    auc_status = EnumColumn("defined", "onlyPositives", "onlyNegatives", "notFinite")
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
        where = f"/summary/{self.name}"
        names = (
            "user_auc",
            "user_auc_unweighted",
            "pooled_auc",
            "logloss",
            "undefined_auc",
            "undefined_labels",
        )
        return {name: self.file.attribute(where, name) for name in names}


class Methods(Members):
    """`/methods`. Called, it is a pandas frame with a row per method: its summary."""

    what = "method"

    def __getitem__(self, name: str) -> MethodOutcome:
        return MethodOutcome(self.file, self.check(name))

    def __call__(self) -> "pandas.DataFrame":
        rows = [{"method": name, **self[name].summary} for name in self]
        return frame({key: [row[key] for row in rows] for key in (rows[0] if rows else {"method": ""})})


class Predictions:
    """`/predictions`: one row per test sample of the evaluated users. `predictions["soft1"]` are a method's logits."""

    def __init__(self, results: "Results"):
        self._results = results

    @property
    def offsets(self) -> Array:
        """Row u's test samples are rows `offsets[u]` up to `offsets[u + 1]`."""
        offsets = self._results.column("/predictions/offsets", "int64", (len(self._results.users) + 1,))
        if offsets[0] != 0 or np.any(np.diff(offsets) < 0) or offsets[-1] != len(self.label):
            raise self._results.damaged("/predictions/offsets", f"does not rise from 0 to {len(self.label)}")
        return offsets

    @property
    def label(self) -> Array:
        """The label of each test sample."""
        return self._results.column("/predictions/label", "uint8", (None,))

    def __getitem__(self, method: str) -> Array:
        """The logits under a method."""
        if method not in self.methods():
            raise UnknownNameError(self._results.path, "predictions of the method", method, self.methods())
        return self._results.column(f"/predictions/{method}", "float32", (len(self.label),))

    def methods(self) -> "list[str]":
        """The methods whose logits the file has, in their order."""
        return [name for name in self._results.methods if self._results.has(f"/predictions/{name}")]

    def __call__(self) -> "pandas.DataFrame":
        """A row per test sample: `user` (identifier), `row` (in the data set), `label`, and a method's logits each."""
        counts = np.diff(self.offsets)
        users = self._results.users
        columns = {
            "user": np.repeat(users.id, counts),
            "row": np.repeat(users.row, counts),
            "label": self.label,
        }
        return frame({**columns, **{method: self[method] for method in self.methods()}})


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
        return Predictions(self) if self.has("/predictions") else None

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

    def aucs(self, method: str) -> Array:
        """Each user's AUC, computed anew from the predictions; NaN where undefined."""
        predictions = self._predictions()
        return aucs(predictions[method], predictions.label, predictions.offsets)

    def user_auc(self, method: str, weighted: bool = True) -> float:
        """The user AUC of eq. 12, computed anew from the predictions; unweighted: every user counts the same."""
        counts = np.diff(self._predictions().offsets) if weighted else None
        return user_auc(self.aucs(method), counts)

    def _predictions(self) -> Predictions:
        predictions = self.predictions
        if predictions is None:
            raise self.damaged("/predictions", "is missing (finetuning.save_predictions was false)")
        return predictions
