"""What lcft's models see of a sample, in PyTorch: encoded items, histories, fields and the first order (docs/models.md).

The networks of both libraries and the rival share it, so that they differ in what comes after it. An item is encoded once
per batch however often its histories have it, which is faster than what either library does by itself.
"""
import torch
from torch import nn


def glorot(weight):
    """Uniform in [-a, a), a = sqrt(6 / (rows + columns)): how all of lcft's weights and tables begin."""
    nn.init.xavier_uniform_(weight)


class Table(nn.Module):
    """Embeddings of `rows` rows; row 0 is padding and stays zero, row v + 1 is the value v."""

    def __init__(self, rows, width, sparse=False):
        super().__init__()
        self.embedding = nn.Embedding(rows + 1, width, padding_idx=0, sparse=sparse)
        self.begin()

    def begin(self, std=None):
        with torch.no_grad():
            values = self.embedding.weight[1:]
            glorot(values) if std is None else nn.init.normal_(values, std=std)

    def forward(self, values):
        return self.embedding(values)

    def mean(self, values):
        """[.. x K] padded lists: the mean of each list's embeddings, zero for an empty one."""
        if values.shape[-1] == 1:
            return self.embedding(values[..., 0])
        count = (values != 0).sum(-1, keepdim=True).clamp(min=1)
        return self.embedding(values).sum(-2) / count


class Number(nn.Module):
    """x w, or m where x is missing."""

    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1, width))
        self.missing = nn.Parameter(torch.empty(1, width))
        glorot(self.weight)
        glorot(self.missing)

    def forward(self, numbers, missing):
        return torch.where(missing[:, None], self.missing, numbers * self.weight)


class Vector(nn.Module):
    def __init__(self, inputs, width):
        super().__init__()
        self.linear = nn.Linear(inputs, width, bias=False)
        glorot(self.linear.weight)

    def forward(self, numbers, missing):
        return self.linear(numbers)


class Encoder(nn.Module):
    """Tables by name and width, and what they make of a batch.

    `aligned`: every field is as wide as an encoded item, as models that multiply fields need it. `sparse`: gradients of
    tables hold the batch's rows only, for SparseAdam.
    """

    def __init__(self, samples, item=16, feature=16, user=16, aligned=False, sparse=False):
        super().__init__()
        self.samples = samples
        self.encoded = [f for f in samples.of("items") if f.kind == "values"]
        self.width = item + feature * len(self.encoded)
        self.sparse = sparse
        self.tables = nn.ModuleDict()
        self.dense = nn.ModuleDict()
        self.table("item", samples.item_count, item)
        for f in self.encoded:
            self.table(f.table, f.table_rows, feature)
        own = self.width if aligned else feature
        self.user_width = self.width if aligned and user else user
        if user:
            self.table("user", samples.user_count, self.user_width)
        self.fields = []  # features of users, candidates and samples that are fields of their own
        for f in samples.of("users") + [f for f in samples.of("items") if f.kind != "values"] + samples.of("samples"):
            wide = self.width if f.kind == "vector" else own
            self.fields.append((f, wide))
            if f.kind == "values":
                self.table(f.table, f.table_rows, wide)
            else:
                self.dense[key(f)] = Number(wide) if f.kind == "number" else Vector(f.numbers.shape[1], wide)

    def table(self, name, rows, width):
        if name in self.tables and self.tables[name].embedding.embedding_dim != width:
            raise SystemExit(f"features that share the table {name} need one width")
        if name not in self.tables:
            self.tables[name] = Table(rows, width, self.sparse)

    def items(self, rows):
        """Encoded items [n x width]."""
        parts = [self.tables["item"](rows + 1)]
        parts += [self.tables[f.table].mean(f.values[rows]) for f in self.encoded]
        return torch.cat(parts, -1)

    def candidates_and_histories(self, batch):
        """[B x width] and per history [B x L x width], zero where padded."""
        shapes = [batch.item] + [h[0] for h in batch.histories]
        distinct, places = torch.cat([s.flatten() for s in shapes]).unique(return_inverse=True)
        encoded = self.items(distinct)
        parts, start = [], 0
        for shape in shapes:
            parts.append(encoded[places[start : start + shape.numel()]].view(*shape.shape, self.width))
            start += shape.numel()
        return parts[0], [k * h[1][..., None] for k, h in zip(parts[1:], batch.histories)]

    def user(self, batch):
        """The user's embedding [B x user width], or an empty list."""
        return [self.tables["user"](batch.user + 1)] if self.user_width else []

    def owned(self, owner, batch):
        """The fields of an owner's features, a list of [B x width]."""
        fields = []
        for f, _ in self.fields:
            if f.owner == owner and f.kind == "values":
                fields.append(self.tables[f.table].mean(batch.fields[f.path]))
            elif f.owner == owner:
                fields.append(self.dense[key(f)](*batch.fields[f.path]))
        return fields

    @property
    def field_columns(self):
        return sum(width for _, width in self.fields)

    @property
    def field_count(self):
        """Fields of `aligned_fields`."""
        return len(self.fields) + len(self.samples.histories) + (2 if self.user_width else 1)

    def aligned_fields(self, batch):
        """[user ; sum of each history ; candidate ; its numbers ; user's ; sample's features], [B x F x width]."""
        candidate, histories = self.candidates_and_histories(batch)
        fields = self.user(batch) + [k.sum(1) for k in histories] + [candidate]
        for owner in ("items", "users", "samples"):
            fields += self.owned(owner, batch)
        return torch.stack(fields, 1)


class FirstOrder(nn.Module):
    """A weight per value, a weight times a number; histories have weights of their own and count as means."""

    def __init__(self, samples, user=True, sparse=False):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))
        self.encoder = Encoder(samples, 1, 1, 1 if user else 0, sparse=sparse)
        self.histories = nn.ModuleList(
            Encoder(samples, 1, 1, 0, sparse=sparse) for _ in samples.histories)

    def forward(self, batch):
        terms = self.encoder.user(batch) + [self.encoder.items(batch.item)]
        for encoder, (items, mask) in zip(self.histories, batch.histories):
            weights = encoder.items(items).sum(-1) * mask
            terms.append(weights.sum(1, keepdim=True) / mask.sum(1, keepdim=True).clamp(min=1))
        for owner in ("items", "users", "samples"):
            terms += self.encoder.owned(owner, batch)
        return self.bias + torch.cat(terms, 1).sum(1)


def key(feature):
    return f"{feature.owner}_{feature.name}"
