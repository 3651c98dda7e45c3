#!/usr/bin/env python3
"""Makes the choice of methods again from what a run's files hold.

    python3 check_choice.py choice OUTPUT_FOLDER               the choice, and what users of the results have
    python3 check_choice.py cut DATA.h5 FOLD.h5 HOLDOUT FOLD   a data set whose test part is what a fold holds out
    python3 check_choice.py fold OUTPUT_FOLDER RESULTS.h5 FOLD  a run on such a data set has the fold's scores
    python3 check_choice.py report OUTPUT_FOLDER REPORT_FOLDER  the report says what was chosen

Needs numpy and h5py.
"""
import csv
import math
import shutil
import sys

import h5py
import numpy as np


def text(values):
    return [value.decode() for value in values]


class Choice:
    def __init__(self, group):
        self.methods = text(group["methods"][:])
        self.columns = {name: group[name][:] for name in group if isinstance(group[name], h5py.Dataset)}
        self.rule = {name: group.attrs[name] for name in ("folds", "holdout", "decay", "shrinkage")}
        self.sentence = group.attrs["rule"].decode()

    def __getitem__(self, name):
        return self.columns[name]

    def chosen(self, group):
        return self.methods[self["chosen"][group]]

    def group(self, rates):
        """Of each local CTR the set, from 1 on."""
        return 1 + np.searchsorted(self["edges"][1:-1], rates, side="left")


class Users:
    """What was measured of some users: sums over folds, then means over users."""

    def __init__(self, measured, rows, decay):
        users, place = np.unique(measured["user"][:][rows], return_inverse=True)
        weights = measured["samples"][:][rows] * float(decay) ** (measured["fold"][:][rows] - 1)
        aucs = measured["auc"][:][rows]
        aucs = np.where(np.isnan(aucs), 0.5, aucs)
        self.weight = np.bincount(place, weights, len(users))
        self.aucs = np.stack([np.bincount(place, weights * column, len(users)) for column in aucs.T], 1) / self.weight[:, None]
        self.samples = measured["samples"][:][rows].sum()

    def mean(self):
        return self.weight @ self.aucs / self.weight.sum() if len(self.weight) else np.full(self.aucs.shape[1], np.nan)

    def differences(self, base):
        """Differences in user AUC from a method, and their sampling variances."""
        if not len(self.weight):
            return np.full((2, self.aucs.shape[1]), np.nan)
        moved = self.aucs - self.aucs[:, base:base + 1]
        mean = self.weight @ moved / self.weight.sum()
        count = len(self.weight)
        if count < 2:
            return np.stack([mean, np.full(len(mean), np.nan)])
        terms = self.weight[:, None] * (moved - mean)
        return np.stack([mean, count / (count - 1) * (terms ** 2).sum(0) / self.weight.sum() ** 2])


def pick(scores, candidates):
    best = max(candidates, key=lambda method: (scores[method], -candidates.index(method)))
    chosen = best if scores[best] > scores[0] else 0
    others = [method for method in [0] + candidates if method != chosen]
    return best, chosen, max(others, key=lambda method: (scores[method], -others.index(method)))


def between(differences, variances):
    """The variance of the true differences of each method; [groups, methods] both."""
    q, freedom, typical = 0.0, 0, []
    for d, v in zip(differences.T, variances.T):
        known = v > 0
        if known.sum() < 2:
            typical.append(0.0)
            continue
        a = 1 / v[known]
        center = a @ d[known] / a.sum()
        q += a @ (d[known] - center) ** 2
        freedom += known.sum() - 1
        typical.append((known.sum() - 1) / (a.sum() - (a ** 2).sum() / a.sum()))
    return np.array(typical) * (max(0.0, q / freedom - 1) if freedom else 0.0)


