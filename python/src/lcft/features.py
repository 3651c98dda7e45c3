"""One feature of a data set: `/features/OWNER/NAME`, or what older files have in its place."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple, Union

import numpy as np

from .storage import Array, StoredFile

#: Features that files without `/features` have in columns of their own, with these columns and attributes.
OLDER: Dict[Tuple[str, str], Tuple[Dict[str, str], Dict[str, Any]]] = {
    ("items", "category"): (
        {"offsets": "/items/category_offsets", "values": "/items/categories"},
        {"kind": "categorical", "list": 1, "vocabulary": "category", "table": "category", "index": 0},
    ),
    ("items", "genome"): (
        {"values": "/items/genome", "known": "/items/genome_known"},
        {"kind": "vector", "index": 1},
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
        if (
            len(offsets) == 0
            or offsets[0] != 0
            or np.any(np.diff(offsets) < 0)
            or offsets[-1] != len(self.values)
        ):
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


def _column_paths(group: str) -> Dict[str, str]:
    return {name: f"{group}/{name}" for name in ("offsets", "values", "missing")}


class Feature:
    """One feature: what its attributes say. `ColumnFeature` and `SampleFeature` have its columns."""

    def __init__(self, file: StoredFile, owner: str, name: str):
        self.owner = owner
        self.name = name
        self.path = f"{owner}/{name}"
        self._file = file
        self._group = f"/features/{owner}/{name}"
        self._attributes = None if file.has(self._group) else OLDER[owner, name][1]

    def _attribute(self, name: str, *default: Any) -> Any:
        if self._attributes is not None:
            return self._attributes.get(name, default[0] if default else None)
        return self._file.attribute(self._group, name, *default)

    @property
    def kind(self) -> str:
        """`categorical`, `numeric` or `vector`."""
        kind = str(self._attribute("kind"))
        if kind not in ("categorical", "numeric", "vector"):
            raise self._file.damaged(
                f"{self._group}@kind", f"is '{kind}', expected categorical, numeric or vector"
            )
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
    def standardisation(self) -> Tuple[float, float]:
        """Mean and deviation of the step `standardised`. Raises `DamagedFileError` where they are missing."""
        return float(self._attribute("mean")), float(self._attribute("deviation"))

    @property
    def edges(self) -> Optional[Array]:
        """Of the step `quantiles`."""
        if "quantiles" not in self.transform:
            return None
        edges = self._attribute("edges", None)
        return np.atleast_1d(np.asarray(edges or [], dtype=np.float64))

    @property
    def intervals(self) -> Optional[int]:
        """Of the step `quantiles`: how many intervals were asked for; there are fewer where values repeat."""
        edges = self.edges
        if edges is None:
            return None
        return int(self._attribute("intervals", len(edges) + 1))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}: {self.kind}>"


class ColumnFeature(Feature, FeatureColumns):
    """A feature of users, items or events: one row per row of its owner."""

    def __init__(self, file: StoredFile, owner: str, name: str):
        Feature.__init__(self, file, owner, name)
        paths = _column_paths(self._group) if self._attributes is None else OLDER[owner, name][0]
        FeatureColumns.__init__(self, file, self.kind, paths)


class SampleFeature(Feature):
    """A feature of samples, with the columns of the two parts."""

    @property
    def train(self) -> FeatureColumns:
        """One row per training sample."""
        return FeatureColumns(self._file, self.kind, _column_paths(f"{self._group}/train"))

    @property
    def test(self) -> FeatureColumns:
        """One row per test sample."""
        return FeatureColumns(self._file, self.kind, _column_paths(f"{self._group}/test"))


AnyFeature = Union[ColumnFeature, SampleFeature]


def columns_of(feature: AnyFeature, part: str) -> FeatureColumns:
    """The feature's columns: of a sample's feature those of the part `train` or `test`."""
    if isinstance(feature, ColumnFeature):
        return feature
    return feature.train if part == "train" else feature.test
