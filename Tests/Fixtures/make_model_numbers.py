#!/usr/bin/env python3
"""Reference numbers for the models, computed by PyTorch in double precision.

    python3 make_model_numbers.py model_numbers.h5      (needs torch, numpy, h5py)

For each case: the weights, two ragged batches (with an empty history, a single-entry one, overlapping ones,
items without a category, labels outside [0, 1], in some cases features of users, items, samples and events), and for the first batch the logits, the loss and every
gradient tensor in batch-statistics mode, the same with moving statistics, and all weights after ten steps of
SGD on the two batches in turn. Where a case drops outputs of hidden layers, it does in batch-statistics mode; the
masks are drawn as docs/files.md says, by code of their own. The models are written with torch's own operations and differentiated by autograd; tensors
are stored rounded to single precision, which is far below the tests' tolerances.
"""
import sys

import h5py
import numpy as np
import torch

torch.set_default_dtype(torch.float64)
USERS, ITEMS, CATEGORIES, ACTIONS, BATCH = 6, 14, 5, 5, 13
RATE, STEPS = 0.05, 10
EPSILON = 1e-3
SEED = 9  # of dropped outputs
# Features beside the items' categories: name, kind, table. Brands and places belong to two owners each.
ROWS = {"brand": 4, "place": 3}
SCREEN = 2
FIELDS = {
    "users": [("favourite", "values", "brand"), ("income", "number", None)],
    "items": [("price", "number", None)],
    "samples": [("place", "values", "place"), ("screen", "vector", None)],
}
EVENTS = [("where", "values", "place"), ("scroll", "number", None)]


# Random numbers as docs/files.md describes them.
MASK, INCREMENT = 2**64 - 1, 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def key(name):
    hashed = 0xCBF29CE484222325
    for byte in name.encode():
        hashed = ((hashed ^ byte) * 0x100000001B3) & MASK
    return mix(hashed)


def uniforms(count, seed, *keys):
    """The first numbers of the stream (seed, keys)."""
    state = mix((mix((seed + INCREMENT) & MASK) + keys[0]) & MASK)
    for other in keys[1:]:
        state = mix((state + INCREMENT + other) & MASK)
    values = []
    for _ in range(count):
        state = (state + INCREMENT) & MASK
        values.append((mix(state) >> 11) * 2.0**-53)
    return values


class World:
    """Items' categories and two batches."""

    def __init__(self, rng, histories, genome, features=False):
        self.features = features
        counts = rng.integers(1, 4, ITEMS)
        counts[3] = 0  # an item without a category
        self.category_offsets = np.concatenate([[0], np.cumsum(counts)])
        self.categories = np.concatenate(
            [rng.choice(CATEGORIES, n, replace=False) for n in counts]
        ).astype(np.int32)
        if features:
            self.brand = feature(rng, "values", "brand", ITEMS)
        self.batches = [self.batch(rng, histories, genome) for _ in range(2)]

    def batch(self, rng, histories, genome):
        batch = {
            "users": rng.integers(0, USERS, BATCH).astype(np.int32),
            "candidates": rng.integers(0, ITEMS, BATCH).astype(np.int32),
            "labels": rng.choice([0.0, 1.0, 1.7, -0.4, 0.3], BATCH),
        }
        for name in histories:
            # Windows of one sequence; with few starts, several samples' begin at the same entry.
            lengths = rng.integers(2, 9, BATCH)
            lengths[2], lengths[5] = 0, 1
            batch[f"history_{name}_lengths"] = lengths
            batch[f"history_{name}_starts"] = rng.choice([0, 3, 4, 9], BATCH)
            batch[f"history_{name}_items"] = rng.integers(0, ITEMS, 17)
            batch[f"history_{name}_items"][5] = 3
            batch[f"history_{name}_actions"] = rng.integers(0, ACTIONS, 17)
        if genome:
            batch["genomes"] = rng.uniform(0, 1, (BATCH, genome))
        if self.features:
            for name, kind, table in sum(FIELDS.values(), []):
                batch |= {f"field_{name}_{k}": v for k, v in feature(rng, kind, table, BATCH).items()}
            for history in histories:
                for name, kind, table in EVENTS:
                    values = feature(rng, kind, table, 17)
                    batch |= {f"history_{history}_{name}_{k}": v for k, v in values.items()}
        return batch

    def of(self, item):
        return self.categories[self.category_offsets[item] : self.category_offsets[item + 1]]


