"""Weights as a state dict and as safetensors."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Callable

import h5py
import numpy as np
import pytest
from safetensors import safe_open

import lcft


def test_state_dict_has_all_tensors(run_of: Callable[[str], Path]) -> None:
    checkpoint = lcft.Checkpoint(run_of("DIN") / "checkpoint-epoch-1.h5")
    state = checkpoint.state_dict("numpy")
    with h5py.File(checkpoint.path, "r") as raw:
        names = []
        for group in ("dense", "embeddings"):
            raw[group].visititems(
                lambda name, item: names.append(f"{group}/{name}") if hasattr(item, "shape") else None
            )
        assert sorted(state) == sorted(names)
        assert all(np.array_equal(state[name], raw[name][()]) for name in names)
    assert (
        lcft.Checkpoint(checkpoint.path).dense.shapes()["mlp/0/weight"] == state["dense/mlp/0/weight"].shape
    )


def test_torch_is_taken_where_it_is(run_of: Callable[[str], Path]) -> None:
    checkpoint = lcft.Checkpoint(run_of("DIN") / "checkpoint-epoch-1.h5")
    kinds = {type(values).__module__.split(".")[0] for values in checkpoint.state_dict().values()}
    assert kinds == ({"numpy"} if importlib.util.find_spec("torch") is None else {"torch"})
    if importlib.util.find_spec("torch") is None:
        with pytest.raises(lcft.MissingPackageError, match="pip install torch"):
            checkpoint.state_dict("torch")


def test_safetensors_of_the_cloud_and_of_a_user(run_of: Callable[[str], Path], tmp_path: Path) -> None:
    folder = run_of("DIN")
    checkpoint, models = folder / "checkpoint-epoch-1.h5", lcft.PersonalModels(folder / "models.h5")
    lcft.to_safetensors(checkpoint, tmp_path / "cloud.safetensors")
    user = str(models.users.id[1])
    lcft.to_safetensors(checkpoint, tmp_path / "own.safetensors", models=models, user=user, method="local")
    cloud = lcft.Checkpoint(checkpoint)
    with (
        safe_open(tmp_path / "cloud.safetensors", "np") as file,
        safe_open(tmp_path / "own.safetensors", "np") as own,
    ):
        assert (
            file.metadata()["model"] == "DIN" and file.metadata()["checkpoint_digest"] == cloud.content_digest
        )
        changed = set()
        for name in file.keys():
            group, tensor = name.split("/", 1)
            np.testing.assert_array_equal(file.get_tensor(name), getattr(cloud, group)[tensor])
            if not np.array_equal(file.get_tensor(name), own.get_tensor(name)):
                changed.add(name)
        assert "embeddings/item" in changed and "dense/mlp/0/weight" in changed
        assert not any("moving_" in name for name in changed)
        rows = np.flatnonzero(
            np.any(file.get_tensor("embeddings/item") != own.get_tensor("embeddings/item"), axis=1)
        )
        assert set(rows) <= set(models.rows(user, "item").tolist())


def test_bits_of_personal_weights(run_of: Callable[[str], Path]) -> None:
    """As docs/files.md has it, in its own words."""
    folder = run_of("DIN")
    models = lcft.PersonalModels(folder / "models.h5")
    cloud = lcft.Checkpoint(folder / "checkpoint-epoch-1.h5")
    own = models.weights(cloud, int(models.users.row[2]), "local")
    names = [name for name in cloud.dense if "moving_" not in name]
    flat = np.concatenate([cloud.dense[name].ravel() for name in names])
    with h5py.File(folder / "models.h5", "r") as raw:
        dense = raw["methods/local/dense"][2]
    wanted = (flat.view("<i4") + dense).view("<f4")
    np.testing.assert_array_equal(np.concatenate([own.dense[name].ravel() for name in names]), wanted)
