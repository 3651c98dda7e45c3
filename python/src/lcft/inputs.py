"""The inputs of exported graphs, made from the samples of a data set."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, Optional, Sequence, Tuple, Union

import numpy as np

from .checkpoint import Checkpoint
from .dataset import Dataset
from .errors import LcftError
from .export import CheckpointLike, User, check_dataset
from .feature_arrays import feature_array, missing_array
from .header import PathLike
from .histories import HistoryKind
from .job import ModelSettings
from .model_features import ModelFeature, ModelFeatures
from .storage import Array

Inputs = Dict[str, Array]


class ModelInputs:
    """Makes what `to_onnx` of the checkpoint takes: ids, histories with the window of the job, features.

    With `user`, an identifier or a row, it makes the inputs of that user's own model, which has none of users.
    """

    def __init__(
        self, checkpoint: CheckpointLike, dataset: Union[Dataset, PathLike], user: Optional[User] = None
    ):
        checkpoint = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
        self.dataset = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
        check_dataset(checkpoint, self.dataset)
        self.settings = ModelSettings.of(checkpoint.model, checkpoint.job or "", checkpoint.path)
        self.features = ModelFeatures.of(self.settings, self.dataset)
        self._has_users = any(name in checkpoint.embeddings for name in ("user", "first_order_user"))
        self._user = (
            None if user is None else self.dataset.row_of(user) if isinstance(user, str) else int(user)
        )
        self._histories = {kind: HistoryKind(kind, self.dataset) for kind in self.settings.histories}

    # Samples.

    def rows(self, part: str = "test", users: Optional[Iterable[User]] = None) -> Array:
        """The rows of the samples of a part: of all users, of the own model's user, or of `users` in their order."""
        offsets = self._offsets(part)
        if users is None and self._user is None:
            return np.arange(int(offsets[-1]))
        wanted = (
            [self._user]
            if users is None
            else [self.dataset.row_of(user) if isinstance(user, str) else int(user) for user in users]
        )
        spans = [np.arange(offsets[row], offsets[row + 1]) for row in wanted if row is not None]
        return np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)

    def samples(self, part: str = "test", rows: Optional[Array] = None) -> Inputs:
        """The inputs for samples of `train` or `test`: for `rows`, or all that `rows()` names."""
        rows = self.rows(part) if rows is None else np.asarray(rows, dtype=np.int64)
        table = self.dataset.samples.part(part)
        users = np.searchsorted(self._offsets(part), rows, side="right") - 1
        inputs = self._inputs(users, table.item[rows].astype(np.int64), table.event_position[rows])
        for feature in self.features.owned("samples"):
            inputs[feature.path] = feature_array(feature, rows, part)
        return inputs

    def batches(self, part: str = "test", rows: Optional[Array] = None, size: int = 1024) -> Iterator[Inputs]:
        """As `samples`, in batches of at most `size`."""
        rows = self.rows(part) if rows is None else np.asarray(rows, dtype=np.int64)
        for start in range(0, len(rows), size):
            yield self.samples(part, rows[start : start + size])

    def candidates(self, user: Optional[User], items: Sequence[Union[str, int]]) -> Inputs:
        """The inputs for candidates after all events of the user: features of samples are missing.

        Items are identifiers (texts) or rows. `user` may be None for the own model's user. Features of samples that
        are known can be put in their place: `inputs["samples/price"][:] = 9.99`.
        """
        row = (
            self._user if user is None else self.dataset.row_of(user) if isinstance(user, str) else int(user)
        )
        if row is None:
            raise LcftError("candidates: for whom? give user")
        found = self._item_rows(items)
        users = np.full(len(found), row, dtype=np.int64)
        offsets = self.dataset.users.event_offsets
        inputs = self._inputs(users, found, np.full(len(found), offsets[row + 1] - offsets[row]))
        for feature in self.features.owned("samples"):
            inputs[feature.path] = missing_array(feature, len(found))
        return inputs

    # Parts.

    def _offsets(self, part: str) -> Array:
        self.dataset.samples.part(part)
        users = self.dataset.users
        return users.train_offsets if part == "train" else users.test_offsets

    def _item_rows(self, items: Sequence[Union[str, int]]) -> Array:
        ids = self.dataset.items.id
        places = (
            {identifier: row for row, identifier in enumerate(ids)}
            if any(isinstance(item, str) for item in items)
            else {}
        )
        unknown = [item for item in items if isinstance(item, str) and item not in places]
        if unknown:
            raise LcftError(f"{self.dataset.path}: has no item {unknown[0]}")
        return np.array(
            [places[item] if isinstance(item, str) else int(item) for item in items], dtype=np.int64
        )

    def _inputs(self, users: Array, items: Array, positions: Array) -> Inputs:
        inputs: Inputs = {"item": items}
        if self._user is None:
            if self._has_users:
                inputs["user"] = users.astype(np.int64)
            for feature in self.features.owned("users"):
                inputs[feature.path] = feature_array(feature, users)
        for kind, history in self._histories.items():
            events = history.windows(users, positions, self.settings.history_length)
            entries = self.dataset.events.item
            of_event = entries[np.maximum(events, 0)] if len(entries) else events
            inputs[f"history_{kind}"] = np.where(events >= 0, of_event, -1).astype(np.int64)
            for feature in self.features.events(kind):
                inputs[f"history_{kind}/{feature.name}"] = _event_array(feature, events)
        return inputs


def _event_array(feature: ModelFeature, events: Array) -> Array:
    """[n, T, ...] the feature of the events [n, T]."""
    flat: Array = feature_array(feature, events.ravel())
    shape: Tuple[int, ...] = (*events.shape, *flat.shape[1:])
    return flat.reshape(shape)
