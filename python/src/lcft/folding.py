"""What depends on constants alone is computed once, by ONNX's own reference evaluator, and not in the graph."""

from __future__ import annotations

import importlib
from typing import List, Sequence, Tuple

import numpy as np

from .feature_arrays import feature_array
from .feature_graph import FeatureNames, feature_field, feature_input
from .layers import LayerGraph
from .model_features import ModelFeature
from .storage import Array

#: Rows that are computed at once.
_CHUNK = 16_384


def folded_fields(
    graph: LayerGraph, features: Sequence[Tuple[ModelFeature, FeatureNames]], rows: Array
) -> List[Array]:
    """The field [n, width] of each feature, for `rows` [n] of its owner, -1 for none."""
    return [_field(graph, feature, names, rows) for feature, names in features]


def _field(graph: LayerGraph, feature: ModelFeature, names: FeatureNames, rows: Array) -> Array:
    part = LayerGraph(graph.weights)
    x = part.input(feature_input(feature, "x", ("rows",)))
    y = feature_field(part, feature, names, x)
    graph.taken |= part.taken
    model = part.model({"y": (y, ("rows", "width"), "the field")}, {})
    evaluator = importlib.import_module("onnx.reference").ReferenceEvaluator(model)
    chunks = [rows[start : start + _CHUNK] for start in range(0, max(1, len(rows)), _CHUNK)]
    fields = [evaluator.run(["y"], {"x": feature_array(feature, chunk)})[0] for chunk in chunks]
    return np.concatenate(fields).astype(np.float32)
