"""The weights of one model, by name."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any, Dict, Mapping

import numpy as np

from .errors import LcftError
from .extras import require
from .header import PathLike
from .storage import Array


def is_statistic(name: str) -> bool:
    """Whether a dense tensor is a moving statistic, which no personal model changes."""
    return name.endswith(("/moving_mean", "/moving_variance"))


@dataclass(frozen=True)
class Weights:
    """The weights of a cloud model, a group's model or one user's model.

    `dense` holds the layers' weights and moving statistics by their path below `/dense`, in the order of `index`,
    `embeddings` the tables by name. `digest` is the content digest of the checkpoint that they are of or build on.
    """

    model: str
    dense: Mapping[str, Array]
    embeddings: Mapping[str, Array]
    dataset_digest: str
    digest: str

    def state_dict(self, framework: str = "auto") -> Dict[str, Any]:
        """All tensors by `dense/LAYER/WEIGHT` and `embeddings/TABLE`, as copies.

        `framework` is `numpy`, `torch`, or `auto`: torch's tensors where torch is installed, else numpy's arrays.
        """
        if framework not in ("auto", "numpy", "torch"):
            raise LcftError(f"state_dict: there is no framework '{framework}'; give auto, numpy or torch")
        tensors = {f"dense/{name}": np.array(values) for name, values in self.dense.items()}
        tensors.update({f"embeddings/{name}": np.array(values) for name, values in self.embeddings.items()})
        if framework == "numpy" or (framework == "auto" and importlib.util.find_spec("torch") is None):
            return tensors
        torch = require("torch")
        return {name: torch.from_numpy(values) for name, values in tensors.items()}

    def to_safetensors(self, path: PathLike) -> None:
        """Writes all tensors, with the names of `state_dict`. The file's metadata name the model and the digests."""
        metadata = {
            "format": "lcft",
            "model": self.model,
            "dataset_digest": self.dataset_digest,
            "checkpoint_digest": self.digest,
        }
        require("safetensors.numpy").save_file(self.state_dict("numpy"), path, metadata=metadata)
