"""A file of ours, open for reading: its header, and columns that are read when they are asked for."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from .digests import content_digest
from .errors import DamagedFileError
from .header import AGAIN, UNREADABLE, PathLike, attributes, check_header, open_hdf5, text

Array = NDArray[Any]
Self = TypeVar("Self", bound="StoredFile")


class StoredFile:
    """A file of one kind. A subclass names the kind and has its columns as properties.

    Nothing but the header is read when a file is opened. `hdf5` is the file as h5py has it.
    """

    #: The root attribute `format`.
    format: str = ""
    #: The format versions that are read.
    versions: Tuple[int, ...] = (1,)

    def __init__(self, path: PathLike):
        self.path = os.fspath(path)
        self._cache: Dict[Tuple[str, str], Array] = {}
        self._attributes: Dict[str, Dict[str, Any]] = {}
        self._members: Dict[str, List[str]] = {}
        self.hdf5 = open_hdf5(self.path)
        try:
            check_header(self.hdf5, self.path, self.format, self.versions)
        except BaseException:
            self.hdf5.close()
            raise

    def close(self) -> None:
        """Closes the file; columns that were not read before can then no longer be."""
        self.hdf5.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.path}>"

    # Root attributes.

    @property
    def attrs(self) -> Mapping[str, Any]:
        """All root attributes."""
        return dict(self._attributes_of("/"))

    @property
    def format_version(self) -> int:
        """The version of the format."""
        return int(self.attribute("/", "format_version"))

    @property
    def creator(self) -> Optional[str]:
        """Program and version: `lcft 0.2.0`."""
        return self.attribute("/", "creator", None)

    @property
    def created(self) -> Optional[str]:
        """When it was written: ISO 8601, UTC."""
        return self.attribute("/", "created", None)

    @property
    def content_digest(self) -> Optional[str]:
        """SHA-256 of the content, in hexadecimal; None in a file that another program edited."""
        return self.attribute("/", "content_digest", None)

    @property
    def job(self) -> Optional[str]:
        """The job file's text, where the file has one."""
        return str(self.scalar("/job")) if self.has("/job") else None

    def verify(self) -> None:
        """Reads the whole content and compares its digest with `content_digest`. Raises `DamagedFileError`.

        A file without a digest, which another program has edited, is not compared. Checksums of HDF5 find most damage
        when a column is read; this finds all of it, and edits.
        """
        stated = self.content_digest
        if stated is None:
            return
        with self.reading("/"):
            found = content_digest(self.hdf5)
        if found != stated:
            raise self.damaged(
                "/", f"the content's digest is {found[:12]}..., the file says {stated[:12]}..."
            )

    # Reading.

    @contextlib.contextmanager
    def reading(self, where: str) -> Iterator[None]:
        """Turns what h5py raises within into a `DamagedFileError` at `where`."""
        if not self.hdf5:
            raise DamagedFileError(self.path, "the file has been closed", "open it again", where)
        try:
            yield
        except DamagedFileError:
            raise
        except UNREADABLE as error:
            reason = str(error).strip('"').splitlines()[0] if str(error) else type(error).__name__
            raise DamagedFileError(self.path, f"cannot be read ({reason})", AGAIN, where) from error

    def damaged(self, where: str, problem: str) -> DamagedFileError:
        """What to raise where the content cannot be right."""
        return DamagedFileError(self.path, problem, AGAIN, where)

    def has(self, path: str) -> bool:
        """Whether the file has a group or a data set at `path`."""
        with self.reading(path):
            return path in self.hdf5

    def members(self, path: str) -> List[str]:
        """The names in a group: by their attribute `index` where they have one, else by their bytes. None: no group."""
        if path not in self._members:
            if not self.has(path):
                return []
            with self.reading(path):
                group = self.hdf5[path]
                names = sorted(
                    group, key=lambda name: (int(group[name].attrs.get("index", 0)), name.encode())
                )
            self._members[path] = names
        return list(self._members[path])

    def dataset(self, path: str) -> h5py.Dataset:
        """The data set at `path`."""
        if not self.has(path):
            raise self.damaged(path, "is missing")
        with self.reading(path):
            item = self.hdf5[path]
        if not isinstance(item, h5py.Dataset):
            raise self.damaged(path, "is a group, not a data set")
        return item

    def attribute(self, path: str, name: str, *default: Any) -> Any:
        """An attribute of the group or data set at `path`; `default` where it is missing, if one is given."""
        found = self._attributes_of(path)
        if name in found:
            return found[name]
        if default:
            return default[0]
        raise self.damaged(f"{path}@{name}", "is missing")

    def _attributes_of(self, path: str) -> Dict[str, Any]:
        if path not in self._attributes:
            with self.reading(path):
                self._attributes[path] = attributes(self.hdf5[path])
        return self._attributes[path]

    def scalar(self, path: str) -> Any:
        """The value of a data set without dimensions."""
        data = self.dataset(path)
        with self.reading(path):
            return text(data[()])

    def column(self, path: str, kind: str, shape: Optional[Sequence[Optional[int]]] = None) -> Array:
        """The data set at `path`, read once: as the numpy type `kind`, or with `str` as texts.

        Integers of any width are taken as long as their values fit. `shape` is what the sizes must be, None any.
        """
        key = (path, kind)
        if key not in self._cache:
            data = self.dataset(path)
            found = data.shape
            if shape is not None and (
                len(found) != len(shape) or any(n is not None and n != m for n, m in zip(shape, found))
            ):
                wanted = " x ".join("any" if n is None else str(n) for n in shape)
                raise self.damaged(path, f"has the shape {found}, expected {wanted}")
            with self.reading(path):
                values = self._converted(path, data, kind)
            values.flags.writeable = False  # It is everybody's.
            self._cache[key] = values
        return self._cache[key]

    def _converted(self, path: str, data: h5py.Dataset, kind: str) -> Array:
        if kind == "str":
            if h5py.check_string_dtype(data.dtype) is None:
                raise self.damaged(path, f"holds {data.dtype}, expected texts")
            return np.asarray(data.asstr()[()], dtype=object)
        wanted = np.dtype(kind)
        if data.dtype.kind not in ("iub" if wanted.kind in "iu" else "fiu"):
            raise self.damaged(path, f"holds {data.dtype}, expected {wanted}")
        values = data[()]
        if wanted.kind in "iu" and values.dtype != wanted and values.size:
            limits = np.iinfo(wanted)
            if int(values.min()) < limits.min or int(values.max()) > limits.max:
                raise self.damaged(path, f"has values that do not fit {wanted}")
        return np.asarray(values).astype(wanted, copy=False)
