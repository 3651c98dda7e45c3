"""Groups of columns with one row per something, and their columns as properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Tuple, Union, overload

import numpy as np

from .errors import UnknownNameError
from .extras import require
from .storage import Array, StoredFile

if TYPE_CHECKING:
    import pandas


class AnyColumn:
    """A column of a `Table`, read when it is asked for.

    `extra` is how many rows it has more than its table: 1 for offsets. `shape` are the sizes after the first one.
    """

    def __init__(self, kind: str, *, extra: int = 0, shape: Tuple[Optional[int], ...] = ()):
        self.kind = kind
        self.extra = extra
        self.shape = shape
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def read(self, table: "Table") -> Array:
        """The column of `table`."""
        rows = table.count
        first = None if rows is None else rows + self.extra
        return table.file.column(f"{table.where}/{self.name}", self.kind, (first, *self.shape))

    def shown(self, table: "Table") -> Array:
        """What a frame has of it."""
        return self.read(table)

    def is_in(self, table: "Table") -> bool:
        """Whether `table` has the column."""
        return table.file.has(f"{table.where}/{self.name}")


class Column(AnyColumn):
    """A column that every file has."""

    @overload
    def __get__(self, table: None, owner: type) -> "Column": ...

    @overload
    def __get__(self, table: "Table", owner: type) -> Array: ...

    def __get__(self, table: Optional["Table"], owner: type) -> Union["Column", Array]:
        return self if table is None else self.read(table)


class OptionalColumn(AnyColumn):
    """A column that not every file has: None where it is missing."""

    @overload
    def __get__(self, table: None, owner: type) -> "OptionalColumn": ...

    @overload
    def __get__(self, table: "Table", owner: type) -> Optional[Array]: ...

    def __get__(self, table: Optional["Table"], owner: type) -> Union["OptionalColumn", Optional[Array]]:
        if table is None:
            return self
        return self.read(table) if self.is_in(table) else None


class EnumColumn(Column):
    """A column of numbers that stand for names: what a frame shows."""

    def __init__(self, *names: str):
        super().__init__("uint8")
        self.names = names

    def shown(self, table: "Table") -> Array:
        codes = self.read(table)
        if codes.size and int(codes.max()) >= len(self.names):
            raise table.file.damaged(f"{table.where}/{self.name}", f"has values above {len(self.names) - 1}")
        return np.array(self.names, dtype=object)[codes]


class Table:
    """A group of columns at the path `where`. Called, it is a pandas frame of those with one value per row."""

    #: The column that says how many rows there are; empty: nothing does.
    key: str = ""
    #: How many rows `key` has more than the table.
    key_extra = 0

    def __init__(self, file: StoredFile, where: str):
        self.file = file
        self.where = where

    @property
    def count(self) -> Optional[int]:
        """The number of rows; None where no column says it."""
        if not self.key:
            return None
        shape = self.file.dataset(f"{self.where}/{self.key}").shape
        return int(shape[0]) - self.key_extra if shape else 0

    def __len__(self) -> int:
        return self.count or 0

    def columns(self) -> Dict[str, Array]:
        """Those of its columns that the file has, with one value per row each."""
        found: Dict[str, Array] = {}
        for owner in reversed(type(self).__mro__):
            for name, column in vars(owner).items():
                if (
                    isinstance(column, AnyColumn)
                    and column.extra == 0
                    and not column.shape
                    and column.is_in(self)
                ):
                    found[name] = column.shown(self)
        return found

    def __call__(self) -> "pandas.DataFrame":
        return frame(self.columns())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.file.path}: {self.where}, {len(self)} rows>"


class Members:
    """The members of a group by name, in their order: `members["soft1"]`, `for name in members`."""

    #: What a member is, in errors.
    what = "member"

    def __init__(self, file: StoredFile, path: str):
        self.file = file
        self.path = path

    def names(self) -> List[str]:
        """The members' names."""
        return self.file.members(self.path)

    def check(self, name: str) -> str:
        """The path of a member. Raises `UnknownNameError`."""
        names = self.names()
        if name not in names:
            raise UnknownNameError(self.file.path, self.what, name, names)
        return f"{self.path}/{name}"

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.file.path}: {', '.join(self.names())}>"


def frame(columns: Dict[str, Any]) -> "pandas.DataFrame":
    """A pandas frame of columns of one length."""
    return require("pandas").DataFrame(columns)
