"""A step of cloud training in JAX: forward, backward and SGD in one compiled program.

Histories are padded, as a whole, to the same number of entries in every batch; padding belongs to a sample behind the last,
whose sums and gradients are dropped.
"""
from itertools import groupby

import numpy as np

from batches import batch, blocks, entries, fitted, running
from layers import EPSILON
from networks import cell
from training import KEPT, Training


class BatchLayers:
    """Layers that normalise by the batch; `found` are its means and variances."""

    def __init__(self, o, dense):
        self.o, self.dense, self.found, self.sigmoid = o, dense, {}, o.sigmoid

    def linear(self, name, x):
        return self.o.linear(x, self.dense[f"{name}/weight"], self.dense[f"{name}/bias"])

    def normalized(self, name, x):
        mean = x.mean(0)
        variance = ((x - mean) ** 2).mean(0)
        self.found |= {f"{name}/moving_mean": mean, f"{name}/moving_variance": variance}
        return (x - mean) * (variance + EPSILON) ** -0.5

    def batch_norm(self, name, x):
        return self.normalized(name, x) * self.dense[f"{name}/scale"] + self.dense[f"{name}/shift"]

    def prelu(self, name, x):
        return self.o.relu(x) + self.o.low(x) * self.dense[f"{name}/slope"]

    def dice(self, name, x):
        open = x * self.o.sigmoid(self.normalized(name, x))
        return open + (x - open) * self.dense[f"{name}/slope"]


class JAXTraining(Training):
    def __init__(self, o, model, data, weights, rate):
        self.o, self.model, self.data, self.rate = o, model, data, rate
        self.state = [{k: o.array(v) for k, v in d.items()} for d in (weights.dense, weights.moving, weights.tables)]
        self.most = {kind: int(h.length.max(initial=1)) for kind, h in data.histories.items()}
        self.room = {kind: 0 for kind in self.most}
        self.blocks = {kind: () for kind in self.most}
        self.compiled = o.jax.jit(self.program, donate_argnums=(0, 1, 2), static_argnums=(4,))

    def weights(self):
        dense, moving, tables = self.state
        return {k: self.o.numpy(v) for k, v in (
            dense | moving | {f"embeddings/{k}": v for k, v in tables.items()}).items()}

    def step(self, rows):
        b = batch(self.data, rows, entries)
        for kind, h in b["histories"].items():
            if self.model == "EdgeRec":
                length = self.data.histories[kind].length[rows]
                h |= blocks(h, length, self.sizes(kind, length))
            self.room[kind] = max(self.room[kind], self.usual(kind, len(rows)), -(-len(h["item"]) // 512) * 512)
            h = fitted(h, self.room[kind])
            b["histories"][kind] = {name: narrowed(value) for name, value in h.items() if name != "most"}
        b = {k: v if k == "histories" else narrowed(v) for k, v in b.items()}
        *self.state, loss = self.compiled(*self.state, b, tuple(self.blocks.items()))
        return loss

    def usual(self, kind, samples):
        """Entries that hardly any batch has more of: every larger one would be compiled for anew."""
        length = self.data.histories[kind].length
        return int(np.ceil((samples * length.mean() + 4 * np.sqrt(samples) * length.std()) / 512)) * 512

    def sizes(self, kind, length):
        """Rows of the blocks of a packed history, likewise: powers of two, which compile into few loops."""
        usual = np.zeros(self.most[kind])
        all_running = running(self.data.histories[kind].length)
        usual[:len(all_running)] = all_running * (len(length) / len(self.data.user))
        needed = usual + 4 * np.sqrt(usual)
        found = running(length)
        needed[:len(found)] = np.maximum(needed[:len(found)], found)
        rows = np.minimum(2 ** np.ceil(np.log2(np.maximum(needed, 1))), len(length)).astype(int)
        self.blocks[kind] = tuple(int(n) for n in np.maximum(rows, self.blocks[kind] or 0))
        return np.array(self.blocks[kind])

    def program(self, dense, moving, tables, b, sizes):
        o, jax = self.o, self.o.jax
        self.tables = tables
        shapes, updates = [], []
        for kind, of_kind in sizes:
            b["histories"][kind]["sizes"] = of_kind

        def probe():
            self.dense, self.layers = dense, BatchLayers(o, dense)
            self.logits(b, lambda value, *to: shapes.append(value.shape) or updates.append(to) or value)

        def loss(dense, taps):
            self.dense, self.layers, taps = dense, BatchLayers(o, dense), iter(taps)
            z = self.logits(b, lambda value, *to: value + next(taps))
            return (o.softplus(z) - b["label"] * z).mean(), self.layers.found

        jax.eval_shape(probe)
        taps = [self.o.zeros(*shape) for shape in shapes]
        (value, found), (gradients, rows) = jax.value_and_grad(loss, argnums=(0, 1), has_aux=True)(dense, taps)
        dense = {k: v - self.rate * gradients[k] for k, v in dense.items()}
        moving = {k: KEPT * v + (1 - KEPT) * found[k] for k, v in moving.items()}
        for gradient, to in zip(rows, updates):
            for table, index, columns, sample in to:
                g = gradient[:, columns] * -self.rate
                g = g if sample is None else g.at[sample].get(mode="fill", fill_value=0)
                tables = tables | {table: tables[table].at[index].add(g)}
        return dense, moving, tables, value

    def bag(self, table, index, h):
        return self.o.segments(self.o.take(self.tables[table], index), h["sample"], len(h["count"]))

    def shares(self, scores, h, samples):
        jax, jnp = self.o.jax, self.o.jnp
        most = max(self.most.values())
        place = h["sample"] * most + h["place"]
        dense = jnp.zeros(samples * most).at[place].add(scores, mode="drop").reshape(samples, most)
        there = jnp.arange(most) < h["count"][:, None]
        return jax.nn.softmax(jnp.where(there, dense, -1e30), 1).reshape(-1).at[place].get(mode="fill", fill_value=0)

    def states(self, kind, k, history):
        """All samples that are still running take a step in one product; blocks of one size are one loop."""
        o, begin, states = self.o, 0, []
        inputs = self.layers.linear(f"gru/{kind}/input", o.take(k, history["entry"]))
        h = o.zeros(history["sizes"][0], inputs.shape[1] // 3)

        def step(h, x):
            h = cell(o, x, self.layers.linear(f"gru/{kind}/recurrent", h), h)
            return h, h

        for n, steps in ((n, len(list(same))) for n, same in groupby(history["sizes"]) if n):
            x = inputs[begin:begin + n * steps].reshape(steps, n, -1)
            h, block = o.jax.lax.scan(step, h[:n], x)
            states.append(block.reshape(steps * n, -1))
            begin += n * steps
        return o.take(o.cat(states, 0), history["row"])


def narrowed(value):
    return value if value.dtype == np.float32 else value.astype(np.int32)
