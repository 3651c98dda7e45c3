"""The six networks, once, for every framework and every use: docs/models.md has their formulas.

`layers` has what the networks are made of and knows whose weights there are: those of a training step, the cloud model's
or a user's own (layers.py).
"""
import weights

E = weights.ENCODED
ATTENTIVE = ("DIN", "EdgeRec")


def split(x):
    """The three fields user, sum of the history and candidate."""
    return [x[..., i * E:(i + 1) * E] for i in range(3)]


def pairs(fields):
    return [fields[i] * fields[j] for i in range(3) for j in range(i + 1, 3)]


def perceptron(layers, x, activation):
    for number in range(len(weights.HIDDEN)):
        x = layers.linear(f"mlp/{number}", x)
        x = layers.sigmoid(x) if activation == "sigmoid" else getattr(layers, activation)(f"mlp/{number}/{activation}", x)
    return layers.linear(f"mlp/{len(weights.HIDDEN)}", x)[..., 0]


def logits(layers, model, x):
    """From the fields, or from what attention and GRU made of them, to one logit per sample, without the first order."""
    cat = layers.o.cat
    if model == "WideDeep":
        x = layers.batch_norm("input_norm", cat([x, *pairs(split(x))]))
        return layers.linear("wide", x)[..., 0] + perceptron(layers, x[..., :3 * E], "prelu")
    if model in ("DeepFM", "PNN"):
        dots = [p.sum(-1, keepdims=True) for p in pairs(split(x))]
        x = layers.batch_norm("input_norm", cat([x, *dots]))
        if model == "PNN":
            return perceptron(layers, x, "prelu")
        return x[..., 3 * E:].sum(-1) + perceptron(layers, x[..., :3 * E], "sigmoid")
    if model == "DCNv2":
        x0 = x
        for number in range(weights.CROSSINGS):
            x = x0 * layers.linear(f"cross/{number}", x) + x
        return perceptron(layers, layers.batch_norm("input_norm", x), "prelu")
    return perceptron(layers, layers.batch_norm("input_norm", x), "dice" if model == "DIN" else "prelu")


def scores(layers, kind, first):
    """The attention's scores of pairs, from what its first layer makes of them."""
    name = f"attention/{kind}"
    y = layers.sigmoid(layers.linear(f"{name}/1", layers.sigmoid(first)))
    return layers.linear(f"{name}/2", y)[..., 0]


def cell(o, inputs, recurrent, h):
    """The next state of a GRU, from the products [.. x 3H] of the entry and of the state h [.. x H] before it."""
    width = h.shape[-1]
    gates = o.sigmoid(inputs[..., :2 * width] + recurrent[..., :2 * width])
    r, z = gates[..., :width], gates[..., width:]
    n = o.tanh(inputs[..., 2 * width:] + r * recurrent[..., 2 * width:])
    return n + z * (h - n)