def feature(rng, kind, table, rows):
    """Random values of a feature, some of them missing."""
    if kind == "values":
        counts = rng.integers(0, 3, rows)
        return {
            "offsets": np.concatenate([[0], np.cumsum(counts)]),
            "values": rng.integers(0, ROWS[table], counts.sum()),
        }
    if kind == "number":
        return {"numbers": rng.normal(0, 1, rows), "missing": (rng.uniform(size=rows) < 0.3).astype(np.int32)}
    vectors = rng.normal(0, 1, (rows, SCREEN))
    return {"numbers": vectors / np.linalg.norm(vectors, axis=1, keepdims=True)}


def list_mean(table, lists, rows):
    """The mean of each row's values; zero where it has none."""
    means = []
    for row in rows:
        own = lists["values"][lists["offsets"][row] : lists["offsets"][row + 1]].astype(np.int64)
        means.append(table[own].mean(0) if len(own) else torch.zeros(table.shape[1]))
    return torch.stack(means) if means else torch.zeros(0, table.shape[1])


def part(batch, prefix):
    return {key[len(prefix) :]: value for key, value in batch.items() if key.startswith(prefix)}


def category_mean(table, world, items):
    zero = torch.zeros(table.shape[1])
    rows = []
    for item in items:
        own = torch.as_tensor(world.of(item).astype(np.int64))
        rows.append(table[own].mean(0) if len(own) else zero)
    return torch.stack(rows) if rows else torch.zeros(0, table.shape[1])


def entries(batch, name, b, column="items"):
    start = batch[f"history_{name}_starts"][b]
    return batch[f"history_{name}_{column}"][start : start + batch[f"history_{name}_lengths"][b]]


