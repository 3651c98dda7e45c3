"""Fine-tuned models of single users: `lcft-models`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Dict, List, Optional, Tuple, Union

import h5py
import numpy as np

from .errors import MismatchError, UnknownNameError
from .findings import Findings, findings
from .header import PathLike
from .made_from import MadeFrom
from .seal import check_seal
from .storage import Array
from .tables import Column, OptionalColumn, Table
from .weights import Weights, is_statistic

if TYPE_CHECKING:
    from .checkpoint import Checkpoint


class SavedUsers(Table):
    """`/users`: one row per user with saved models."""

    key = "row"
    row = Column("int32")
    id = OptionalColumn("str")


class PersonalModels(MadeFrom):
    """Users' models, as what sets them apart from the cloud model: `models.h5`, or one rank's `models-rank-R.h5`.

    A user is named by identifier (a text; not in a rank's file) or by row in the data set (an int).
    """

    format = "lcft-models"
    _are_checked = False

    def __init__(self, path: PathLike):
        is_sealed = os.path.isfile(path) and check_seal(os.fspath(path))
        super().__init__(path)
        if self.attribute("/", "sealed", None) and not is_sealed:
            self.close()
            raise self.damaged("/@sealed", "the line at the file's end is missing")

    @property
    def users(self) -> SavedUsers:
        """One row per user."""
        return SavedUsers(self, "/users")

    @property
    def methods(self) -> List[str]:
        """The methods under which users were fine-tuned."""
        return self.members("/methods")

    @property
    def tables(self) -> List[str]:
        """The names of the embedding tables, in their order."""
        return self.members("/embeddings")

    @property
    def findings(self) -> Optional[Findings]:
        """What searches found and the fine-tuning used; None in files of version 0.1."""
        return findings(self)

    def place(self, user: Union[str, int]) -> int:
        """The user's place in this file. Raises `UnknownNameError`."""
        column = self.users.row if isinstance(user, (int, np.integer)) else self.users.id
        if column is None:
            raise MismatchError(
                f"{self.path}: has no identifiers of users; give the user's row in the data set"
            )
        found = np.flatnonzero(column == user)
        if len(found) == 0:
            raise UnknownNameError(self.path, "model of user", user, column[:12])
        return int(found[0])

    def dense(self, user: Union[str, int], method: str) -> Array:
        """[dense weights] the bit patterns of a user's weights minus those of the cloud model's, int32."""
        place = self.place(user)
        return self._rows(f"/methods/{self._method(method)}/dense", place, place + 1)[0]

    def rows(self, user: Union[str, int], table: str) -> Array:
        """The rows of a table that the user's fine-tuning changed, rising."""
        start, end = self._changed(user, table)
        return self._rows(f"/embeddings/{table}/rows", start, end)[:, 0]

    def embeddings(self, user: Union[str, int], method: str, table: str) -> Array:
        """[changed rows, width] those rows, fine-tuned."""
        start, end = self._changed(user, table)
        return self._rows(f"/methods/{self._method(method)}/embeddings/{table}", start, end)

    def weights(self, checkpoint: "Checkpoint", user: Union[str, int], method: str) -> Weights:
        """One user's model whole, from the cloud model `checkpoint`. Raises `MismatchError` for another checkpoint."""
        digest = checkpoint.content_digest
        if digest is not None and digest != self.checkpoint_digest:
            raise MismatchError(
                f"{self.path}: its models build on the checkpoint {(self.checkpoint_digest or '?')[:12]}..., and "
                f"{checkpoint.path} is {digest[:12]}...; give the checkpoint of the same run"
            )
        cloud = checkpoint.weights()
        dense = self._dense(cloud, self.dense(user, method), checkpoint.path)
        embeddings: Dict[str, Array] = {}
        for name, table in cloud.embeddings.items():
            if name not in self.tables:
                raise MismatchError(f"{self.path}: has no table {name}, which {checkpoint.path} has")
            rows, values = self.rows(user, name), self.embeddings(user, method, name)
            if len(rows) and (
                rows.min() < 0 or rows.max() >= len(table) or values.shape[1] != table.shape[1]
            ):
                raise self.damaged(
                    f"/embeddings/{name}/rows", f"does not fit a table of the shape {table.shape}"
                )
            embeddings[name] = table.copy()
            embeddings[name][rows] = values
        return Weights(cloud.model, dense, embeddings, cloud.dataset_digest, cloud.digest)

    def _dense(self, cloud: Weights, difference: Array, checkpoint: str) -> Dict[str, Array]:
        weights = {name: values for name, values in cloud.dense.items() if not is_statistic(name)}
        if sum(values.size for values in weights.values()) != len(difference):
            raise MismatchError(
                f"{self.path}: has {len(difference)} dense weights, and {checkpoint} has others"
            )
        flat = np.concatenate([values.ravel() for values in weights.values()]).astype("<f4")
        with np.errstate(over="ignore"):
            own = (flat.view("<i4") + difference.astype("<i4")).view("<f4")
        dense, start = dict(cloud.dense), 0
        for name, values in weights.items():
            dense[name] = own[start : start + values.size].reshape(values.shape)
            start += values.size
        return dense

    def _method(self, method: str) -> str:
        if method not in self.methods:
            raise UnknownNameError(self.path, "method", method, self.methods)
        return method

    def _changed(self, user: Union[str, int], table: str) -> Tuple[int, int]:
        if table not in self.tables:
            raise UnknownNameError(self.path, "table", table, self.tables)
        offsets = self.column(f"/embeddings/{table}/offsets", "int64", (len(self.users) + 1,))
        place = self.place(user)
        return int(offsets[place]), int(offsets[place + 1])

    def _rows(self, path: str, start: int, end: int) -> Array:
        """Rows of a column, which may lie in the files of the ranks."""
        data = self.dataset(path)
        if len(data.shape) != 2 or not 0 <= start <= end <= data.shape[0]:
            raise self.damaged(path, f"has the shape {data.shape}, and rows {start} to {end} are wanted")
        if data.is_virtual:
            self._check_parts(path)
        with self.reading(path):
            return np.asarray(data[start:end])

    def verify(self) -> None:
        """Raises where the ranks' files, whose models this one joins, are not there or are those of another run."""
        super().verify()
        for method in self.methods:
            path = f"/methods/{method}/dense"
            if self.dataset(path).is_virtual:
                self._check_parts(path)

    def _check_parts(self, path: str) -> None:
        """The same for the files that have the weights at `path`. Each is looked at once."""
        folder = os.path.dirname(os.path.abspath(self.path))
        with self.reading(path):
            for source in self.dataset(path).virtual_sources():
                if not os.path.isfile(os.path.join(folder, source.file_name)):
                    raise self.damaged(path, f"shows {source.file_name}, which does not lie beside it")
        if self._are_checked:
            return
        joined = self.hdf5
        with self.reading("/users/row"):
            rows = self.users.row
            for source in self.dataset(f"/methods/{self.methods[0]}/dense").virtual_sources():
                name = os.path.join(folder, source.file_name)
                low, high = source.vspace.get_select_bounds()
                with h5py.File(name, "r") as part:
                    same = all(
                        part.attrs.get(key) == joined.attrs.get(key)
                        for key in ("dataset_digest", "checkpoint_digest")
                    )
                    if not (
                        same
                        and part["job"][()] == joined["job"][()]
                        and np.array_equal(part["users/row"][()], rows[int(low[0]) : int(high[0]) + 1])
                    ):
                        raise MismatchError(
                            f"{name}: holds other models than those that {self.path} joins; put the "
                            "files of one run together again"
                        )
        self._are_checked = True
