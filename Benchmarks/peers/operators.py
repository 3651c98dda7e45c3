"""The operations that the networks are written with, in PyTorch and in JAX.

Both frameworks are imported where they are used, so that a program that measures one need not have the other.
"""
import os

import numpy as np


def operators(side, threads=1):
    return {"torch": Torch, "jax": JAX}[side](threads)


def each(function, value):
    """A dictionary of dictionaries with every value replaced."""
    return {k: each(function, v) for k, v in value.items()} if isinstance(value, dict) else function(value)


class Torch:
    """A method below is one operation of PyTorch; `JAX` has the same ones."""

    shapes = None  # of chunks of users: as many as there are chunks

    def __init__(self, threads=1):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.sigmoid, self.tanh, self.relu, self.softplus = (
            torch.sigmoid, torch.tanh, torch.relu, torch.nn.functional.softplus)
        self.matmul, self.zeros, self.ones_like = torch.matmul, torch.zeros, torch.ones_like

    def array(self, value):
        value = np.ascontiguousarray(value)
        return self.torch.from_numpy(value if value.dtype == np.float32 else value.astype(np.int64))

    def numpy(self, value):
        return value.detach().numpy()

    def cat(self, parts, axis=-1):
        return self.torch.cat(parts, axis)

    def repeated(self, row, count):
        return row.expand(-1, count, -1)

    def low(self, x):
        return self.torch.clamp(x, max=0)

    def linear(self, x, weight, bias):
        """[.. x inputs] by a weight [inputs x outputs]: one product over all rows."""
        return self.torch.nn.functional.linear(x, weight.t(), bias)

    def product(self, start, a, b, factor):
        """start + factor a b, per user."""
        return self.torch.baddbmm(start, a, b, alpha=factor)

    def take(self, rows, index):
        return rows.index_select(0, index)

    def places(self, rows, index):
        """Per user u, rows[u, index[u]]."""
        return rows.gather(1, index)

    def segments(self, values, index, count):
        """The sums of the rows of `values` with the same index."""
        return self.torch.zeros(count, values.shape[1]).index_add(0, index, values)

    def softmax(self, scores, place, mask):
        """Scores [users x pairs] to their softmax over a sample's entries, at their places in `mask` [users x samples x
        entries], and zeros elsewhere. The place after the last one is padding's."""
        dense = scores.new_full((len(mask), mask[0].numel() + 1), -1e30).scatter(1, place, scores)
        return self.torch.softmax(dense[:, :-1].reshape(mask.shape), 2) * mask[..., :1]

    def scan(self, step, h, *inputs):
        """The states [users x steps x H] after `h` [users x 1 x H]: h <- step(h, one step of each input)."""
        states = []
        for t in range(inputs[0].shape[1]):
            h = step(h, *(x[:, t:t + 1] for x in inputs))
            states.append(h)
        return self.torch.cat(states, 1)

    def pull(self, function):
        """What function(tap) returns, what it recorded, and d -> the gradients at its taps, given that at the output."""
        taps, torch = {}, self.torch

        def tap(name, value):
            taps[name] = value if value.requires_grad else value.detach().requires_grad_()
            return taps[name]

        with torch.enable_grad():
            output, records = function(tap)

        def back(d):
            return dict(zip(taps, torch.autograd.grad(output, list(taps.values()), d, retain_graph=True)))

        return output.detach(), {name: value.detach() for name, value in records.items()}, back


class JAX:
    shapes = 4
    def __init__(self, threads=1):
        os.environ["JAX_PLATFORMS"] = "cpu"
        os.environ["NPROC"] = str(threads)
        if threads == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        import jax

        jnp = jax.numpy
        self.jax, self.jnp = jax, jnp
        self.sigmoid, self.tanh, self.relu, self.softplus = jax.nn.sigmoid, jnp.tanh, jax.nn.relu, jax.nn.softplus
        self.matmul, self.ones_like = jnp.matmul, jnp.ones_like

    def array(self, value):
        value = np.asarray(value)
        return self.jnp.asarray(value if value.dtype == np.float32 else value.astype(np.int32))

    def numpy(self, value):
        return np.asarray(value)

    def cat(self, parts, axis=-1):
        return self.jnp.concatenate(parts, axis)

    def repeated(self, row, count):
        return self.jnp.broadcast_to(row, (row.shape[0], count, row.shape[2]))

    def zeros(self, *shape):
        return self.jnp.zeros(shape)

    def low(self, x):
        return self.jnp.minimum(x, 0)

    def linear(self, x, weight, bias):
        flat = x.reshape(-1, x.shape[-1]) @ weight
        return (flat if bias is None else flat + bias).reshape(*x.shape[:-1], weight.shape[1])

    def product(self, start, a, b, factor):
        return start + factor * (a @ b)

    def take(self, rows, index):
        return rows[index]

    def places(self, rows, index):
        return self.jnp.take_along_axis(rows, index, 1)

    def segments(self, values, index, count):
        return self.jax.ops.segment_sum(values, index, count)

    def softmax(self, scores, place, mask):
        # Added, not set: the derivative of that is a gather.
        dense = self.jnp.zeros((len(mask), mask[0].size + 1)).at[self.jnp.arange(len(mask))[:, None], place].add(scores)
        return self.jax.nn.softmax(self.jnp.where(mask > 0, dense[:, :-1].reshape(mask.shape), -1e30), 2) * mask[..., :1]

    def scan(self, step, h, *inputs):
        def one(h, x):
            h = step(h, *(value[:, None] for value in x))
            return h, h[:, 0]

        _, states = self.jax.lax.scan(one, h, tuple(x.swapaxes(0, 1) for x in inputs))
        return states.swapaxes(0, 1)

    def pull(self, function):
        shapes = {}

        def probe():
            return function(lambda name, value: shapes.setdefault(name, value.shape) and value)[0]

        self.jax.eval_shape(probe)
        zeros = {name: self.jnp.zeros(shape) for name, shape in shapes.items()}
        output, back, records = self.jax.vjp(
            lambda taps: function(lambda name, value: value + taps[name]), zeros, has_aux=True)
        return output, records, lambda d: back(d)[0]
