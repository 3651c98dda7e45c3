"""The features that a model takes from a data set, and how a checkpoint names their weights (docs/models.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Sequence

from .errors import MismatchError
from .features import AnyFeature
from .job import ModelSettings
from .named_rows import NamedRows

#: Names that parts of a model have; a feature or table of such a name gets a longer one.
_RESERVED = {"user", "item", "bias", "mlp", "wide", "cross", "attention", "gru", "input_norm"}
#: A table of at most so many rows is a dense weight where only events have its values.
_DENSE_ROWS = 64


def _is_reserved(name: str) -> bool:
    return name in _RESERVED or name.startswith(("history_", "first_order_"))


@dataclass(frozen=True)
class ModelFeature:
    """One feature as a model takes it."""

    feature: AnyFeature
    #: `values`, `quantiles` (a number that stands for a value), `number` or `vector`.
    kind: str
    #: The name of its table among the data set's; None for numbers and vectors.
    table: Optional[str] = None
    #: Rows of that table.
    rows: int = 0
    #: Of `values`: how many have a row of their own; those above share the last one.
    known: int = 0

    @property
    def owner(self) -> str:
        """`users`, `items`, `samples` or `events`."""
        return self.feature.owner

    @property
    def name(self) -> str:
        """The feature's name."""
        return self.feature.name

    @property
    def path(self) -> str:
        """Owner and name: `users/age`."""
        return self.feature.path


class ModelFeatures:
    """The features that a model takes, of users, items, samples and events, each in the data set's order."""

    def __init__(self, taken: Sequence[ModelFeature]):
        self.all = list(taken)

    @classmethod
    def of(cls, settings: ModelSettings, origin: Optional[NamedRows]) -> "ModelFeatures":
        """Those that the job takes from the data set, which `origin` describes; none without one. Raises `MismatchError`."""
        if origin is None:
            return cls([])
        features = origin.features.all()
        return cls(
            [_taken(feature, features, origin) for feature in _chosen(settings, features, origin.path)]
        )

    def owned(self, owner: str) -> List[ModelFeature]:
        """Those of one owner."""
        return [feature for feature in self.all if feature.owner == owner]

    @property
    def encoded(self) -> List[ModelFeature]:
        """Items' features with values: part of every encoded item."""
        return [feature for feature in self.owned("items") if feature.table is not None]

    @property
    def item_fields(self) -> List[ModelFeature]:
        """Items' numbers and vectors: fields of the candidate."""
        return [feature for feature in self.owned("items") if feature.table is None]

    def events(self, history: str) -> List[ModelFeature]:
        """Events' features that join the entries of a history. `action` says nothing of exposures."""
        return [
            feature for feature in self.owned("events") if history != "exposures" or feature.name != "action"
        ]

    def key(self, feature: ModelFeature) -> str:
        """What the names of the feature's own weights begin with."""
        count = sum(other.name == feature.name for other in self.all)
        return f"{feature.owner}.{feature.name}" if count > 1 or _is_reserved(feature.name) else feature.name

    @staticmethod
    def table_name(feature: ModelFeature) -> str:
        """The name of the feature's table of embeddings."""
        name = feature.table or ""
        return f"table.{name}" if _is_reserved(name) else name

    def is_dense(self, feature: ModelFeature) -> bool:
        """Whether the feature's table is a dense weight: where only events have its values, and they are few."""
        users = [other for other in self.all if other.table == feature.table]
        return feature.rows <= _DENSE_ROWS and all(other.owner == "events" for other in users)


def _chosen(settings: ModelSettings, features: List[AnyFeature], file: str) -> List[AnyFeature]:
    """The features that the job takes."""

    def places(names: Sequence[str]) -> List[int]:
        found = []
        for name in names:
            matching = [
                place for place, feature in enumerate(features) if name in (feature.path, feature.name)
            ]
            if len(matching) != 1:
                known = ", ".join(feature.path for feature in features) or "none"
                raise MismatchError(f"{file}: the job names the feature {name}, and the data set has {known}")
            found += matching
        return found

    reads_actions = "actions" in settings.histories
    chosen = [reads_actions or feature.path != "events/action" for feature in features]
    if settings.only is not None:
        only = places(settings.only)
        chosen = [place in only for place in range(len(features))]
    for place in places(settings.without):
        chosen[place] = False
    return [
        feature
        for feature, is_taken in zip(features, chosen)
        if is_taken and (settings.genome or feature.path != "items/genome")
    ]


def _taken(feature: AnyFeature, features: List[AnyFeature], origin: NamedRows) -> ModelFeature:
    if feature.kind == "vector":
        return ModelFeature(feature, "vector")
    if feature.kind == "numeric":
        edges = feature.edges
        if edges is None:
            return ModelFeature(feature, "number")
        is_taken = any(
            other.table == feature.name
            or (
                other.name == feature.name and other.owner != feature.owner and "quantiles" in other.transform
            )
            for other in features
        )
        table = f"{feature.owner}.{feature.name}" if is_taken else feature.name
        return ModelFeature(feature, "quantiles", table, len(edges) + 1, len(edges) + 1)
    vocabulary = origin.vocabularies[feature.vocabulary or ""]
    return ModelFeature(feature, "values", feature.table, vocabulary.rows, vocabulary.known)