def check_choice(folder):
    with h5py.File(f"{folder}/choice.h5") as file:
        choice, measured = Choice(file["choice"]), file["measured"]
        diverged = np.isnan(measured["auc"][:]).sum(0)
        candidates = [m for m in range(1, len(choice.methods)) if diverged[m] == diverged[1:].min()]
        group = choice.group(measured["local_ctr"][:])
        count, decay = len(choice["edges"]), choice.rule["decay"]
        sets = [Users(measured, np.ones(len(group), bool) if s == 0 else group == s, decay) for s in range(count)]
    assert set(np.unique(group)) <= set(range(1, count))
    whole = sets[0].mean()
    reference = pick(whole, candidates)[1]
    advantage = np.full((count, len(whole)), np.nan)
    compared = [0] + candidates
    advantage[0, compared] = (whole - whole[reference])[compared]
    found = np.stack([users.differences(reference) for users in sets[1:]])
    others = [method for method in compared if method != reference]
    variances = between(found[:, 0, others], found[:, 1, others])
    for method, t in zip(others, variances):
        for s in range(1, count):
            d, v = found[s - 1, :, method]
            share = t / (t + choice.rule["shrinkage"] * v) if t > 0 else 0.0
            shrunken = advantage[0, method] + share * (d - advantage[0, method])
            advantage[s, method] = advantage[0, method] if math.isnan(shrunken) else shrunken
    advantage[1:, reference] = 0
    for s, users in enumerate(sets):
        assert (choice["users"][s], choice["samples"][s]) == (len(users.weight), users.samples)
        assert np.allclose(choice["auc"][s], users.mean(), atol=1e-12, equal_nan=True)
        assert np.allclose(choice["advantage"][s], advantage[s], atol=1e-12, equal_nan=True), (s, advantage[s])
        assert tuple(choice[name][s] for name in ("best", "chosen", "next")) == pick(advantage[s], candidates)
        d, v = users.differences(0)
        assert np.allclose(choice["difference"][s], d, atol=1e-12, equal_nan=True)
        # The percentiles of 1000 draws are off by a twelfth of a standard error, and more for few users.
        if len(users.weight) > 20:
            for name, sign in (("low", -1), ("high", 1)):
                assert (abs(choice[name][s] - (d + sign * 1.96 * np.sqrt(v))) < 0.6 * np.sqrt(v) + 1e-9).all(), (s, name)
            d, v = users.differences(choice["next"][s])
            assert abs(choice["margin"][s] - d[choice["chosen"][s]]) < 1e-12
            assert choice["margin_low"][s] <= choice["margin"][s] <= choice["margin_high"][s]
    check_results(folder, choice)


def check_results(folder, choice):
    """Every user has the scores of the method that was chosen for the user's group."""
    with h5py.File(f"{folder}/results.h5") as file:
        own = Choice(file["findings/choice"])
        assert own.sentence == choice.sentence and (own["chosen"] == choice["chosen"]).all()
        group = choice.group(file["users/local_ctr"][:])
        offsets = file["predictions/offsets"][:]
        seen = set()
        for user in range(len(group)):
            rows = slice(offsets[user], offsets[user + 1])
            for method, chosen in (("lcft", choice.chosen(0)), ("lcft_by_ctr", choice.chosen(group[user]))):
                assert (file[f"predictions/{method}"][rows] == file[f"predictions/{chosen}"][rows]).all(), (method, user)
                for name in ("alpha", "beta", "loss_after"):
                    assert file[f"methods/{method}/{name}"][user] == file[f"methods/{chosen}/{name}"][user], (method, name)
                seen.add(chosen)
    print(f"{len(group)} users have the chosen method, one of {sorted(seen)}; groups: {[choice.chosen(s) for s in range(len(choice['edges']))]}")


def held_out(positions, low, high, share):
    """Where the last part of a user's samples begins; None where they are of one moment."""
    count = high - low
    if count <= 1:
        return None
    cut = high - min(count - 1, max(1, math.floor(share * count + 0.5)))
    first = cut
    while cut > low and positions[cut - 1] == positions[cut]:
        cut -= 1
    if cut == low:
        cut = first
        while cut < high and positions[cut - 1] == positions[cut]:
            cut += 1
    return cut if cut < high else None


