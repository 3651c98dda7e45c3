"""Opens the files of `lcft`, and exports its models.

    results = lcft.open("runs/first/results.h5")
    results.methods()                               # a pandas frame

See docs/python.md in the repository, and docs/files.md for what each file holds.
"""

from .ab_test import ABTest
from .auc import auc, user_auc
from .catalogue import Catalogue
from .checkpoint import Checkpoint
from .choice import ChoiceFile
from .dataset import Dataset
from .errors import (
    DamagedFileError,
    FileError,
    ForeignFileError,
    JobError,
    LcftError,
    MismatchError,
    MissingFileError,
    MissingPackageError,
    NewerVersionError,
    UnknownNameError,
)
from .export import to_onnx, to_safetensors
from .inputs import ModelInputs
from .opening import open
from .personal_models import PersonalModels
from .progress import Progress
from .results import Results
from .scores import Scores
from .searches import LabelTable, Search
from .weights import Weights

__all__ = [
    "ABTest",
    "Catalogue",
    "Checkpoint",
    "ChoiceFile",
    "DamagedFileError",
    "Dataset",
    "FileError",
    "ForeignFileError",
    "JobError",
    "LabelTable",
    "LcftError",
    "MismatchError",
    "MissingFileError",
    "MissingPackageError",
    "ModelInputs",
    "NewerVersionError",
    "PersonalModels",
    "Progress",
    "Results",
    "Scores",
    "Search",
    "UnknownNameError",
    "Weights",
    "auc",
    "open",
    "to_onnx",
    "to_safetensors",
    "user_auc",
]
__version__ = "0.2.0"
