"""One feature in a graph: from its array (`feature_arrays`) to its field [..., width]."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .feature_arrays import vector_width
from .graph import Input, Size
from .layers import LayerGraph
from .model_features import ModelFeature, ModelFeatures
from .numbers import quantile_thresholds
from .storage import Array


@dataclass(frozen=True)
class FeatureNames:
    """What the weights of a feature are called, and whether its table is a dense weight."""

    key: str
    table: str
    is_dense: bool

    @classmethod
    def of(cls, feature: ModelFeature, features: ModelFeatures) -> "FeatureNames":
        """Those of its embeddings."""
        is_dense = feature.table is not None and features.is_dense(feature)
        return cls(features.key(feature), features.table_name(feature), is_dense)

    @classmethod
    def first_order(cls, feature: ModelFeature, features: ModelFeatures, prefix: str) -> "FeatureNames":
        """Those of its weights in a first order, which begin with `prefix`."""
        own = cls.of(feature, features)
        return cls(prefix + own.key, prefix + own.key, own.is_dense)


def feature_input(feature: ModelFeature, name: str, axes: "tuple[Size, ...]") -> Input:
    """The input `name` for the feature's array with the axes `axes` before its own."""
    what = feature.feature.description or feature.path
    if feature.kind == "values":
        text = f"{what}: rows of the vocabulary {feature.feature.vocabulary}, padded with -1"
        return Input(name, "int64", (*axes, f"values of {name}"), text)
    if feature.kind == "vector":
        return Input(name, "float32", (*axes, vector_width(feature)), f"{what}: as the source has it")
    return Input(name, "float32", axes, f"{what}: as the source has it, before any step; NaN where missing")


def feature_field(graph: LayerGraph, feature: ModelFeature, names: FeatureNames, x: str) -> str:
    """The field of the feature's array `x`: a mean of embeddings, a weighted number, a weighted vector."""
    if feature.kind == "vector":
        return graph.linear(names.key, _unit(graph, x), bias=False)
    if feature.kind == "number":
        return _number(graph, feature, names.key, x)
    table = _table(graph, names)
    mean = (
        _class_row(graph, feature, table, x)
        if feature.kind == "quantiles"
        else _mean(graph, feature, table, x)
    )
    projection = f"{names.key}/projection"
    return graph.linear(projection, mean, bias=False) if graph.has(f"{projection}/weight") else mean


def _table(graph: LayerGraph, names: FeatureNames) -> str:
    values: Array = graph.dense(f"{names.table}/weight") if names.is_dense else graph.table(names.table)
    if len(values) == 0:  # A vocabulary without values: rows are looked up all the same, and dropped.
        values = np.zeros((1, *values.shape[1:]), dtype=np.float32)
    return graph.constant(values, f"embeddings/{names.table}")


def _mean(graph: LayerGraph, feature: ModelFeature, table: str, x: str) -> str:
    """The mean of the rows of the values; those above the known ones share the last row. Zero for none."""
    is_value = graph.cast(graph.op("GreaterOrEqual", x, graph.integers(0)), "float32")
    rows = graph.op("Max", graph.op("Min", x, graph.integers(feature.known)), graph.integers(0))
    embedded = graph.op("Mul", graph.op("Gather", table, rows), graph.unsqueeze(is_value, -1))
    count = graph.op("Max", graph.reduce(is_value, -1, keep=True), graph.floats(1))
    return graph.op("Div", graph.reduce(embedded, -2), count)


def _class_row(graph: LayerGraph, feature: ModelFeature, table: str, x: str) -> str:
    """The row of a number's class; zero where it is missing."""
    thresholds = graph.floats(quantile_thresholds(feature.feature))
    reached = graph.cast(graph.op("GreaterOrEqual", graph.unsqueeze(x, -1), thresholds), "int64")
    rows = graph.op("Gather", table, graph.reduce(reached, -1))
    return graph.op("Where", graph.unsqueeze(graph.op("IsNaN", x), -1), graph.floats(0), rows)


def _number(graph: LayerGraph, feature: ModelFeature, key: str, x: str) -> str:
    """x w with x after its steps, and another vector where it is missing."""
    is_missing = graph.op("IsNaN", x)
    y = graph.cast(graph.op("Where", is_missing, graph.floats(0), x), "float64")
    for step in feature.feature.transform:
        if step == "log":
            size = graph.op("Log", graph.op("Add", graph.op("Abs", y), graph.constant(np.float64(1))))
            y = graph.op("Mul", graph.op("Sign", y), size)
        else:
            mean, deviation = feature.feature.standardisation
            centred = graph.op("Sub", y, graph.constant(np.float64(mean)))
            y = graph.op("Div", centred, graph.constant(np.float64(deviation)))
    weighted = graph.op("Mul", graph.unsqueeze(graph.cast(y, "float32"), -1), graph.weight(f"{key}/weight"))
    missing = graph.weight(f"{key}/missing")
    return graph.op("Where", graph.unsqueeze(is_missing, -1), missing, weighted)


def _unit(graph: LayerGraph, x: str) -> str:
    """x scaled to unit length; a vector of zeros stays."""
    y = graph.cast(x, "float64")
    length = graph.op("Sqrt", graph.reduce(graph.op("Mul", y, y), -1, keep=True))
    is_zero = graph.op("Equal", length, graph.constant(np.float64(0)))
    safe = graph.op("Where", is_zero, graph.constant(np.float64(1)), length)
    return graph.cast(graph.op("Div", y, safe), "float32")
