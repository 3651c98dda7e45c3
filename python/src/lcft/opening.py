"""Opens a file of any kind."""

from __future__ import annotations

import os
from typing import Dict, Type, Union

from .ab_test import ABTest
from .catalogue import Catalogue
from .checkpoint import Checkpoint
from .choice import ChoiceFile
from .dataset import Dataset
from .errors import ForeignFileError
from .header import PathLike, open_hdf5, read_format
from .personal_models import PersonalModels
from .results import Results
from .scores import Scores
from .searches import LabelTable, Search

AnyFile = Union[
    Dataset, Catalogue, Checkpoint, Results, LabelTable, Search, ChoiceFile, PersonalModels, ABTest, Scores
]

_KINDS = (
    Dataset, Catalogue, Checkpoint, Results, LabelTable, Search, ChoiceFile, PersonalModels, ABTest, Scores
)
_CLASSES: Dict[str, Type[AnyFile]] = {kind.format: kind for kind in _KINDS}


def open(path: PathLike) -> AnyFile:  # noqa: A001, like gzip.open
    """The file at `path` as the class of its kind. Raises `FileError` for what is no file of ours or damaged."""
    name = os.fspath(path)
    with open_hdf5(name) as hdf5:
        kind = read_format(hdf5, name)
    if kind not in _CLASSES:
        known = ", ".join(sorted(_CLASSES))
        raise ForeignFileError(
            name, f"is of the kind {kind}, which this package does not know", f"it knows {known}"
        )
    return _CLASSES[kind](name)
