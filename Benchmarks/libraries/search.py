"""Each side at its best: candidates are compared on held-out samples, the best one is tested over several seeds.

    python search.py DATA.h5 --candidates candidates/rival.yaml --output FOLDER [--models DIN,DCNv2] [--lcft PROGRAM]

A file of candidates names its side (fuxictr, deepctr, rival or lcft) and lists settings for each model: those of the
network there, or for lcft the common ones and keys of a job by path (`training.learning_rate_decay: 0.1`). What is under
`all` is tried with every model. A candidate that lcft refuses is reported with its message and left out, so that the file may
name settings of later versions.

Every candidate is trained on the training samples without the last fifth of each user's, one epoch after the other, until the
user AUC on that fifth falls. With several seeds (`--held-out-seeds`) all epochs are trained, unless `--patience` says
otherwise, and an epoch counts by its mean over the seeds. The best candidate with its best number of epochs is then trained on
all training samples, and only then scored on test samples: a line has the settings, the held-out user AUC, the mean of the test
user AUCs, their standard deviation over the seeds, and the mean of the pooled AUCs; of lcft's candidates the job is in
FOLDER/best-DATA-MODEL.yaml. Where all candidates take too long, `--best-on OTHER.h5 --keep 3` tries the first one and the three
that were best on another data set, by the rows of FOLDER.

Rows go to FOLDER/search.jsonl; those that are there are not computed again, not even for another version of lcft or another file
of the same name: take a new FOLDER for those.
"""
import argparse
import json
import math
import os
import statistics

os.environ["OMP_NUM_THREADS"] = "1"

import torch  # noqa: E402
import yaml  # noqa: E402

import holdout  # noqa: E402
import lcft  # noqa: E402
import training  # noqa: E402
from samples import Samples  # noqa: E402


class Journal:
    """Rows by what they are of. What was refused is tried again: another version may take it."""

    def __init__(self, path):
        self.path, self.rows = path, {}
        if os.path.exists(path):
            with open(path) as file:
                for line in file:
                    row = json.loads(line)
                    self.rows[json.dumps(row["of"], sort_keys=True)] = row["rows"]

    def get(self, of, compute):
        name = json.dumps(of, sort_keys=True)
        if name in self.rows:
            return self.rows[name]
        rows = compute()
        if "refused" not in rows[-1]:
            self.rows[name] = rows
            with open(self.path, "a") as file:
                print(json.dumps({"of": of, "rows": rows}), file=file)
        return rows


class Side:
    def __init__(self, name, options, histories):
        self.name, self.o, self.histories = name, options, histories
        self.read = {}

    def samples(self, data):
        if data not in self.read:
            self.read[data] = Samples(data, self.histories, self.o.history_length, self.features)
        return self.read[data]

    @property
    def features(self):
        return {"without": self.o.without.split(",")} if self.o.without else "all"

    def train(self, data, model, settings, seed, epochs, patience=None):
        """A row per epoch; without `patience`, of the last one alone."""
        options = dict(epochs=epochs, batch_size=self.o.batch_size, seed=seed)
        if self.name != "lcft":
            return training.train(self.name, model, self.samples(data), settings, patience=patience, **options)
        options |= dict(histories=self.histories, history_length=self.o.history_length, features=self.features)
        folder = os.path.join(self.o.output, f"lcft-{os.path.basename(data)}-{model}-{seed}")
        try:
            if patience is None:
                return [lcft.train(self.o.lcft, model, settings, data, folder, **options)]
            return lcft.train_by_epoch(self.o.lcft, model, settings, data, folder, patience=patience, **options)
        except RuntimeError as error:
            return [{"refused": str(error)}]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--candidates", required=True, help="a file of candidates")
    parser.add_argument("--output", required=True, help="a folder for runs and rows")
    parser.add_argument("--lcft", help="the program, for its own candidates")
    parser.add_argument("--models", help="some of the file's models")
    parser.add_argument("--best-on", help="a data set searched before: only its best candidates are tried")
    parser.add_argument("--keep", type=int, default=3, help="how many of these, besides the first candidate")
    parser.add_argument("--held-out-seeds", type=int, default=1, help="seeds by which candidates are compared")
    parser.add_argument("--seeds", type=int, default=3, help="0: without the tests")
    parser.add_argument("--epochs", type=int, default=10, help="the most that are tried")
    parser.add_argument("--patience", type=int, help="epochs without a better one (default: 1; with several seeds all)")
    parser.add_argument("--batch-size", type=int, default=1024)
    parser.add_argument("--histories", default="positive")
    parser.add_argument("--history-length", type=int, default=50)
    parser.add_argument("--without", default="", help="features to leave out")
    o = parser.parse_args()
    o.patience = o.patience or (1 if o.held_out_seeds == 1 else o.epochs)
    torch.set_num_threads(1)
    os.makedirs(o.output, exist_ok=True)
    with open(o.candidates) as file:
        candidates = yaml.safe_load(file)
    side = Side(candidates["side"], o, o.histories.split(","))
    held = os.path.join(o.output, os.path.basename(o.data).removesuffix(".h5") + "-held-out.h5")
    if not os.path.exists(held):
        holdout.write(o.data, held)
    journal = Journal(os.path.join(o.output, "search.jsonl"))
    everywhere = candidates.get("all", [])
    for model in o.models.split(",") if o.models else candidates["models"]:
        of = dict(
            data=os.path.basename(o.data), side=side.name, model=model, batch_size=o.batch_size,
            histories=o.histories, history_length=o.history_length, without=o.without)
        tried = everywhere + (candidates["models"][model] or [])
        if o.best_on:
            tried = finalists(journal, tried, of | dict(data=os.path.basename(o.best_on)), o)
        best = choose(journal, side, held, model, tried, of, o)
        if best is None or o.seeds == 0:
            continue
        chosen, settings, epochs = best
        if side.name == "lcft":
            lcft.write_job(
                lcft.job(
                    model, settings, epochs=epochs, batch_size=o.batch_size, histories=side.histories,
                    history_length=o.history_length, features=side.features),
                o.output, f"best-{os.path.basename(o.data).removesuffix('.h5')}-{model}.yaml")
        rows = [
            journal.get(
                of | dict(settings=settings, seed=seed, tested_after=epochs),
                lambda: side.train(o.data, model, settings, seed, epochs)[-1:])[0]
            for seed in range(1, o.seeds + 1)]
        if refused := refusal(rows):
            print(f"{model} {side.name} {json.dumps(settings)}: {refused}", flush=True)
            continue
        aucs = [row["user_auc"] for row in rows]
        deviation = statistics.stdev(aucs) if len(aucs) > 1 else 0.0
        pooled = sum(row["pooled_auc"] for row in rows) / len(rows)
        print(
            f"| {model} | {side.name} | {json.dumps(settings)}, {epochs} epochs | {chosen:.4f} | "
            f"**{sum(aucs) / len(aucs):.4f}** | {deviation:.4f} | {pooled:.4f} |", flush=True)


