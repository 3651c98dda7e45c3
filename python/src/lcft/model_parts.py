"""What models are made of, in a graph: users, candidates, histories and features, in the order of docs/models.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

import numpy as np

from .errors import MismatchError
from .feature_graph import FeatureNames, feature_field, feature_input
from .folding import folded_fields
from .graph import Input
from .job import ModelSettings
from .layers import LayerGraph
from .model_features import ModelFeature, ModelFeatures
from .named_rows import NamedRows
from .storage import Array


@dataclass(frozen=True)
class Entries:
    """The entries of a history [B, T, width], and where there is one: `mask` [B, T]."""

    values: str
    mask: str


class ModelParts:
    """The parts of one model's graph. With `user`, a row of the data set, it is that user's own."""

    def __init__(
        self,
        graph: LayerGraph,
        settings: ModelSettings,
        features: ModelFeatures,
        origin: Optional[NamedRows],
        user: Optional[int] = None,
    ):
        self.graph = graph
        self.settings = settings
        self.features = features
        self._items = None if origin is None else len(origin.items)
        self._own = user
        self._encoded: Optional[Array] = None
        self._item = graph.input(Input("item", "int64", ("batch",), "candidates: rows of /items"))

    # Users.

    def _user_rows(self) -> str:
        """[B] the rows of the users; a graph for one user has tables of that user's row alone."""
        if self._own is not None:
            return self.graph.op("Mul", self._item, self.graph.integers(0))
        return self.graph.input(Input("user", "int64", ("batch",), "rows of /users"))

    def user(self, prefix: str = "") -> List[str]:
        """The user's embedding, if the model has any."""
        graph, name = self.graph, f"{prefix}user"
        if not graph.has_table(name):
            return []
        table = graph.table(name)
        if self._own is not None:
            if self._own >= len(table):
                raise MismatchError(f"user row {self._own}: the checkpoint has {len(table)} users")
            table = table[self._own : self._own + 1]
        return [graph.op("Gather", graph.constant(table, f"embeddings/{name}"), self._user_rows())]

    # Items.

    def _item_rows(self, table: Array) -> Array:
        """[rows of the item table] the rows of /items, -1 for a row that stands for no item of the data set."""
        count = len(table) if self._items is None else self._items
        if len(table) < count:
            raise MismatchError(f"the checkpoint has {len(table)} items, and the data set has {count}")
        rows = np.arange(len(table))
        return np.where(rows < count, rows, -1)

    def _encoded_items(self) -> str:
        """[items, E] all items as models see them: [item ; feature ; feature ; ...]."""
        if self._encoded is None:
            table = self.graph.table("item")
            features = [(feature, self._names(feature, None)) for feature in self.features.encoded]
            fields = folded_fields(self.graph, features, self._item_rows(table))
            self._encoded = np.concatenate([table, *fields], axis=1)
        return self.graph.constant(self._encoded, "encoded_items")

    @property
    def item_width(self) -> int:
        """E, the width of an encoded item."""
        self._encoded_items()
        return 0 if self._encoded is None else int(self._encoded.shape[1])

    def candidate(self) -> str:
        """[B, E] the encoded candidate."""
        return self.graph.op("Gather", self._encoded_items(), self._item)

    # Fields.

    def fields(self, owner: str, prefix: Optional[str] = None) -> List[str]:
        """The fields of the owner's features: of users, of samples, or of items their numbers and vectors.

        With a `prefix` they are terms of a first order, [B, 1] each.
        """
        features = self.features.item_fields if owner == "items" else self.features.owned(owner)
        named = [(feature, self._names(feature, prefix)) for feature in features]
        if owner == "samples" or (owner == "users" and self._own is None):
            return [self._field(feature, names, feature.path, ("batch",)) for feature, names in named]
        rows = (
            np.array([self._own])
            if owner == "users"
            else self._item_rows(self.graph.table(f"{prefix or ''}item"))
        )
        places = self._user_rows() if owner == "users" else self._item
        return [
            self.graph.op("Gather", self.graph.constant(values), places)
            for values in folded_fields(self.graph, named, rows)
        ]

    def _names(self, feature: ModelFeature, prefix: Optional[str]) -> FeatureNames:
        if prefix is None:
            return FeatureNames.of(feature, self.features)
        return FeatureNames.first_order(feature, self.features, prefix)

    def _field(self, feature: ModelFeature, names: FeatureNames, name: str, axes: Tuple[str, ...]) -> str:
        return feature_field(self.graph, feature, names, self.graph.input(feature_input(feature, name, axes)))

    # Histories.

    def _history(self, kind: str) -> Tuple[str, str]:
        """[B, T] the items of the entries, with 0 at padding, and the mask."""
        graph, name = self.graph, f"history_{kind}"
        length = f"length of {name}"
        text = f"the user's {kind} events before the sample, oldest first: rows of /items; -1 is padding"
        ids = graph.input(Input(name, "int64", ("batch", length), text))
        mask = graph.cast(graph.op("GreaterOrEqual", ids, graph.integers(0)), "float32")
        return graph.op("Max", ids, graph.integers(0)), mask

    def _events(self, kind: str, prefix: Optional[str] = None) -> List[str]:
        """[B, T, width] the fields of what is known of the events."""
        axes = ("batch", f"length of history_{kind}")
        return [
            self._field(feature, self._names(feature, prefix), f"history_{kind}/{feature.name}", axes)
            for feature in self.features.events(kind)
        ]

    def entries(self, kind: str, adds: bool) -> Entries:
        """The entries of a history: encoded items with the events' features added, or else beside them."""
        ids, mask = self._history(kind)
        items = self.graph.op("Gather", self._encoded_items(), ids)
        parts = [items, *self._events(kind)]
        return Entries(self.graph.sum(parts) if adds else self.graph.concat(parts), mask)

    def total(self, entries: Entries) -> str:
        """[B, width] the sum over the entries."""
        return self.graph.reduce(self._masked(entries), 1)

    def _masked(self, entries: Entries) -> str:
        """Padding's values are dropped, not multiplied by zero: they may be anything."""
        graph = self.graph
        is_entry = graph.unsqueeze(graph.op("Greater", entries.mask, graph.floats(0)), 2)
        return graph.op("Where", is_entry, entries.values, graph.floats(0))

    # The first order.

    def first_order(self, prefix: str) -> str:
        """[B, 1] the bias and one weight per value and number."""
        graph = self.graph
        terms = [graph.weight(f"{prefix}bias"), *self.user(prefix)]
        terms.append(graph.op("Gather", self._item_weights(prefix), self._item))
        for kind in self.settings.histories:
            terms.append(self._history_mean(kind, f"{prefix}history_{kind}_"))
        for owner in ("items", "users", "samples"):
            terms += self.fields(owner, prefix)
        return graph.sum(terms)

    def _item_weights(self, prefix: str) -> str:
        """[items, 1] the weight of each item and the means of its values'."""
        table = self.graph.table(f"{prefix}item")
        named = [(feature, self._names(feature, prefix)) for feature in self.features.encoded]
        total = table + sum(folded_fields(self.graph, named, self._item_rows(table)))
        return self.graph.constant(total.astype(np.float32), f"{prefix}item_weights")

    def _history_mean(self, kind: str, prefix: str) -> str:
        graph = self.graph
        ids, mask = self._history(kind)
        terms: Sequence[str] = [
            graph.op("Gather", self._item_weights(prefix), ids),
            *self._events(kind, prefix),
        ]
        count = graph.op("Max", graph.reduce(mask, 1, keep=True), graph.floats(1))
        return graph.op("Div", self.total(Entries(graph.sum(terms), mask)), count)
