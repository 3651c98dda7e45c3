"""Features of a data set's rows as arrays of one shape per feature: what graphs take as inputs.

| kind | array | where there is no value |
|---|---|---|
| values | int64 [n, V] rows of the vocabulary | padded with -1 |
| number, quantiles | float32 [n], before any step | NaN |
| vector | float32 [n, width], as the source has it | as the data set has it; zeros for no row |
"""

from __future__ import annotations

from typing import Tuple

import numpy as np

from .features import FeatureColumns, columns_of
from .model_features import ModelFeature
from .storage import Array


def feature_array(feature: ModelFeature, rows: Array, part: str = "test") -> Array:
    """The feature of `rows` [n] of its owner, where -1 stands for no row; of samples, those of `part`."""
    columns = columns_of(feature.feature, part)
    rows = np.asarray(rows, dtype=np.int64)
    none = rows < 0
    places = np.where(none, 0, rows)
    if feature.kind == "vector":
        return _filled(columns.values, places, none, 0.0)
    if feature.kind == "values":
        return _lists(columns, places, none)
    numbers = _filled(columns.values, places, none, np.nan)
    missing = columns.missing
    if missing is not None and len(rows):
        numbers[missing[places] != 0] = np.nan
    return numbers


def missing_array(feature: ModelFeature, count: int) -> Array:
    """The array of `count` rows without a value."""
    if feature.kind == "vector":
        return np.zeros((count, vector_width(feature)), dtype=np.float32)
    if feature.kind == "values":
        return np.full((count, 1), -1, dtype=np.int64)
    return np.full(count, np.nan, dtype=np.float32)


def vector_width(feature: ModelFeature) -> int:
    """How many numbers a vector has."""
    part = columns_of(feature.feature, "train")
    return int(part.values.shape[1])


def _filled(values: Array, places: Array, none: Array, fill: float) -> Array:
    """Rows `places` of `values`, and `fill` where there is none."""
    if len(values) == 0:
        return np.full((len(places), *values.shape[1:]), fill, dtype=np.float32)
    found = values[places].astype(np.float32)
    found[none] = fill
    return found


def _lists(columns: FeatureColumns, places: Array, none: Array) -> Array:
    offsets, values = columns.offsets, columns.values
    if offsets is None:
        found = np.full((len(places), 1), -1, dtype=np.int64)
        if len(values):
            found[:, 0] = np.where(none, -1, values[places])
        return found
    starts, counts = _spans(offsets, places, none)
    width = max(1, int(counts.max(initial=0)))
    steps = np.arange(width)
    is_value = steps < counts[:, None]
    indices = np.where(is_value, starts[:, None] + steps, 0)
    return np.where(is_value, values[indices] if len(values) else -1, -1).astype(np.int64)


def _spans(offsets: Array, places: Array, none: Array) -> Tuple[Array, Array]:
    """Where the list of each place starts, and how many values it has."""
    if len(offsets) < 2:
        return np.zeros(len(places), dtype=np.int64), np.zeros(len(places), dtype=np.int64)
    counts = np.where(none, 0, offsets[places + 1] - offsets[places])
    return offsets[places], counts
