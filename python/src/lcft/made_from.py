"""What files that were made from a data set say of their origin."""

from __future__ import annotations

from typing import Optional

from .storage import StoredFile


class MadeFrom(StoredFile):
    """A file with the root attributes `model` and `dataset_digest`, and mostly `checkpoint_digest`."""

    @property
    def model(self) -> str:
        """The model's name: `DIN`."""
        return str(self.attribute("/", "model"))

    @property
    def dataset_digest(self) -> str:
        """Content digest of the data set."""
        return str(self.attribute("/", "dataset_digest"))

    @property
    def checkpoint_digest(self) -> Optional[str]:
        """Content digest of the cloud model; None where the file names none."""
        return self.attribute("/", "checkpoint_digest", None)
