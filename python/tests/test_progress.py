"""A run's progress as frames and as TensorBoard's events, and the scores of a validated training."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import numpy as np
import onnxruntime
import pytest
import worlds

import lcft

JOB = """
seed: 3
model: {name: DIN, item_embedding: 4, hidden: [12, 5], attention: [8, 4], history_length: 7}
training: {epochs: 3, batch_size: 64, learning_rate: 0.05, optimizer: adam, virtual_shards: 4}
validation: {last: 0.25, every_steps: 7}
finetuning: {methods: [cloud, local], epochs: 1, batch_size: 8, learning_rate: 0.05}
"""
SHARE = 0.25

#: Prints what TensorBoard itself reads from a file of events.
READER = """
import json, sys
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
events = [event for event in LegacyEventFileLoader(sys.argv[1]).Load()]
assert events[0].file_version == "brain.Event:2"
print(json.dumps([[e.wall_time, e.step, v.tag, v.simple_value] for e in events for v in e.summary.value]))
"""


@pytest.fixture(scope="module")
def run(folder: Path, datasets: Dict[str, Path]) -> Path:
    """A validated run."""
    (folder / "judged.yaml").write_text(JOB, encoding="utf-8")
    worlds.lcft(folder, "run", "--job", "judged.yaml", "--data", str(datasets["world"]), "--output", "judged")
    return folder / "judged"


def test_frames(run: Path) -> None:
    progress = lcft.Progress(run)
    assert progress.path == str(run / "progress.jsonl")
    frame = progress()
    assert set(frame["phase"]) >= {"epoch 1/3", "epoch 3/3", "fine-tuning"}
    last = frame[frame["is_last"]].set_index("phase")
    losses = lcft.open(run / "checkpoint-epoch-3.h5").progress.losses
    np.testing.assert_array_equal([last["mean_loss"][f"epoch {n}/3"] for n in (1, 2, 3)], losses)
    assert (frame["time"].diff().dropna().dt.total_seconds() >= 0).all() and (frame["memory"] > 1 << 20).all()
    ranks = progress.ranks()
    shares = ranks[["computing", "communicating", "waiting"]].sum(axis=1)
    assert (ranks["rank"] == 0).all() and np.allclose(shares, 1, atol=0.002)


def test_runs_that_were_killed_and_torn_lines(run: Path, tmp_path: Path) -> None:
    text = (run / "progress.jsonl").read_text(encoding="utf-8")
    path = tmp_path / "progress.jsonl"
    path.write_text(text + "not a line\n" + text + text[:100], encoding="utf-8")
    progress = lcft.Progress(path)
    assert len(progress.runs()) == 2 and len(progress.records) == 2 * text.count("\n")
    assert list(progress()["run"].unique()) == [0, 1]
    path.write_text("", encoding="utf-8")
    assert lcft.Progress(path)().empty and lcft.Progress(path).ranks().empty
    path.write_text("{}\n[1]\n", encoding="utf-8")
    with pytest.raises(lcft.DamagedFileError, match="no line is one of a run's progress"):
        lcft.Progress(path)
    with pytest.raises(lcft.MissingFileError, match="cannot be read"):
        lcft.Progress(tmp_path / "none.jsonl")


def test_tensorboard_reads_the_events(run: Path, tmp_path: Path) -> None:
    progress = lcft.Progress(run)
    path = progress.to_tensorboard(tmp_path / "events")
    done = subprocess.run([sys.executable, "-c", READER, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: List[List[float]] = json.loads(done.stdout)
    wanted = lcft.open(run / "checkpoint-epoch-3.h5").progress
    assert wanted.evaluations is not None
    steps = [[step, value] for _, step, tag, value in found if tag == "validation/user_auc"]
    np.testing.assert_array_equal([s for s, _ in steps], wanted.evaluations.step)
    np.testing.assert_allclose([v for _, v in steps], wanted.evaluations.user_auc, rtol=1e-6)
    losses = [(step, value) for _, step, tag, value in found if tag == "epoch/mean_loss"]
    np.testing.assert_allclose([v for _, v in losses], wanted.losses, rtol=1e-6)
    assert [s for s, _ in losses] == [wanted.step * n // 3 for n in (1, 2, 3)]
    frame = progress()
    np.testing.assert_allclose(found[0][0], frame["time"].iloc[0].timestamp(), atol=1e-6)


def held_out(dataset: lcft.Dataset) -> np.ndarray:
    """The rows of the training samples that are held out, after docs/files.md."""
    offsets, positions = dataset.users.train_offsets, dataset.samples.train.event_position
    times = dataset.samples.train.timestamp
    assert times is not None
    # Samples of one moment know the same events and are of one time.
    same = (positions[1:] == positions[:-1]) & (times[1:] == times[:-1])
    rows: List[int] = []
    for begin, end in zip(offsets[:-1], offsets[1:]):
        if end - begin < 2:
            continue
        first = end - min(end - begin - 1, max(1, int(np.floor(SHARE * (end - begin) + 0.5))))
        cut = first
        while cut > begin and same[cut - 1]:
            cut -= 1
        if cut == begin:
            cut = first
            while cut < end and same[cut - 1]:
                cut += 1
        rows += range(cut, end)
    return np.array(rows)


def test_scores_are_those_of_the_held_out_samples(
    run: Path, datasets: Dict[str, Path], tmp_path: Path
) -> None:
    best = lcft.open(run / "checkpoint-best.h5")
    dataset = lcft.open(datasets["world"])
    lcft.to_onnx(best, tmp_path / "best.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "best.onnx"))
    inputs = lcft.ModelInputs(best, dataset)
    rows = held_out(dataset)
    logits = np.concatenate(
        [session.run(["logit"], batch)[0] for batch in inputs.batches("train", rows)]
    ).astype(float)
    labels = dataset.samples.train.label[rows].astype(float)
    found = best.progress.evaluations
    assert found is not None and found.step[-1] == best.progress.step
    assert found.user_auc[-1] == found.user_auc.max()
    # The logits of ONNX differ in their last bits.
    loss = np.mean(np.logaddexp(0, logits) - labels * logits)
    assert abs(found.log_loss[-1] - loss) < 1e-5
    calibration = np.sum(1 / (1 + np.exp(-logits))) / labels.sum()
    assert abs(found.calibration[-1] - calibration) < 1e-5
    offsets = dataset.users.train_offsets
    owner = np.searchsorted(offsets, rows, side="right") - 1
    aucs, weights = [], []
    for user in np.unique(owner):
        own, truth = logits[owner == user], labels[owner == user]
        if 0 < truth.sum() < len(truth):
            pairs = own[truth == 1][:, None] - own[truth == 0][None, :]
            aucs.append(np.mean((pairs > 0) + 0.5 * (pairs == 0)))
            weights.append(len(truth))
    assert abs(found.user_auc[-1] - np.average(aucs, weights=weights)) < 1e-3
    assert best.optimizer == {} and list(found()) == ["epoch", "step", "user_auc", "log_loss", "calibration"]
