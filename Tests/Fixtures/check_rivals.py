#!/usr/bin/env python3
"""Computes every method of a run of LR again, from the data set and the checkpoint alone.

    python3 check_rivals.py OUTPUT_FOLDER DATA.h5 SETTINGS      (needs numpy and h5py)

SETTINGS is JSON: {"rate": ..., "epochs": ..., "mu": ..., "proximal_epochs": ..., "share": ..., "history_length": ...}. The
job has the history of positives and a batch that holds all samples of a user, so that no order counts. Prints how many users and methods agree.
"""
import json
import math
import sys

import h5py
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class World:
    """The data set, and LR's logit: bias + user + item + mean of the item's categories' weights + the same over a history."""

    def __init__(self, data, checkpoint, length):
        self.length = length
        self.events = [data[f"events/{name}"][:] for name in ("item", "label")]
        self.event_offsets = data["users/event_offsets"][:]
        self.positions = {part: data[f"samples/{part}/event_position"][:] for part in ("train", "test")}
        self.known = {}
        self.items = {part: data[f"samples/{part}/item"][:] for part in ("train", "test")}
        self.labels = {part: data[f"samples/{part}/label"][:].astype(float) for part in ("train", "test")}
        self.offsets = {part: data[f"users/{part}_offsets"][:] for part in ("train", "test")}
        train = data["samples/train"]
        self.drawn = train["drawn"][:] if "drawn" in train else np.zeros(len(self.items["train"]), "u1")
        offsets, values = (data[f"features/items/category/{name}"][:] for name in ("offsets", "values"))
        count = len(offsets) - 1
        weights = {name: checkpoint[f"embeddings/{name}"][:, 0].astype(float) for name in checkpoint["embeddings"]}
        self.shares = np.zeros((count, len(weights["category"])))
        for item in range(count):
            for value in values[offsets[item]:offsets[item + 1]]:
                self.shares[item, value] += 1 / (offsets[item + 1] - offsets[item])
        self.weights = {"bias": float(checkpoint["dense/bias"][0]), **weights}
        self.global_ctr = self.labels["train"].mean()

    def rows(self, part, user):
        return slice(self.offsets[part][user], self.offsets[part][user + 1])

    def entries(self, part, user):
        """[samples, items] each item's share of the sample's history."""
        if (part, user) not in self.known:
            positions = self.positions[part][self.rows(part, user)]
            found = np.zeros((len(positions), len(self.shares)))
            start = self.event_offsets[user]
            for row, position in enumerate(positions):
                items, labels = (values[start:start + position] for values in self.events)
                liked = items[labels == 1][-self.length:]
                np.add.at(found[row], liked, 1 / max(1, len(liked)))
            self.known[part, user] = found
        return self.known[part, user]

    def logits(self, part, user, own):
        items = self.items[part][self.rows(part, user)]
        entry = own["history_positive_item"] + self.shares @ own["history_positive_category"]
        return (
            own["bias"] + own["user"][user] + own["item"][items] + self.shares[items] @ own["category"]
            + self.entries(part, user) @ entry
        )

    def fine_tune(self, user, alpha, beta, rate, epochs, mu=0.0):
        """Plain gradient descent on all of the user's samples at once."""
        own = {name: np.copy(value) for name, value in self.weights.items()}
        rows = self.rows("train", user)
        items, labels = self.items["train"][rows], self.labels["train"][rows]
        corrected = np.where(labels > 0, alpha, beta)
        for _ in range(epochs):
            slopes = (sigmoid(self.logits("train", user, own)) - corrected) / len(items)
            gradients = {name: mu * (own[name] - self.weights[name]) for name in own}
            gradients["bias"] = gradients["bias"] + slopes.sum()
            gradients["user"][user] += slopes.sum()
            np.add.at(gradients["item"], items, slopes)
            gradients["category"] += slopes @ self.shares[items]
            passed = slopes @ self.entries("train", user)
            gradients["history_positive_item"] += passed
            gradients["history_positive_category"] += passed @ self.shares
            own = {name: own[name] - rate * gradients[name] for name in own}
        return own


