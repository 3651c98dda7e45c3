"""Files and jobs that do not fit one another, and packages that are missing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Callable, Dict

import h5py
import numpy as np
import pytest
from conftest import FIXTURES
from refusals import changed, raises

import lcft

RunOf = Callable[[str], Path]


def test_files_that_do_not_belong_together(
    run_of: RunOf, datasets: Dict[str, Path], tmp_path: Path
) -> None:
    checkpoint, models = run_of("DIN") / "checkpoint-epoch-1.h5", run_of("DIN") / "models.h5"
    raises(
        lcft.MismatchError,
        "plain.h5",
        "another data set",
        "give that data set",
        when=lambda: lcft.to_onnx(checkpoint, dataset=datasets["plain"]),
    )
    # As versions wrote it that had no catalogues.
    older = tmp_path / "older.h5"
    shutil.copy(checkpoint, older)
    with h5py.File(older, "r+") as file:
        for name in [name for name in file.attrs if name.startswith("catalogue")]:
            del file.attrs[name]
    raises(lcft.MismatchError, "older.h5", "give dataset", when=lambda: lcft.to_onnx(older))
    raises(
        lcft.MismatchError,
        "older.h5",
        "names no catalogue",
        "give dataset",
        when=lambda: lcft.ModelInputs(older),
    )
    raises(
        lcft.MismatchError,
        "another data set",
        when=lambda: lcft.to_onnx(older, dataset=run_of("LR plain") / "catalogue.h5"),
    )
    raises(
        lcft.ForeignFileError,
        "results.h5",
        "neither a data set nor a catalogue",
        when=lambda: lcft.to_onnx(checkpoint, dataset=run_of("DIN") / "results.h5"),
    )
    raises(
        lcft.MismatchError,
        "models.h5",
        "give the checkpoint of the same run",
        when=lambda: lcft.to_onnx(
            run_of("LR") / "checkpoint-epoch-1.h5",
            dataset=datasets["all"],
            models=models,
            user=0,
            method="local",
        ),
    )
    raises(
        lcft.LcftError,
        "whose model",
        when=lambda: lcft.to_onnx(checkpoint, dataset=datasets["all"], models=models),
    )
    saved = lcft.PersonalModels(models)
    row = int(saved.users.row[0])
    raises(
        lcft.LcftError,
        "under which method",
        "local, bias_only",
        when=lambda: lcft.to_onnx(checkpoint, dataset=datasets["all"], models=models, user=row),
    )
    raises(
        lcft.UnknownNameError,
        "has no method soft2",
        when=lambda: saved.weights(lcft.Checkpoint(checkpoint), row, "soft2"),
    )
    raises(lcft.UnknownNameError, "has no model of user x", when=lambda: saved.dense("x", "local"))


def test_personal_models_without_their_parts(run_of: RunOf, tmp_path: Path) -> None:
    source = run_of("DIN") / "models.h5"
    alone = tmp_path / "models.h5"
    shutil.copy(source, alone)
    models = lcft.PersonalModels(alone)
    raises(
        lcft.DamagedFileError,
        "/methods/local/dense",
        "models-rank-0.h5",
        "does not lie beside it",
        when=lambda: models.dense(int(models.users.row[0]), "local"),
    )
    content = bytearray(source.read_bytes())
    content[len(content) // 2] ^= 1
    alone.write_bytes(content)
    raises(lcft.DamagedFileError, "models.h5", "seal", when=lambda: lcft.PersonalModels(alone))
    alone.write_bytes(source.read_bytes()[:-10])
    raises(lcft.DamagedFileError, "models.h5", when=lambda: lcft.PersonalModels(alone))


def test_personal_models_of_another_run(run_of: RunOf, tmp_path: Path) -> None:
    for name in ("models.h5", "models-rank-0.h5"):
        shutil.copy(run_of("DIN") / name, tmp_path)
    lcft.PersonalModels(tmp_path / "models.h5").verify()
    with h5py.File(tmp_path / "models-rank-0.h5", "r+") as part:
        part.attrs["checkpoint_digest"] = "0" * 64
    models = lcft.PersonalModels(tmp_path / "models.h5")
    words = ("models-rank-0.h5: holds other models", "put the files of one run together")
    raises(lcft.MismatchError, *words, when=lambda: models.dense(int(models.users.row[0]), "local"))
    raises(lcft.MismatchError, *words, when=models.verify)


def test_jobs_that_cannot_be_read(tmp_path: Path) -> None:
    def job(text: str) -> Callable[[h5py.File], None]:
        def change(file: h5py.File) -> None:
            del file["job"]
            file["job"] = np.bytes_(text)

        return change

    for text, words in (
        ("model: [", "no YAML"),
        ("model: 3", "no mapping"),
        ("model: {history_length: x}", "x"),
        ("model: {attention_activation: tea}", "activation tea; it knows sigmoid, dice, prelu, relu"),
    ):
        path = changed(tmp_path, FIXTURES / "checkpoint.h5", job(text))
        raises(
            lcft.JobError,
            "checkpoint.h5: /job",
            words,
            when=lambda: lcft.ModelInputs(path, FIXTURES / "dataset.h5"),
        )

    def other(file: h5py.File) -> None:
        file.attrs["model"] = "Tea"

    path = changed(tmp_path, FIXTURES / "checkpoint.h5", other)
    raises(
        lcft.JobError,
        "model Tea",
        "it knows LR",
        when=lambda: lcft.to_onnx(path, dataset=FIXTURES / "dataset.h5"),
    )


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    results = lcft.Results(FIXTURES / "results.h5")
    raises(lcft.MissingPackageError, "pip install pandas", "./python[frames]", when=lambda: results.users())
    assert len(results.users.id) == 60
