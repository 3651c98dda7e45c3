"""What a training went on from: the group `/parent` of checkpoints."""

from __future__ import annotations

from typing import List

from .storage import Array, StoredFile

PATH = "/parent"


class Parent:
    """The model that a training went on from (`--warm-start`), and what became of its tables' rows."""

    def __init__(self, file: StoredFile):
        self._file = file

    @property
    def digest(self) -> str:
        """Content digest of its checkpoint."""
        return str(self._file.attribute(PATH, "digest"))

    @property
    def dataset_digest(self) -> str:
        """Content digest of the data set that it was trained on."""
        return str(self._file.attribute(PATH, "dataset_digest"))

    @property
    def optimizer(self) -> str:
        """What the optimiser began with: `kept` or `reset`."""
        return str(self._file.attribute(PATH, "optimizer"))

    @property
    def new_rows(self) -> str:
        """What rows began with that the parent has not: `drawn` or `average`."""
        return str(self._file.attribute(PATH, "new_rows"))

    @property
    def epochs(self) -> int:
        """Epochs of the trainings before."""
        return int(self._file.attribute(PATH, "epochs"))

    @property
    def steps(self) -> int:
        """Steps of the trainings before."""
        return int(self._file.attribute(PATH, "steps"))

    @property
    def optimizer_steps(self) -> int:
        """Steps that the optimiser's state had seen."""
        return int(self._file.attribute(PATH, "optimizer_steps"))

    @property
    def changed_numbers(self) -> List[str]:
        """Features whose numbers are transformed by other parameters than the parent's data set gave them."""
        found = self._file.attribute(PATH, "changed_numbers", None)
        return [] if found is None else [str(name) for name in found]

    @property
    def table(self) -> Array:
        """Whose rows the counts are of: `users`, `items`, `table/NAME` of a table of features."""
        return self._file.column(f"{PATH}/table", "str", (None,))

    @property
    def kept(self) -> Array:
        """Rows that went on from a row of the parent."""
        return self._file.column(f"{PATH}/kept", "int64", (None,))

    @property
    def new(self) -> Array:
        """Rows that the parent has not."""
        return self._file.column(f"{PATH}/new", "int64", (None,))

    @property
    def dropped(self) -> Array:
        """Rows of the parent that no row went on from."""
        return self._file.column(f"{PATH}/dropped", "int64", (None,))

    @property
    def keeps_unknown(self) -> Array:
        """1 where the unknown row was trained and stays where no sample touches it."""
        return self._file.column(f"{PATH}/keeps_unknown", "uint8", (None,))
