"""What groups of features bring to the cloud model, to plain fine-tuning and to the corrections.

    python features.py DATA.h5 --lcft PROGRAM --job JOB.yaml --output FOLDER [--groups none,users,items,samples,all]

Runs the job over several seeds with the features of each group alone: none; those of users, of items or of samples; all. The
table has, per method, the user AUC, its range over the seeds, and the difference to the group none, to the cloud model of
the same group and to its plain fine-tuning, with 95% intervals by a paired bootstrap over users: a user's AUC is its mean over
the seeds. A fine-tuning that diverged ranks nothing: it has an AUC of one half, and the number of such users is printed.
`--groups all` with a job that search.py has written says what fine-tuning brings to the best cloud models.
"""
import argparse
import os

import h5py
import numpy as np
import yaml

import lcft

METHODS = ["cloud", "local", "soft1", "soft2"]
DRAWS = 1000


def names(data, owner):
    with h5py.File(data) as file:
        return [f"{owner}/{name}" for name in file.get(f"features/{owner}", {})]


def choice(data, group):
    """model.features of a group, or None where the data set has no such features."""
    if group == "all":
        return "all"
    only = names(data, group) if group != "none" else []
    return {"only": only} if only or group == "none" else None


def read(folder):
    """Per method the users' AUCs, and the users' test samples."""
    with h5py.File(os.path.join(folder, "results.h5")) as file:
        aucs = {m: file[f"methods/{m}/auc"][:] for m in METHODS}
        for method in METHODS:
            diverged = ~np.isnan(aucs["cloud"]) & np.isnan(aucs[method])
            aucs[method][diverged] = 0.5
            if diverged.any():
                print(f"{folder}: {method} diverged for {diverged.sum()} users")
        return aucs, file["users/test_count"][:]


def weighted(aucs, sizes):
    ok = ~np.isnan(aucs)
    return (aucs[ok] * sizes[ok]).sum() / sizes[ok].sum()


def difference(left, right, sizes, seed=1):
    """Of two arrays of users' AUCs: the weighted mean and its interval."""
    ok = ~np.isnan(left) & ~np.isnan(right)
    gain, weight = (left - right)[ok], sizes[ok].astype(float)
    random = np.random.default_rng(seed)
    draws = random.integers(0, len(gain), (DRAWS, len(gain)))
    means = (gain * weight)[draws].sum(1) / weight[draws].sum(1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{(gain * weight).sum() / weight.sum():+.4f} [{low:+.4f}, {high:+.4f}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--lcft", required=True, help="the program")
    parser.add_argument("--job", required=True, help="a job without model.features")
    parser.add_argument("--output", required=True, help="a folder for runs")
    parser.add_argument("--groups", default="none,users,items,samples,all")
    parser.add_argument("--seeds", type=int, default=3)
    o = parser.parse_args()
    with open(o.job) as file:
        base = yaml.safe_load(file)
    base.setdefault("finetuning", {})["methods"] = METHODS
    means = {}
    print("| features | method | user AUC | range | to no features | to cloud | to local |\n|---|---|---|---|---|---|---|")
    # All others are compared with that of no features, where it is among them.
    for group in sorted(o.groups.split(","), key=lambda group: group != "none"):
        features = choice(o.data, group)
        if features is None:
            print(f"| {group} | the data set has none | | | | | |")
            continue
        runs = []
        for seed in range(1, o.seeds + 1):
            job = {**base, "seed": seed, "model": {**base["model"], "features": features}}
            folder = os.path.join(o.output, f"{group}-{seed}")
            if not os.path.exists(os.path.join(folder, "results.h5")):
                lcft.run(o.lcft, job, o.data, folder)
            runs.append(read(folder))
        sizes = runs[0][1]
        means[group] = {m: np.mean([aucs[m] for aucs, _ in runs], axis=0) for m in METHODS}
        for method in METHODS:
            by_seed = [weighted(aucs[method], sizes) for aucs, _ in runs]
            none = means.get("none") if group != "none" else None
            to_none = difference(means[group][method], none[method], sizes) if none else ""
            to_cloud, to_local = (
                difference(means[group][method], means[group][base], sizes) if METHODS.index(method) > place else ""
                for place, base in enumerate(("cloud", "local")))
            print(
                f"| {group} | {method} | {np.mean(by_seed):.4f} | {max(by_seed) - min(by_seed):.4f} | {to_none} | "
                f"{to_cloud} | {to_local} |", flush=True)


if __name__ == "__main__":
    main()
