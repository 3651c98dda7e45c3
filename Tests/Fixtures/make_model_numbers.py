#!/usr/bin/env python3
"""Reference numbers for the models, computed by PyTorch in double precision.

    python3 make_model_numbers.py model_numbers.h5      (needs torch, numpy, h5py)

For each case: the weights, two ragged batches (with an empty history, a single-entry one, items without a
category, labels outside [0, 1]), and for the first batch the logits, the loss and every gradient tensor in
batch-statistics mode, the same with moving statistics, and all weights after ten steps of SGD on the two
batches in turn. The models are written with torch's own operations and differentiated by autograd.
"""
import sys

import h5py
import numpy as np
import torch

torch.set_default_dtype(torch.float64)
USERS, ITEMS, CATEGORIES, BATCH = 6, 14, 5, 13
RATE, STEPS = 0.05, 10
MOMENTUM, EPSILON = 0.99, 1e-3


class World:
    """Items' categories and two batches."""

    def __init__(self, rng, histories):
        counts = rng.integers(1, 4, ITEMS)
        counts[3] = 0  # an item without a category
        self.category_offsets = np.concatenate([[0], np.cumsum(counts)])
        self.categories = np.concatenate(
            [rng.choice(CATEGORIES, n, replace=False) for n in counts]
        ).astype(np.int32)
        self.batches = [self.batch(rng, histories) for _ in range(2)]

    def batch(self, rng, histories):
        batch = {
            "users": rng.integers(0, USERS, BATCH).astype(np.int32),
            "candidates": rng.integers(0, ITEMS, BATCH).astype(np.int32),
            "labels": rng.choice([0.0, 1.0, 1.7, -0.4, 0.3], BATCH),
        }
        for name in histories:
            lengths = rng.integers(2, 9, BATCH)
            lengths[2], lengths[5] = 0, 1
            batch[f"history_{name}_offsets"] = np.concatenate([[0], np.cumsum(lengths)])
            batch[f"history_{name}_items"] = rng.integers(0, ITEMS, lengths.sum()).astype(np.int32)
        return batch

    def of(self, item):
        return self.categories[self.category_offsets[item] : self.category_offsets[item + 1]]


def category_mean(table, world, items):
    zero = torch.zeros(table.shape[1])
    rows = []
    for item in items:
        own = torch.as_tensor(world.of(item).astype(np.int64))
        rows.append(table[own].mean(0) if len(own) else zero)
    return torch.stack(rows) if rows else torch.zeros(0, table.shape[1])


def entries(batch, name, b):
    offsets = batch[f"history_{name}_offsets"]
    return batch[f"history_{name}_items"][offsets[b] : offsets[b + 1]]


class Model:
    def __init__(self, rng):
        self.rng = rng
        self.dense, self.statistics, self.tables = {}, {}, {}

    def weight(self, group, name, *shape, scale=0.5):
        tensor = torch.tensor(self.rng.normal(0, scale, shape))
        getattr(self, group)[name] = tensor
        return tensor

    def linear(self, name, inputs, outputs):
        self.weight("dense", f"{name}/weight", inputs, outputs)
        self.weight("dense", f"{name}/bias", outputs)

    def standardize_make(self, name, columns):
        self.weight("statistics", f"{name}/moving_mean", columns)
        self.statistics[f"{name}/moving_variance"] = torch.tensor(self.rng.uniform(0.5, 2, columns))

    def standardize(self, name, x, training):
        mean_name, variance_name = f"{name}/moving_mean", f"{name}/moving_variance"
        if not training:
            mean, variance = self.statistics[mean_name], self.statistics[variance_name]
        else:
            mean, variance = x.mean(0), x.var(0, unbiased=False)
            for key, value in ((mean_name, mean), (variance_name, variance)):
                self.statistics[key] = MOMENTUM * self.statistics[key] + (1 - MOMENTUM) * value.detach()
        return (x - mean) / torch.sqrt(variance + EPSILON)

    def apply_linear(self, name, x):
        return x @ self.dense[f"{name}/weight"] + self.dense[f"{name}/bias"]


class LR(Model):
    def __init__(self, rng, histories):
        super().__init__(rng)
        self.histories = histories
        self.weight("dense", "bias", 1)
        for name, rows in [("user", USERS), ("item", ITEMS), ("category", CATEGORIES)]:
            self.weight("tables", name, rows, 1)
        for history in histories:
            self.weight("tables", f"history_{history}_item", ITEMS, 1)
            self.weight("tables", f"history_{history}_category", CATEGORIES, 1)

    def forward(self, world, batch, training):
        t = self.tables
        z = self.dense["bias"] + t["user"][batch["users"].astype(np.int64), 0]
        z = z + t["item"][batch["candidates"].astype(np.int64), 0]
        z = z + category_mean(t["category"], world, batch["candidates"])[:, 0]
        for history in self.histories:
            means = []
            for b in range(BATCH):
                own = entries(batch, history, b).astype(np.int64)
                weights = t[f"history_{history}_item"][own, 0] + category_mean(
                    t[f"history_{history}_category"], world, own
                ).sum(1)
                means.append(weights.mean() if len(own) else torch.zeros(()))
            z = z + torch.stack(means)
        return z


