#!/usr/bin/env python3
"""The tables of jobs/study.yaml, as Markdown.

    python3 jobs/study.py runs/study

User AUC is the mean over users weighted by their test samples (eq. 12 of the paper). Differences are paired over users and
averaged over seeds, with 95% intervals of a bootstrap that draws users and seeds, as `lcft report` has them
(docs/measures.md), but that a fine-tuning that diverged has an AUC of one half, in the tables as in the choice of a method. An
interval without zero is marked by *. Runs that are not finished are left out, and counted.
"""
import glob
import os
import re
import sys

import h5py
import numpy as np

DRAWS = 1000
PAPER = ["soft1", "soft2", "hard", "local"]
SHOWN = ["local", "soft1", "soft2", "hard", "lcft", "lcft_by_ctr", "balanced1", "balanced2", "shrunken_soft1", "averaged",
         "proximal", "cloud_without_user", "popularity"]
MODELS = ["din", "widedeep", "pnn"]


class Run:
    """What one run's files say."""

    def __init__(self, folder):
        with h5py.File(f"{folder}/results.h5") as file:
            self.aucs = {name: file[f"methods/{name}/auc"][:] for name in file["methods"]}
            # A model that diverged ranks nothing: no better than chance, as where methods are chosen on held-out samples.
            judged = ~np.isnan(self.aucs["cloud"])
            self.diverged = {}
            for method, auc in self.aucs.items():
                diverged = judged & np.isnan(auc)
                self.diverged[method] = int(diverged.sum())
                auc[diverged] = 0.5
            self.global_ctr = float(file.attrs["global_ctr"])
            self.logloss = file["methods/cloud/logloss"][:]
            self.before = file["methods/local/loss_before"][:]
            users = file["users"]
            self.tests, self.trains = users["test_count"][:].astype(float), users["train_count"][:]
            self.ctr = users["local_ctr"][:]
            self.shifts = {name: file[f"shifts/{name}"][:] for name in self.aucs if name in file["shifts"]}
            self.unseen = file["shifts/unseen"][:] / np.maximum(self.tests, 1)
        self.choice = read_choice(f"{folder}/choice.h5")

    def user_auc(self, method):
        known = ~np.isnan(self.aucs[method])
        return np.average(self.aucs[method][known], weights=self.tests[known])


def read_choice(path):
    """The measured AUCs of a choice of methods; None without one."""
    if not os.path.exists(path):
        return None
    with h5py.File(path) as file:
        names = [name.decode() for name in file["choice/methods"][:]]
        measured = file["measured"]
        auc = measured["auc"][:].T
        # As `lcft` has it: a method that diverged for more users than another is not taken.
        diverged = np.isnan(auc).sum(axis=1)
        return {"methods": names, "lcft": names[file["choice/chosen"][0]], "auc": np.where(np.isnan(auc), 0.5, auc),
                "steady": {name for name, count in zip(names, diverged) if count == diverged.min()},
                "fold": measured["fold"][:], "samples": measured["samples"][:].astype(float), "user": measured["user"][:]}


def differences(runs, method, base, users=None):
    """The difference of two methods over the runs of all seeds, and its interval."""
    both = np.stack([run.aucs[method] - run.aucs[base] for run in runs])
    known = ~np.isnan(both).any(axis=0)
    if users is not None:
        known &= users
    if known.sum() < 2:
        return float("nan"), float("nan"), float("nan")
    both, tests = both[:, known], runs[0].tests[known]
    mean = np.average(both.mean(axis=0), weights=tests)
    generator = np.random.default_rng(1)
    sums = []
    for _ in range(DRAWS):
        seeds = generator.integers(len(runs), size=len(runs))
        drawn = np.bincount(generator.integers(len(tests), size=len(tests)), minlength=len(tests)) * tests
        sums.append((both[seeds] @ drawn).mean() / drawn.sum())
    low, high = np.percentile(sums, [2.5, 97.5])
    return mean, low, high


def text(mean, low, high):
    star = "*" if low > 0 or high < 0 else ""
    return "-" if np.isnan(mean) else f"{mean:+.4f}{star}"


def table(head, rows):
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def load(folder):
    """Runs by configuration, (job, data, setting), one of each seed."""
    found, unfinished = {}, 0
    for job in sorted(glob.glob(f"{folder}/*/job.yaml")):
        run = os.path.dirname(job)
        name = re.match(r"(.+)-([a-z0-9]+)(?:-([a-z_]+=[^-]+(?:-[0-9]+)?))?-seed([0-9]+)$", os.path.basename(run))
        if not name or not os.path.exists(f"{run}/summary.json") or not os.path.exists(f"{run}/results.h5"):
            unfinished += 1
            continue
        found.setdefault((name[1], name[2], name[3] or ""), []).append(Run(run))
    return found, unfinished


