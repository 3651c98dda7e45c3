"""Every kind of file, opened: every property is read, and columns are those that h5py reads."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import h5py
import numpy as np
import pytest
import worlds
from conftest import FIXTURES

import lcft
from lcft.tables import AnyColumn, Members, Table


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
            if isinstance(file, (lcft.Dataset, lcft.Catalogue)):
                for feature in file.features.all():
                    walk(feature, f"{name}.{feature.path}", seen)
            assert len(seen) >= 8, seen
            assert file.format_version in (1, 2) and file.creator.startswith("lcft 0.")
    assert len(kinds) == 9


def test_columns_that_documents_name_are_properties(files: Dict[str, Path]) -> None:
    """Whatever a file holds has a property: nothing is left that can be read by hdf5 alone."""
    kept = {"/job"}
    for name in ("results", "results late", "labels", "search", "choice", "ab-test"):
        file = lcft.open(files[name])
        paths: List[str] = []
        file.hdf5.visititems(
            lambda path, item: paths.append("/" + path) if isinstance(item, h5py.Dataset) else None
        )
        walk(file, name, [])
        if isinstance(file, lcft.Results):
            file.predictions()
            assert file.shifts is not None and list(file.shifts())[2:] == file.shifts.methods() == list(file.methods)
            assert file.without_unseen is not None and list(file.without_unseen())[2:] == list(file.methods)
            assert (file.untrained is not None) == (name == "results late")
            if file.untrained is not None:
                file.untrained.predictions()
        if isinstance(file, lcft.LabelTable):
            assert file.grid.auc.shape == (len(file.groups), 2, 2)
        read = {path for path, _ in file._cache} | kept
        assert sorted(set(paths) - read) == []


def test_digests_are_verified(files: Dict[str, Path], tmp_path: Path) -> None:
    for name, path in files.items():
        with lcft.open(path) as file:
            assert (file.content_digest is None) == ("models" in name)
            file.verify()
    for name in ("results", "labels", "search", "choice", "ab-test", "checkpoint", "catalogue all", "data set all"):
        path = tmp_path / "edited.h5"
        shutil.copy(files[name], path)
        with h5py.File(path, "r+") as raw:
            columns: List[str] = []
            raw.visititems(
                lambda place, item: columns.append(place) if hasattr(item, "shape") and item.size else None
            )
            column = raw[
                next(place for place in columns if place.startswith(("users", "groups", "methods", "measured/", "embed")))
            ]
            column[0] = b"x" if column.dtype.kind == "S" else column[0] + 1
        with (
            lcft.open(path) as file,
            pytest.raises(lcft.DamagedFileError, match="edited.h5: /: the content's digest"),
        ):
            file.verify()


def test_version_is_that_of_the_program(folder: Path) -> None:
    assert worlds.lcft(folder, "--version").splitlines()[0] == f"lcft {lcft.__version__}"


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
    assert not dataset.events.item.flags.writeable
    assert [path for path, _ in dataset._cache] == ["/events/item"]
