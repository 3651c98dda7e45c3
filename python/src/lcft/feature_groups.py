"""The features of a data set by owner and name: `/features/OWNER`."""

from __future__ import annotations

from typing import List, Union

from .features import OLDER, AnyFeature, ColumnFeature, SampleFeature
from .storage import StoredFile
from .tables import Members


class _OwnerFeatures(Members):
    """The features of one owner, by name, in their order."""

    what = "feature"

    def __init__(self, file: StoredFile, owner: str):
        super().__init__(file, f"/features/{owner}")
        self.owner = owner

    def names(self) -> List[str]:
        if self.file.has("/features"):
            return super().names()
        return [
            name
            for (owner, name), (paths, _) in OLDER.items()
            if owner == self.owner and self.file.has(paths["values"])
        ]


class ColumnFeatures(_OwnerFeatures):
    """The features of users, items or events, by name."""

    def __getitem__(self, name: str) -> ColumnFeature:
        self.check(name)
        return ColumnFeature(self.file, self.owner, name)


class SampleFeatures(_OwnerFeatures):
    """The features of samples, by name."""

    def __getitem__(self, name: str) -> SampleFeature:
        self.check(name)
        return SampleFeature(self.file, self.owner, name)


class Features:
    """The features of a data set by owner: `features.users["age"]`."""

    def __init__(self, file: StoredFile):
        self.users = ColumnFeatures(file, "users")
        self.items = ColumnFeatures(file, "items")
        self.samples = SampleFeatures(file, "samples")
        self.events = ColumnFeatures(file, "events")

    def owned(self, owner: str) -> List[AnyFeature]:
        """Those of `users`, `items`, `samples` or `events`, in their order."""
        group: Union[ColumnFeatures, SampleFeatures] = getattr(self, owner)
        return [group[name] for name in group]

    def all(self) -> List[AnyFeature]:
        """Those of users, items, samples and events, in this order."""
        return [feature for owner in ("users", "items", "samples", "events") for feature in self.owned(owner)]