def finalists(journal, candidates, of, o):
    """The first of the candidates, and the best of them where `of` says, by the user AUC on held-out samples."""

    def held_out(settings):
        wanted, found = of | dict(settings=settings, seed=1), []
        for name, rows in journal.rows.items():
            row_of = json.loads(name)
            if "patience" in row_of and all(row_of.get(key) == value for key, value in wanted.items()):
                found += [row["user_auc"] for row in rows]
        return max(map(number, found), default=-1.0)

    best = sorted(candidates, key=held_out, reverse=True)[: o.keep]
    if any(held_out(settings) < 0 for settings in best):
        raise SystemExit(f"{o.output} has no search of {of['model']} on {of['data']}; search there first")
    return [c for c in candidates if c in best or c == candidates[0]]


def refusal(rows):
    """lcft's message where it has refused one of the settings."""
    return next((row["refused"] for row in rows if "refused" in row), None)


def number(auc):
    """A network that diverged has no AUC, and is behind all others."""
    return -1.0 if math.isnan(auc) else auc


def searched(settings, o, seed):
    """What a candidate's row on held-out samples is of, besides the network and the data."""
    return dict(settings=settings, seed=seed, epochs=o.epochs, patience=o.patience)


def choose(journal, side, held, model, candidates, of, o):
    """The best of the candidates on held-out samples: its user AUC, its settings, its epochs."""
    best = None
    for settings in candidates:
        name, runs = f"{model} {side.name} {json.dumps(settings)}", []
        for seed in range(1, o.held_out_seeds + 1):
            runs.append(journal.get(
                of | searched(settings, o, seed),
                lambda: side.train(held, model, settings, seed, o.epochs, o.patience)))
            if refused := refusal(runs[-1]):
                print(f"{name}: {refused}", flush=True)
                break
            epochs = " ".join(f"{row['user_auc']:.4f}" for row in runs[-1])
            print(f"{name}: held out, by epoch {epochs}", flush=True)
        else:
            by_epoch = [[number(row["user_auc"]) for row in epoch] for epoch in zip(*runs)]
            means = [statistics.mean(aucs) for aucs in by_epoch]
            top = means.index(max(means))
            if len(runs) > 1:
                aucs = by_epoch[top]
                print(
                    f"{name}: held out after epoch {top + 1} {means[top]:.4f} ± {statistics.stdev(aucs):.4f}, from "
                    f"{min(aucs):.4f} to {max(aucs):.4f}", flush=True)
            if best is None or means[top] > best[0]:
                best = means[top], settings, top + 1
    return best


if __name__ == "__main__":
    main()