def most_likely_strength(positives, counts, mean):
    """The strength of the beta-binomial with this mean, by search on a grid that gets finer."""
    lgamma = np.vectorize(math.lgamma)

    def likelihood(s):
        def log_beta(a, b):
            return lgamma(a) + lgamma(b) - lgamma(a + b)
        a, b = s * mean, s * (1 - mean)
        return (log_beta(positives + a, counts - positives + b) - log_beta(a, b)).sum()

    low, high = math.log(1e-3), math.log(1e6)
    for _ in range(12):
        grid = np.linspace(low, high, 21)
        best = int(np.argmax([likelihood(math.exp(t)) for t in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, 20)]
    return math.exp((low + high) / 2)


def popularity(world):
    count = len(world.weights["item"])
    items, labels, drawn = world.items["train"], world.labels["train"], world.drawn > 0
    positives = np.bincount(items, labels, count)
    negatives = np.bincount(items[(labels == 0) & ~drawn], minlength=count).astype(float)
    m = world.global_ctr
    logged = positives + negatives
    strength = 1 if drawn.any() else most_likely_strength(positives[logged > 0], logged[logged > 0], m)
    negatives += drawn.sum() / len(np.unique(items))
    return np.log((positives + strength * m) / (negatives + strength * (1 - m)))


def labels(w, t, widens, has_positives, has_negatives):
    if (w > t) != widens:
        return (t / w, 0.0) if has_positives else (1.0, 0.0)
    return (1.0, (t - w) / (1 - w)) if has_negatives else (1.0, 0.0)


def check_unseen(world, results):
    """Items that are positives of a user's test part and of nobody's training part: how many, and AUCs without them."""
    known = np.unique(world.items["train"][world.labels["train"] > 0])
    offsets, group, left_out = results["predictions/offsets"][:], results["without_unseen"], 0
    for place, user in enumerate(results["users/row"][:]):
        items, labels = (values["test"][world.rows("test", user)] for values in (world.items, world.labels))
        unseen = np.setdiff1d(items[labels > 0], known)
        kept = ~np.isin(items, unseen)
        left_out += (~kept).sum()
        assert group["positives"][place] == (labels[~np.isin(items, known)] > 0).sum() and group["others"][place] == kept.sum()
        for method in results["methods"]:
            z, y = results[f"predictions/{method}"][offsets[place]:offsets[place + 1]][kept], labels[kept]
            wins = (z[y > 0][:, None] > z[y == 0]) + 0.5 * (z[y > 0][:, None] == z[y == 0])
            found = group[method][place]
            assert np.isnan(found) if wins.size == 0 else abs(found - wins.mean()) < 1e-12, (user, method)
    return left_out


def main(folder, data_path, settings):
    settings = json.loads(settings)
    rate, epochs = settings["rate"], settings["epochs"]
    with h5py.File(data_path) as data, h5py.File(f"{folder}/checkpoint-epoch-2.h5") as checkpoint:
        world = World(data, checkpoint, settings["history_length"])
    results = h5py.File(f"{folder}/results.h5")
    rows, offsets = results["users/row"][:], results["predictions/offsets"][:]
    m = world.global_ctr
    everybody = np.diff(world.offsets["train"])
    trained = everybody > 0
    positives = np.array([world.labels["train"][world.rows("train", u)].sum() for u in range(len(everybody))])
    strength = most_likely_strength(positives[trained], everybody[trained], m)
    with open(f"{folder}/summary.json") as file:
        prior = json.load(file)["local_ctr_prior"]
    assert np.allclose((prior["mean"], prior["strength"]), (m, strength), rtol=1e-3), (prior, m, strength)
    scores = popularity(world)
    unknown = world.weights["user"].mean()
    methods = list(results["methods"])
    seen = set()
    for place, user in enumerate(rows):
        n, p = everybody[user], positives[user]
        w, shrunken = p / n, (p + strength * m) / (n + strength)
        cloud = world.logits("test", user, world.weights)
        predicted = sigmoid(world.logits("train", user, world.weights)).mean()
        for method in methods:
            found = results[f"predictions/{method}"][offsets[place]:offsets[place + 1]]
            alpha, beta = (results[f"methods/{method}/{name}"][place] for name in ("alpha", "beta"))
            wanted_labels, steps, mu, share = (1.0, 0.0), epochs, 0.0, 1.0
            name = method.removeprefix("shrunken_")
            if name[:-1] in ("soft", "balanced"):
                rule = (shrunken if name != method else w, predicted if name[0] == "b" else m)
                wanted_labels = labels(*rule, name[-1] == "2", p > 0, p < n)
            elif method == "proximal":
                steps, mu = settings["proximal_epochs"], settings["mu"]
            elif method == "averaged":
                share = settings["share"]
            assert np.allclose((alpha, beta), wanted_labels, atol=2e-5), (method, user, alpha, beta, wanted_labels)
            if method == "cloud":
                wanted = cloud
            elif method == "cloud_without_user":
                wanted = cloud - world.weights["user"][user] + unknown
            elif method == "popularity":
                wanted = scores[world.items["test"][world.rows("test", user)]]
            else:
                own = world.fine_tune(user, *wanted_labels, rate, steps, mu)
                wanted = (1 - share) * cloud + share * world.logits("test", user, own)
            assert np.allclose(found, wanted, atol=5e-5, rtol=1e-4), (method, user, abs(found - wanted).max())
            seen.add(method)
    left_out = check_unseen(world, results)
    print(f"{left_out} samples of unseen positives")
    print(f"{len(rows)} users agree under {len(seen)} methods; strength {strength:.4g}")


if __name__ == "__main__":
    main(*sys.argv[1:])
