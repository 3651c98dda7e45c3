"""Files that cannot be used end as one exception, one line: the file, the place in it, what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import h5py
import numpy as np
from conftest import FIXTURES
from refusals import changed, raises

import lcft


def test_files_that_are_not_ours(tmp_path: Path) -> None:
    raises(
        lcft.MissingFileError,
        "nowhere.h5",
        "there is no such file",
        when=lambda: lcft.open(tmp_path / "nowhere.h5"),
    )
    raises(FileNotFoundError, "is a folder", when=lambda: lcft.open(tmp_path))
    note = tmp_path / "note.txt"
    note.write_text("no HDF5", encoding="utf-8")
    raises(lcft.ForeignFileError, "note.txt", "is no HDF5 file", "give a file", when=lambda: lcft.open(note))
    other = tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        file["x"] = 1
    raises(lcft.ForeignFileError, "other.h5", "lcft did not write", when=lambda: lcft.open(other))
    with h5py.File(other, "r+") as file:
        file.attrs["format"] = "lcft-tea"
    raises(lcft.ForeignFileError, "lcft-tea", "it knows", when=lambda: lcft.open(other))
    raises(
        lcft.ForeignFileError,
        "is of the kind lcft-labels",
        "lcft.open",
        when=lambda: lcft.Results(FIXTURES / "labels.h5"),
    )


def test_a_newer_version_is_named(tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        file.attrs["format_version"] = np.int32(7)
        file.attrs["creator"] = "lcft 9.0.0"

    path = changed(tmp_path, FIXTURES / "results.h5", change)
    raises(lcft.NewerVersionError, "format version 7", "lcft 9.0.0", "install", when=lambda: lcft.open(path))


def test_a_file_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "short.h5"
    path.write_bytes((FIXTURES / "results.h5").read_bytes()[:2000])
    raises(lcft.DamagedFileError, "short.h5", "cut short", "copy it again", when=lambda: lcft.open(path))


def test_damaged_bytes_are_found(tmp_path: Path) -> None:
    """Any single byte: a file opens and reads as it did, or ends as one of our exceptions."""
    source = FIXTURES / "results.h5"
    content = bytearray(source.read_bytes())
    path = tmp_path / "damaged.h5"
    found = 0
    for place in range(0, len(content), max(1, len(content) // 150)):
        content[place] ^= 0xFF
        path.write_bytes(content)
        content[place] ^= 0xFF
        try:
            with lcft.open(path) as file:
                file.users.columns()
                file.predictions.offsets
                [file.predictions[name] for name in file.methods]
                [file.methods[name].columns() for name in file.methods]
        except lcft.LcftError as error:
            found += 1
            assert "\n" not in str(error) and "damaged.h5" in str(error)
    assert found > 20


def test_missing_and_wrong_columns(tmp_path: Path) -> None:
    def without(path: str) -> Callable[[h5py.File], None]:
        def change(file: h5py.File) -> None:
            del file[path]

        return change

    def replaced(path: str, values: Any) -> Callable[[h5py.File], None]:
        def change(file: h5py.File) -> None:
            del file[path]
            file[path] = values

        return change

    source = FIXTURES / "results.h5"
    cases = [
        (without("methods/soft1/auc"), "/methods/soft1/auc: is missing", lambda r: r.methods["soft1"].auc),
        (
            replaced("users/local_ctr", np.zeros(3)),
            "/users/local_ctr: has the shape (3,)",
            lambda r: r.users.local_ctr,
        ),
        (
            replaced("users/row", np.zeros(60)),
            "/users/row: holds float64, expected int32",
            lambda r: r.users.row,
        ),
        (
            replaced("users/row", np.full(60, 1 << 40)),
            "/users/row: has values that do not fit",
            lambda r: r.users.row,
        ),
        (
            replaced("users/id", np.zeros(60)),
            "/users/id: holds float64, expected texts",
            lambda r: r.users.id,
        ),
        (
            replaced("methods/soft1/auc_status", np.full(60, 9, "u1")),
            "has values above 3",
            lambda r: r.methods["soft1"](),
        ),
        (
            replaced("predictions/offsets", np.zeros(61, "i8")),
            "does not rise",
            lambda r: r.predictions.offsets,
        ),
        (without("predictions"), "/predictions: is missing", lambda r: r.aucs("soft1")),
    ]
    for change, words, use in cases:
        results = lcft.Results(changed(tmp_path, source, change))
        raises(lcft.DamagedFileError, "results.h5", words, when=lambda: use(results))
    wide = changed(tmp_path, source, replaced("users/row", np.arange(60, dtype=np.int64)))
    assert lcft.Results(wide).users.row.dtype == np.int32


def test_names_that_a_file_does_not_have() -> None:
    results = lcft.Results(FIXTURES / "results.h5")
    raises(
        lcft.UnknownNameError,
        "results.h5: has no method soft9",
        "cloud, local, soft1",
        when=lambda: results.methods["soft9"],
    )
    raises(KeyError, "predictions of the method hard", when=lambda: results.predictions["hard"])
    dataset = lcft.Dataset(FIXTURES / "dataset.h5")
    raises(lcft.UnknownNameError, "has no user nobody", when=lambda: dataset.row_of("nobody"))
    raises(
        lcft.UnknownNameError,
        "has no feature age; it has category",
        when=lambda: dataset.features.items["age"],
    )
    dataset.close()
    raises(lcft.DamagedFileError, "has been closed", "open it again", when=lambda: dataset.events.label)
