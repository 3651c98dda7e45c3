"""The blocks of docs/python.md and the notebook are run as they stand, on one run of the quick start's job."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Tuple

import nbformat
import numpy as np
import pytest
import worlds
from nbclient import NotebookClient

DOCS = Path(__file__).resolve().parents[2] / "docs"


def blocks() -> List[Tuple[str, str]]:
    """The language and the text of each block."""
    text = (DOCS / "python.md").read_text(encoding="utf-8")
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, flags=re.M | re.S)


@pytest.fixture(scope="module")
def place(folder: Path) -> Path:
    """A folder with what the page takes for granted: lcft, and the job of the quick start."""
    made = folder / "documents"
    (made / "programs").mkdir(parents=True)
    (made / "programs/lcft").symlink_to(Path(worlds.binary()).resolve())
    (made / "jobs").symlink_to(DOCS.parent / "jobs")
    return made


def shell(place: Path, text: str) -> None:
    path = f"{place / 'programs'}:{os.environ['PATH']}"
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    environment = {**os.environ, "PATH": path, **allowed}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_blocks_run_as_they_stand(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place)
    names: Dict[str, Any] = {}
    kinds = [kind for kind, _ in blocks()]
    assert kinds.count("python") >= 7 and set(kinds) == {"bash", "python"}
    for kind, text in blocks():
        if kind == "bash":
            shell(place, text)
        else:
            exec(compile(text, "docs/python.md", "exec"), names)
    assert "has no method soft9; it has cloud, local, soft1, soft2" in capsys.readouterr().out
    results, user = names["results"], names["user"]
    found = int(np.flatnonzero(results.users.id == user)[0])
    start, end = results.predictions.offsets[found : found + 2]
    wanted = results.predictions["soft1"][start:end]
    assert np.all(np.abs(names["tested"] - wanted) <= 1e-5 * np.maximum(1, np.abs(wanted)))
    assert len(set(names["best"])) == 10


def test_notebook_draws_its_picture(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)  # Pictures go into the notebook.
    notebook = nbformat.read(DOCS / "from-results-to-a-picture.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(
        not cell.outputs and cell.execution_count is None for cell in code
    ), "it is committed without outputs"
    if not (place / "runs/first/results.h5").exists():
        shell(place, "\n".join(text for kind, text in blocks() if kind == "bash"))
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(place)}}).execute()
    shown = [output for cell in code for output in cell.outputs if "image/png" in output.get("data", {})]
    assert len(shown) == 1
    assert (place / "gain-by-local-ctr.png").read_bytes().startswith(b"\x89PNG")
