"""Simulated A/B tests: `lcft-ab-test`."""

from __future__ import annotations

from typing import Dict, List, Optional

import numpy as np

from .findings import Findings, findings
from .made_from import MadeFrom
from .storage import Array
from .tables import Column, OptionalColumn, Table


class BucketUsers(Table):
    """`/users`: one row per user of the data set."""

    key = "row"
    row = Column("int32")
    bucket = Column("uint8")
    local_ctr = Column("float64")
    diverged = Column("uint8")
    expected_clicks = OptionalColumn("float64", shape=(None,))


class Days(Table):
    """`/days`: [users, days]. As a frame: sums over the users, a row per day and bucket."""

    key = "clicks"
    impressions = Column("int32", shape=(None,))
    clicks = Column("int32", shape=(None,))
    expected_clicks = Column("float64", shape=(None,))
    oracle_clicks = Column("float64", shape=(None,))
    random_clicks = Column("float64", shape=(None,))

    def columns(self) -> Dict[str, Array]:
        test = self.file
        assert isinstance(test, ABTest)
        buckets, days = test.users.bucket, self.clicks.shape[1]
        names = ("impressions", "clicks", "expected_clicks", "oracle_clicks", "random_clicks")
        count = len(test.methods)
        found: Dict[str, Array] = {
            "day": np.repeat(np.arange(days), count),
            "bucket": np.tile(np.arange(count), days),
            "method": np.tile(np.array(test.methods, dtype=object), days),
        }
        for name in names:
            values: Array = getattr(self, name)
            found[name] = np.stack([values[buckets == b].sum(axis=0) for b in range(count)], axis=1).ravel()
        return found


class ABTest(MadeFrom):
    """An A/B test of methods on a synthetic world."""

    format = "lcft-ab-test"

    @property
    def users(self) -> BucketUsers:
        """One row per user."""
        return BucketUsers(self, "/users")

    @property
    def days(self) -> Days:
        """What each user was shown and clicked on each day."""
        return Days(self, "/days")

    @property
    def findings(self) -> Optional[Findings]:
        """What searches found and the test used; None in files of version 0.1."""
        return findings(self)

    @property
    def methods(self) -> List[str]:
        """The buckets' methods."""
        return list(self.attribute("/", "methods"))

    @property
    def candidates(self) -> int:
        """Candidates of a visit."""
        return int(self.attribute("/", "candidates"))

    @property
    def shown(self) -> int:
        """How many of them are shown."""
        return int(self.attribute("/", "shown"))

    @property
    def visits(self) -> float:
        """Mean visits of a user and day."""
        return float(self.attribute("/", "visits"))

    @property
    def seed(self) -> int:
        """The seed of the test."""
        return int(self.attribute("/", "seed"))
