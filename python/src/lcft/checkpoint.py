"""Checkpoints: `lcft-checkpoint`."""

from __future__ import annotations

import os
from typing import Dict, Iterator, List, Mapping, Optional, Tuple

import h5py

from .catalogue import Catalogue
from .errors import MismatchError, MissingFileError, UnknownNameError
from .made_from import MadeFrom
from .parent import PATH as PARENT
from .parent import Parent
from .storage import Array, StoredFile
from .tables import Column, Table
from .weights import Weights


class Tensors(Mapping[str, Array]):
    """The tensors below a group, by their path there, in the order of their attribute `index`; read when asked for."""

    def __init__(self, file: StoredFile, path: str):
        self._file = file
        self._path = path
        self._found: Optional[List[str]] = None

    @property
    def _names(self) -> List[str]:
        if self._found is None:
            self._found = self._walk()
        return self._found

    def _walk(self) -> List[str]:
        found: List[Tuple[int, str]] = []

        def note(name: str, item: h5py.HLObject) -> None:
            if isinstance(item, h5py.Dataset):
                found.append((int(item.attrs["index"]), name))

        if not self._file.has(self._path):
            return []
        with self._file.reading(self._path):
            self._file.hdf5[self._path].visititems(note)
        return [name for _, name in sorted(found)]

    def __getitem__(self, name: str) -> Array:
        if name not in self._names:
            raise UnknownNameError(self._file.path, f"tensor {self._path}/", name, self._names)
        return self._file.column(f"{self._path}/{name}", "float32")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def shapes(self) -> Dict[str, Tuple[int, ...]]:
        """The tensors' sizes, without reading them."""
        return {name: self._file.dataset(f"{self._path}/{name}").shape for name in self._names}


class Evaluations(Table):
    """`/progress/evaluations`: scores on samples that were held out of the training, one row per evaluation."""

    key = "step"
    epoch = Column("int64")
    step = Column("int64")
    user_auc = Column("float64")
    log_loss = Column("float64")
    calibration = Column("float64")


class Progress:
    """`/progress`: how far the training is."""

    def __init__(self, file: StoredFile):
        self._file = file

    @property
    def epoch(self) -> int:
        """Completed epochs."""
        return int(self._file.attribute("/progress", "epoch"))

    @property
    def step(self) -> int:
        """Completed steps, over all epochs."""
        return int(self._file.attribute("/progress", "step"))

    @property
    def seed(self) -> int:
        """The job's seed."""
        return int(self._file.attribute("/progress", "seed"))

    @property
    def losses(self) -> Array:
        """The mean training loss of each completed epoch."""
        return self._file.column("/progress/losses", "float64", (None,))

    @property
    def shard_losses(self) -> Optional[Array]:
        """Within an epoch: the sums of its losses so far, by virtual shard."""
        path = "/progress/shard_losses"
        return self._file.column(path, "float64", (None,)) if self._file.has(path) else None

    @property
    def evaluations(self) -> Optional[Evaluations]:
        """Of a validated training: the scores so far, on samples that were held out of it."""
        path = "/progress/evaluations"
        return Evaluations(self._file, path) if self._file.has(path) else None


class Checkpoint(MadeFrom):
    """A training after some steps: the cloud model, or the model of a group of users."""

    format = "lcft-checkpoint"
    versions = (1, 2)

    _catalogue: Optional[Catalogue] = None

    def close(self) -> None:
        """Closes the file, and its catalogue."""
        if self._catalogue is not None:
            self._catalogue.close()
        super().close()

    @property
    def catalogue(self) -> Optional[Catalogue]:
        """What the rows of its tables stand for: the file beside it that it names. None where it names none.

        Checkpoints of version 0.1 name none. Raises `MissingFileError` where the file does not lie beside it, and
        `MismatchError` where it is not the one that was written with it.
        """
        if self._catalogue is None and "catalogue_file" in self.attrs:
            self._catalogue = self._open_catalogue(str(self.attribute("/", "catalogue_file")))
        return self._catalogue

    def _open_catalogue(self, name: str) -> Catalogue:
        if name != os.path.basename(name) or name in ("", ".", ".."):
            raise self.damaged("/@catalogue_file", f"is '{name}', expected the name of a file beside it")
        path = os.path.join(os.path.dirname(self.path), name)
        if not os.path.exists(path):
            advice = "copy it from beside the checkpoint where that was written, or give dataset"
            raise MissingFileError(path, f"there is no such file, which {self.path} names", advice)
        catalogue = Catalogue(path)
        wanted = {
            "the content": (catalogue.content_digest, str(self.attribute("/", "catalogue_digest"))),
            "the data set": (catalogue.dataset_digest, self.dataset_digest),
        }
        for what, (found, stated) in wanted.items():
            if found is not None and found != stated:
                catalogue.close()
                raise MismatchError(
                    f"{path}: {what} is {found[:12]}..., and {self.path} names {stated[:12]}...; "
                    "copy the file from beside the checkpoint where that was written, or give dataset"
                )
        return catalogue

    @property
    def dense(self) -> Tensors:
        """Weights and moving statistics of the dense layers: `dense["mlp/0/weight"]`."""
        return Tensors(self, "/dense")

    @property
    def embeddings(self) -> Tensors:
        """Embedding tables: `embeddings["item"]`."""
        return Tensors(self, "/embeddings")

    @property
    def optimizer(self) -> Dict[str, Tensors]:
        """The optimiser's state by slot, with names such as `dense/mlp/0/weight`; empty for SGD."""
        return {slot: Tensors(self, f"/optimizer/{slot}") for slot in self.members("/optimizer")}

    @property
    def progress(self) -> Progress:
        """How far the training is."""
        return Progress(self)

    @property
    def parent(self) -> Optional[Parent]:
        """What the training went on from (`--warm-start`); None where it began by itself."""
        return Parent(self) if self.has(PARENT) else None

    @property
    def group(self) -> Optional[str]:
        """The name of the group of users; None for a cloud model."""
        return self.attribute("/", "group", None)

    @property
    def group_above(self) -> Optional[float]:
        """The group has local CTRs above this."""
        return self.attribute("/", "group_above", None)

    @property
    def group_up_to(self) -> Optional[float]:
        """The group has local CTRs up to this."""
        return self.attribute("/", "group_up_to", None)

    @property
    def group_users(self) -> Optional[int]:
        """How many users the group has."""
        return self.attribute("/", "group_users", None)

    @property
    def group_correction(self) -> Optional[str]:
        """The method whose labels the group's samples have."""
        return self.attribute("/", "group_correction", None)

    @property
    def cloud_digest(self) -> Optional[str]:
        """Of a group's model: content digest of the cloud model that it began with."""
        return self.attribute("/", "cloud_digest", None)

    def weights(self) -> Weights:
        """The model's weights."""
        return Weights(
            self.model,
            dict(self.dense),
            dict(self.embeddings),
            self.dataset_digest,
            self.content_digest or "",
        )

    def state_dict(self, framework: str = "auto") -> Dict[str, object]:
        """`Weights.state_dict` of this model."""
        return self.weights().state_dict(framework)
