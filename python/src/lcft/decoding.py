"""Features as a reader sees them: texts for values, NaN for missing numbers."""

from __future__ import annotations

from typing import Dict, Iterable, Optional

import numpy as np

from .features import AnyFeature, FeatureColumns, columns_of
from .storage import Array, StoredFile
from .vocabularies import Vocabularies


def decoded(feature: AnyFeature, vocabularies: Vocabularies, part: str = "train") -> Array:
    """One entry per row of the owner: a text (None where missing), a list of texts, or a number as the source has it.

    Values of a hashed vocabulary are their rows' numbers. Of samples, the rows are those of `part`.
    """
    columns = columns_of(feature, part)
    if feature.kind != "categorical":
        return _numbers(columns)
    texts = vocabularies[feature.vocabulary or ""].value
    offsets, values = columns.offsets, columns.values
    known = _texts(values, texts)
    if offsets is None:
        return known
    lists = np.empty(len(offsets) - 1, dtype=object)
    for row, (start, end) in enumerate(zip(offsets[:-1], offsets[1:])):
        lists[row] = known[start:end].tolist()
    return lists


def feature_columns(file: StoredFile, owner: "Iterable[AnyFeature]", part: str = "train") -> Dict[str, Array]:
    """The decoded features by owner and name, without vectors, which are no column of a frame."""
    vocabularies = Vocabularies(file, "/vocabularies")
    features = [feature for feature in owner if feature.kind != "vector"]
    return {feature.path: decoded(feature, vocabularies, part) for feature in features}


def _numbers(columns: FeatureColumns) -> Array:
    values, missing = columns.values.astype(np.float32), columns.missing
    if missing is not None:
        values[missing != 0] = np.nan
    return values


def _texts(values: Array, texts: Optional[Array]) -> Array:
    """The texts of rows of a vocabulary, None for -1."""
    if texts is None:
        texts = np.arange(int(values.max(initial=0)) + 1).astype(object)
    found = np.empty(len(values), dtype=object)
    is_value = values >= 0
    found[is_value] = texts[values[is_value]]
    return found
