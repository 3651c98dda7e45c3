"""Layers whose weights are the cloud model's, with taps for gradients, or a user's own after one step from there.

`x` is [users x samples x columns]. A cloud layer records what its weights' gradient is made of beside the gradient g at its
output, which a tap gives. The gradient of a user's weight is then x^T (c g), with c the derivatives of the loss by the
user's logits where g is the gradient of the logits themselves, and None where g is that of the loss.
"""
EPSILON = 1e-3


class Cloud:
    def __init__(self, o, dense, moving, tap=lambda name, value: value):
        self.o, self.dense, self.moving, self.tap = o, dense, moving, tap
        self.records = {}
        self.sigmoid = o.sigmoid

    def linear(self, name, x):
        self.records[name] = x
        return self.tap(name, self.product(name)(x))

    def product(self, name):
        """x -> x W + b, for a layer that takes many steps: whoever calls it taps and records them together."""
        weight, bias = self.dense[f"{name}/weight"], self.dense[f"{name}/bias"]
        return lambda x: self.o.linear(x, weight, bias)

    def pair_layer(self, name, q, k, pairs):
        """[users x pairs x outputs] of [q ; k] W + b, with one product for candidates and one for entries."""
        weight, width = self.dense[f"{name}/weight"], q.shape[-1]
        self.records[f"{name}/q"], self.records[f"{name}/k"] = q, k
        first = self.o.linear(q, weight[:width], self.dense[f"{name}/bias"])
        return self.tap(name, gathered(self.o, first, self.o.linear(k, weight[width:], None), pairs))

    def standardized(self, name, x):
        return (x - self.moving[f"{name}/moving_mean"]) * inverse_deviation(self.moving, name)

    def batch_norm(self, name, x):
        self.records[name] = x = self.standardized(name, x)
        return self.tap(name, x * self.dense[f"{name}/scale"] + self.dense[f"{name}/shift"])

    def prelu(self, name, x):
        self.records[name] = low = self.o.low(x)
        return self.tap(name, self.o.relu(x) + low * self.dense[f"{name}/slope"])

    def dice(self, name, x):
        open = x * self.o.sigmoid(self.standardized(name, x))
        self.records[name] = rest = x - open
        return self.tap(name, open + rest * self.dense[f"{name}/slope"])


class Own(Cloud):
    """`records` and `gradients`: of the cloud layers' forward and backward, by the names of taps; c by beginnings of names."""

    def __init__(self, o, dense, moving, records, gradients, c, rate):
        super().__init__(o, dense, moving)
        self.given, self.gradients, self.c, self.rate = records, gradients, c, rate

    def coefficients(self, name):
        return next(c for beginning, c in self.c.items() if name.startswith(beginning))

    def total(self, name, values):
        """[users x 1 x columns] the sum over a user's samples or pairs, each times its c."""
        c = self.coefficients(name)
        return values.sum(1, keepdims=True) if c is None else self.o.matmul(c[:, None], values)

    def vector(self, name, suffix, gradient):
        return self.dense[f"{name}/{suffix}"] - self.rate * self.total(name, gradient)

    def linear(self, name, x):
        weight, x1, g = self.dense[f"{name}/weight"], self.given[name], self.gradients[name]
        c, (inputs, outputs) = self.coefficients(name), weight.shape
        # x W - rate x x1^T g, as two small products, where that costs less than W - rate x1^T g.
        if outputs == 1 or x.shape[1] * (inputs + outputs) >= inputs * outputs:
            return self.product(name)(x)
        gram = self.o.matmul(x, x1.swapaxes(1, 2))
        gram = gram if c is None else gram * c[:, None]
        return self.o.product(self.o.linear(x, weight, None) + self.vector(name, "bias", g), gram, g, -self.rate)

    def product(self, name):
        x1, g = self.given[name], self.gradients[name]
        own = self.stepped(self.dense[f"{name}/weight"], x1, g, self.coefficients(name))
        bias = self.vector(name, "bias", g)
        return lambda x: self.o.product(bias, x, own, 1)

    def stepped(self, weight, x1, g, c):
        return self.o.product(weight, x1.swapaxes(1, 2), g if c is None else g * c[..., None], -self.rate)

    def pair_layer(self, name, q, k, pairs):
        weight, width = self.dense[f"{name}/weight"], q.shape[-1]
        gq, gk = self.gradients[f"{name}/q"], self.gradients[f"{name}/k"]
        own_q = self.stepped(weight[:width], self.given[f"{name}/q"], gq, self.c[""])
        own_k = self.stepped(weight[width:], self.given[f"{name}/k"], gk, None)
        bias = self.dense[f"{name}/bias"] - self.rate * self.total("", gq)
        return gathered(self.o, self.o.product(bias, q, own_q, 1), self.o.matmul(k, own_k), pairs)

    def batch_norm(self, name, x):
        g = self.gradients[name]
        scale, shift = self.vector(name, "scale", g * self.given[name]), self.vector(name, "shift", g)
        return self.standardized(name, x) * scale + shift

    def prelu(self, name, x):
        slope = self.vector(name, "slope", self.gradients[name] * self.given[name])
        return self.o.relu(x) + self.o.low(x) * slope

    def dice(self, name, x):
        slope = self.vector(name, "slope", self.gradients[name] * self.given[name])
        open = x * self.o.sigmoid(self.standardized(name, x))
        return open + (x - open) * slope


def inverse_deviation(moving, name):
    return (moving[f"{name}/moving_variance"] + EPSILON) ** -0.5


def gathered(o, q, k, pairs):
    """q of each pair's sample plus k of its entry, [users x pairs x columns]."""
    users, _, columns = q.shape
    rows = o.take(q.reshape(-1, columns), pairs["sample_row"]) + o.take(k.reshape(-1, columns), pairs["entry_row"])
    return rows.reshape(users, -1, columns)
