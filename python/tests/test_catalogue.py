"""Catalogues hold what a data set says of rows, and stand in for it where a model is used."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Callable, Dict

import h5py
import numpy as np
import onnxruntime
import pandas
import pytest
from conftest import FIXTURES, MODELS
from refusals import changed, raises

import lcft

RunOf = Callable[[str], Path]


def checkpoint_of(folder: Path) -> Path:
    return folder / "checkpoint-epoch-1.h5"


@pytest.mark.parametrize("name", ["DIN", "DIN world", "LR late", "WideDeep plain"])
def test_catalogue_is_a_part_of_the_data_set(name: str, run_of: RunOf, datasets: Dict[str, Path]) -> None:
    dataset, catalogue = lcft.Dataset(datasets[MODELS[name][0]]), lcft.open(run_of(name) / "catalogue.h5")
    assert isinstance(catalogue, lcft.Catalogue)
    assert catalogue.dataset_digest == dataset.dataset_digest == dataset.content_digest
    assert catalogue.split_rule == dataset.split_rule
    assert catalogue.train_samples == len(dataset.samples.train)
    assert catalogue.train_positives == dataset.samples.train.label.sum()
    assert catalogue.global_ctr == dataset.global_ctr
    np.testing.assert_array_equal(catalogue.users.id, dataset.users.id)
    pandas.testing.assert_frame_equal(
        catalogue.users(), dataset.users().drop(columns=["events", "train", "test"])
    )
    pandas.testing.assert_frame_equal(catalogue.items(), dataset.items())
    assert list(catalogue.vocabularies) == list(dataset.vocabularies)
    for vocabulary in dataset.vocabularies:
        pandas.testing.assert_frame_equal(
            catalogue.vocabularies[vocabulary](), dataset.vocabularies[vocabulary]()
        )
    assert len(catalogue.features.all()) == len(dataset.features.all())
    for found, wanted in zip(catalogue.features.all(), dataset.features.all()):
        assert found.path == wanted.path and found.transform == wanted.transform
        assert (found.mean, found.deviation) == (wanted.mean, wanted.deviation)
        np.testing.assert_array_equal(found.edges, wanted.edges)
        if found.owner in ("users", "items"):
            np.testing.assert_array_equal(found.values, wanted.values)
        else:
            column = found.test if found.owner == "samples" else found
            assert column.rows == 0
    last = dataset.users.id[-1]
    assert catalogue.row_of(last) == len(dataset.users) - 1


def test_checkpoint_names_its_catalogue(run_of: RunOf) -> None:
    folder = run_of("DIN")
    with lcft.Checkpoint(checkpoint_of(folder)) as checkpoint:
        catalogue = checkpoint.catalogue
        assert catalogue is checkpoint.catalogue
        assert catalogue.path == str(folder / "catalogue.h5")
        assert catalogue.content_digest == checkpoint.attrs["catalogue_digest"]
        assert catalogue.dataset_digest == checkpoint.dataset_digest
    assert not catalogue.hdf5
    group = lcft.Checkpoint(sorted(folder.glob("group-*.h5"))[0]).catalogue
    assert group is not None and group.content_digest == catalogue.content_digest
    assert lcft.Checkpoint(FIXTURES / "checkpoint.h5").catalogue is None


def test_a_catalogue_that_is_not_there(run_of: RunOf, datasets: Dict[str, Path], tmp_path: Path) -> None:
    alone = tmp_path / "checkpoint-epoch-1.h5"
    shutil.copy(checkpoint_of(run_of("DIN")), alone)
    uses: "list[Callable[[], Any]]" = [
        lambda: lcft.Checkpoint(alone).catalogue,
        lambda: lcft.to_onnx(alone),
        lambda: lcft.ModelInputs(alone),
    ]
    for use in uses:
        raises(
            lcft.MissingFileError,
            str(tmp_path / "catalogue.h5"),
            "no such file",
            "checkpoint-epoch-1.h5 names",
            "copy it from beside the checkpoint",
            "give dataset",
            when=use,
        )
    assert lcft.to_onnx(alone, dataset=datasets["all"]).graph.output[0].name == "logit"
    assert lcft.to_onnx(alone, dataset=run_of("DIN") / "catalogue.h5").graph.output[0].name == "logit"


def test_a_catalogue_of_another_training(run_of: RunOf, tmp_path: Path) -> None:
    folder = run_of("DIN")
    shutil.copy(checkpoint_of(folder), tmp_path)
    other = tmp_path / "catalogue.h5"
    shutil.copy(run_of("DIN plain") / "catalogue.h5", other)
    words = ("catalogue.h5: the content is", "checkpoint-epoch-1.h5 names", "give dataset")
    raises(lcft.MismatchError, *words, when=lambda: lcft.Checkpoint(checkpoint_of(tmp_path)).catalogue)
    raises(lcft.MismatchError, *words, when=lambda: lcft.to_onnx(checkpoint_of(tmp_path)))
    with h5py.File(other, "r+") as file:
        del file.attrs["content_digest"]
    raises(
        lcft.MismatchError, "the data set is", when=lambda: lcft.Checkpoint(checkpoint_of(tmp_path)).catalogue
    )


@pytest.mark.parametrize("name", ["../catalogue.h5", "/etc/catalogue.h5", "..", ""])
def test_a_catalogue_lies_beside_its_checkpoint(name: str, run_of: RunOf, tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        file.attrs["catalogue_file"] = name

    path = changed(tmp_path, checkpoint_of(run_of("DIN")), change)
    raises(lcft.DamagedFileError, "/@catalogue_file", when=lambda: lcft.Checkpoint(path).catalogue)


def test_edits_of_features_are_found(run_of: RunOf, tmp_path: Path) -> None:
    def edit(path: str) -> Callable[[h5py.File], None]:
        def change(file: h5py.File) -> None:
            file[path][0] = file[path][0] + 1

        return change

    def attribute(file: h5py.File) -> None:
        file["features/samples/price"].attrs["mean"] = 0.5

    def positives(file: h5py.File) -> None:
        file.attrs["train_positives"] = file.attrs["train_positives"] + 1

    source = run_of("DIN") / "catalogue.h5"
    paths = ("features/users/age/values", "features/items/look/values", "vocabularies/brand/count")
    for change in [*map(edit, paths), attribute, positives]:
        catalogue = lcft.Catalogue(changed(tmp_path, source, change))
        raises(lcft.DamagedFileError, "the content's digest", when=catalogue.verify)


def test_a_share_of_positives_that_cannot_be(run_of: RunOf, tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        file.attrs["train_positives"] = file.attrs["train_samples"] + 1

    catalogue = lcft.Catalogue(changed(tmp_path, run_of("LR late") / "catalogue.h5", change))
    raises(lcft.DamagedFileError, "/@train_positives", when=lambda: catalogue.global_ctr)


# Candidates without the data set.


@pytest.mark.parametrize("name", ["DIN", "DIN plain", "DIN world"])
def test_candidates_without_the_data_set(name: str, run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder = run_of(name)
    data = datasets[MODELS[name][0]]
    whole, alone = lcft.ModelInputs(checkpoint_of(folder), data), lcft.ModelInputs(checkpoint_of(folder))
    dataset = lcft.Dataset(data)
    user, items = str(dataset.users.id[4]), [str(item) for item in dataset.items.id[:6]]
    wanted = whole.candidates(user, items)
    histories = {
        kind: [dataset.items.id[row] for row in wanted[f"history_{kind}"][0]]
        for kind in whole.settings.histories
    }
    assert any(histories.values())
    found = alone.candidates(user, items, histories)
    assert set(found) == set(wanted)
    # What is known of the events is the caller's to fill in.
    known = [key for key in found if key.startswith("history_") and "/" in key]
    assert (len(known) > 0) == (name != "DIN plain")
    for key in known:
        assert found[key].shape[:2] == wanted[key].shape[:2] and found[key].dtype == wanted[key].dtype
        found[key] = wanted[key]
    for key in wanted:
        np.testing.assert_array_equal(found[key], wanted[key])


def test_histories_that_are_given(run_of: RunOf, datasets: Dict[str, Path]) -> None:
    folder = run_of("DIN plain")
    inputs = lcft.ModelInputs(checkpoint_of(folder))
    catalogue = lcft.Catalogue(folder / "catalogue.h5")
    items = catalogue.items.id
    many = [str(items[n % 7]) for n in range(80)]
    made = inputs.candidates("u3", [0, 1, 2], {"positive": many, "negative": []})
    assert made["history_positive"].shape == (3, 50)
    np.testing.assert_array_equal(made["history_positive"][2], [n % 7 for n in range(30, 80)])
    np.testing.assert_array_equal(made["history_negative"], np.full((3, 1), -1))
    session = onnxruntime.InferenceSession(
        lcft.to_onnx(checkpoint_of(folder)).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    fewer = inputs.candidates("u3", [0, 1, 2], {"positive": many[30:], "negative": []})
    logits = [session.run(["logit"], batch)[0] for batch in (made, fewer)]
    np.testing.assert_array_equal(*logits)
    # With the data set, the kinds that are not given come from there.
    with_data = lcft.ModelInputs(checkpoint_of(folder), datasets["ids"])
    mixed = with_data.candidates("u3", [0, 1, 2], {"positive": many})
    np.testing.assert_array_equal(mixed["history_positive"], made["history_positive"])
    assert (mixed["history_negative"] >= 0).any()


def test_what_a_catalogue_cannot_say(run_of: RunOf) -> None:
    inputs = lcft.ModelInputs(checkpoint_of(run_of("DIN plain")))
    raises(
        lcft.LcftError,
        "catalogue.h5",
        "no samples",
        "give ModelInputs the data set",
        when=lambda: inputs.samples(),
    )
    raises(lcft.LcftError, "no samples", when=lambda: inputs.rows("test"))
    given = {"positive": ["i1"]}
    raises(lcft.LcftError, "give histories", "negative", when=lambda: inputs.candidates("u3", ["i1"], given))
    raises(
        lcft.UnknownNameError,
        "no history of the kind clicks; it has positive, negative",
        when=lambda: inputs.candidates("u3", ["i1"], {"clicks": ["i1"]}),
    )
    both = {"positive": ["i1"], "negative": ["i1"]}
    raises(lcft.UnknownNameError, "no user nobody", when=lambda: inputs.candidates("nobody", ["i1"], both))
    raises(lcft.UnknownNameError, "no item i77", when=lambda: inputs.candidates("u3", ["i77"], both))
    raises(
        lcft.UnknownNameError,
        "catalogue.h5: has no user row 23; it has 0 to 22",
        when=lambda: inputs.candidates(23, ["i1"], both),
    )
    for row in (-1, 16):
        raises(
            lcft.UnknownNameError,
            f"no item row {row}; it has 0 to 15",
            when=lambda: inputs.candidates("u3", [row], both),
        )
        raises(lcft.UnknownNameError, when=lambda: inputs.candidates("u3", [0], {**both, "positive": [row]}))
    raises(lcft.LcftError, "for whom", when=lambda: inputs.candidates(None, ["i1"], both))