def methods_table(found, setting, base):
    """Every method's difference from `base`."""
    shown = [method for method in SHOWN if method != base]
    rows = []
    for (model, data, own), runs in found.items():
        if own != setting or model not in MODELS:
            continue
        cells = [text(*differences(runs, method, base)) if method in runs[0].aucs else "-" for method in shown]
        own_aucs = [run.user_auc(base) for run in runs]
        spread = np.std(own_aucs, ddof=1) if len(runs) > 1 else 0
        rows.append([data, model, len(runs), f"{np.mean(own_aucs):.4f} ± {spread:.4f}"] + cells)
    table(["data", "model", "seeds", base] + shown, sorted(rows, key=lambda row: (row[0], row[1])))


def print_diverged(found, setting):
    """For how many users each method diverged, by seed."""
    parts = []
    for (model, data, own), runs in found.items():
        if own == setting and model in MODELS:
            for method in SHOWN:
                counts = [run.diverged.get(method, 0) for run in runs]
                if any(counts):
                    parts.append(f"{data} {model} {method}: {', '.join(map(str, counts))}")
    if parts:
        print(f"\nUsers for whom a method diverged, by seed: {'; '.join(parts)}")


def pick(choice, methods, folds, base=None, decay=1.0, margin=0.0):
    """The one of `methods` that is best on held-out samples; `base`, where there is one, unless another is better than it by
    `margin` standard errors."""
    chosen = np.isin(choice["fold"], folds)
    auc, weight = choice["auc"][:, chosen], (choice["samples"] * decay ** (choice["fold"] - 1))[chosen]
    users, names = choice["user"][chosen], choice["methods"]
    best, highest = (base, 0.0) if base else (methods[0], -np.inf)
    for method in methods:
        if method == base or method not in choice["steady"]:
            continue
        gain = auc[names.index(method)] - (auc[names.index(base)] if base else 0)
        mean = np.average(gain, weights=weight)
        # Users, not samples, are independent: the residuals of a user's folds are added first.
        residual = np.bincount(users, weight * (gain - mean))
        error = np.sqrt((residual ** 2).sum()) / weight.sum()
        if mean > highest and mean >= margin * error:
            best, highest = method, mean
    return best


ALL = [1, 2, 3]
RULES = {
    "the best of the latest part": lambda choice, methods: pick(choice, methods, [1]),
    "lcft: the best of 3 folds": lambda choice, methods: choice["lcft"] if "cloud" in methods else pick(choice, methods, ALL),
    "the best of 3 folds, decay 0.5": lambda choice, methods: pick(choice, methods, ALL, decay=0.5),
    "local, unless another is 2 standard errors better": lambda choice, methods: pick(choice, methods, ALL, "local", margin=2),
    "soft1, unless another is 2 standard errors better": lambda choice, methods: pick(choice, methods, ALL, "soft1", margin=2),
    "always soft1": lambda choice, methods: "soft1",
    "always soft2": lambda choice, methods: "soft2",
    "always hard": lambda choice, methods: "hard",
    "always local": lambda choice, methods: "local",
    "always cloud": lambda choice, methods: "cloud",
}


def rules_table(found, setting, methods):
    """How often each rule takes the one of `methods` that is best on the test part, and what it costs where it does not.

    The best one is found on the same users that the rules are judged by, which is against all of them alike. The interval of
    the mean gain is of a bootstrap over data sets: runs on one of them are not independent."""
    rows = {name: {"right": 0, "tie": 0, "wrong": 0, "regret": [], "gain": {}} for name in RULES
            if "cloud" in methods or "cloud" not in name}
    for (model, data, own), runs in found.items():
        if own != setting or model not in MODELS:
            continue
        for run in runs:
            if run.choice is None:
                continue
            scores = {method: run.user_auc(method) for method in ["cloud"] + PAPER}
            best = max(methods, key=scores.get)
            for name, row in rows.items():
                taken = RULES[name](run.choice, methods)
                row["regret"].append(scores[best] - scores[taken])
                row["gain"].setdefault(data, []).append(scores[taken] - scores["cloud"])
                if taken == best:
                    row["right"] += 1
                else:
                    _, low, _ = differences([run], best, taken)
                    row["wrong" if low > 0 else "tie"] += 1
    table(["rule", "runs", "the best one", "a tie", "wrong", "mean regret", "mean gain over cloud"],
          [[name, len(row["regret"]), row["right"], row["tie"], row["wrong"],
            f"{np.mean(row['regret']):.4f}" if row["regret"] else "-", mean_over_sets(row["gain"])]
           for name, row in rows.items()])


def mean_over_sets(values):
    """The mean of lists of values by data set, each set counted alike, and its interval over the sets."""
    means = np.array([np.mean(own) for own in values.values()])
    if not len(means):
        return "-"
    drawn = means[np.random.default_rng(1).integers(len(means), size=(DRAWS, len(means)))].mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{means.mean():+.4f} [{low:+.4f}, {high:+.4f}]"