class Model:
    features = False
    vector = None  # the width of vectors, where it is not that of other features
    widths = {}  # of features by name, where they are not those of the others
    user = None  # the width of users, where it is not the usual one; 0 for none
    attention_activation = "sigmoid"
    history_sum = True
    hidden_activation = None  # where it is not the model's own
    hidden_norm = False
    input_norm = True
    momentum, corrected = 0.99, False  # of moving statistics
    dropout = 0

    def __init__(self, rng, histories, genome=0):
        self.rng, self.step = rng, 1
        self.histories, self.genome = histories, genome
        self.dense, self.statistics, self.tables = {}, {}, {}

    def weight(self, group, name, *shape, scale=0.5):
        tensor = torch.tensor(self.rng.normal(0, scale, shape).astype(np.float32).astype(np.float64))
        getattr(self, group)[name] = tensor
        return tensor

    def linear(self, name, inputs, outputs, bias=True):
        self.weight("dense", f"{name}/weight", inputs, outputs, scale=1 / np.sqrt(inputs))
        if bias:
            self.weight("dense", f"{name}/bias", outputs)

    def apply_linear(self, name, x):
        return torch.nn.functional.linear(
            x, self.dense[f"{name}/weight"].T, self.dense.get(f"{name}/bias"))

    def standardize_make(self, name, columns):
        self.weight("statistics", f"{name}/moving_mean", columns)
        self.statistics[f"{name}/moving_variance"] = torch.tensor(self.rng.uniform(0.5, 2, columns))

    def standardize(self, name, x, training):
        mean_name, variance_name = f"{name}/moving_mean", f"{name}/moving_variance"
        if not training:
            mean, variance = self.statistics[mean_name], self.statistics[variance_name]
        else:
            mean, variance = x.mean(0), x.var(0, unbiased=False)
            m, t = self.momentum, self.step
            kept = (m - m**t) / (1 - m**t) if self.corrected else m
            for key, value in ((mean_name, mean), (variance_name, variance)):
                self.statistics[key] = kept * self.statistics[key] + (1 - kept) * value.detach()
        return (x - mean) / torch.sqrt(variance + EPSILON)

    def norm_make(self, name, columns):
        self.standardize_make(name, columns)
        self.weight("dense", f"{name}/scale", columns)
        self.weight("dense", f"{name}/shift", columns)

    def norm(self, name, x, training):
        return self.standardize(name, x, training) * self.dense[f"{name}/scale"] + self.dense[f"{name}/shift"]

    def input_norm_make(self, columns):
        if self.input_norm:
            self.norm_make("input_norm", columns)

    def of_inputs(self, x, training):
        return self.norm("input_norm", x, training) if self.input_norm else x

    def encoder_make(self, item, category):
        self.weight("tables", "item", ITEMS, item)
        self.weight("tables", "category", CATEGORIES, category)
        if self.features:
            self.weight("tables", "brand", ROWS["brand"], category)

    def encoded(self, item, category):
        """The width of an encoded item."""
        return item + (2 if self.features else 1) * category

    def encode(self, world, items):
        items = items.astype(np.int64)
        parts = [self.tables["item"][items], category_mean(self.tables["category"], world, items)]
        if self.features:
            parts.append(list_mean(self.tables["brand"], world.brand, items))
        return torch.cat(parts, 1)

    # Features as fields; with a prefix one weight per value or number.

    def field_make(self, name, kind, table, width, prefix=""):
        if kind == "values":
            own = prefix + name if width == 1 else table
            if own not in self.tables:
                self.weight("tables", own, ROWS[table], width)
            if self.tables[own].shape[1] != width:
                self.linear(f"{name}/projection", self.tables[own].shape[1], width, bias=False)
        elif kind == "number":
            if f"{prefix}{name}/weight" not in self.dense:
                self.weight("dense", f"{prefix}{name}/weight", 1, width)
                self.weight("dense", f"{prefix}{name}/missing", 1, width)
        else:
            self.linear(prefix + name, SCREEN, width, bias=False)

    def field(self, name, kind, table, values, rows, width, prefix=""):
        if kind == "values":
            mean = list_mean(self.tables[prefix + name if width == 1 else table], values, rows)
            return mean if mean.shape[1] == width else self.apply_linear(f"{name}/projection", mean)
        numbers = torch.as_tensor(values["numbers"][rows])
        if kind == "vector":
            return self.apply_linear(prefix + name, numbers)
        missing = torch.as_tensor(values["missing"][rows] != 0)[:, None]
        weight, other = self.dense[f"{prefix}{name}/weight"], self.dense[f"{prefix}{name}/missing"]
        return torch.where(missing, other, numbers[:, None] * weight)

    def features_make(self, owner, width, prefix=""):
        if self.features:
            for spec in FIELDS[owner]:
                self.field_make(*spec, self.width_of(spec, width), prefix)

    def width_of(self, spec, width):
        if spec[0] in self.widths:
            return self.widths[spec[0]]
        return self.vector if self.vector and spec[1] == "vector" else width

    def fields_width(self, width):
        """The columns of all fields, where they are as wide as they like."""
        return sum(self.width_of(spec, width) for specs in FIELDS.values() for spec in specs)

    def feature_values(self, owner, batch, width, prefix=""):
        if not self.features:
            return []
        return [
            self.field(
                *spec, part(batch, f"field_{spec[0]}_"), np.arange(BATCH), self.width_of(spec, width), prefix)
            for spec in FIELDS[owner]
        ]

    def events_make(self, width, prefix=""):
        if self.features:
            for spec in EVENTS:
                self.field_make(*spec, width, prefix)

    def event_values(self, batch, history, b, width, prefix=""):
        if not self.features:
            return []
        start = batch[f"history_{history}_starts"][b]
        rows = np.arange(start, start + batch[f"history_{history}_lengths"][b])
        return [
            self.field(*spec, part(batch, f"history_{history}_{spec[0]}_"), rows, width, prefix)
            for spec in EVENTS
        ]

    def user_make(self, usual):
        self.user = usual if self.user is None else self.user
        if self.user:
            self.weight("tables", "user", USERS, self.user)

    def user_values(self, batch):
        return [self.tables["user"][batch["users"].astype(np.int64)]] if self.user else []

    def activation_make(self, kind, name, columns):
        if kind == "dice":
            self.standardize_make(f"{name}/dice", columns)
        if kind in ("dice", "prelu"):
            self.weight("dense", f"{name}/{kind}/slope", columns)

    def activate(self, kind, name, x, training):
        if kind == "dice":
            p = torch.sigmoid(self.standardize(f"{name}/dice", x, training))
            return x * (p + (1 - p) * self.dense[f"{name}/dice/slope"])
        if kind == "prelu":
            return torch.nn.functional.prelu(x, self.dense[f"{name}/prelu/slope"])
        return torch.sigmoid(x) if kind == "sigmoid" else torch.relu(x)

    def drop(self, name, x, training):
        if not self.dropout or not training:
            return x
        drawn = [uniforms(x.shape[1], SEED, key(f"dropout {name}"), self.step, row) for row in range(len(x))]
        return x * (torch.tensor(drawn) >= self.dropout) / (1 - self.dropout)

    def mlp_make(self, inputs, hidden, activation):
        self.activation, self.layers = self.hidden_activation or activation, len(hidden)
        for layer, outputs in enumerate(hidden):
            self.linear(f"mlp/{layer}", inputs, outputs)
            if self.hidden_norm:
                self.norm_make(f"mlp/{layer}/norm", outputs)
            self.activation_make(self.activation, f"mlp/{layer}", outputs)
            inputs = outputs
        self.linear(f"mlp/{self.layers}", inputs, 1)

    def mlp(self, x, training):
        for layer in range(self.layers):
            name = f"mlp/{layer}"
            x = self.apply_linear(name, x)
            if self.hidden_norm:
                x = self.norm(f"{name}/norm", x, training)
            x = self.drop(name, self.activate(self.activation, name, x, training), training)
        return self.apply_linear(f"mlp/{self.layers}", x)[:, 0]

    # Attention over the entries of each sample.

    def attention_make(self, name, inputs, attention):
        self.linear(f"{name}/0", inputs, attention[0])
        self.activation_make(self.attention_activation, f"{name}/0", attention[0])
        self.linear(f"{name}/1", attention[0], attention[1])
        self.activation_make(self.attention_activation, f"{name}/1", attention[1])
        self.linear(f"{name}/2", attention[1], 1)

    def attend(self, name, queries, keys, original, training):
        """For each sample the weighted sum of its `keys`; statistics of activations are those of all pairs."""
        query = torch.cat([queries[b].expand(len(own), -1) for b, own in enumerate(keys)])
        key = torch.cat(keys)
        h = torch.cat([query, key, query - key, query * key] if original else [query, key], 1)
        for layer in range(2):
            h = self.apply_linear(f"{name}/{layer}", h)
            h = self.activate(self.attention_activation, f"{name}/{layer}", h, training)
        scores = self.apply_linear(f"{name}/2", h)[:, 0].split([len(own) for own in keys])
        return torch.stack([torch.softmax(score, 0) @ own for score, own in zip(scores, keys)])

    # The first order: one weight per feature value.

    def first_order_make(self, prefix=""):
        self.weight("dense", f"{prefix}bias", 1)
        if self.genome:
            self.linear(f"{prefix}genome", self.genome, 1, bias=False)
        for name, rows in [("user", USERS), ("item", ITEMS), ("category", CATEGORIES)]:
            self.weight("tables", f"{prefix}{name}", rows, 1)
        for history in self.histories:
            self.weight("tables", f"{prefix}history_{history}_item", ITEMS, 1)
            self.weight("tables", f"{prefix}history_{history}_category", CATEGORIES, 1)
            if self.features:
                self.weight("tables", f"{prefix}history_{history}_brand", ROWS["brand"], 1)
            self.events_make(1, f"{prefix}history_{history}_")
        if self.features:
            self.weight("tables", f"{prefix}brand", ROWS["brand"], 1)
        for owner in FIELDS:
            self.features_make(owner, 1, prefix)

    def first_order(self, world, batch, prefix=""):
        t = self.tables
        z = self.dense[f"{prefix}bias"] + t[f"{prefix}user"][batch["users"].astype(np.int64), 0]
        z = z + t[f"{prefix}item"][batch["candidates"].astype(np.int64), 0]
        z = z + category_mean(t[f"{prefix}category"], world, batch["candidates"])[:, 0]
        if self.genome:
            z = z + self.apply_linear(f"{prefix}genome", torch.as_tensor(batch["genomes"]))[:, 0]
        for history in self.histories:
            means = []
            for b in range(BATCH):
                own = entries(batch, history, b).astype(np.int64)
                weights = t[f"{prefix}history_{history}_item"][own, 0] + category_mean(
                    t[f"{prefix}history_{history}_category"], world, own
                ).sum(1)
                if self.features:
                    weights = weights + list_mean(
                        t[f"{prefix}history_{history}_brand"], world.brand, own).sum(1)
                for term in self.event_values(batch, history, b, 1, f"{prefix}history_{history}_"):
                    weights = weights + term[:, 0]
                means.append(weights.mean() if len(own) else torch.zeros(()))
            z = z + torch.stack(means)
        if self.features:
            z = z + list_mean(t[f"{prefix}brand"], world.brand, batch["candidates"])[:, 0]
        for owner in FIELDS:
            for term in self.feature_values(owner, batch, 1, prefix):
                z = z + term[:, 0]
        return z

    # Fields of equal width.

    def fields_make(self, item, category):
        self.width = self.encoded(item, category)
        self.user_make(self.width)
        self.encoder_make(item, category)
        self.fields = (2 if self.user else 1) + len(self.histories) + (1 if self.genome else 0)
        if self.genome:
            self.linear("genome", self.genome, self.width, bias=False)
        if self.features:
            self.fields += sum(len(specs) for specs in FIELDS.values())
        for owner in ("items", "users", "samples"):
            self.features_make(owner, self.width)
        self.events_make(self.width)
        self.columns = self.user + (1 + len(self.histories) + (1 if self.genome else 0)) * self.width
        if self.features:
            self.columns += self.fields_width(self.width)

    def field_values(self, world, batch):
        fields = self.user_values(batch)
        for history in self.histories:
            sums = [
                sum(
                    self.event_values(batch, history, b, self.width),
                    self.encode(world, entries(batch, history, b)),
                ).sum(0)
                for b in range(BATCH)
            ]
            fields.append(torch.stack(sums))
        fields.append(self.encode(world, batch["candidates"]))
        if self.genome:
            fields.append(self.apply_linear("genome", torch.as_tensor(batch["genomes"])))
        for owner in ("items", "users", "samples"):
            fields += self.feature_values(owner, batch, self.width)
        return torch.cat(fields, 1)

    def pairs(self, x):
        """The two fields of each pair i < j: [B, pairs, width] each."""
        v = x.reshape(len(x), self.fields, self.width)
        i, j = torch.triu_indices(self.fields, self.fields, 1)
        return v[:, i], v[:, j]


