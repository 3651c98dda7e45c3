"""What data sets and catalogues have in common: what the rows of a model's tables stand for."""

from __future__ import annotations

import functools
from typing import Dict, Optional, Sequence, Union

import numpy as np

from .decoding import feature_columns
from .errors import UnknownNameError
from .feature_groups import Features
from .storage import Array, StoredFile
from .tables import Column, Table
from .vocabularies import Vocabularies


class NamedUsers(Table):
    """`/users`: one row per user."""

    key = "id"
    id = Column("str")

    def columns(self) -> Dict[str, Array]:
        features = feature_columns(self.file, Features(self.file).owned("users"))
        return {**super().columns(), **self.counts(), **features}

    def counts(self) -> Dict[str, Array]:
        """What a frame has between the columns and the features."""
        return {}


class NamedItems(Table):
    """`/items`: one row per item."""

    key = "id"
    id = Column("str")

    def columns(self) -> Dict[str, Array]:
        return {**super().columns(), **feature_columns(self.file, Features(self.file).owned("items"))}


class NamedRows(StoredFile):
    """Identifiers of users and items, features and vocabularies: what a model needs beside its weights."""

    @property
    def users(self) -> NamedUsers:
        """One row per user."""
        return NamedUsers(self, "/users")

    @property
    def items(self) -> NamedItems:
        """One row per item."""
        return NamedItems(self, "/items")

    @property
    def features(self) -> Features:
        """Features of users, items, samples and events."""
        return Features(self)

    @property
    def vocabularies(self) -> Vocabularies:
        """The values of categorical features."""
        return Vocabularies(self, "/vocabularies")

    @property
    def split_rule(self) -> Optional[str]:
        """How samples were divided into training and test."""
        return self.attribute("/", "split_rule", None)

    @property
    def dataset_digest(self) -> Optional[str]:
        """Content digest of the data set; None where another program has edited it."""
        return self.content_digest

    @functools.cached_property
    def _user_count(self) -> int:
        return len(self.users)

    @functools.cached_property
    def _item_count(self) -> int:
        return len(self.items)

    def row_of(self, user: object) -> int:
        """The row of the user with this identifier. Raises `UnknownNameError`."""
        ids = self.users.id
        found = np.flatnonzero(ids == str(user))
        if len(found) == 0:
            raise UnknownNameError(self.path, "user", user, ids[:12])
        return int(found[0])

    def user_row(self, user: Union[str, int]) -> int:
        """The row of a user, who is an identifier (a text) or a row. Raises `UnknownNameError`."""
        if isinstance(user, str):
            return self.row_of(user)
        if not 0 <= user < self._user_count:
            raise UnknownNameError(self.path, "user row", user, [f"0 to {self._user_count - 1}"])
        return int(user)

    def item_rows(self, items: Sequence[Union[str, int]]) -> Array:
        """[n] the rows of items, which are identifiers (texts) or rows. Raises `UnknownNameError`."""
        ids = self.items.id if any(isinstance(item, str) for item in items) else np.zeros(0)
        places = {identifier: row for row, identifier in enumerate(ids)}
        for item in items:
            if isinstance(item, str) and item not in places:
                raise UnknownNameError(self.path, "item", item, ids[:12])
            if not isinstance(item, str) and not 0 <= item < self._item_count:
                raise UnknownNameError(self.path, "item row", item, [f"0 to {self._item_count - 1}"])
        rows = [places[item] if isinstance(item, str) else int(item) for item in items]
        return np.array(rows, dtype=np.int64)
