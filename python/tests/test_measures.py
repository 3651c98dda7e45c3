"""Calibration and rankings against direct formulas (Tests/Fixtures/measures.py), which share no code with them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, Dict

import h5py
import numpy as np
import pytest
from conftest import FIXTURES
from refusals import changed, raises

import lcft

RunOf = Callable[[str], Path]


@pytest.fixture(scope="module")
def direct() -> ModuleType:
    spec = importlib.util.spec_from_file_location("direct", FIXTURES.parent / "measures.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def near(found: Any, wanted: Any) -> None:
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


def check(users: Any, columns: Any, predictions: Any, method: str, file: lcft.Results, direct: ModuleType) -> Any:
    """Each user's columns; returns the spans of the users' samples."""
    offsets, times = predictions.offsets, predictions.timestamp
    spans = list(zip(offsets[:-1], offsets[1:]))
    again = predictions.rankings(method)
    for user, (a, b) in enumerate(spans):
        label, own = predictions.label[a:b], times[a:b]
        found = direct.lists(label, own)
        assert users.lists[user] == again.lists[user] == len(found)
        assert users.list_candidates[user] == again.list_candidates[user] == sum(map(len, found))
        wanted = direct.user_measures(label, predictions[method][a:b], own, file.metrics_at)
        for values in (columns.logloss, predictions.log_losses(method)):
            near(values[user], wanted["logloss"])
        near(columns.predicted_ctr[user], wanted["predicted_ctr"])
        for values in (columns.mrr, again.mrr):
            near(values[user], wanted["mrr"])
        for k in file.metrics_at:
            for values in (columns.ndcg[k], again.ndcg[k]):
                near(values[user], wanted[f"ndcg_at_{k}"])
            for values in (columns.hit_rate[k], again.hit_rate[k]):
                near(values[user], wanted[f"hit_rate_at_{k}"])
    return spans


def test_of_methods(files: Dict[str, Path], direct: ModuleType) -> None:
    results = lcft.Results(files["results"])
    assert results.metrics_at == [1, 5, 10] and results.metrics_bins == 15
    predictions = results.predictions
    frames = results.methods()
    for place, method in enumerate(results.methods):
        spans = check(results.users, results.methods[method], predictions, method, results, direct)
        wanted = direct.total(
            spans, predictions.label, predictions[method], predictions.timestamp, results.metrics_at, 15
        )
        summary = results.methods[method].summary
        for name, value in wanted.items():
            near(summary[name], value)
            near(frames[name][place], value)
        near(predictions.calibration(method), wanted["calibration"])
        near(predictions.calibration_error(method), wanted["ece"])
        rankings = predictions.rankings(method)
        near(rankings.mean(rankings.mrr), wanted.get("mrr", np.nan))


def test_of_users_without_training_samples(run_of: RunOf, direct: ModuleType) -> None:
    results = lcft.Results(run_of("LR late") / "results.h5")
    untrained = results.untrained
    spans = check(untrained, untrained, untrained.predictions, "cloud", results, direct)
    wanted = direct.total(
        spans,
        untrained.predictions.label,
        untrained.predictions["cloud"],
        untrained.predictions.timestamp,
        results.metrics_at,
        results.metrics_bins,
    )
    for name, value in wanted.items():
        near(untrained.summary[name], value)
    all_lists = untrained.lists.sum() + results.users.lists.sum()
    assert untrained.summary_of_all["lists"] == all_lists


def test_ties_and_other_cutoffs(direct: ModuleType) -> None:
    """Lists with many ties, cutoffs beyond their ends, and samples of one time that stand apart."""
    from lcft.measures import Rankings, rank_list

    draw = np.random.default_rng(3)
    for _ in range(300):
        count = int(draw.integers(2, 40))
        label = (draw.random(count) < 0.4).astype(np.uint8)
        if not 0 < label.sum() < count:
            continue
        score = np.round(draw.normal(size=count) * draw.choice([0.3, 1, 50])).astype(np.float32)
        rank, ndcg, rates = rank_list(score, label, [1, 3, 100])
        near(rank, direct.reciprocal_rank(label, score.astype(np.float64)))
        near(ndcg, [direct.ndcg(label, score.astype(np.float64), k) for k in (1, 3, 100)])
        near(rates, [direct.hit_rate(label, score.astype(np.float64), k) for k in (1, 3, 100)])
    found = Rankings(
        np.array([1, 9, 0, 2]), np.array([1, 0, 0, 1]), np.array([5, 6, 5, 6]), np.array([0, 4, 4]), [1]
    )
    assert found.lists.tolist() == [2, 0] and found.list_candidates.tolist() == [4, 0]
    near(found.mrr, [0.75, np.nan])
    near(found.mean(found.hit_rate[1]), 0.5)


def test_results_without_them(tmp_path: Path, files: Dict[str, Path]) -> None:
    old = lcft.Results(FIXTURES / "results.h5")
    assert old.metrics_at == [] and old.metrics_bins is None and old.users.lists is None
    assert old.methods["soft1"].mrr is None and old.methods["soft1"].ndcg == {}
    assert "ece" not in old.methods["soft1"].summary
    raises(
        lcft.DamagedFileError, "/predictions/timestamp", "is missing", when=lambda: old.predictions.rankings("soft1")
    )
    # The calibration needs no times.
    assert 0 < old.predictions.calibration_error("soft1") < 1 and old.predictions.calibration("soft1") > 0

    def edited(file: h5py.File) -> None:
        file["methods/soft1/ndcg_at_5"][0] = 0.987

    broken = changed(tmp_path, files["results"], edited)
    raises(lcft.DamagedFileError, "the content's digest", when=lcft.Results(broken).verify)
