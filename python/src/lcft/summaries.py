"""Figures of results over users: the attributes of `/summary/METHOD` and of the summaries in `/untrained`."""

from __future__ import annotations

from typing import Any, Dict

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
    """The figures at `where`: `user_auc` (eq. 12), `pooled_auc`, `logloss` and others.

    Those over common users (`common_user_auc`, ...) are there where methods cover different users.
    """
    found = {name: file.attribute(where, name) for name in _NAMES}
    if file.attribute(where, "common_users", None) is not None:
        found.update({name: file.attribute(where, name) for name in _COMMON})
    return found
