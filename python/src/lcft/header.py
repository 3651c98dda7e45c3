"""The beginning of every file: HDF5, and root attributes that say what it is."""

from __future__ import annotations

import os
from typing import Any, Dict, Tuple, Union

import h5py
import numpy as np

from .errors import DamagedFileError, ForeignFileError, MissingFileError, NewerVersionError

PathLike = Union[str, "os.PathLike[str]"]

#: What to do with a damaged file.
AGAIN = "write the file again, or copy it again from where it was written"
#: What h5py raises for content that it cannot read.
UNREADABLE = (OSError, RuntimeError, KeyError, ValueError, TypeError, UnicodeDecodeError)


def text(value: Any) -> Any:
    """An attribute's value with its bytes as text."""
    if isinstance(value, h5py.Empty):
        return ""
    if isinstance(value, np.ndarray):
        return [text(entry) for entry in value.tolist()]
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if isinstance(value, np.generic) else value


def attributes(item: h5py.HLObject) -> Dict[str, Any]:
    """All attributes of a file, a group or a data set, as Python's own values."""
    return {name: text(item.attrs[name]) for name in item.attrs}


def open_hdf5(path: str) -> h5py.File:
    """The HDF5 file at `path`, without a lock where the disk has none: files are replaced whole, never changed."""
    if not os.path.isfile(path):
        problem = "is a folder" if os.path.isdir(path) else "there is no such file"
        raise MissingFileError(path, problem, "give the path of a file that lcft wrote")
    try:
        try:
            return h5py.File(path, "r")
        except OSError as error:
            if "lock" not in str(error):
                raise
            return h5py.File(path, "r", locking=False)
    except PermissionError as error:
        raise MissingFileError(path, "may not be read", "ask its owner for the permission") from error
    except OSError as error:
        if not h5py.is_hdf5(path):
            advice = "give a file that lcft wrote (*.h5)"
            raise ForeignFileError(path, "is no HDF5 file", advice) from error
        raise DamagedFileError(path, "is cut short or damaged", AGAIN) from error


def read_format(hdf5: h5py.File, path: str) -> str:
    """The root attribute `format`."""
    try:
        value = text(hdf5.attrs["format"])
    except UNREADABLE as error:
        raise ForeignFileError(
            path,
            "is an HDF5 file that lcft did not write (no root attribute format)",
            "give a file that lcft wrote",
        ) from error
    return str(value)


def check_header(hdf5: h5py.File, path: str, kind: str, versions: Tuple[int, ...]) -> None:
    """Raises unless the file is of this kind, and of one of these versions."""
    found = read_format(hdf5, path)
    if found != kind:
        raise ForeignFileError(path, f"is of the kind {found}, not {kind}", "lcft.open opens every kind")
    version = text(hdf5.attrs.get("format_version", None))
    if not isinstance(version, int):
        raise DamagedFileError(path, "is missing", AGAIN, "/@format_version")
    if version not in versions:
        creator = text(hdf5.attrs.get("creator", b"a newer lcft"))
        raise NewerVersionError(
            path,
            f"is of format version {version}, written by {creator}, and this package reads {versions[-1]}",
            "install the package of that version of lcft",
        )