class LR(Model):
    def __init__(self, rng, histories, item, category, hidden, genome=0):
        super().__init__(rng, histories, genome)
        self.first_order_make()

    def forward(self, world, batch, training):
        return self.first_order(world, batch)


class WideDeep(Model):
    def __init__(self, rng, histories, item, category, hidden, genome=0):
        super().__init__(rng, histories, genome)
        self.fields_make(item, category)
        columns = (self.fields + self.fields * (self.fields - 1) // 2) * self.width
        self.input_norm_make(columns)
        self.linear("wide", columns, 1)
        self.mlp_make(self.fields * self.width, hidden, "prelu")

    def forward(self, world, batch, training):
        v = self.field_values(world, batch)
        a, b = self.pairs(v)
        x = self.of_inputs(torch.cat([v, (a * b).flatten(1)], 1), training)
        return self.apply_linear("wide", x)[:, 0] + self.mlp(x[:, : v.shape[1]], training)


class DeepFM(Model):
    def __init__(self, rng, histories, item, category, hidden, genome=0):
        super().__init__(rng, histories, genome)
        self.first_order_make("first_order_")
        self.fields_make(item, category)
        columns = self.fields * self.width
        self.input_norm_make(columns + self.fields * (self.fields - 1) // 2)
        self.mlp_make(columns, hidden, "sigmoid")

    def forward(self, world, batch, training):
        v = self.field_values(world, batch)
        a, b = self.pairs(v)
        x = self.of_inputs(torch.cat([v, (a * b).sum(2)], 1), training)
        columns = v.shape[1]
        first = self.first_order(world, batch, "first_order_")
        return first + x[:, columns:].sum(1) + self.mlp(x[:, :columns], training)


class PNN(Model):
    def __init__(self, rng, histories, item, category, hidden, genome=0, outer=False):
        super().__init__(rng, histories, genome)
        self.outer = outer
        self.fields_make(item, category)
        pairs = self.fields * (self.fields - 1) // 2
        columns = self.fields * self.width + pairs * (self.width**2 if outer else 1)
        self.input_norm_make(columns)
        self.mlp_make(columns, hidden, "prelu")

    def forward(self, world, batch, training):
        v = self.field_values(world, batch)
        a, b = self.pairs(v)
        products = torch.einsum("bpi,bpj->bpij", a, b) if self.outer else torch.einsum("bpi,bpi->bp", a, b)
        return self.mlp(self.of_inputs(torch.cat([v, products.flatten(1)], 1), training), training)


class DCNv2(Model):
    def __init__(self, rng, histories, item, category, hidden, genome=0, crossings=2):
        super().__init__(rng, histories, genome)
        self.fields_make(item, category)
        self.crossings = crossings
        columns = self.columns
        for crossing in range(crossings):
            self.linear(f"cross/{crossing}", columns, columns)
        self.input_norm_make(columns)
        self.mlp_make(columns, hidden, "prelu")

    def forward(self, world, batch, training):
        x0 = x = self.field_values(world, batch)
        for crossing in range(self.crossings):
            x = x0 * self.apply_linear(f"cross/{crossing}", x) + x
        return self.mlp(self.of_inputs(x, training), training)


class DIN(Model):
    def __init__(self, rng, histories, item, category, hidden, genome=0, attention=(8, 6), original=False):
        super().__init__(rng, histories, genome)
        self.original = original
        self.user_make(4)
        self.encoder_make(item, category)
        width = self.encoded(item, category)
        # The features' own width: with the original input events' are as wide as the item, and added.
        self.vector = width
        self.own, self.event = category, width if original else category
        for owner in FIELDS:
            self.features_make(owner, category)
        self.events_make(self.event)
        keys = width + (len(EVENTS) * category if self.features and not original else 0)
        for history in histories:
            inputs = width + (3 * width if original else keys)
            self.attention_make(f"attention/{history}", inputs, attention)
        if genome:
            self.linear("genome", genome, width, bias=False)
        inputs = self.user + (2 if self.history_sum else 1) * len(histories) * keys + (2 if genome else 1) * width
        if self.features:
            inputs += self.fields_width(category)
        self.input_norm_make(inputs)
        self.mlp_make(inputs, hidden, "dice")

    def forward(self, world, batch, training):
        candidate = self.encode(world, batch["candidates"])
        fields = self.user_values(batch)
        fields += self.feature_values("users", batch, self.own)
        for history in self.histories:
            keys = []
            for b in range(BATCH):
                own = self.encode(world, entries(batch, history, b))
                events = self.event_values(batch, history, b, self.event)
                keys.append(sum(events, own) if self.original else torch.cat([own, *events], 1))
            fields.append(self.attend(f"attention/{history}", candidate, keys, self.original, training))
            if self.history_sum:
                fields.append(torch.stack([own.sum(0) for own in keys]))
        fields.append(candidate)
        if self.genome:
            fields.append(self.apply_linear("genome", torch.as_tensor(batch["genomes"])))
        for owner in ("items", "samples"):
            fields += self.feature_values(owner, batch, self.own)
        return self.mlp(self.of_inputs(torch.cat(fields, 1), training), training)


class EdgeRec(Model):
    def __init__(
        self, rng, histories, item, category, hidden, genome=0, attention=(8, 6), recurrent=6, action=2
    ):
        super().__init__(rng, histories, genome)
        self.recurrent = recurrent
        self.user_make(4)
        self.encoder_make(item, category)
        self.weight("dense", "action/weight", ACTIONS, action)
        width = self.encoded(item, category)
        self.own, self.vector = category, width
        for owner in FIELDS:
            self.features_make(owner, category)
        self.events_make(category)
        entry = width + (len(EVENTS) * category if self.features else 0)
        for history, inputs in zip(histories, (entry, entry + action)):
            self.linear(f"gru/{history}/input", inputs, 3 * recurrent)
            self.linear(f"gru/{history}/recurrent", recurrent, 3 * recurrent)
            self.attention_make(f"attention/{history}", width + recurrent, attention)
        if genome:
            self.linear("genome", genome, width, bias=False)
        inputs = self.user + 2 * recurrent + (2 if genome else 1) * width
        if self.features:
            inputs += self.fields_width(category)
        self.input_norm_make(inputs)
        self.mlp_make(inputs, hidden, "prelu")

    def states(self, history, inputs):
        gru = torch.nn.GRU(inputs.shape[1], self.recurrent)
        weights = {
            f"{kind}_{part}_l0": self.dense[f"gru/{history}/{name}/{kind}"].t()
            for part, name in (("ih", "input"), ("hh", "recurrent"))
            for kind in ("weight", "bias")
        }
        return torch.func.functional_call(gru, weights, (inputs,))[0]

    def forward(self, world, batch, training):
        candidate = self.encode(world, batch["candidates"])
        fields = self.user_values(batch)
        fields += self.feature_values("users", batch, self.own)
        for history in self.histories:
            keys = []
            for b in range(BATCH):
                inputs = self.encode(world, entries(batch, history, b))
                if history == "actions":
                    kinds = entries(batch, history, b, "actions").astype(np.int64)
                    inputs = torch.cat([inputs, self.dense["action/weight"][kinds]], 1)
                inputs = torch.cat([inputs, *self.event_values(batch, history, b, self.own)], 1)
                # nn.GRU wants an entry
                keys.append(self.states(history, inputs) if len(inputs) else torch.zeros(0, self.recurrent))
            fields.append(self.attend(f"attention/{history}", candidate, keys, False, training))
        fields.append(candidate)
        if self.genome:
            fields.append(self.apply_linear("genome", torch.as_tensor(batch["genomes"])))
        for owner in ("items", "samples"):
            fields += self.feature_values(owner, batch, self.own)
        return self.mlp(self.of_inputs(torch.cat(fields, 1), training), training)


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
            group[f"{part}/{name}"] = tensor.detach().numpy().astype(np.float32)


def write_case(file, name, kind, model, world):
    case = file.create_group(name)
    case.attrs["loss"] = kind
    case["category_offsets"] = world.category_offsets.astype(np.int32)
    case["categories"] = world.categories
    if world.features:
        for key, value in world.brand.items():
            case[f"brand_{key}"] = value.astype(np.int32)
    for index, batch in enumerate(world.batches):
        for key, value in batch.items():
            case[f"batch_{index}/{key}"] = value.astype(np.int32) if value.dtype != np.float64 else value
    write_tensors(case.create_group("initial"), model)
    initial_statistics = dict(model.statistics)
    for mode, training in (("batch", True), ("moving", False)):
        model.statistics = dict(initial_statistics)
        model.step = 1
        logits, loss, found = gradients(model, world, world.batches[0], kind, training)
        case[f"{mode}/logits"] = logits.numpy()
        case[f"{mode}/loss"] = loss.numpy()
        for (group, tensor), gradient in found.items():
            case[f"{mode}/gradients/{group}/{tensor}"] = gradient.numpy().astype(np.float32)
    model.statistics = dict(initial_statistics)
    losses = []
    for step in range(STEPS):
        model.step = step + 1
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
        sizes = dict(item=5, category=3, hidden=(10, 7))
        one, two = ["positive"], ["positive", "negative"]
        cases = [
            ("lr", LR, "cross_entropy", one, {}),
            ("lr_two_histories_genome", LR, "squared_error", two, dict(genome=6)),
            ("wide_deep", WideDeep, "cross_entropy", one, {}),
            ("wide_deep_two_histories_genome", WideDeep, "squared_error", two, dict(genome=6)),
            ("deepfm", DeepFM, "squared_error", one, {}),
            ("deepfm_two_histories_genome", DeepFM, "cross_entropy", two, dict(genome=6)),
            ("pnn", PNN, "cross_entropy", two, {}),
            ("pnn_outer_genome", PNN, "cross_entropy", one, dict(outer=True, genome=6)),
            ("dcnv2", DCNv2, "cross_entropy", two, {}),
            ("din", DIN, "cross_entropy", one, {}),
            ("din_two_histories", DIN, "squared_error", two, {}),
            ("din_original_genome", DIN, "cross_entropy", two, dict(original=True, genome=6)),
            ("edgerec", EdgeRec, "cross_entropy", ["exposures", "actions"], {}),
            ("edgerec_genome", EdgeRec, "squared_error", ["exposures", "actions"], dict(genome=6)),
        ]
        edge = ["exposures", "actions"]
        with_features = [
            ("lr_features", LR, "cross_entropy", one, {}),
            ("wide_deep_features", WideDeep, "cross_entropy", two, {}),
            ("deepfm_features", DeepFM, "cross_entropy", one, dict(genome=6)),
            ("pnn_features", PNN, "squared_error", one, {}),
            ("dcnv2_features", DCNv2, "cross_entropy", one, {}),
            ("din_features", DIN, "cross_entropy", two, dict(genome=6)),
            ("din_original_features", DIN, "squared_error", one, dict(original=True)),
            ("edgerec_features", EdgeRec, "cross_entropy", edge, {}),
        ]
        for name, model, *rest in with_features:
            cases.append((name, type(model.__name__, (model,), {"features": True}), *rest))
        choices = [
            ("deepfm_norm", DeepFM, "cross_entropy", one, dict(hidden_norm=True)),
            ("wide_deep_dropout", WideDeep, "squared_error", two, dict(dropout=0.4)),
            ("pnn_norm_dropout", PNN, "cross_entropy", one, dict(hidden_norm=True, dropout=0.25, user=0)),
            ("dcnv2_widths", DCNv2, "cross_entropy", one,
             dict(features=True, user=5, widths=dict(income=4, price=2, place=3, screen=6))),
            ("din_dice", DIN, "cross_entropy", two, dict(attention_activation="dice", history_sum=False)),
            ("din_prelu", DIN, "squared_error", one, dict(attention_activation="prelu", user=0)),
            ("din_relu", DIN, "cross_entropy", one, dict(
                attention_activation="relu", history_sum=False, hidden_norm=True, dropout=0.3, features=True)),
            ("din_original_dice", DIN, "cross_entropy", one, dict(attention_activation="dice")),
            ("edgerec_dice", EdgeRec, "cross_entropy", edge, dict(attention_activation="dice", dropout=0.2)),
            ("wide_deep_plain", WideDeep, "cross_entropy", one, dict(input_norm=False)),
            ("deepfm_plain_relu", DeepFM, "cross_entropy", one, dict(
                input_norm=False, hidden_activation="relu", features=True)),
            ("pnn_plain_dice", PNN, "squared_error", one, dict(
                input_norm=False, hidden_activation="dice", momentum=0.9, corrected=True)),
            ("dcnv2_plain_norm", DCNv2, "cross_entropy", one, dict(
                input_norm=False, hidden_activation="relu", hidden_norm=True, momentum=0.8, corrected=True)),
            ("din_corrected", DIN, "cross_entropy", one, dict(
                attention_activation="dice", momentum=0.95, corrected=True)),
            ("din_plain_sigmoid", DIN, "cross_entropy", two, dict(
                input_norm=False, hidden_activation="sigmoid")),
            ("edgerec_plain", EdgeRec, "cross_entropy", edge, dict(input_norm=False, hidden_activation="relu")),
        ]
        for name, model, loss, histories, chosen in choices:
            options = dict(original=True) if "original" in name else {}
            cases.append((name, type(model.__name__, (model,), chosen), loss, histories, options))
        for index, (name, kind_of_model, loss, histories, options) in enumerate(cases):
            rng = np.random.default_rng(20 + index)
            world = World(rng, histories, options.get("genome", 0), kind_of_model.features)
            model = kind_of_model(rng, histories, **sizes, **options)
            write_case(file, name, loss, model, world)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "model_numbers.h5")
