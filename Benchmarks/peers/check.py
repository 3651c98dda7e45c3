"""Whether the programs here compute what lcft computes: logits, one training step, and users' fine-tuned logits.

    python check.py --lcft PROGRAM [--data DATA.h5] [--output FOLDER] [--models DIN,...] [--sides torch,jax]

lcft makes a world of exposures and actions (or DATA.h5 is taken: one category for each item), trains every network for some
epochs, takes one more step on all training samples at once (`--warm-start`), and fine-tunes every user by one step. From
the checkpoint before it, the programs here take the same steps. Compared are the logits of all test samples under cloud,
local and soft1, and all weights and moving statistics after the step. A difference counts in shares of the largest value of
its tensor where that is above 1. Exits with 1 where one is above 1e-5.

PReLU's derivative jumps at 0. A user with an input of a PReLU so close to it that rounding decides on which side it lies has
two right answers, and is left out; the line says how many were.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np

import chunks
import samples
import weights
from finetuning import FineTuning, forward, recurrent
from layers import Cloud
from measure import training_kind
from operators import each, operators
from rows import cloud_rows

LIMIT = 1e-5
LENGTH = 1000  # of histories: no user's window moves
STEP_RATE, TUNING_RATE = 0.3, 0.05
KINK = 1e-6  # how close to 0 an input of a PReLU may be by rounding
METHODS = ["cloud", "local", "soft1"]
JOB = """
seed: 1
model: {{name: {model}, history_length: {length}, features: {features}}}
training: {{epochs: {epochs}, batch_size: {batch}, learning_rate: {rate}, learning_rate_decay: 1.0, checkpoint_minutes: 0}}
finetuning: {{methods: [cloud, local, soft1], batch_size: 1000000, learning_rate: {tuning_rate}, losses: false}}
"""


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join([program, *arguments])}: {done.stderr.strip()}")


def lcft(program, data, model, folder):
    """Trains, steps and fine-tunes; the folders of the training and of the step."""
    features = "{only: [items/category, events/action]}" if model == "EdgeRec" else "{only: [items/category]}"
    trained, stepped = os.path.join(folder, "trained"), os.path.join(folder, "step")
    warm = ["--warm-start", os.path.join(trained, "checkpoint-epoch-3.h5")]
    for path, command, epochs, batch, rate, options in (
            (trained, "run", 3, 64, 0.3, []), (stepped, "train", 1, 1_000_000, STEP_RATE, warm)):
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        job = os.path.join(path, "job.yaml")
        with open(job, "w") as file:
            file.write(JOB.format(
                model=model, length=LENGTH, features=features, epochs=epochs, batch=batch, rate=rate,
                tuning_rate=TUNING_RATE))
        run(program, command, "--job", job, "--data", data, "--output", path, *options)
    return trained, stepped


class Margin(Cloud):
    """Per user, how close to 0 the inputs of PReLUs come."""

    least = np.inf

    def prelu(self, name, x):
        self.least = np.minimum(self.least, np.abs(self.o.numpy(x)).min((1, 2)))
        return super().prelu(name, x)


def fine_tuned(o, model, data, cloud, users, methods):
    """By method the logits of the users' test samples, as lcft stores them; and which of these users rounding decides on."""
    tuned = [m for m in methods if m != "cloud"]
    parts = chunks.chunks(model, data, users, tuned, 100, o.shapes)
    tuning = FineTuning(o, model, cloud, methods, TUNING_RATE)
    arrays = [each(o.array, chunk) for chunk, _, _ in parts]
    result = {method: np.full(len(data.user), np.nan, np.float32) for method in methods}
    undecided = np.zeros(len(data.user), bool)
    for logits, chunk, (_, rows, there) in zip(tuning(arrays), arrays, parts):
        margin = Margin(o, *tuning.weights[:2])
        train = cloud_rows(o, *tuning.weights[::2], chunk, "train")
        if model == "EdgeRec":
            train.keys = {kind: recurrent(margin, kind, k) for kind, k in train.keys.items()}
        forward(margin, model, train, chunk, "train")
        for method in methods:
            result[method][rows[there]] = logits[method][there]
        undecided[rows[there]] = np.broadcast_to(margin.least < KINK, there.T.shape).T[there]
    test = data.rows("test")
    test = test[np.isin(data.user[test], users)]
    return {method: values[test] for method, values in result.items()}, undecided[test]


def report(name, ours, theirs, before, note=""):
    """The largest difference of each pair of tensors; `before` says how much of them the step made."""
    worst, place = max((difference(ours[k], theirs[k]), k) for k in theirs)
    change = max(float(np.abs(theirs[k] - before[k]).max()) for k in theirs)
    fits = worst <= LIMIT
    end = "" if fits else "   DIFFERS"
    print(f"{name:52s} {worst:.1e} at {place}, changed by up to {change:.2g}{note}{end}", flush=True)
    return fits


def difference(a, b):
    if a.shape != b.shape:
        sys.exit(f"shapes {a.shape} and {b.shape}")
    d = float(np.abs(a - b).max(initial=0)) / max(1.0, float(np.abs(b).max(initial=0)))
    return d if np.isfinite(d) else np.inf


def check(side, model, data_path, trained, stepped):
    o = operators(side)
    data = samples.read(data_path, model, LENGTH)
    cloud = weights.read(os.path.join(trained, "checkpoint-epoch-3.h5"))
    after = weights.read(os.path.join(stepped, "checkpoint-epoch-1.h5"))
    training = training_kind(side)(o, model, data, cloud, STEP_RATE)
    training.step(data.rows("train"))
    fits = report(f"{side} {model} one training step", training.weights(), after.flat(), cloud.flat())
    with h5py.File(os.path.join(trained, "results.h5")) as file:
        stored = {m: file[f"predictions/{m}"][:] for m in METHODS}
        users = file["users/row"][:].astype(np.int64)
    before = {m: stored["cloud"] if m != "cloud" else 0 * stored["cloud"] for m in METHODS}
    for methods in (METHODS, ["local"]):
        ours, undecided = fine_tuned(o, model, data, cloud, users, methods)
        left_out = f", {undecided.sum()} of {len(undecided)} left out" if undecided.any() else ""
        if undecided.mean() > 0.05:
            sys.exit(f"{model}: too many users are left out")
        for m in methods:
            keep = ~undecided | (m == "cloud")
            found = [{m: logits[m][keep]} for logits in (ours, stored, before)]
            fits &= report(
                f"{side} {model} logits {m} of {'+'.join(methods)}", *found, "" if m == "cloud" else left_out)
    return fits


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lcft", required=True, help="the program")
    parser.add_argument("--data", help="a data set; otherwise lcft makes one")
    parser.add_argument("--output", help="a folder for runs, kept; otherwise a temporary one")
    parser.add_argument("--models", default=",".join(weights.MODELS))
    parser.add_argument("--sides", default="torch,jax")
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = o.output or temporary
        os.makedirs(folder, exist_ok=True)
        path = o.data or os.path.join(folder, "world.h5")
        if not o.data:
            run(o.lcft, "synthesize", "--actions", "--users", "200", "--items", "500", "--click-rate", "0.25",
                "--mean-history", "8", "--mean-training", "12", "--mean-test", "6", "--output", path, "--overwrite")
        fits = True
        for model in o.models.split(","):
            folders = lcft(o.lcft, path, model, os.path.join(folder, model))
            for side in o.sides.split(","):
                fits &= check(side, model, path, *folders)
    sys.exit(0 if fits else f"the programs differ from lcft by more than {LIMIT:.0e}")


if __name__ == "__main__":
    main()
