"""The steps that a reader applies to a stored number, and quantiles in terms of the stored numbers."""

from __future__ import annotations

import math
from typing import Sequence

import numpy as np

from .features import Feature
from .storage import Array


def apply_steps(feature: Feature, values: Array) -> Array:
    """What a model sees of the stored numbers [n]: float64. A number that ends in quantiles becomes its class."""
    found = np.asarray(values, dtype=np.float64)
    for step in feature.transform:
        found = _step(feature, step, found)
    return found


def _step(feature: Feature, step: str, x: Array) -> Array:
    if step == "log":
        # The C library's to the last bit: edges are often numbers of the data, and numpy's may differ by a bit.
        return np.array([math.copysign(math.log1p(abs(value)), value) for value in x.tolist()])
    if step == "standardised":
        mean, deviation = feature.standardisation
        return (x - mean) / deviation
    if step == "quantiles":
        return np.searchsorted(_edges(feature), x, side="right").astype(np.float64)
    raise ValueError(f"there is no step {step}")


def quantile_thresholds(feature: Feature) -> Array:
    """For each edge the least stored number, a float32, that reaches it: a number's class is how many it reaches.

    The steps before the quantiles rise, so that the least number is found by halving. A graph then compares stored
    numbers, and needs no logarithm that is right to the last bit.
    """
    before = [step for step in feature.transform if step != "quantiles"]
    return np.array([_least(feature, before, edge) for edge in _edges(feature)], dtype=np.float32)


def _edges(feature: Feature) -> Array:
    """Those of the step `quantiles`; with one class there are none."""
    return np.zeros(0) if feature.edges is None else feature.edges


def _least(feature: Feature, steps: Sequence[str], edge: float) -> float:
    low, high = _ordinal(np.float32(-np.inf)), _ordinal(np.float32(np.inf))
    while low < high:
        middle = (low + high) // 2
        x = np.array([_number(middle)], dtype=np.float64)
        for step in steps:
            x = _step(feature, step, x)
        if x[0] >= edge:
            high = middle
        else:
            low = middle + 1
    return float(_number(low))


def _ordinal(x: np.float32) -> int:
    """The place of a float32 among all in rising order."""
    bits = int(np.asarray(x, dtype=np.float32).view(np.int32))
    return bits if bits >= 0 else -(bits & 0x7FFFFFFF)


def _number(ordinal: int) -> np.float32:
    bits = ordinal if ordinal >= 0 else (-ordinal) | 0x80000000
    return np.array([bits], dtype=np.uint32).view(np.float32)[0]