def cut_dataset(source, target, share, fold):
    shutil.copy(source, target)
    with h5py.File(target, "r+") as file:
        offsets, positions = file["users/train_offsets"][:], file["samples/train/event_position"][:]
        parts = {"train": ([], [0]), "test": ([], [0])}
        for low, high in zip(offsets[:-1], offsets[1:]):
            cut = None
            for number in range(fold):
                cut = held_out(positions, low, high, share)
                if cut is None:
                    break
                if number < fold - 1:
                    high = cut
            ranges = {"train": range(low, high if cut is None else cut), "test": range(0 if cut is None else cut, 0 if cut is None else high)}
            for part, (rows, ends) in parts.items():
                rows.extend(ranges[part])
                ends.append(len(rows))
        columns = {name: file[f"samples/train/{name}"][:] for name in file["samples/train"]}
        known = {part: list(file[f"samples/{part}"]) for part in parts}
        for part, (rows, ends) in parts.items():
            del file[f"samples/{part}"], file[f"users/{part}_offsets"]
            for name in set(columns) & set(known[part]):
                file[f"samples/{part}/{name}"] = columns[name][np.array(rows)]
            file[f"users/{part}_offsets"] = np.array(ends, "i8")
        for name in ("blocks", "parts"):
            if name in file:
                del file[name]
        for name in ("content_digest", "global_ctr", "train_samples", "test_samples", "block_users"):
            if name in file.attrs:
                del file.attrs[name]


def check_fold(folder, results, fold):
    with h5py.File(f"{folder}/choice.h5") as file, h5py.File(results) as run:
        methods = text(file["choice/methods"][:])
        rows = file["measured/fold"][:] == fold
        users, aucs = file["measured/user"][:][rows], file["measured/auc"][:][rows]
        rates, samples = file["measured/local_ctr"][:][rows], file["measured/samples"][:][rows]
        place = {row: index for index, row in enumerate(run["users/row"][:])}
        own = np.array([place[user] for user in users])
        assert (run["users/local_ctr"][:][own] == rates).all() and (run["users/test_count"][:][own] == samples).all()
        defined = ~np.isnan(run["methods/cloud/auc"][:])
        assert defined.sum() == len(users) and defined[own].all()
        names = [name for name in methods if name in run["methods"]]
        for name in names:
            assert (run[f"methods/{name}/auc"][:][own] == aucs[:, methods.index(name)]).all(), name
    print(f"{len(users)} users agree under {len(names)} methods")


def check_report(folder, report):
    with h5py.File(f"{folder}/choice.h5") as file:
        choice = Choice(file["choice"])
    rows = list(csv.DictReader(open(f"{report}/choice.csv")))
    assert len(rows) == len(choice["edges"]) * len(choice.methods)
    for index, row in enumerate(rows):
        group, method = divmod(index, len(choice.methods))
        assert row["method"] == choice.methods[method] and int(row["users"]) == choice["users"][group]
        assert (row["chosen"] == "1") == (choice["chosen"][group] == method)
        for name, column in (("user_auc", "auc"), ("vs_cloud", "difference"), ("vs_cloud_low", "low"), ("vs_cloud_high", "high"),
                             ("advantage", "advantage")):
            wanted = choice[column][group, method]
            assert row[name] == "" if np.isnan(wanted) else abs(float(row[name]) - wanted) <= 5.1e-5, (row, name)
    (own,) = csv.DictReader(open(f"{report}/table2.csv"))
    assert own["lcft_is"].startswith(choice.chosen(0)), own
    parts = own["lcft_by_ctr_is"].split("], ")
    for group in range(1, len(choice["edges"])):
        assert f"] {choice.chosen(group)}" in own["lcft_by_ctr_is"], own
    assert choice.sentence in open(f"{report}/tables.md").read() and len(parts) >= len(choice["edges"]) - 1


if __name__ == "__main__":
    mode, arguments = sys.argv[1], sys.argv[2:]
    if mode == "choice":
        check_choice(*arguments)
    elif mode == "cut":
        cut_dataset(arguments[0], arguments[1], float(arguments[2]), int(arguments[3]))
    elif mode == "fold":
        check_fold(arguments[0], arguments[1], int(arguments[2]))
    else:
        check_report(*arguments)
