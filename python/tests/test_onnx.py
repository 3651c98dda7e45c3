"""Exported graphs against the logits of `lcft`: onnxruntime's within 1e-5 x max(1, |logit|)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Optional

import numpy as np
import onnxruntime
import pytest
from conftest import MODELS

import lcft

RunOf = Callable[[str], Path]


def session(model: Any) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def logits(model: Any, inputs: Dict[str, Any]) -> Any:
    graph = session(model)
    assert {entry.name for entry in graph.get_inputs()} == set(inputs)
    logit, probability = graph.run(["logit", "probability"], inputs)
    np.testing.assert_allclose(probability, 1 / (1 + np.exp(-logit.astype(np.float64))), atol=1e-6)
    return logit


def check(found: Any, wanted: Any) -> None:
    assert found.shape == wanted.shape and np.all(np.isfinite(found))
    assert np.max(np.abs(found - wanted) / np.maximum(1, np.abs(wanted))) <= 1e-5
    assert np.std(wanted) > 1e-4, "logits that are all alike show nothing"


def checkpoint_of(folder: Path) -> Path:
    return folder / "checkpoint-epoch-1.h5"


@pytest.fixture(params=list(MODELS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_cloud_model_scores_as_lcft_does(name: str, run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder, data = run_of(name), datasets[MODELS[name][0]]
    results = lcft.Results(folder / "results.h5")
    inputs = lcft.ModelInputs(checkpoint_of(folder), data)
    rows = inputs.rows("test", users=results.users.row)
    check(
        logits(lcft.to_onnx(checkpoint_of(folder)), inputs.samples("test", rows)),
        results.predictions["cloud"],
    )


def test_the_catalogue_is_as_good_as_the_data_set(
    name: str, run_of: RunOf, datasets: Dict[str, Path]
) -> None:
    folder, data = run_of(name), datasets[MODELS[name][0]]
    models = lcft.PersonalModels(folder / "models.h5")
    own: Dict[str, Any] = {"models": models, "user": int(models.users.row[1]), "method": "local"}
    for chosen in ({}, own):
        graphs = [
            lcft.to_onnx(checkpoint_of(folder), dataset=origin, **chosen).SerializeToString()
            for origin in (None, data)
        ]
        assert graphs[0] == graphs[1]


def test_personal_models_score_as_lcft_does(name: str, run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder, data = run_of(name), datasets[MODELS[name][0]]
    results, models = lcft.Results(folder / "results.h5"), lcft.PersonalModels(folder / "models.h5")
    checkpoint = lcft.Checkpoint(checkpoint_of(folder))
    assert len(models.users) == 4
    users = [str(models.users.id[0]), str(models.users.id[3])]
    for user, method in zip(users, ("local", "bias_only")):
        place = int(np.flatnonzero(results.users.id == user)[0])
        start, end = results.predictions.offsets[place : place + 2]
        inputs = lcft.ModelInputs(checkpoint, data, user=user)
        graph = lcft.to_onnx(checkpoint, models=models, user=user, method=method)
        wanted = results.predictions[method][start:end]
        check(logits(graph, inputs.samples("test")), wanted)
        assert not np.array_equal(wanted, results.predictions["cloud"][start:end])


def test_group_models_score_as_lcft_does(name: str, run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder, data = run_of(name), datasets[MODELS[name][0]]
    results = lcft.Results(folder / "results.h5")
    inputs = lcft.ModelInputs(checkpoint_of(folder), data)
    offsets = results.predictions.offsets
    for path in sorted(folder.glob("group-*.h5")):
        group = lcft.Checkpoint(path)
        inside = (results.users.local_ctr > group.group_above) & (
            results.users.local_ctr <= group.group_up_to
        )
        rows = inputs.rows("test", users=results.users.row[inside])
        wanted = np.concatenate(
            [
                results.predictions["grouped"][offsets[place] : offsets[place + 1]]
                for place in np.flatnonzero(inside)
            ]
        )
        check(
            logits(lcft.to_onnx(group, dataset=folder / "catalogue.h5"), inputs.samples("test", rows)), wanted
        )


def padded(inputs: Dict[str, Any], before: int, after: int) -> Dict[str, Any]:
    """The inputs with more padding before and after the entries of every history."""
    fills = {"i": -1, "f": 77.0}
    return {
        name: (
            np.pad(
                values,
                [(0, 0), (before, after)] + [(0, 0)] * (values.ndim - 2),
                constant_values=fills[values.dtype.kind],
            )
            if name.startswith("history_")
            else values
        )
        for name, values in inputs.items()
    }


@pytest.mark.parametrize("name", ["LR", "DeepFM", "DIN", "DIN original", "EdgeRec"])
def test_padding_changes_nothing_wherever_it_is(name: str, run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder, data = run_of(name), datasets["all"]
    inputs = lcft.ModelInputs(checkpoint_of(folder), data)
    graph = lcft.to_onnx(checkpoint_of(folder))
    samples = inputs.samples("test", np.arange(40))
    plain = logits(graph, samples)
    for before, after in ((0, 1), (0, 60), (9, 0), (3, 4)):
        np.testing.assert_allclose(logits(graph, padded(samples, before, after)), plain, rtol=1e-6, atol=2e-6)


@pytest.mark.parametrize("name", ["LR", "DIN", "EdgeRec"])
def test_empty_histories_and_single_samples(name: str, run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder, data = run_of(name), datasets["all"]
    inputs = lcft.ModelInputs(checkpoint_of(folder), data)
    graph = lcft.to_onnx(checkpoint_of(folder))
    positions = lcft.Dataset(data).samples.train.event_position
    first = np.flatnonzero(positions == 0)[:6]
    assert len(first) > 1
    together = logits(graph, inputs.samples("train", first))
    assert all(
        np.all(v == -1) for k, v in inputs.samples("train", first).items() if k in ("history_positive",)
    )
    alone = np.concatenate([logits(graph, inputs.samples("train", [row])) for row in first])
    np.testing.assert_allclose(alone, together, rtol=1e-6, atol=2e-6)


def test_batches_are_the_samples(run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder, data = run_of("DIN"), datasets["all"]
    inputs = lcft.ModelInputs(checkpoint_of(folder), data)
    graph = lcft.to_onnx(checkpoint_of(folder))
    parts = [logits(graph, batch) for batch in inputs.batches("test", size=100)]
    whole = logits(graph, inputs.samples("test"))
    assert [len(part) for part in parts[:-1]] == [100] * (len(whole) // 100)
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-6, atol=2e-6)


def test_candidates_come_after_the_whole_history(run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder, data = run_of("DIN"), datasets["all"]
    dataset = lcft.Dataset(data)
    user = str(dataset.users.id[2])
    inputs = lcft.ModelInputs(checkpoint_of(folder), dataset, user=user)
    made = inputs.candidates(None, ["S-3", "S-4"])
    start, end = dataset.users.event_offsets[2:4]
    own = slice(start, end)
    clicked = dataset.events.item[own][dataset.events.label[own] == 1][-30:]
    assert made["item"].tolist() == [int(np.flatnonzero(dataset.items.id == f"S-{n}")[0]) for n in (3, 4)]
    np.testing.assert_array_equal(made["history_positive"][0], clicked)
    assert np.isnan(made["samples/price"]).all() and (made["samples/device"] == -1).all()
    models = lcft.PersonalModels(folder / "models.h5")
    graph = lcft.to_onnx(checkpoint_of(folder), models=models, user=int(models.users.row[0]), method="local")
    assert np.all(np.isfinite(logits(graph, made)))


def test_graph_says_what_it_is(run_of: RunOf, datasets: Dict[str, Path], tmp_path: Path) -> None:
    folder, data = run_of("EdgeRec"), datasets["all"]
    models = lcft.PersonalModels(folder / "models.h5")
    user: Optional[str] = str(models.users.id[0])
    path = tmp_path / "model.onnx"
    lcft.to_onnx(checkpoint_of(folder), path, models=models, user=user, method="local")
    graph = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    about = graph.get_modelmeta().custom_metadata_map
    assert about["model"] == "EdgeRec" and about["method"] == "local"
    assert about["user_row"] == str(models.users.row[0])
    assert about["checkpoint_digest"] == lcft.Checkpoint(checkpoint_of(folder)).content_digest
    import onnx

    stored = onnx.load(path)
    assert all(entry.doc_string for entry in [*stored.graph.input, *stored.graph.output])
    # Nothing of other users leaves with a user's model.
    sizes = {tensor.name: list(tensor.dims) for tensor in stored.graph.initializer}
    assert sizes["embeddings/user"][0] == 1
    assert not any(
        name.startswith(("user", "users/")) for name in (entry.name for entry in stored.graph.input)
    )
