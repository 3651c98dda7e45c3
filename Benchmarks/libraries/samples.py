"""A data set of lcft as tensors: the samples, histories and features that lcft's models see.

The layout of the file is docs/files.md, what models make of a feature is docs/models.md. Histories stay ragged: a sample
knows the window of its user's entries, and `Samples.batch` pads the windows of a batch to the longest one.
"""
from dataclasses import dataclass, field

import h5py
import numpy as np
import torch

LABELS = {"positive": 1, "negative": 0}


@dataclass
class Feature:
    """`values`: padded table rows [rows x K], 0 for none and v + 1 for row v. Otherwise `numbers` [rows x width]."""

    owner: str
    name: str
    kind: str  # values, number, vector
    table: str = ""
    table_rows: int = 0
    values: torch.Tensor = None
    numbers: torch.Tensor = None
    missing: torch.Tensor = None

    @property
    def path(self):
        return f"{self.owner}/{self.name}"

    def take(self, rows):
        """Of `rows` of the owner: [.. x K] table rows, or ([.. x width] numbers, [..] whether missing)."""
        if self.kind == "values":
            return self.values[rows]
        return self.numbers[rows], self.missing[rows]


@dataclass
class Batch:
    user: torch.Tensor
    item: torch.Tensor
    label: torch.Tensor
    histories: list = field(default_factory=list)  # per kind: items [B x L], 0 where padded; mask [B x L]
    fields: dict = field(default_factory=dict)  # path: what Feature.take gives
    distinct: tuple = None  # Samples.distinct, cached

    @property
    def size(self):
        return len(self.label)


