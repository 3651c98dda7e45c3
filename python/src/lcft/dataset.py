"""Data sets: `lcft-dataset`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Optional

import numpy as np

from .decoding import feature_columns
from .errors import UnknownNameError
from .feature_groups import Features
from .named_rows import NamedRows, NamedUsers
from .storage import Array, StoredFile
from .tables import Column, OptionalColumn, Table, frame

if TYPE_CHECKING:
    import pandas


class Users(NamedUsers):
    """`/users`: one row per user, with where the user's events and samples are."""

    event_offsets = Column("int64", extra=1)
    train_offsets = Column("int64", extra=1)
    test_offsets = Column("int64", extra=1)

    def counts(self) -> Dict[str, Array]:
        return {
            "events": np.diff(self.event_offsets),
            "train": np.diff(self.train_offsets),
            "test": np.diff(self.test_offsets),
        }


class Events(Table):
    """`/events`: one row per event, user by user, in time order."""

    key = "item"
    item = Column("int32")
    timestamp = Column("int64")
    label = Column("uint8")

    def columns(self) -> Dict[str, Array]:
        return {**super().columns(), **feature_columns(self.file, Features(self.file).owned("events"))}


class SamplePart(Table):
    """`/samples/train` or `/samples/test`: one row per sample, user by user."""

    key = "item"
    item = Column("int32")
    label = Column("uint8")
    event_position = Column("int32")
    probability = OptionalColumn("float32")
    timestamp = OptionalColumn("int64")
    drawn = OptionalColumn("uint8")

    def columns(self) -> Dict[str, Array]:
        part = self.where.rsplit("/", 1)[-1]
        return {**super().columns(), **feature_columns(self.file, Features(self.file).owned("samples"), part)}


class ImportFiles(Table):
    """`/import/files`: one row per file that rows were read from."""

    key = "path"
    path = Column("str")
    sha256 = Column("str")
    rows = Column("int64")
    used = Column("int64")


class ImportRows(Table):
    """`/import/rows`: rows of one file that were left out, or used without a value, for one reason."""

    key = "source"
    source = Column("int32")
    outcome = Column("str")
    reason = Column("str")
    number = Column("int64")
    line = Column("int64")
    example = Column("str")


class Samples:
    """`/samples`."""

    def __init__(self, file: StoredFile):
        self.train = SamplePart(file, "/samples/train")
        self.test = SamplePart(file, "/samples/test")

    def part(self, name: str) -> SamplePart:
        """`train` or `test`."""
        if name not in ("train", "test"):
            raise UnknownNameError(self.train.file.path, "samples", name, ("train", "test"))
        return self.train if name == "train" else self.test


class Blocks(Table):
    """`/blocks`: where the rows of each block of users lie, and their digests."""

    key = "digest"
    digest = Column("str")
    event_offsets = Column("int64", extra=1)
    train_offsets = Column("int64", extra=1)
    test_offsets = Column("int64", extra=1)
    train_positives = Column("int64")


class Parts(Table):
    """`/parts`: the digests of the item side."""

    key = "path"
    path = Column("str")
    digest = Column("str")


class Dataset(NamedRows):
    """A data set, of format version 2 or 1.

    Tables have their columns as properties, `dataset.users.id`. Called, they are pandas frames, `dataset.users()`, with
    the features of their rows in words, but for vectors.
    """

    format = "lcft-dataset"
    versions = (1, 2)

    @property
    def users(self) -> Users:
        """One row per user."""
        return Users(self, "/users")

    @property
    def events(self) -> Events:
        """One row per event."""
        return Events(self, "/events")

    @property
    def samples(self) -> Samples:
        """Training and test samples."""
        return Samples(self)

    @property
    def blocks(self) -> Optional[Blocks]:
        """Blocks of users; None in files of version 1."""
        return Blocks(self, "/blocks") if self.has("/blocks") else None

    @property
    def parts(self) -> Optional[Parts]:
        """Digests of the item side; None in files of version 1."""
        return Parts(self, "/parts") if self.has("/parts") else None

    @property
    def global_ctr(self) -> Optional[float]:
        """Positives over training samples, w_g of the paper's eq. 10."""
        return self.attribute("/", "global_ctr", None)

    @property
    def settings(self) -> Dict[str, str]:
        """Further settings of the importer, subset or world: the root attributes `setting_NAME`."""
        prefix = "setting_"
        return {
            name[len(prefix) :]: value
            for name, value in self.attrs.items()
            if name.startswith(prefix) and not name.startswith("setting_account_")
        }

    @property
    def account(self) -> List[str]:
        """What became of every row of the source, line by line as the import printed it."""
        names = sorted(name for name in self.attrs if name.startswith("setting_account_"))
        return [self.attrs[name] for name in names]

    def import_rows(self) -> "pandas.DataFrame":
        """Rows of the sources that were left out, or used without a value, by file and reason: a pandas frame."""
        rows, files = ImportRows(self, "/import/rows"), ImportFiles(self, "/import/files")
        if not self.has("/import/rows"):
            return frame({name: [] for name in ("source", "outcome", "reason", "number", "line", "example")})
        return frame({**rows.columns(), "source": files.path[rows.source]})

    def samples_of(self, part: str = "test") -> "pandas.DataFrame":
        """The samples of a part with the identifiers of their users and items: a pandas frame."""
        table = self.samples.part(part)
        offsets = self.users.train_offsets if part == "train" else self.users.test_offsets
        users = np.repeat(self.users.id, np.diff(offsets))
        return frame({"user": users, "item_id": self.items.id[table.item], **table.columns()})
