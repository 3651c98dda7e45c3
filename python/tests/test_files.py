"""Every kind of file, opened: every property is read, and columns are those that h5py reads."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Tuple

import h5py
import numpy as np
import pytest
import worlds
from conftest import FIXTURES

import lcft
from lcft.tables import AnyColumn, Members, Table

JOB = """
seed: 3
model: {name: LR, histories: [positive], history_length: 6}
training: {epochs: 1, batch_size: 64, learning_rate: 0.1, optimizer: adam, virtual_shards: 2}
finetuning: {methods: [cloud, local, soft1, hard], epochs: 1, batch_size: 8, learning_rate: 0.05}
search: {alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}, learning_rates: [0.01, 0.1]}
"""


@pytest.fixture(scope="module")
def files(folder: Path, datasets: Dict[str, Path], run_of: Callable[[str], Path]) -> Dict[str, Path]:
    """One file of every kind and version."""
    (folder / "small.yaml").write_text(JOB, encoding="utf-8")
    on, small, search = ["--job", "small.yaml", "--data", "plain.h5"], folder / "small", folder / "searched"
    worlds.lcft(folder, "search", *on, "--methods", "local,hard", "--output", "searched")
    with_findings = ["--settings", "searched/search.yaml", "--labels", "searched/labels.h5"]
    worlds.lcft(folder, "run", *on, *with_findings, "--save-models", "all", "--output", "small")
    worlds.lcft(
        folder, "simulate-ab", *on, "--candidates", "10", "--top", "3", "--days", "2", "--output", "small"
    )
    found = {name: small / f"{name}.h5" for name in ("results", "ab-test", "models", "models-rank-0")}
    found.update({name: search / f"{name}.h5" for name in ("labels", "search")})
    found.update({f"data set {name}": path for name, path in datasets.items()})
    found["checkpoint"] = small / "checkpoint-epoch-1.h5"
    found["group's checkpoint"] = sorted(run_of("LR plain").glob("group-*.h5"))[0]
    found.update({f"version 0.1: {path.stem}": path for path in FIXTURES.glob("*.h5")})
    return found


def properties(thing: Any) -> Iterator[Tuple[str, Any]]:
    """The properties of an object of the package, with their values."""
    for name, member in inspect.getmembers(type(thing)):
        if (
            isinstance(member, (property, AnyColumn))
            and not name.startswith("_")
            and name != "standardisation"
        ):
            yield name, getattr(thing, name)


def walk(thing: Any, place: str, seen: List[str], depth: int = 0) -> None:
    """Reads all properties of `thing` and of what they are, and compares columns with what h5py reads."""
    assert depth < 8
    for name, value in properties(thing):
        seen.append(f"{place}.{name}")
        if isinstance(thing, Table) and isinstance(inspect.getattr_static(type(thing), name), AnyColumn):
            raw = thing.file.hdf5.get(f"{thing.where}/{name}")
            assert (raw is None) == (value is None)
            if raw is not None:
                wanted = [text.decode() for text in raw[()]] if raw.dtype.kind == "S" else raw[()]
                np.testing.assert_array_equal(value, wanted)
        walk_value(value, f"{place}.{name}", seen, depth)


def walk_value(value: Any, place: str, seen: List[str], depth: int) -> None:
    if type(value).__module__.startswith("lcft."):
        walk(value, place, seen, depth + 1)
        if isinstance(value, Members):
            for name in value:
                walk(value[name], f"{place}[{name}]", seen, depth + 1)
    elif isinstance(value, dict):
        for name, member in value.items():
            walk_value(member, f"{place}[{name}]", seen, depth)


def test_every_property_of_every_kind_is_read(files: Dict[str, Path]) -> None:
    kinds = set()
    for name, path in files.items():
        with lcft.open(path) as file:
            kinds.add(file.format)
            seen: List[str] = []
            walk(file, name, seen)
            if isinstance(file, lcft.Dataset):
                for feature in file.features.all():
                    walk(feature, f"{name}.{feature.path}", seen)
            assert len(seen) >= 8, seen
            assert file.format_version in (1, 2) and file.creator.startswith("lcft 0.")
    assert len(kinds) == 7


def test_columns_that_documents_name_are_properties(files: Dict[str, Path]) -> None:
    """Whatever a file holds has a property: nothing is left that can be read by hdf5 alone."""
    kept = {"/job"}
    for name in ("results", "labels", "search", "ab-test"):
        file = lcft.open(files[name])
        paths: List[str] = []
        file.hdf5.visititems(
            lambda path, item: paths.append("/" + path) if isinstance(item, h5py.Dataset) else None
        )
        walk(file, name, [])
        if isinstance(file, lcft.Results):
            file.predictions()
        if isinstance(file, lcft.LabelTable):
            assert file.grid.auc.shape == (len(file.groups), 2, 2)
        read = {path for path, _ in file._cache} | kept
        assert sorted(set(paths) - read) == []


def test_results_as_frames(files: Dict[str, Path]) -> None:
    results = lcft.Results(files["results"])
    with h5py.File(files["results"], "r") as raw:
        users = results.users()
        assert list(users.columns) == [
            "id",
            "row",
            "train_count",
            "train_positives",
            "test_count",
            "test_positives",
            "local_ctr",
        ]
        assert users["id"].tolist() == [text.decode() for text in raw["users/id"][()]]
        methods = results.methods()
        assert methods["method"].tolist() == ["cloud", "local", "soft1", "hard"]
        assert methods["user_auc"].tolist() == [
            raw[f"summary/{name}"].attrs["user_auc"] for name in methods["method"]
        ]
        soft1 = results.methods["soft1"]()
        np.testing.assert_array_equal(soft1["alpha"], raw["methods/soft1/alpha"][()])
        assert set(soft1["label_status"]) <= {"uncorrected", "corrected", "undefined"}
        predictions = results.predictions()
        np.testing.assert_array_equal(predictions["hard"], raw["predictions/hard"][()])
        assert (
            predictions.groupby("row", sort=False).size().tolist()
            == np.diff(raw["predictions/offsets"][()]).tolist()
        )
        assert len(results.significance()) == len(raw["significance/method"])


def test_user_auc_is_that_of_the_summary(files: Dict[str, Path]) -> None:
    results = lcft.Results(files["results"])
    for name in results.methods:
        summary = results.methods[name].summary
        np.testing.assert_array_equal(np.isnan(results.aucs(name)), np.isnan(results.methods[name].auc))
        np.testing.assert_allclose(results.aucs(name), results.methods[name].auc, atol=1e-12)
        assert results.user_auc(name) == pytest.approx(summary["user_auc"], abs=1e-12)
        assert results.user_auc(name, weighted=False) == pytest.approx(
            summary["user_auc_unweighted"], abs=1e-12
        )


def test_auc_of_ties_and_of_one_class() -> None:
    assert lcft.auc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 0, 1, 1])) == 0.875
    assert np.isnan(lcft.auc(np.array([1.0, 2.0]), np.array([1, 1])))
    assert np.isnan(lcft.auc(np.array([1.0, np.nan]), np.array([0, 1])))


def test_other_frames(files: Dict[str, Path]) -> None:
    assert len(lcft.LabelTable(files["labels"]).groups()) == 2
    search = lcft.Search(files["search"])
    assert search.methods()["method"].tolist() == ["local", "hard"]
    assert search.methods["local"]()["learning_rate"].tolist() == [0.01, 0.1]
    test = lcft.ABTest(files["ab-test"])
    days = test.days()
    assert len(days) == 2 * len(test.methods) and days["clicks"].sum() == test.days.clicks.sum()
    models = lcft.PersonalModels(files["models"])
    assert sorted(models.users()["id"]) == sorted(lcft.Results(files["results"]).users.id)
    dataset = lcft.Dataset(files["data set all"])
    assert dataset.users()["test"].sum() == len(dataset.samples.test)
    samples = dataset.samples_of("train")
    assert samples["user"].nunique() == len(dataset.users) and len(samples) == len(dataset.samples.train)
    brands = dataset.vocabularies["brand"]()
    assert set(brands["value"]) == {f"brand {n}" for n in range(9)} and brands["count"].sum() > 0


def test_features_and_their_vocabularies(files: Dict[str, Path]) -> None:
    dataset = lcft.Dataset(files["data set all"])
    assert [feature.path for feature in dataset.features.all()][:5] == [
        "users/age",
        "users/income",
        "users/plan",
        "users/favourite",
        "users/taste",
    ]
    brand = dataset.features.items["brand"]
    value = dataset.vocabularies[brand.vocabulary].value
    place = int(np.flatnonzero(dataset.items.id == "S-12")[0])
    assert value[brand.values[place]] == "brand 3"
    price = dataset.features.samples["price"]
    assert (
        price.transform == ("log", "standardised")
        and price.train.missing.sum() + price.test.missing.sum() == 300
    )
    device = dataset.vocabularies["samples_device"]
    assert device.rows == device.known + 1 < device.size
    assert dataset.vocabularies["item"].value is None and dataset.vocabularies["item"].rows == 16
    assert dataset.features.users["favourite"].table == "brand"
    assert dataset.settings["schema"].lstrip().startswith("log:") and any(
        "3000 rows read" in line for line in dataset.account
    )


def test_older_files_have_their_features() -> None:
    genome = lcft.Dataset(FIXTURES / "genome.h5")
    assert [feature.path for feature in genome.features.all()] == ["items/category", "items/genome"]
    with h5py.File(FIXTURES / "genome.h5", "r") as raw:
        np.testing.assert_array_equal(
            genome.features.items["genome"].missing, 1 - raw["items/genome_known"][()]
        )
        np.testing.assert_array_equal(genome.features.items["category"].values, raw["items/categories"][()])
        assert genome.vocabularies["category"].value.tolist() == [
            text.decode() for text in raw["categories/id"][()]
        ]
    actions = lcft.Dataset(FIXTURES / "actions.h5")
    assert actions.vocabularies["action"].value.tolist() == ["exposure", "click", "cart", "favourite", "buy"]


def test_models_of_an_older_checkpoint_are_exported() -> None:
    import onnxruntime

    data, checkpoint = FIXTURES / "dataset.h5", FIXTURES / "checkpoint.h5"
    results = lcft.Results(FIXTURES / "results.h5")
    inputs = lcft.ModelInputs(checkpoint, data)
    model = lcft.to_onnx(checkpoint, dataset=data)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run(["logit"], inputs.samples("test", inputs.rows("test", results.users.row)))[0]
    wanted = results.predictions["cloud"]
    assert np.max(np.abs(found - wanted) / np.maximum(1, np.abs(wanted))) <= 1e-5


def test_nothing_is_read_before_it_is_asked_for(files: Dict[str, Path]) -> None:
    dataset = lcft.Dataset(files["data set all"])
    assert not dataset._cache
    assert len(dataset.events.item) and [path for path, _ in dataset._cache] == ["/events/item"]
