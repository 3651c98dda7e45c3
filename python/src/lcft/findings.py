"""What searches found and a run used: the group `/findings` of results, personal models and A/B tests."""

from __future__ import annotations

from typing import Optional

from .choice import Choice
from .storage import StoredFile
from .tables import Column, OptionalColumn, Table


class FoundLabels(Table):
    """`/findings/labels`: the labels of hard correction, by group of users."""

    key = "alpha"
    edges = Column("float64", extra=1)
    alpha = Column("float64")
    beta = Column("float64")

    @property
    def table_digest(self) -> str:
        """Content digest of the table of labels."""
        return str(self.file.attribute(self.where, "table_digest"))

    @property
    def dataset_digest(self) -> str:
        """Content digest of the data set that it was searched on."""
        return str(self.file.attribute(self.where, "dataset_digest"))


class FoundSettings(Table):
    """`/findings/settings`: methods with settings of their own."""

    key = "method"
    method = Column("str")
    learning_rate = Column("float64")
    epochs = Column("int64")
    batch_size = Column("int64")
    mu = OptionalColumn("float64")
    share = OptionalColumn("float64")


class FoundChoice(Choice):
    """`/findings/choice`: the methods that lcft and lcft_by_ctr stood for."""

    @property
    def table_digest(self) -> str:
        """Content digest of the file with the choice."""
        return str(self.file.attribute(self.where, "table_digest"))

    @property
    def dataset_digest(self) -> str:
        """Content digest of the data set that it was made on."""
        return str(self.file.attribute(self.where, "dataset_digest"))


class Findings:
    """`/findings`."""

    def __init__(self, file: StoredFile):
        self._file = file

    @property
    def labels(self) -> Optional[FoundLabels]:
        """The labels of hard correction; None where no table of labels was used."""
        where = "/findings/labels"
        return FoundLabels(self._file, where) if self._file.has(where) else None

    @property
    def choice(self) -> Optional[FoundChoice]:
        """The choice of methods; None where none was used."""
        where = "/findings/choice"
        return FoundChoice(self._file, where) if self._file.has(where) else None

    @property
    def settings(self) -> Optional[FoundSettings]:
        """Settings of single methods; None where no search's were used."""
        where = "/findings/settings"
        return FoundSettings(self._file, where) if self._file.has(where) else None


def findings(file: StoredFile) -> Optional[Findings]:
    """Those of a file; None in files of version 0.1, which do not say."""
    return Findings(file) if file.has("/findings") else None
