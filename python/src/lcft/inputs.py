"""The inputs of exported graphs, made from the samples of a data set."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from .checkpoint import Checkpoint
from .dataset import Dataset
from .errors import LcftError, MismatchError, UnknownNameError
from .export import CheckpointLike, User
from .feature_arrays import feature_array, missing_array
from .histories import HistoryKind
from .job import ModelSettings
from .model_features import ModelFeature, ModelFeatures
from .origin import GIVE_DATASET, Origin, origin_of
from .storage import Array

Inputs = Dict[str, Array]
Item = Union[str, int]


class ModelInputs:
    """Makes what `to_onnx` of the checkpoint takes: ids, histories with the window of the job, features.

    With `user`, an identifier or a row, it makes the inputs of that user's own model, which has none of users. Without
    `dataset`, the checkpoint's catalogue says what rows and features are: `candidates` then takes histories, and there
    are no samples.
    """

    def __init__(self, checkpoint: CheckpointLike, dataset: Origin = None, user: Optional[User] = None):
        checkpoint = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
        origin = origin_of(checkpoint, dataset)
        if origin is None:
            raise MismatchError(f"{checkpoint.path}: names no catalogue; {GIVE_DATASET}")
        self.origin = origin
        self.dataset = origin if isinstance(origin, Dataset) else None
        self.settings = ModelSettings.of(checkpoint.model, checkpoint.job or "", checkpoint.path)
        self.features = ModelFeatures.of(self.settings, origin)
        self._has_users = any(name in checkpoint.embeddings for name in ("user", "first_order_user"))
        self._user = None if user is None else origin.user_row(user)
        self._histories: Dict[str, HistoryKind] = {}
        if self.dataset is not None:
            self._histories = {kind: HistoryKind(kind, self.dataset) for kind in self.settings.histories}

    # Samples.

    def rows(self, part: str = "test", users: Optional[Iterable[User]] = None) -> Array:
        """The rows of the samples of a part: of all users, of the own model's user, or of `users` in their order."""
        offsets = self._offsets(part)
        if users is None and self._user is None:
            return np.arange(int(offsets[-1]))
        wanted = [self._user] if users is None else [self.origin.user_row(user) for user in users]
        spans = [np.arange(offsets[row], offsets[row + 1]) for row in wanted if row is not None]
        return np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)

    def samples(self, part: str = "test", rows: Optional[Array] = None) -> Inputs:
        """The inputs for samples of `train` or `test`: for `rows`, or all that `rows()` names."""
        rows = self.rows(part) if rows is None else np.asarray(rows, dtype=np.int64)
        table = self._data().samples.part(part)
        users = np.searchsorted(self._offsets(part), rows, side="right") - 1
        inputs = self._inputs(users, table.item[rows].astype(np.int64))
        for kind in self.settings.histories:
            inputs.update(self._windows(kind, users, table.event_position[rows]))
        for feature in self.features.owned("samples"):
            inputs[feature.path] = feature_array(feature, rows, part)
        return inputs

    def batches(self, part: str = "test", rows: Optional[Array] = None, size: int = 1024) -> Iterator[Inputs]:
        """As `samples`, in batches of at most `size`."""
        rows = self.rows(part) if rows is None else np.asarray(rows, dtype=np.int64)
        for start in range(0, len(rows), size):
            yield self.samples(part, rows[start : start + size])

    def candidates(
        self,
        user: Optional[User],
        items: Sequence[Item],
        histories: Optional[Mapping[str, Sequence[Item]]] = None,
    ) -> Inputs:
        """The inputs for candidates after all events of the user: features of samples are missing.

        Items are identifiers (texts) or rows. `user` may be None for the own model's user. `histories` has items by
        kind of history, oldest first, in place of the user's events; what is known of these is missing. Whatever is
        missing can be put in its place: `inputs["samples/price"][:] = 9.99`.
        """
        row = self._user if user is None else self.origin.user_row(user)
        if row is None:
            raise LcftError("candidates: for whom? give user")
        found = self.origin.item_rows(items)
        users = np.full(len(found), row, dtype=np.int64)
        inputs = self._inputs(users, found)
        given = {} if histories is None else histories
        for kind in given:
            if kind not in self.settings.histories:
                raise UnknownNameError("candidates", "history of the kind", kind, self.settings.histories)
        for kind in self.settings.histories:
            if kind in given:
                inputs.update(self._given(kind, self.origin.item_rows(given[kind]), len(found)))
            elif self.dataset is None:
                raise LcftError(
                    f"candidates: {self.origin.path} has no events; give histories, with the items of {kind}"
                )
            else:
                offsets = self.dataset.users.event_offsets
                count = offsets[row + 1] - offsets[row]
                inputs.update(self._windows(kind, users, np.full(len(found), count)))
        for feature in self.features.owned("samples"):
            inputs[feature.path] = missing_array(feature, len(found))
        return inputs

    # Parts.

    def _data(self) -> Dataset:
        if self.dataset is None:
            raise LcftError(f"{self.origin.path}: a catalogue has no samples; give ModelInputs the data set")
        return self.dataset

    def _offsets(self, part: str) -> Array:
        self._data().samples.part(part)
        users = self._data().users
        return users.train_offsets if part == "train" else users.test_offsets

    def _inputs(self, users: Array, items: Array) -> Inputs:
        """Candidates and users, without histories and what is known of samples."""
        inputs: Inputs = {"item": items}
        if self._user is None:
            if self._has_users:
                inputs["user"] = users.astype(np.int64)
            for feature in self.features.owned("users"):
                inputs[feature.path] = feature_array(feature, users)
        return inputs

    def _windows(self, kind: str, users: Array, positions: Array) -> Inputs:
        """A history of each user before the event of this number."""
        events = self._histories[kind].windows(users, positions, self.settings.history_length)
        entries = self._data().events.item
        of_event = entries[np.maximum(events, 0)] if len(entries) else events
        inputs: Inputs = {f"history_{kind}": np.where(events >= 0, of_event, -1).astype(np.int64)}
        for feature in self.features.events(kind):
            inputs[f"history_{kind}/{feature.name}"] = _event_array(feature, events)
        return inputs

    def _given(self, kind: str, items: Array, count: int) -> Inputs:
        """The same history for `count` candidates, with nothing known of its events."""
        latest = items[-self.settings.history_length :] if len(items) else np.array([-1], dtype=np.int64)
        inputs: Inputs = {f"history_{kind}": np.tile(latest, (count, 1))}
        for feature in self.features.events(kind):
            values: Array = missing_array(feature, latest.size * count)
            inputs[f"history_{kind}/{feature.name}"] = values.reshape(count, latest.size, *values.shape[1:])
        return inputs


def _event_array(feature: ModelFeature, events: Array) -> Array:
    """[n, T, ...] the feature of the events [n, T]."""
    flat: Array = feature_array(feature, events.ravel())
    shape: Tuple[int, ...] = (*events.shape, *flat.shape[1:])
    return flat.reshape(shape)
