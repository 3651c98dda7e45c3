"""Writes models for other programs: ONNX and safetensors."""

from __future__ import annotations

from typing import Any, Optional, Tuple, Union

from .checkpoint import Checkpoint
from .errors import LcftError, MismatchError
from .extras import require
from .header import PathLike
from .job import ModelSettings
from .layers import LayerGraph
from .model_features import ModelFeatures
from .model_parts import ModelParts
from .origin import GIVE_DATASET, Origin, origin_of
from .personal_models import PersonalModels
from .weights import Weights
from .zoo import MODELS

#: The largest message of protocol buffers, less what the operators take.
_LARGEST = (1 << 31) - (1 << 20)

CheckpointLike = Union[Checkpoint, PathLike]
User = Union[str, int]


def to_onnx(
    checkpoint: CheckpointLike,
    path: Optional[PathLike] = None,
    *,
    dataset: Origin = None,
    models: Union[PersonalModels, PathLike, None] = None,
    user: Optional[User] = None,
    method: Optional[str] = None,
) -> Any:
    """The model as an ONNX graph, which is also written to `path` if one is given.

    `checkpoint` holds the cloud model, or that of a group. With `models` (`models.h5`) and `user`, an identifier or a
    row of the data set, it is that user's model, fine-tuned under `method`, and holds nothing of other users.
    What its features are is in the catalogue that the checkpoint names. `dataset` gives the data set in its place, or
    its catalogue, for checkpoints that name none.

    The graph's outputs are `logit` and `probability` [batch]. Its inputs, whose descriptions are in the graph, are what
    `ModelInputs` makes of samples. Raises `MismatchError` where the files do not belong together.
    """
    checkpoint = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
    origin = origin_of(checkpoint, dataset)
    weights, row, method = chosen_weights(checkpoint, models, user, method)
    settings = ModelSettings.of(checkpoint.model, checkpoint.job or "", checkpoint.path)
    graph = LayerGraph(weights)
    parts = ModelParts(graph, settings, ModelFeatures.of(settings, origin), origin, row)
    logit = graph.squeeze(MODELS[settings.name](parts), 1)
    _check_taken(graph, checkpoint)
    if graph.bytes > _LARGEST:
        raise LcftError(
            f"{checkpoint.path}: its tables have {graph.bytes >> 20} MiB, and a file of ONNX holds 2047; "
            "a user's own model has no table of users, and to_safetensors has no limit"
        )
    outputs = {
        "logit": (logit, ("batch",), "the logit z"),
        "probability": (graph.op("Sigmoid", logit), ("batch",), "the click probability 1 / (1 + exp(-z))"),
    }
    metadata = {
        "model": settings.name,
        "history_length": str(settings.history_length),
        "dataset_digest": weights.dataset_digest,
        "checkpoint_digest": weights.digest,
    }
    if row is not None:
        metadata.update({"user_row": str(row), "method": method or ""})
    model = graph.model(outputs, metadata)
    require("onnx").checker.check_model(model)
    if path is not None:
        require("onnx").save(model, path)
    return model


def to_safetensors(
    checkpoint: CheckpointLike,
    path: PathLike,
    *,
    models: Union[PersonalModels, PathLike, None] = None,
    user: Optional[User] = None,
    method: Optional[str] = None,
) -> None:
    """Writes the weights of the cloud model, a group's or one user's, with the names of `Weights.state_dict`."""
    checkpoint = checkpoint if isinstance(checkpoint, Checkpoint) else Checkpoint(checkpoint)
    chosen_weights(checkpoint, models, user, method)[0].to_safetensors(path)


def chosen_weights(
    checkpoint: Checkpoint,
    models: Union[PersonalModels, PathLike, None],
    user: Optional[User],
    method: Optional[str],
) -> Tuple[Weights, Optional[int], Optional[str]]:
    """The weights that are asked for, the row of the user whose they are, and the method."""
    if models is None:
        if user is not None or method is not None:
            raise LcftError(
                "a user's model needs models (the file models.h5 that --save-models keeps), user and method"
            )
        return checkpoint.weights(), None, None
    models = models if isinstance(models, PersonalModels) else PersonalModels(models)
    if user is None:
        raise LcftError(f"{models.path}: whose model? give user, an identifier or a row of the data set")
    if method is None:
        if len(models.methods) != 1:
            raise LcftError(
                f"{models.path}: under which method? give method, one of {', '.join(models.methods)}"
            )
        method = models.methods[0]
    weights = models.weights(checkpoint, user, method)
    return weights, int(models.users.row[models.place(user)]), method


def _check_taken(graph: LayerGraph, checkpoint: Checkpoint) -> None:
    """Raises unless the graph has all that the checkpoint has: a graph without a part would score wrongly."""
    all_names = {f"dense/{name}" for name in graph.weights.dense}
    all_names |= {f"embeddings/{name}" for name in graph.weights.embeddings}
    left = sorted(all_names - graph.taken)
    if left:
        raise MismatchError(
            f"{checkpoint.path}: {left[0]} is of a feature that the model takes; {GIVE_DATASET}"
        )
