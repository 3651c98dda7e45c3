"""What says what a checkpoint's rows are: the data set that it was trained on, or its catalogue."""

from __future__ import annotations

import os
from typing import Optional, Union

from .checkpoint import Checkpoint
from .errors import ForeignFileError, MismatchError
from .header import PathLike
from .named_rows import NamedRows
from .opening import open

#: A data set or a catalogue, or the path of one; None for the checkpoint's own catalogue.
Origin = Union[NamedRows, PathLike, None]

#: What to do where neither is there.
GIVE_DATASET = "give dataset, the data set that it was trained on, or its catalogue"


def origin_of(checkpoint: Checkpoint, dataset: Origin) -> Optional[NamedRows]:
    """The data set or catalogue that was given, or else the checkpoint's catalogue: None where it names none.

    Raises `MismatchError` where it is of another data set than the checkpoint.
    """
    if dataset is None:
        return checkpoint.catalogue
    origin = dataset if isinstance(dataset, NamedRows) else _opened(dataset)
    digest = origin.dataset_digest
    if digest is not None and digest != checkpoint.dataset_digest:
        raise MismatchError(
            f"{origin.path}: {checkpoint.path} was trained on another data set (content "
            f"{checkpoint.dataset_digest[:12]}..., this one's is {digest[:12]}...); give that data set"
        )
    return origin


def _opened(path: PathLike) -> NamedRows:
    file = open(path)
    if isinstance(file, NamedRows):
        return file
    file.close()
    problem = f"is of the kind {file.format}, and neither a data set nor a catalogue"
    raise ForeignFileError(os.fspath(path), problem, "give the data set that the checkpoint was trained on")
