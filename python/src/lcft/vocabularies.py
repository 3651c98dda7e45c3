"""The values of categorical features: `/vocabularies/NAME`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

import numpy as np

from .storage import Array, StoredFile
from .tables import Members, frame

if TYPE_CHECKING:
    import pandas

#: The actions of files without `/features`, by the number that stands for each.
ACTIONS = ("exposure", "click", "cart", "favourite", "buy")


class Vocabulary:
    """The values of one or several categorical features, by row.

    Of the values, rows 0 up to `known` have a row of their own in an embedding table, and all others share the last
    one. A `hashed` vocabulary has no values, and every row is known.
    """

    def __init__(
        self, file: StoredFile, path: str, *, value_path: Optional[str] = None, values: Optional[Array] = None
    ):
        self._file = file
        self._path = path
        self._is_older = value_path is not None or values is not None
        self._value_path = value_path or f"{path}/value"
        self._values = values
        self.name = path.rsplit("/", 1)[-1]

    @property
    def kind(self) -> str:
        """`values` or `hashed`."""
        return "values" if self._is_older else str(self._file.attribute(self._path, "kind"))

    @property
    def min_count(self) -> Optional[int]:
        """Occurrences in the training part that a value needs for a row of its own; None where hashed."""
        return 0 if self._is_older else self._file.attribute(self._path, "min_count", None)

    @property
    def value(self) -> Optional[Array]:
        """The values as text, known ones first; None where hashed."""
        if self._values is not None:
            return self._values
        return None if self.kind == "hashed" else self._file.column(self._value_path, "str", (None,))

    @property
    def count(self) -> Optional[Array]:
        """Occurrences in the training part, by value, or by row where hashed; None in older files."""
        return None if self._is_older else self._file.column(f"{self._path}/count", "int64", (None,))

    @property
    def distinct(self) -> Optional[Array]:
        """Of a hashed vocabulary, by row: different values met."""
        path = f"{self._path}/distinct"
        return self._file.column(path, "int64", (None,)) if self._file.has(path) else None

    @property
    def size(self) -> int:
        """How many rows the columns of features may name."""
        value = self.value
        return int(self._file.attribute(self._path, "rows")) if value is None else len(value)

    @property
    def known(self) -> int:
        """How many values have a row of their own in a table."""
        if self._is_older or self.kind == "hashed":
            return self.size
        known = int(self._file.attribute(self._path, "known"))
        if not 0 <= known <= self.size:
            raise self._file.damaged(f"{self._path}@known", f"is {known}, with {self.size} values")
        return known

    @property
    def rows(self) -> int:
        """Rows of a table over it: `known`, and one more where other values follow."""
        return self.known + (1 if self.size > self.known else 0)

    def __call__(self) -> "pandas.DataFrame":
        """A pandas frame with a row per value: its text, its occurrences and the row of a table that it takes."""
        columns = {"value": self.value, "count": self.count, "distinct": self.distinct}
        columns["table_row"] = np.minimum(np.arange(self.size), self.known)
        return frame({name: column for name, column in columns.items() if column is not None})

    def __repr__(self) -> str:
        return f"<Vocabulary {self.name}: {self.size} values, {self.known} known>"


class Vocabularies(Members):
    """Of a data set, by name."""

    what = "vocabulary"

    def names(self) -> "list[str]":
        if self.file.has("/features") or not self.file.has("/categories"):
            return super().names()
        return ["category"] + (["action"] if self.file.has("/events/action") else [])

    def __getitem__(self, name: str) -> Vocabulary:
        path = self.check(name)
        if self.file.has(path):
            return Vocabulary(self.file, path)
        if name == "category":
            return Vocabulary(self.file, path, value_path="/categories/id")
        return Vocabulary(self.file, path, values=np.array(ACTIONS, dtype=object))
