"""What tests of errors share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Callable, Type

import h5py
import pytest

import lcft


def raises(kind: Type[Exception], *words: str, when: Callable[[], Any]) -> None:
    with pytest.raises(kind) as caught:
        when()
    message = str(caught.value)
    assert "\n" not in message and isinstance(caught.value, lcft.LcftError)
    for word in words:
        assert word in message, message


def changed(tmp_path: Path, source: Path, change: Callable[[h5py.File], None]) -> Path:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    folder.mkdir()
    path = folder / source.name
    shutil.copy(source, path)
    with h5py.File(path, "r+") as file:
        change(file)
    return path
