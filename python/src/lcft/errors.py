"""What the package raises: one line each, with the file, the place in it and what to do."""

from __future__ import annotations

import os
from typing import Iterable, Optional


class LcftError(Exception):
    """The root of everything that the package raises by itself."""


class FileError(LcftError):
    """A file that cannot be used."""

    def __init__(
        self, file: "str | os.PathLike[str]", problem: str, advice: str, where: Optional[str] = None
    ):
        self.file = os.fspath(file)
        self.where = where
        self.problem = problem
        self.advice = advice
        place = f"{self.file}: {where}" if where else self.file
        super().__init__(f"{place}: {problem}; {advice}")


class MissingFileError(FileError, FileNotFoundError):
    """There is no such file, or it cannot be opened."""

    def __str__(self) -> str:
        return str(self.args[0])


class ForeignFileError(FileError):
    """A file that `lcft` did not write, or of another kind than was asked for."""


class NewerVersionError(FileError):
    """A file of a version that this package does not read."""


class DamagedFileError(FileError):
    """A file that lacks something or holds what cannot be."""


class MismatchError(LcftError):
    """Files that do not belong together, or a job that does not fit its files."""


class JobError(LcftError):
    """A job's text that cannot be read."""


class UnknownNameError(LcftError, KeyError):
    """A user, method, feature or tensor that a file does not have."""

    def __init__(self, file: str, what: str, name: object, known: Iterable[object]):
        names = [str(entry) for entry in known]
        some = ", ".join(names[:12]) + (f", and {len(names) - 12} more" if len(names) > 12 else "")
        super().__init__(f"{file}: has no {what} {name}; " + (f"it has {some}" if names else "it has none"))

    def __str__(self) -> str:
        return str(self.args[0])


class MissingPackageError(LcftError, ImportError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: "Optional[str]"):
        advice = f", or install lcft as './python[{extra}]'" if extra else ""
        super().__init__(f"this needs {package}: pip install {package}{advice}")
