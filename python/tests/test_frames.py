"""Columns as pandas frames, user AUC, and features with their vocabularies."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Dict

import h5py
import numpy as np
import pytest
from refusals import changed

import lcft


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
            "lists",
            "list_candidates",
        ]
        assert users["id"].tolist() == [text.decode() for text in raw["users/id"][()]]
        methods = results.methods()
        assert methods["method"].tolist() == ["cloud", "local", "soft1", "hard", "lcft", "lcft_by_ctr"]
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


def test_figures_over_common_users(files: Dict[str, Path], tmp_path: Path) -> None:
    """They are there where methods cover different users."""
    names = ("user_auc", "user_auc_unweighted", "pooled_auc", "logloss")

    def change(file: h5py.File) -> None:
        for place, method in enumerate(file["summary"]):
            attributes = file[f"summary/{method}"].attrs
            attributes["common_users"], attributes["common_auc_users"] = 20, 10
            for name in names:
                attributes[f"common_{name}"] = place + 0.25

    results = lcft.Results(files["results"])
    assert not any(name.startswith("common") for name in results.methods["soft1"].summary)
    methods = lcft.Results(changed(tmp_path, files["results"], change)).methods().set_index("method")
    for place, method in enumerate(sorted(methods.index)):
        assert methods.loc[method, "common_users"] == 20 and methods.loc[method, "common_auc_users"] == 10
        assert all(methods.loc[method, f"common_{name}"] == place + 0.25 for name in names)


def test_auc_of_ties_and_of_one_class() -> None:
    assert lcft.auc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 0, 1, 1])) == 0.875
    assert np.isnan(lcft.auc(np.array([1.0, 2.0]), np.array([1, 1])))
    assert np.isnan(lcft.auc(np.array([1.0, np.nan]), np.array([0, 1])))


def test_other_frames(files: Dict[str, Path]) -> None:
    assert len(lcft.LabelTable(files["labels"]).groups()) == 2
    search = lcft.Search(files["search"])
    best = search.methods()
    assert best["method"].tolist() == ["local", "averaged", "hard"]
    # What only some methods are tried with.
    assert np.isnan(best["share"][0]) and best["share"][1] in (0.25, 0.5, 0.75)
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
    rows = dataset.import_rows()
    assert set(rows.columns) == {"source", "outcome", "reason", "number", "line", "example"}
    assert set(rows.outcome) <= {"left out", "no value"} and (rows.number > 0).all()


def test_features_in_frames(files: Dict[str, Path]) -> None:
    dataset = lcft.Dataset(files["data set all"])
    items = dataset.items().set_index("id")
    assert items.loc["S-12", "items/brand"] == "brand 3"
    assert (
        items.loc["S-13", "items/category"] == ["Home", "Group 1"]
        and items.loc["S-12", "items/category"] == []
    )
    assert np.isnan(items.loc["S-16", "items/weight"]) and "items/look" not in items
    users = dataset.users().set_index("id")
    assert users.loc["m4", "users/age"] == 22 and np.isnan(users.loc["m7", "users/age"])
    assert users.loc["m3", "users/plan"] == "paid" and users.loc["m5", "users/favourite"] == []
    with open(files["data set all"].parent / "log.csv", encoding="utf-8") as log:
        clicks = [row for row in csv.DictReader(log) if row["clicked"] == "yes"]
    events = dataset.events()
    acted = events[events["events/action"] != "exposure"]
    assert sorted(acted["events/action"]) == sorted(row["action"] for row in clicks)
    np.testing.assert_allclose(
        sorted(acted["events/dwell"]), sorted(float(row["dwell"]) for row in clicks), rtol=1e-6
    )
    samples = dataset.samples.test()
    assert set(samples["samples/campaigns"].map(tuple)) == {(), ("spring",), ("mail", "spring")}