class Samples:
    """Rows 0 up to `train_count` are the training samples, those after them the test samples."""

    def __init__(self, path, histories=("positive",), history_length=50, features="all"):
        with h5py.File(path) as file:
            self.path = path
            self.user_count = len(file["users/id"])
            self.item_count = len(file["items/id"])
            parts = [file["samples/train"], file["samples/test"]]
            offsets = [file["users/train_offsets"][:], file["users/test_offsets"][:]]
            counts = [np.diff(o) for o in offsets]
            self.train_count, self.test_count = (int(c.sum()) for c in counts)
            users = np.concatenate([np.repeat(np.arange(self.user_count), c) for c in counts])
            self.item = tensor(np.concatenate([p["item"][:] for p in parts]))
            self.label = torch.as_tensor(np.concatenate([p["label"][:] for p in parts]).astype(np.float32))
            position = np.concatenate([p["event_position"][:] for p in parts]).astype(np.int64)
            # Users that lcft evaluates: those with training and test samples.
            self.evaluated = np.flatnonzero((counts[0] > 0) & (counts[1] > 0))
            self.user = tensor(users)
            self.histories = [
                windows(file, LABELS[kind], users, position, history_length) for kind in histories
            ]
            self.features = [f for f in read_features(file) if chosen(f, features)]

    @property
    def train_rows(self):
        return torch.arange(self.train_count)

    @property
    def test_rows(self):
        """The test samples of evaluated users."""
        rows = torch.arange(self.train_count, self.train_count + self.test_count)
        keep = np.isin(self.user[rows].numpy(), self.evaluated)
        return rows[torch.as_tensor(keep)]

    def of(self, owner):
        return [f for f in self.features if f.owner == owner]

    def batch(self, rows):
        user, item = self.user[rows], self.item[rows]
        batch = Batch(user, item, self.label[rows])
        for entries, starts, lengths in self.histories:
            length = lengths[rows]
            steps = torch.arange(max(1, int(length.max())))
            mask = steps < length[:, None]
            places = (starts[rows][:, None] + steps).clamp(max=len(entries) - 1)
            batch.histories.append((entries[places] * mask, mask))
        for feature in self.features:
            if feature.owner != "items":
                batch.fields[feature.path] = feature.take(user if feature.owner == "users" else rows)
            elif feature.kind != "values":
                batch.fields[feature.path] = feature.take(item)
        return batch

    def batches(self, rows, size, generator=None):
        """As many batches as come nearest to `size` samples each, shuffled with a generator."""
        if generator is not None:
            rows = rows[torch.randperm(len(rows), generator=generator)]
        steps = max(1, (len(rows) + size // 2) // size)
        for part in torch.tensor_split(rows, steps):
            yield self.batch(part)


def tensor(values):
    return torch.as_tensor(np.asarray(values).astype(np.int64))


def windows(file, label, users, position, limit):
    """The items of all events with `label`, and the window of each sample: the last `limit` of its user's before it."""
    keep = file["events/label"][:] == label
    before = np.concatenate([[0], np.cumsum(keep)])
    first_event = file["users/event_offsets"][:-1][users]
    start, end = before[first_event], before[first_event + position]
    start = np.maximum(start, end - limit)
    items = file["events/item"][:][keep]
    return tensor(items if len(items) else [0]), tensor(start), tensor(end - start)


def chosen(feature, choice):
    """`choice`: "all", {"only": [...]} or {"without": [...]}, as in a job's model.features."""
    if choice == "all":
        return True
    (how, names), = choice.items()
    named = feature.path in names or feature.name in names
    return named if how == "only" else not named


def read_features(file):
    """Features of users, items and samples, each owner's in its order. Those of events are not read."""
    for owner in ("users", "items", "samples"):
        group = file.get(f"features/{owner}")
        if group is None:
            continue
        for name in sorted(group, key=lambda name: int(group[name].attrs["index"])):
            yield read_feature(file, owner, name, group[name])


def read_feature(file, owner, name, group):
    # A sample's feature has a column for the training part and one for the test part.
    parts = [group["train"], group["test"]] if owner == "samples" else [group]
    kind = text(group.attrs["kind"])
    if kind == "categorical":
        vocabulary = file[f"vocabularies/{text(group.attrs['vocabulary'])}"]
        rows = int(vocabulary.attrs["rows"])
        known = int(vocabulary.attrs.get("known", rows))
        values = [padded(part, known) for part in parts]
        width = max(v.shape[1] for v in values)
        values = np.concatenate([np.pad(v, ((0, 0), (0, width - v.shape[1]))) for v in values])
        return Feature(owner, name, "values", text(group.attrs["table"]), rows, tensor(values))
    numbers = np.concatenate([part["values"][:] for part in parts]).astype(np.float64)
    missing = np.concatenate(
        [part["missing"][:] if "missing" in part else np.zeros(len(part["values"]), np.uint8) for part in parts])
    if kind == "vector":
        norm = np.linalg.norm(numbers, axis=1, keepdims=True)
        numbers = np.divide(numbers, norm, out=np.zeros_like(numbers), where=norm > 0)
        numbers = numbers.astype(np.float32)
        return Feature(
            owner, name, "vector", numbers=torch.as_tensor(numbers), missing=torch.as_tensor(missing != 0))
    return number(owner, name, numbers, missing, group.attrs)


def number(owner, name, numbers, missing, attributes):
    """Through the steps of `transform`."""
    steps = [text(step) for step in np.atleast_1d(attributes["transform"])]
    for step in steps:
        if step == "log":
            numbers = np.sign(numbers) * np.log1p(np.abs(numbers))
        elif step == "standardised":
            numbers = (numbers - attributes["mean"]) / attributes["deviation"]
        elif step.startswith("quantiles"):
            rows = len(attributes["edges"]) + 1
            values = np.searchsorted(attributes["edges"], numbers, side="right") + 1
            values = np.where(missing != 0, 0, values)[:, None]
            return Feature(owner, name, "values", name, rows, tensor(values))
    return Feature(
        owner, name, "number", numbers=torch.as_tensor(numbers.astype(np.float32))[:, None],
        missing=torch.as_tensor(missing != 0))


def padded(part, known):
    """Lists [rows x longest] of table rows + 1; values from `known` on share the row `known`."""
    values = np.minimum(part["values"][:].astype(np.int64), known)
    if "offsets" not in part:
        return values[:, None] + 1
    offsets = part["offsets"][:]
    lengths = np.diff(offsets)
    table = np.zeros((len(lengths), max(1, lengths.max(initial=0))), np.int64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    table[rows, np.arange(len(values)) - offsets[rows]] = values + 1
    return table


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)
