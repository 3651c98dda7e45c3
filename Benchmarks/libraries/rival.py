"""The plain PyTorch rival: lcft's five deep models with every choice that a practitioner would try.

With no settings a network is lcft's. The attention works on the entries that there are, not on padding; with `lazy` the
tables follow SparseAdam, which like lcft's Adam touches only the batch's rows.
"""
import functools

import torch
from torch import nn

from encoder import Encoder, FirstOrder, Table, glorot

EPSILON = 1e-3
# What the activation of the hidden layers is where the settings do not say, as in lcft.
ACTIVATIONS = {"DIN": "dice", "DCNv2": "prelu", "DeepFM": "sigmoid", "PNN": "prelu", "WideDeep": "prelu"}


class Norm(nn.BatchNorm1d):
    """Batch norm whose moving statistics are `corrected` for what they began with: in step t they keep
    m (1 - m^(t - 1)) / (1 - m^t) of themselves, not m."""

    def __init__(self, columns, momentum, corrected, affine=True):
        super().__init__(columns, momentum=1 - momentum, eps=EPSILON, affine=affine)
        self.kept, self.corrected, self.steps = momentum, corrected, 0

    def forward(self, x):
        if self.training and self.corrected:
            self.steps += 1
            self.momentum = (1 - self.kept) / (1 - self.kept**self.steps)
        return super().forward(x)


class Dice(nn.Module):
    def __init__(self, columns, norm):
        super().__init__()
        self.norm = norm(columns, affine=False)
        self.slope = nn.Parameter(torch.zeros(columns))

    def forward(self, x):
        p = torch.sigmoid(self.norm(x))
        return x * (p + (1 - p) * self.slope)


def activation(name, columns, norm):
    return {
        "relu": nn.ReLU, "sigmoid": nn.Sigmoid,
        "prelu": lambda: nn.PReLU(columns, init=0.0), "dice": lambda: Dice(columns, norm)}[name]()


def perceptron(inputs, widths, name, norm, normalized=False, dropout=0.0):
    layers = []
    for width in widths:
        layers.append(nn.Linear(inputs, width))
        if normalized:
            layers.append(norm(width))
        layers.append(activation(name, width, norm))
        if dropout:
            layers.append(nn.Dropout(dropout))
        inputs = width
    layers.append(nn.Linear(inputs, 1))
    for layer in layers:
        if isinstance(layer, nn.Linear):
            glorot(layer.weight)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


class Attention(nn.Module):
    """Softmax over the entries of a perceptron on [q ; k], or [q ; k ; q - k ; q * k]."""

    def __init__(self, width, hidden, name, original, norm):
        super().__init__()
        self.original = original
        self.score = perceptron((4 if original else 2) * width, hidden, name, norm)

    def forward(self, query, entries, mask):
        sample, place = mask.nonzero(as_tuple=True)
        if not len(sample):
            return torch.zeros_like(query)
        q, k = query[sample], entries[sample, place]
        pairs = torch.cat([q, k, q - k, q * k] if self.original else [q, k], 1)
        scores = torch.full(mask.shape, -torch.inf)
        scores = scores.index_put((sample, place), self.score(pairs)[:, 0])
        weights = torch.softmax(scores.masked_fill(~mask.any(1, keepdim=True), 0), 1)
        return (weights[..., None] * entries).sum(1)


