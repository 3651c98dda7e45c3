"""Features of a data set: `/features/OWNER/NAME`, and what older files have in their place."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from .storage import Array, StoredFile
from .tables import Members

#: Whose features there are, in the order in which models take them.
OWNERS = ("users", "items", "samples", "events")

#: Features that files without `/features` have in columns of their own, with these columns and attributes.
_OLDER: Dict[Tuple[str, str], Tuple[Dict[str, str], Dict[str, Any]]] = {
    ("items", "category"): (
        {"offsets": "/items/category_offsets", "values": "/items/categories"},
        {"kind": "categorical", "list": 1, "vocabulary": "category", "table": "category", "index": 0},
    ),
    ("items", "genome"): (
        {"values": "/items/genome", "known": "/items/genome_known"}, {"kind": "vector", "index": 1},
    ),
    ("events", "action"): (
        {"values": "/events/action"},
        {"kind": "categorical", "list": 0, "vocabulary": "action", "table": "action", "index": 0},
    ),
}


class FeatureColumns:
    """The columns of one feature: one row per row of its owner."""

    def __init__(self, file: StoredFile, kind: str, paths: Dict[str, str]):
        self._file = file
        self._kind = kind
        self._paths = paths

    @property
    def values(self) -> Array:
        """Rows of the vocabulary (-1 missing), numbers as the source has them, or vectors [rows, width]."""
        path = self._paths["values"]
        if self._kind == "vector":
            return self._file.column(path, "float32", (None, None))
        return self._file.column(path, "float32" if self._kind == "numeric" else "int32", (None,))

    @property
    def offsets(self) -> Optional[Array]:
        """Of a list: row r's values are `values[offsets[r]:offsets[r + 1]]`."""
        path = self._paths.get("offsets")
        if path is None or not self._file.has(path):
            return None
        offsets = self._file.column(path, "int64", (None,))
        if len(offsets) == 0 or offsets[0] != 0 or np.any(np.diff(offsets) < 0) or offsets[-1] != len(self.values):
            raise self._file.damaged(path, f"does not rise from 0 to {len(self.values)}")
        return offsets

    @property
    def missing(self) -> Optional[Array]:
        """1 where the source has no value; None where it always has one."""
        known = self._paths.get("known")
        if known is not None:
            return np.asarray(1 - self._file.column(known, "uint8", (None,)), dtype=np.uint8)
        path = self._paths.get("missing")
        return self._file.column(path, "uint8", (None,)) if path and self._file.has(path) else None

    @property
    def rows(self) -> int:
        """The number of rows."""
        offsets = self.offsets
        return len(self.values) if offsets is None else len(offsets) - 1


class Feature(FeatureColumns):
    """One feature. Of samples, whose columns are in two parts, `train` and `test` have them."""

    def __init__(self, file: StoredFile, owner: str, name: str):
        self.owner = owner
        self.name = name
        self.path = f"{owner}/{name}"
        self._group = f"/features/{owner}/{name}"
        older = None if file.has(self._group) else _OLDER[owner, name]
        self._attributes = older[1] if older else None
        self._file = file
        super().__init__(file, self.kind, older[0] if older else self._columns(self._group))

    @staticmethod
    def _columns(group: str) -> Dict[str, str]:
        return {name: f"{group}/{name}" for name in ("offsets", "values", "missing")}

    def _attribute(self, name: str, *default: Any) -> Any:
        if self._attributes is not None:
            return self._attributes.get(name, default[0] if default else None)
        return self._file.attribute(self._group, name, *default)

    @property
    def kind(self) -> str:
        """`categorical`, `numeric` or `vector`."""
        kind = str(self._attribute("kind"))
        if kind not in ("categorical", "numeric", "vector"):
            raise self._file.damaged(f"{self._group}@kind", f"is '{kind}', expected categorical, numeric or vector")
        return kind

    @property
    def description(self) -> Optional[str]:
        """In words."""
        return self._attribute("description", None)

    @property
    def index(self) -> int:
        """Its place among the owner's features."""
        return int(self._attribute("index"))

    @property
    def source(self) -> Optional[str]:
        """File and column, or what it was derived from."""
        return self._attribute("source", None)

    @property
    def is_list(self) -> bool:
        """The attribute `list`: whether a row has any number of values."""
        return bool(self._attribute("list", 0))

    @property
    def vocabulary(self) -> Optional[str]:
        """Categorical: the name of its vocabulary."""
        return self._attribute("vocabulary", None)

    @property
    def table(self) -> Optional[str]:
        """Categorical: the name of its embedding table."""
        return self._attribute("table", None)

    @property
    def transform(self) -> Tuple[str, ...]:
        """Numeric: the steps that a reader applies to the stored values."""
        return tuple(self._attribute("transform", None) or ())

    @property
    def mean(self) -> Optional[float]:
        """Of the step `standardised`."""
        return self._attribute("mean", None)

    @property
    def deviation(self) -> Optional[float]:
        """Of the step `standardised`."""
        return self._attribute("deviation", None)

    @property
    def edges(self) -> Optional[Array]:
        """Of the step `quantiles`."""
        edges = self._attribute("edges", None)
        return None if edges is None else np.atleast_1d(np.asarray(edges, dtype=np.float64))

    @property
    def train(self) -> FeatureColumns:
        """Of a sample's feature: the columns of the training samples."""
        return FeatureColumns(self._file, self.kind, self._columns(f"{self._group}/train"))

    @property
    def test(self) -> FeatureColumns:
        """Of a sample's feature: the columns of the test samples."""
        return FeatureColumns(self._file, self.kind, self._columns(f"{self._group}/test"))

    def __repr__(self) -> str:
        return f"<Feature {self.path}: {self.kind}>"


class OwnerFeatures(Members):
    """The features of one owner, by name, in their order."""

    what = "feature"

    def __init__(self, file: StoredFile, owner: str):
        super().__init__(file, f"/features/{owner}")
        self.owner = owner

    def names(self) -> List[str]:
        if self.file.has("/features"):
            return super().names()
        return [
            name for (owner, name), (paths, _) in _OLDER.items()
            if owner == self.owner and self.file.has(paths["values"])
        ]

    def __getitem__(self, name: str) -> Feature:
        self.check(name)
        return Feature(self.file, self.owner, name)


class Features:
    """The features of a data set by owner: `features.users["age"]`."""

    def __init__(self, file: StoredFile):
        self.users = OwnerFeatures(file, "users")
        self.items = OwnerFeatures(file, "items")
        self.samples = OwnerFeatures(file, "samples")
        self.events = OwnerFeatures(file, "events")

    def of(self, owner: str) -> OwnerFeatures:
        """Those of `users`, `items`, `samples` or `events`."""
        found: OwnerFeatures = getattr(self, owner)
        return found

    def all(self) -> List[Feature]:
        """Those of users, items, samples and events, in this order."""
        return [self.of(owner)[name] for owner in OWNERS for name in self.of(owner)]
