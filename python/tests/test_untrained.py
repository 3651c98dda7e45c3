"""Users without training samples, whom the cloud model alone scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict

import h5py
import numpy as np
import onnxruntime
import pytest
from refusals import changed, raises

import lcft

RunOf = Callable[[str], Path]


@pytest.fixture(scope="module")
def late(run_of: RunOf) -> Path:
    return run_of("LR late")


@pytest.fixture(scope="module")
def results(late: Path) -> lcft.Results:
    return lcft.Results(late / "results.h5")


def test_they_are_those_of_the_data_set(results: lcft.Results, datasets: Dict[str, Path]) -> None:
    with h5py.File(datasets["late"], "r") as raw:
        train, test = (np.diff(raw[f"users/{part}_offsets"][()]) for part in ("train", "test"))
        rows = np.flatnonzero((train == 0) & (test > 0))
        starts, labels = raw["users/test_offsets"][()], raw["samples/test/label"][()]
        ids = [text.decode() for text in raw["users/id"][()][rows]]
    untrained = results.untrained
    assert untrained is not None and len(untrained) == len(rows) > 3
    assert untrained.id.tolist() == ids and untrained.row.tolist() == rows.tolist()
    assert set(rows).isdisjoint(results.users.row)
    parts = [labels[starts[row] : starts[row + 1]] for row in rows]
    assert untrained.test_count.tolist() == [len(part) for part in parts]
    assert untrained.test_positives.tolist() == [part.sum() for part in parts]
    np.testing.assert_array_equal(untrained.predictions.label, np.concatenate(parts))


def test_as_frames(results: lcft.Results) -> None:
    untrained = results.untrained
    users = untrained()
    own = ["id", "row", "test_count", "test_positives", "auc", "auc_status", "lists", "list_candidates"]
    assert list(users.columns)[: len(own)] == own and "ndcg_at_5" in users.columns
    assert ((users["auc_status"] == "defined") == users["auc"].notna()).all()
    samples = untrained.predictions()
    assert list(samples.columns) == ["user", "row", "label", "timestamp", "cloud"]
    counts = samples.groupby("user", sort=False).size()
    assert counts.to_dict() == dict(zip(users["id"], users["test_count"]))
    assert untrained.predictions.methods() == ["cloud"]
    raises(
        lcft.UnknownNameError,
        "predictions of the method local; it has cloud",
        when=lambda: untrained.predictions["local"],
    )


def figures(*parts: Any) -> Dict[str, float]:
    """The figures of a summary over the users of some predictions, in words of numpy."""
    label = np.concatenate([part.label for part in parts]).astype(np.float64)
    logit = np.concatenate([part["cloud"] for part in parts]).astype(np.float64)
    ends = np.cumsum(np.concatenate([np.diff(part.offsets) for part in parts]))
    auc, count = [], []
    for start, end in zip(np.concatenate([[0], ends[:-1]]), ends):
        own, score = label[start:end], logit[start:end]
        above = np.sign(score[own == 1][:, None] - score[own == 0])
        auc.append((above.mean() + 1) / 2 if above.size else np.nan)
        count.append(end - start)
    is_defined = ~np.isnan(auc)
    pairs = np.sign(logit[label == 1][:, None] - logit[label == 0])
    return {
        "user_auc": np.average(np.array(auc)[is_defined], weights=np.array(count)[is_defined]),
        "user_auc_unweighted": np.mean(np.array(auc)[is_defined]),
        "pooled_auc": (pairs.mean() + 1) / 2,
        "logloss": np.mean(np.logaddexp(0, logit) - label * logit),
        "undefined_auc": np.sum(~is_defined),
    }


def test_summaries_follow_from_the_predictions(results: lcft.Results) -> None:
    untrained = results.untrained
    for summary, parts in (
        (untrained.summary, [untrained.predictions]),
        (untrained.summary_of_all, [results.predictions, untrained.predictions]),
    ):
        for name, wanted in figures(*parts).items():
            assert summary[name] == pytest.approx(wanted, abs=1e-9), name
    cloud = results.methods["cloud"].summary
    assert untrained.summary_of_all["user_auc"] not in (untrained.summary["user_auc"], cloud["user_auc"])


def test_user_auc_over_all_test_users(results: lcft.Results) -> None:
    untrained = results.untrained
    np.testing.assert_allclose(untrained.aucs(), untrained.auc, atol=1e-12)
    for weighted, name in ((True, "user_auc"), (False, "user_auc_unweighted")):
        assert untrained.user_auc(weighted) == pytest.approx(untrained.summary[name], abs=1e-12)
        assert untrained.user_auc_of_all(weighted) == pytest.approx(untrained.summary_of_all[name], abs=1e-12)


def test_exported_models_score_them(late: Path, results: lcft.Results, datasets: Dict[str, Path]) -> None:
    checkpoint = late / "checkpoint-epoch-1.h5"
    inputs = lcft.ModelInputs(checkpoint, datasets["late"])
    session = onnxruntime.InferenceSession(
        lcft.to_onnx(checkpoint).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    found = session.run(["logit"], inputs.samples("test", inputs.rows("test", results.untrained.row)))[0]
    wanted = results.untrained.predictions["cloud"]
    assert found.shape == wanted.shape and np.std(wanted) > 1e-4
    assert np.max(np.abs(found - wanted) / np.maximum(1, np.abs(wanted))) <= 1e-5


def test_results_without_such_users(files: Dict[str, Path]) -> None:
    assert lcft.Results(files["results"]).untrained is None
    assert lcft.Results(files["version 0.1: results"]).untrained is None


def test_files_that_are_not_right(late: Path, tmp_path: Path) -> None:
    source = late / "results.h5"

    def edited(file: h5py.File) -> None:
        file["untrained/cloud"][0] += 1

    raises(
        lcft.DamagedFileError,
        "the content's digest",
        when=lcft.Results(changed(tmp_path, source, edited)).verify,
    )

    def unsaved(file: h5py.File) -> None:
        for name in ("offsets", "label", "cloud"):
            del file[f"untrained/{name}"]
        del file["predictions"]

    results = lcft.Results(changed(tmp_path, source, unsaved))
    assert results.untrained.predictions is None and len(results.untrained()) > 3
    raises(
        lcft.DamagedFileError, "/untrained/cloud", "save_predictions", when=results.untrained.user_auc_of_all
    )

    def offsets(file: h5py.File) -> None:
        file["untrained/offsets"][1] = 1 << 30

    results = lcft.Results(changed(tmp_path, source, offsets))
    raises(lcft.DamagedFileError, "/untrained/offsets", "does not rise", when=results.untrained.user_auc)

    def without(file: h5py.File) -> None:
        del file["untrained/summary_of_all"].attrs["user_auc"]

    results = lcft.Results(changed(tmp_path, source, without))
    raises(
        lcft.DamagedFileError,
        "/untrained/summary_of_all@user_auc: is missing",
        when=lambda: results.untrained.summary_of_all,
    )
