"""A made-up log of impressions and clicks with as many features as wanted, and its schema for `lcft import table`.

    python world.py FOLDER [--users 2000] [--items 2000] [--impressions 100] [--categorical 10] [--numeric 4] [--lists 2]
    lcft import table --schema FOLDER/world.yaml --output world.h5

Features belong in turn to users, items and samples; a tenth of their values is missing. A click's probability depends on all
of them, on the user's taste for the item, and on a rate of the user's own: the best possible user AUC, that of the true
probabilities, is printed.
"""
import argparse
import csv
import os

import numpy as np

import metrics

OWNERS = ("users", "items", "samples")
VALUES = 30  # of a categorical feature
MISSING = 0.1


class Feature:
    """Values of `rows` rows as texts, and what they add to a click's logit."""

    def __init__(self, random, number, kind, rows, strength):
        self.name, self.kind, self.owner = f"{kind}_{number}", kind, OWNERS[number % len(OWNERS)]
        if kind == "numeric":
            numbers = random.normal(size=rows)
            self.texts, self.effect = [f"{x:.4f}" for x in numbers], strength * numbers
        else:
            effects = strength * random.normal(size=VALUES)
            # Values have unequal shares, as categories do.
            shares = 1 / np.arange(1, VALUES + 1)
            sizes = random.integers(1, 5, rows) if kind == "list" else np.ones(rows, int)
            draws = random.choice(VALUES, (rows, sizes.max(initial=1)), p=shares / shares.sum())
            values = [list(dict.fromkeys(own[:n])) for own, n in zip(draws, sizes)]
            self.texts = ["|".join(f"v{v}" for v in own) for own in values]
            self.effect = np.array([effects[own].mean() for own in values])
        gone = random.random(rows) < MISSING
        self.texts = ["" if g else t for g, t in zip(gone, self.texts)]
        self.effect[gone] = 0

    @property
    def schema(self):
        return {"categorical": "{}", "numeric": "{kind: numeric}", "list": '{list: "|"}'}[self.kind]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    for name, value in [
        ("users", 2000), ("items", 2000), ("impressions", 100), ("categorical", 10), ("numeric", 4), ("lists", 2),
        ("seed", 1)]:
        parser.add_argument(f"--{name}", type=int, default=value)
    o = parser.parse_args()
    random = np.random.default_rng(o.seed)
    rows = o.users * o.impressions
    count = {"users": o.users, "items": o.items, "samples": rows}
    kinds = ["categorical"] * o.categorical + ["numeric"] * o.numeric + ["list"] * o.lists
    strength = 1 / np.sqrt(max(1, len(kinds)))
    features = [
        Feature(random, n, kind, count[OWNERS[n % len(OWNERS)]], strength) for n, kind in enumerate(kinds)]
    user = np.repeat(np.arange(o.users), o.impressions)
    item = np.minimum(o.items - 1, (o.items * random.random(rows) ** 2).astype(int))
    taste, nature = random.normal(size=(o.users, 4)), random.normal(size=(o.items, 4))
    logit = -1.5 + 0.7 * random.normal(size=o.users)[user] + 0.4 * (taste[user] * nature[item]).sum(1)
    row_of = {"users": user, "items": item, "samples": np.arange(rows)}
    for feature in features:
        logit = logit + feature.effect[row_of[feature.owner]]
    label = (random.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    write(o.folder, features, user, item, label, count)
    last = np.arange(rows) % o.impressions >= 0.8 * o.impressions
    print("best possible on the test part:", metrics.evaluate(logit[last], label[last], user[last]))


def write(folder, features, user, item, label, count):
    os.makedirs(folder, exist_ok=True)
    own = {owner: [f for f in features if f.owner == owner] for owner in OWNERS}

    def table(name, columns, rows):
        with open(os.path.join(folder, name), "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows)

    for owner in ("users", "items"):
        names = [f.name for f in own[owner]]
        table(
            f"{owner}.csv", ["id", *names],
            ([n, *(f.texts[n] for f in own[owner])] for n in range(count[owner])))
    # A user's impressions are a minute apart.
    minute = np.arange(len(user)) % (len(user) // count["users"])
    table(
        "log.csv", ["user", "item", "timestamp", "label", *(f.name for f in own["samples"])],
        ([user[n], item[n], 1700000000 + 60 * minute[n], label[n], *(f.texts[n] for f in own["samples"])]
         for n in range(len(user))))
    lines = ["log: {files: log.csv}", "label: label"]
    lines += ["sample_features:"] + [f"  {f.name}: {f.schema}" for f in own["samples"]] if own["samples"] else []
    for owner in ("users", "items"):
        if own[owner]:
            lines += [f"{owner}:", f"  file: {owner}.csv", "  key: id", "  features:"]
            lines += [f"    {f.name}: {f.schema}" for f in own[owner]]
    lines.append("split: {fraction: 0.8}")
    with open(os.path.join(folder, "world.yaml"), "w") as file:
        print("\n".join(lines), file=file)


if __name__ == "__main__":
    main()
