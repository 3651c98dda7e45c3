"""Figures of results over users: the attributes of `/summary/METHOD` and of the summaries in `/untrained`."""

from __future__ import annotations

from typing import Any, Dict

from .storage import StoredFile

_NAMES = ("user_auc", "user_auc_unweighted", "pooled_auc", "logloss", "undefined_auc", "undefined_labels")


def summary(file: StoredFile, where: str) -> Dict[str, Any]:
    """The figures at `where`: `user_auc` (eq. 12), `pooled_auc`, `logloss` and others."""
    return {name: file.attribute(where, name) for name in _NAMES}