class Rival(nn.Module):
    DEFAULTS = dict(
        item=16, feature=16, user=16, hidden=[200, 80], attention=[80, 40], attention_activation="sigmoid",
        attention_input="concatenated", history_sum=True, activation=None, input_norm=True, batch_norm=False,
        dropout=0.0, l2=0.0, net_l2=0.0, cross_layers=3, optimizer="adam", learning_rate=1e-3, lazy=False,
        table_std=None, momentum=0.99, corrected=False)

    def __init__(self, kind, samples, settings):
        super().__init__()
        unknown = set(settings) - set(self.DEFAULTS)
        if unknown:
            raise SystemExit(f"unknown settings {sorted(unknown)}; there are {sorted(self.DEFAULTS)}")
        self.kind, self.settings = kind, (s := {**self.DEFAULTS, **settings})
        self.encoder = Encoder(
            samples, s["item"], s["feature"], s["user"], aligned=kind != "DIN", sparse=s["lazy"])
        columns = self.interest_columns() if kind == "DIN" else self.encoder.width * self.encoder.field_count
        joined = columns
        norm = functools.partial(Norm, momentum=s["momentum"], corrected=s["corrected"])
        pairs = torch.triu_indices(self.encoder.field_count, self.encoder.field_count, 1)
        if kind == "DIN":
            self.attentions = nn.ModuleList(
                Attention(
                    self.encoder.width, s["attention"], s["attention_activation"],
                    s["attention_input"] == "original", norm)
                for _ in samples.histories)
        elif kind == "DCNv2":
            self.crossings = nn.ModuleList(nn.Linear(columns, columns) for _ in range(s["cross_layers"]))
            for layer in self.crossings:
                glorot(layer.weight)
                nn.init.zeros_(layer.bias)
        else:
            joined += pairs.shape[1] * (self.encoder.width if kind == "WideDeep" else 1)
        if kind == "DeepFM":
            self.first_order = FirstOrder(samples, user=s["user"] > 0, sparse=s["lazy"])
        if kind == "WideDeep":
            self.wide = perceptron(joined, [], None, norm)
        self.columns, self.pairs = columns, pairs
        self.norm = nn.Identity()
        if s["input_norm"]:
            self.norm = norm(joined)
        self.deep = perceptron(
            joined if kind == "PNN" else columns, s["hidden"], s["activation"] or ACTIVATIONS[kind],
            norm, s["batch_norm"], s["dropout"])
        self.tables = [m for m in self.modules() if isinstance(m, Table)]
        if s["table_std"]:
            for table in self.tables:
                table.begin(s["table_std"])
        self.compile()

    def interest_columns(self):
        """The columns of `interests`."""
        histories = len(self.encoder.samples.histories) * (2 if self.settings["history_sum"] else 1)
        return self.encoder.user_width + self.encoder.width * (1 + histories) + self.encoder.field_columns

    def compile(self):
        s = self.settings
        tables = {id(t.embedding.weight) for t in self.tables}
        rows = [p for p in self.parameters() if id(p) in tables]
        dense = [p for p in self.parameters() if id(p) not in tables]
        if s["optimizer"] == "sgd":
            self.optimizers = [torch.optim.SGD(self.parameters(), lr=s["learning_rate"])]
        elif s["lazy"]:
            self.optimizers = [
                torch.optim.SparseAdam(rows, lr=s["learning_rate"]), torch.optim.Adam(dense, lr=s["learning_rate"])]
        else:
            self.optimizers = [torch.optim.Adam(self.parameters(), lr=s["learning_rate"])]
        self.penalties = [(rows, s["l2"]), (dense, s["net_l2"])]

    def logits(self, batch):
        if self.kind == "DIN":
            return self.deep(self.norm(self.interests(batch)))[:, 0]
        fields = self.encoder.aligned_fields(batch)
        x = fields.flatten(1)
        if self.kind == "DCNv2":
            crossed = x
            for layer in self.crossings:
                crossed = torch.addcmul(crossed, x, layer(crossed))
            return self.deep(self.norm(crossed))[:, 0]
        i, j = self.pairs
        if self.kind == "WideDeep":
            products = (fields[:, i] * fields[:, j]).flatten(1)
        else:
            products = torch.bmm(fields, fields.transpose(1, 2))[:, i, j]
        joined = self.norm(torch.cat([x, products], 1))
        if self.kind == "PNN":
            return self.deep(joined)[:, 0]
        deep = self.deep(joined[:, : self.columns])[:, 0]
        if self.kind == "WideDeep":
            return self.wide(joined)[:, 0] + deep
        return self.first_order(batch) + joined[:, self.columns :].sum(1) + deep

    def interests(self, batch):
        candidate, histories = self.encoder.candidates_and_histories(batch)
        parts = self.encoder.user(batch) + self.encoder.owned("users", batch)
        for attention, entries, (_, mask) in zip(self.attentions, histories, batch.histories):
            parts.append(attention(candidate, entries, mask))
            if self.settings["history_sum"]:
                parts.append(entries.sum(1))
        return torch.cat(
            parts + [candidate] + self.encoder.owned("items", batch) + self.encoder.owned("samples", batch), 1)

    def fit_epoch(self, batches):
        self.train()
        for batch in batches:
            for optimizer in self.optimizers:
                optimizer.zero_grad()
            loss = nn.functional.binary_cross_entropy_with_logits(self.logits(batch), batch.label)
            for weights, factor in self.penalties:
                if factor:
                    loss = loss + factor / 2 * sum(w.square().sum() for w in weights)
            loss.backward()
            for optimizer in self.optimizers:
                optimizer.step()

    def scores(self, batch):
        return self.logits(batch)
