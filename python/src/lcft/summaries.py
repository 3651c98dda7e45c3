"""Figures of results over users: the attributes of `/summary/METHOD` and of the summaries in `/untrained`."""

from __future__ import annotations

from typing import Any, Dict, List

from .measured import cutoffs
from .storage import StoredFile

_NAMES = ("user_auc", "user_auc_unweighted", "pooled_auc", "logloss", "undefined_auc", "undefined_labels")
#: Over the users with scores under every method; where methods cover different users.
_COMMON = (
    "common_users",
    "common_auc_users",
    "common_user_auc",
    "common_user_auc_unweighted",
    "common_pooled_auc",
    "common_logloss",
)


def summary(file: StoredFile, where: str) -> Dict[str, Any]:
    """The figures at `where`: `user_auc` (eq. 12), `pooled_auc`, `logloss`, `ece`, `mrr`, `ndcg_at_5` and others.

    Those over common users (`common_user_auc`, ...) are there where methods cover different users.
    """
    found = {name: file.attribute(where, name) for name in _NAMES + tuple(_measures(file, where, ""))}
    if file.attribute(where, "common_users", None) is not None:
        own = _COMMON + tuple(_measures(file, where, "common_"))
        found.update({name: file.attribute(where, name) for name in own})
    return found


def _measures(file: StoredFile, where: str, prefix: str) -> List[str]:
    """The names of calibration and rankings, as far as the file has them."""
    if file.attribute(where, f"{prefix}ece", None) is None:
        return []
    names = ["logloss_per_user", "calibration", "ece"]
    if file.attribute(where, f"{prefix}lists", None) is not None:
        names += ["lists", "list_candidates", "mrr"]
        names += [f"{name}_at_{k}" for k in cutoffs(file) for name in ("ndcg", "hit_rate")]
    return [prefix + name for name in names]
