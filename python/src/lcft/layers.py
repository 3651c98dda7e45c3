"""Layers as a checkpoint holds them, in an ONNX graph. B samples, T entries of a history."""

from __future__ import annotations

from itertools import combinations
from typing import Set

import numpy as np

from .errors import MismatchError
from .graph import Graph
from .storage import Array
from .weights import Weights

#: Added to variances, as in Sources/Models/Layers/Standardization.swift.
EPSILON = np.float32(1e-3)


class LayerGraph(Graph):
    """A graph of layers over the weights of one model. It notes which weights it takes."""

    def __init__(self, weights: Weights):
        super().__init__()
        self.weights = weights
        self.taken: Set[str] = set()

    # Weights.

    def has(self, name: str) -> bool:
        """Whether there is a dense weight of this name."""
        return name in self.weights.dense

    def has_table(self, name: str) -> bool:
        """Whether there is an embedding table of this name."""
        return name in self.weights.embeddings

    def dense(self, name: str) -> Array:
        """The dense weight or statistic of this name."""
        return self._take("dense", name, self.has(name))

    def table(self, name: str) -> Array:
        """The embedding table of this name."""
        return self._take("embeddings", name, self.has_table(name))

    def _take(self, group: str, name: str, is_there: bool) -> Array:
        if not is_there:
            raise MismatchError(
                f"the checkpoint has no {group}/{name}, which its model would have with the features of the data set; "
                "give the data set that it was trained on"
            )
        self.taken.add(f"{group}/{name}")
        values: Array = (self.weights.dense if group == "dense" else self.weights.embeddings)[name]
        return values

    def weight(self, name: str) -> str:
        """A dense weight as a constant of the graph."""
        return self.constant(self.dense(name), f"dense/{name}")

    # Layers on [B, columns].

    def linear(self, name: str, x: str, bias: bool = True) -> str:
        """x W + b."""
        y = self.op("MatMul", x, self.weight(f"{name}/weight"))
        return self.op("Add", y, self.weight(f"{name}/bias")) if bias else y

    def standardized(self, name: str, x: str) -> str:
        """(x - moving mean) / sqrt(moving variance + epsilon)."""
        inverse = 1 / np.sqrt(self.dense(f"{name}/moving_variance") + EPSILON)
        centred = self.op("Sub", x, self.weight(f"{name}/moving_mean"))
        return self.op("Mul", centred, self.constant(inverse, f"dense/{name}/inverse_deviation"))

    def batch_norm(self, name: str, x: str) -> str:
        """scale x^ + shift."""
        scaled = self.op("Mul", self.standardized(name, x), self.weight(f"{name}/scale"))
        return self.op("Add", scaled, self.weight(f"{name}/shift"))

    def input_norm(self, x: str) -> str:
        """Batch norm of a model's inputs, where the model has it."""
        return self.batch_norm("input_norm", x) if self.has("input_norm/scale") else x

    def prelu(self, name: str, x: str) -> str:
        """max(x, 0) + slope min(x, 0)."""
        return self.op("PRelu", x, self.weight(f"{name}/slope"))

    def dice(self, name: str, x: str) -> str:
        """x (p + (1 - p) slope), p = sigmoid(x^)."""
        p = self.op("Sigmoid", self.standardized(name, x))
        rest = self.op("Mul", self.op("Sub", self.floats(1), p), self.weight(f"{name}/slope"))
        return self.op("Mul", x, self.op("Add", p, rest))

    def activation(self, kind: str, name: str, x: str) -> str:
        """What follows the hidden layer `name`: `sigmoid`, `relu`, or with weights of its own `dice` or `prelu`."""
        if kind == "sigmoid":
            return self.op("Sigmoid", x)
        if kind == "relu":
            return self.op("Relu", x)
        return self.dice(f"{name}/dice", x) if kind == "dice" else self.prelu(f"{name}/prelu", x)

    def perceptron(self, x: str, activation: str, name: str = "mlp") -> str:
        """Linear layers, after each but the last batch norm, where the model has it, and an activation: [B, 1]."""
        layer = 0
        while self.has(f"{name}/{layer + 1}/weight"):
            hidden = f"{name}/{layer}"
            x = self.linear(hidden, x)
            if self.has(f"{hidden}/norm/scale"):
                x = self.batch_norm(f"{hidden}/norm", x)
            x = self.activation(activation, hidden, x)
            layer += 1
        return self.linear(f"{name}/{layer}", x)

    def products(self, kind: str, x: str, fields: int, width: int) -> str:
        """[x ; product(v_i, v_j) for i < j] of x [B, fields * width]."""
        pairs = list(combinations(range(fields), 2))
        if not pairs:
            return x
        stacked = self.reshape(x, [0, fields, width])
        first, second = (
            self.op("Gather", stacked, self.integers([pair[side] for pair in pairs]), axis=1)
            for side in (0, 1)
        )
        if kind == "inner":
            products = self.reduce(self.op("Mul", first, second), 2)
        elif kind == "elementwise":
            products = self.reshape(self.op("Mul", first, second), [0, len(pairs) * width])
        else:
            outer = self.op("Mul", self.unsqueeze(first, 3), self.unsqueeze(second, 2))
            products = self.reshape(outer, [0, len(pairs) * width * width])
        return self.concat([x, products])

    def cross(self, name: str, x0: str, x: str) -> str:
        """x0 * (x W + b) + x."""
        return self.op("Add", self.op("Mul", x0, self.linear(name, x)), x)

    # Layers on histories [B, T, columns]; `mask` [B, T] is 1 where there is an entry and 0 at padding.

    def attention(
        self, name: str, query: str, keys: str, mask: str, query_width: int, form: str, activation: str
    ) -> str:
        """DIN's local activation unit: the mean of the keys, weighted by the softmax of their scores; 0 for no entry.

        `form` says what it sees of a query q and a key k: `concatenated` is [q ; k], `original` is
        [q ; k ; q - k ; q * k]. `activation` follows its hidden layers.
        """
        weight = self.dense(f"{name}/0/weight")
        of_query, of_key = weight[:query_width], weight[query_width:]
        if form == "original":
            of_query, of_key, of_difference, of_product = np.split(weight, 4)
            of_query, of_key = of_query + of_difference, of_key - of_difference
        from_query = self.op(
            "Add",
            self.op("MatMul", query, self.constant(of_query, f"dense/{name}/query")),
            self.weight(f"{name}/0/bias"),
        )
        first = self.op(
            "Add",
            self.unsqueeze(from_query, 1),
            self.op("MatMul", keys, self.constant(of_key, f"dense/{name}/key")),
        )
        if form == "original":
            product = self.op("Mul", self.unsqueeze(query, 1), keys)
            weighted = self.op("MatMul", product, self.constant(of_product, f"dense/{name}/product"))
            first = self.op("Add", first, weighted)
        first = self.activation(activation, f"{name}/0", first)
        second = self.activation(activation, f"{name}/1", self.linear(f"{name}/1", first))
        scores = self.squeeze(self.linear(f"{name}/2", second), 2)
        is_entry = self.op("Greater", mask, self.floats(0))
        masked = self.op("Where", is_entry, scores, self.floats(-1e30))
        shares = self.op("Mul", self.op("Softmax", masked, axis=1), mask)
        return self.squeeze(self.op("MatMul", self.unsqueeze(shares, 1), keys), 1)

    def gru(self, name: str, entries: str, mask: str) -> str:
        """The states [B, T, H] of a gated recurrent unit over the entries.

        At padding the update gate is held at 1, so that the state stays: entries may stand anywhere.
        """
        weight, recurrent = self.dense(f"{name}/input/weight"), self.dense(f"{name}/recurrent/weight")
        width = len(recurrent)

        def ordered(values: Array) -> Array:
            """From the gates reset, update, proposal to ONNX's update, reset, proposal; rows are gates."""
            reset, update, proposal = np.split(np.atleast_2d(values).T, 3)
            return np.concatenate([update, reset, proposal])

        hold = np.zeros((3 * width, 1), dtype=np.float32)
        hold[:width] = 1e4
        input_weights = np.concatenate([ordered(weight), hold], axis=1)
        biases = np.concatenate(
            [ordered(self.dense(f"{name}/{part}/bias"))[:, 0] for part in ("input", "recurrent")]
        )
        padding = self.unsqueeze(self.op("Sub", self.floats(1), mask), 2)
        x = self.op("Transpose", self.concat([entries, padding]), perm=[1, 0, 2])
        self._nodes.append(
            self._onnx.helper.make_node(
                "GRU",
                [
                    x,
                    self.constant(input_weights[None], f"dense/{name}/input"),
                    self.constant(ordered(recurrent)[None], f"dense/{name}/recurrent"),
                    self.constant(biases[None], f"dense/{name}/biases"),
                ],
                [f"{name}/states"],
                hidden_size=width,
                linear_before_reset=1,
            )
        )
        return self.op("Transpose", self.squeeze(f"{name}/states", 1), perm=[1, 0, 2])