def variants_table(found):
    shown = ["local", "soft1", "soft2", "balanced1", "averaged"]
    rows = []
    for (model, data, own), runs in found.items():
        if model not in ("din", "din-finetuning") or own == "settings=searched":
            continue
        cells = [text(*differences(runs, method, "cloud")) if method in runs[0].aucs else "-" for method in shown]
        corrected = [text(*differences(runs, method, "local")) for method in ("soft1", "soft2")]
        label = own if own == "" else ("finetuning." if model != "din" else "") + own
        rows.append([data, label, len(runs), f"{np.mean([run.user_auc('cloud') for run in runs]):.4f}"] + cells + corrected)
    table(["data", "setting", "seeds", "cloud"] + shown + ["soft1 - local", "soft2 - local"],
          sorted(rows, key=lambda row: (row[0], row[1])))


def groups_table(found, setting):
    """Gains of DIN over local by groups of users, of which there are fewer than five where many have the same value."""
    def fifths(values):
        edges = np.unique(np.nanquantile(values, [0.2, 0.4, 0.6, 0.8]))
        group = np.searchsorted(edges, values, side="left")
        return np.where(np.isnan(values), -1, group), edges
    rows = []
    for data in sorted({key[1] for key in found}):
        runs = found.get(("din", data, setting))
        if not runs or "soft1" not in runs[0].aucs:
            continue
        for label, values in [("local CTR", runs[0].ctr), ("training samples", runs[0].trains.astype(float)),
                              ("share of unseen items", runs[0].unseen), ("cloud's loss in training", runs[0].before)]:
            group, edges = fifths(values)
            bounds = ", ".join(f"{edge:.3g}" for edge in edges)
            for method in ("soft1", "soft2"):
                cells = [text(*differences(runs, method, "local", group == place)) for place in range(len(edges) + 1)]
                padding = [""] * (5 - len(cells))
                rows.append([data, label, bounds, f"{method} - local"] + cells[:-1] + padding + cells[-1:])
    table(["data", "by fifths of users", "up to", "difference", "lowest", "", "", "", "highest"], rows)


def shifts_table(found):
    """The paper's Example 1: how much further fine-tuning moves the logits of items that it has touched, in size and towards
    the user's own CTR, which is up where that is above the global one."""
    shown = ["local", "soft1", "soft2", "balanced1", "balanced2", "averaged"]
    rows = []
    for (model, data, own), runs in sorted(found.items()):
        # Where no item comes twice for a user, none is touched.
        if own not in ("", "user_embedding=0") or model not in MODELS or np.isnan(runs[0].shifts["local"]).all():
            continue
        touched = int(np.mean([(~np.isnan(run.shifts["local"])).sum() for run in runs]))
        cells, follows = [f"{touched} of {len(runs[0].tests)}"], []
        for method in shown:
            known = method in runs[0].shifts
            size = np.mean([np.nanmean(np.abs(run.shifts[method])) for run in runs]) if known else 0
            cells.append(f"{size:.4f}" if known else "-")
        for method in ("soft1", "soft2"):
            # Whether a user whose shift a correction makes smaller gains by it.
            values = []
            for run in runs:
                smaller = np.abs(run.shifts["local"]) - np.abs(run.shifts[method])
                gain = run.aucs[method] - run.aucs["local"]
                known = ~np.isnan(smaller) & ~np.isnan(gain)
                if known.sum() > 10 and smaller[known].std() > 0 and gain[known].std() > 0:
                    values.append(np.corrcoef(smaller[known], gain[known])[0, 1])
            follows.append(f"{np.mean(values):+.3f}" if values else "-")
        towards = [f"{np.mean([np.nanmean(run.shifts[method] * np.sign(run.ctr - run.global_ctr)) for run in runs]):+.4f}"
                   for method in ("local", "soft1", "soft2")]
        rows.append([data, model + (" without user ids" if own else "")] + cells + towards + follows)
    table(["data", "model", "users"] + [f"shift of {method}" for method in shown]
          + ["towards the user's CTR, local", "soft1", "soft2", "correlation with gain, soft1", "soft2"], rows)


def main(folder):
    found, unfinished = load(folder)
    print(f"{sum(map(len, found.values()))} runs are finished, {unfinished} are not")
    for setting, title in (("", "The paper's settings"), ("settings=searched", "Each method at its own best")):
        print(f"\n## {title}")
        for base in ("cloud", "local"):
            print(f"\nDifferences from {base}:")
            methods_table(found, setting, base)
        print_diverged(found, setting)
        for methods in (["cloud"] + PAPER, PAPER):
            print(f"\nChoosing among {', '.join(methods)}:")
            rules_table(found, setting, methods)
    print("\n## One thing at a time, with DIN\n\nDifferences from cloud:")
    variants_table(found)
    print("\n## Where correction acts")
    groups_table(found, "")
    print("\nMean size of the shift of touched items' logits beside others':")
    shifts_table(found)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