class DIN(Model):
    def __init__(self, rng, histories, user, item, category, attention, hidden):
        super().__init__(rng)
        self.histories = histories
        self.weight("tables", "user", USERS, user)
        self.weight("tables", "item", ITEMS, item)
        self.weight("tables", "category", CATEGORIES, category)
        width = item + category
        for history in histories:
            self.linear(f"attention/{history}/0", 2 * width, attention[0])
            self.linear(f"attention/{history}/1", attention[0], attention[1])
            self.linear(f"attention/{history}/2", attention[1], 1)
        inputs = user + (2 * len(histories) + 1) * width
        self.standardize_make("input_norm", inputs)
        self.weight("dense", "input_norm/scale", inputs)
        self.weight("dense", "input_norm/shift", inputs)
        for layer, outputs in enumerate(hidden):
            self.linear(f"mlp/{layer}", inputs, outputs)
            self.standardize_make(f"mlp/{layer}/dice", outputs)
            self.weight("dense", f"mlp/{layer}/dice/slope", outputs)
            inputs = outputs
        self.layers = len(hidden)
        self.linear(f"mlp/{self.layers}", inputs, 1)

    def encode(self, world, items):
        items = items.astype(np.int64)
        return torch.cat([self.tables["item"][items], category_mean(self.tables["category"], world, items)], 1)

    def forward(self, world, batch, training):
        candidate = self.encode(world, batch["candidates"])
        fields = [self.tables["user"][batch["users"].astype(np.int64)]]
        for history in self.histories:
            attended, summed = [], []
            for b in range(BATCH):
                keys = self.encode(world, entries(batch, history, b))
                pairs = torch.cat([candidate[b].expand(len(keys), -1), keys], 1)
                h = torch.sigmoid(self.apply_linear(f"attention/{history}/0", pairs))
                h = torch.sigmoid(self.apply_linear(f"attention/{history}/1", h))
                weights = torch.softmax(self.apply_linear(f"attention/{history}/2", h)[:, 0], 0)
                attended.append(weights @ keys)
                summed.append(keys.sum(0))
            fields += [torch.stack(attended), torch.stack(summed)]
        x = torch.cat(fields + [candidate], 1)
        x = self.standardize("input_norm", x, training)
        x = x * self.dense["input_norm/scale"] + self.dense["input_norm/shift"]
        for layer in range(self.layers):
            x = self.apply_linear(f"mlp/{layer}", x)
            p = torch.sigmoid(self.standardize(f"mlp/{layer}/dice", x, training))
            x = x * (p + (1 - p) * self.dense[f"mlp/{layer}/dice/slope"])
        return self.apply_linear(f"mlp/{self.layers}", x)[:, 0]


def loss_of(kind, logits, labels):
    labels = torch.as_tensor(labels)
    if kind == "cross_entropy":
        return (torch.nn.functional.softplus(logits) - labels * logits).mean()
    return ((torch.sigmoid(logits) - labels) ** 2).mean()


def gradients(model, world, batch, kind, training):
    leaves = {}
    for group in ("dense", "tables"):
        for name, tensor in getattr(model, group).items():
            leaf = tensor.detach().clone().requires_grad_(True)
            getattr(model, group)[name] = leaf
            leaves[(group, name)] = leaf
    logits = model.forward(world, batch, training)
    loss = loss_of(kind, logits, batch["labels"])
    loss.backward()
    found = {key: leaf.grad if leaf.grad is not None else torch.zeros_like(leaf) for key, leaf in leaves.items()}
    for (group, name), leaf in leaves.items():
        getattr(model, group)[name] = leaf.detach()
    return logits.detach(), loss.detach(), found


def write_tensors(group, model):
    for part in ("dense", "statistics", "tables"):
        for name, tensor in getattr(model, part).items():
            group[f"{part}/{name}"] = tensor.detach().numpy()


def write_case(file, name, kind, model, world):
    case = file.create_group(name)
    case.attrs["loss"] = kind
    case["category_offsets"] = world.category_offsets.astype(np.int32)
    case["categories"] = world.categories
    for index, batch in enumerate(world.batches):
        for key, value in batch.items():
            case[f"batch_{index}/{key}"] = value.astype(np.int32) if value.dtype != np.float64 else value
    write_tensors(case.create_group("initial"), model)
    initial_statistics = dict(model.statistics)
    for mode, training in (("batch", True), ("moving", False)):
        model.statistics = dict(initial_statistics)
        logits, loss, found = gradients(model, world, world.batches[0], kind, training)
        case[f"{mode}/logits"] = logits.numpy()
        case[f"{mode}/loss"] = loss.numpy()
        for (group, tensor), gradient in found.items():
            case[f"{mode}/gradients/{group}/{tensor}"] = gradient.numpy()
    model.statistics = dict(initial_statistics)
    losses = []
    for step in range(STEPS):
        _, loss, found = gradients(model, world, world.batches[step % 2], kind, True)
        losses.append(loss.item())
        for (group, tensor), gradient in found.items():
            getattr(model, group)[tensor] = getattr(model, group)[tensor] - RATE * gradient
    case["trained_losses"] = np.array(losses)
    write_tensors(case.create_group("trained"), model)


def main(path):
    with h5py.File(path, "w", libver=("earliest", "v108"), track_order=False) as file:
        file.attrs["description"] = "Reference numbers of Tests/Fixtures/make_model_numbers.py"
        file.attrs["torch"] = str(torch.__version__)
        file.attrs["rate"] = RATE
        sizes = dict(user=4, item=5, category=3, attention=(8, 6), hidden=(10, 7))
        one, two = ["positive"], ["positive", "negative"]
        for index, (name, kind, histories) in enumerate(
            [
                ("lr", "cross_entropy", one),
                ("lr_two_histories", "squared_error", two),
                ("din", "cross_entropy", one),
                ("din_two_histories", "squared_error", two),
            ]
        ):
            rng = np.random.default_rng(20 + index)
            world = World(rng, histories)
            model = LR(rng, histories) if name.startswith("lr") else DIN(rng, histories, **sizes)
            write_case(file, name, kind, model, world)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "model_numbers.h5")
