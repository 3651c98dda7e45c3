"""Fine-tuning of many users at once, by one step of SGD each, and the scores of their test samples.

All users of a chunk share the first forward, since their weights are still the cloud model's. With several methods they
share one backward, too, of the logits themselves: a method's gradients are those times its derivatives of the loss. The
second forward forms a user's own matrix only where that costs less than two small products (`layers.Own`).
"""
import networks
from layers import Cloud, Own
from networks import ATTENTIVE
from operators import JAX, each
from rows import Rows, cloud_rows, first_order, first_order_change, stepped
from samples import kinds


class FineTuning:
    """The loop over chunks of users, which `chunks.chunks` prepares."""

    def __init__(self, o, model, weights, methods, rate):
        self.o = o
        self.weights = tuple(each(o.array, d) for d in (weights.dense, weights.moving, weights.tables))

        def program(weights, chunk):
            return fine_tune(o, model, methods, rate, weights, chunk)

        self.program = o.jax.jit(program) if isinstance(o, JAX) else o.torch.no_grad()(program)

    def __call__(self, chunks):
        """By chunk and method the logits; `chunks` are arrays of the framework."""
        found = [self.program(self.weights, chunk) for chunk in chunks]
        return [each(self.o.numpy, logits) for logits in found]


def fine_tune(o, model, methods, rate, weights, chunk):
    """By method the logits [users x test samples]."""
    dense, moving, tables = weights
    # In the model's order, which a compiled program's arguments do not keep.
    chunk = chunk | {"histories": {kind: chunk["histories"][kind] for kind in kinds(model)}}
    train, test = (cloud_rows(o, dense, tables, chunk, part) for part in ("train", "test"))
    chains = {}
    if model == "EdgeRec":
        chains = {kind: o.pull(recurrent_layers(o, dense, moving, kind, k)) for kind, k in train.keys.items()}
        train = Rows(train.user, train.q, {kind: chain[0] for kind, chain in chains.items()})

    def first(tap):
        layers = Cloud(o, dense, moving, tap)
        return forward(layers, model, train, chunk, "train"), layers.records

    def shifted(logits):
        return logits + first_order(o, dense, tables, chunk, "test") if model == "DeepFM" else logits

    results = {}
    if "cloud" in methods:
        keys = train.keys if chains else test.keys
        results["cloud"] = shifted(forward(Cloud(o, dense, moving), model, Rows(test.user, test.q, keys), chunk, "test"))
    logit, records, back = o.pull(first)
    if model == "DeepFM":
        logit = logit + first_order(o, dense, tables, chunk, "train")
    tuned = [method for method in methods if method != "cloud"]
    derivatives = {m: (o.sigmoid(logit) - chunk["labels"][m]) * chunk["share"] for m in tuned}
    unit = None if len(tuned) == 1 else back(o.ones_like(logit))
    for method, d in derivatives.items():
        gradients = dict(unit) if unit else back(d)
        given = dict(records)
        c = {"gru/": None, "": d if unit else None}
        rows = rows_backward(o, model, dense, train, chunk, records, gradients, c)
        for kind, chain in chains.items():
            rows.keys[kind] = recurrent_backward(o, dense, kind, chain, rows.keys[kind], given, gradients)
        layers = Own(o, dense, moving, given, gradients, c, rate)
        own = stepped(o, test, rows, chunk, rate)
        if chains:
            own.keys = {kind: recurrent(layers, kind, k) for kind, k in own.keys.items()}
        results[method] = shifted(forward(layers, model, own, chunk, "test"))
        if model == "DeepFM":
            results[method] = results[method] - rate * first_order_change(o, chunk, d)
    return results


def forward(layers, model, rows, chunk, part):
    o = layers.o
    columns = [o.repeated(rows.user, rows.q.shape[1])]
    for kind, k in rows.keys.items():
        window = chunk["histories"][kind][part]
        if model in ATTENTIVE:
            first = layers.pair_layer(f"attention/{kind}/0", rows.q, k, window)
            share = o.softmax(networks.scores(layers, kind, first), window["place"], window["mask"])
            layers.records[f"attention/{kind}"] = share
            columns.append(o.matmul(share, k))
        if model != "EdgeRec":
            columns.append(o.matmul(window["mask"], k))
    return networks.logits(layers, model, layers.tap("x", o.cat([*columns, rows.q])))


def rows_backward(o, model, dense, rows, chunk, records, gradients, c):
    """The gradients at the rows. Adds those at the attention's first layers, and the pairs' coefficients to `c`."""
    d, dx = c[""], gradients["x"]
    dx = dx if d is None else dx * d[..., None]
    user, width = rows.user.shape[-1], rows.q.shape[-1]
    result = Rows(dx[..., :user].sum(1, keepdims=True), dx[..., -width:], {})
    at = user
    for kind, k in rows.keys.items():
        window, total = chunk["histories"][kind]["train"], 0
        if model in ATTENTIVE:
            name = f"attention/{kind}"
            dq, dk = attention_backward(o, dense, name, rows.q, k, window, gradients, c)
            total = dk + o.matmul(records[name].swapaxes(1, 2), dx[..., at:at + k.shape[-1]])
            result.q = result.q + dq
            at += k.shape[-1]
        if model != "EdgeRec":
            total = total + o.matmul(window["mask"].swapaxes(1, 2), dx[..., at:at + width])
            at += width
        result.keys[kind] = total
    return result


def attention_backward(o, dense, name, q, k, window, gradients, c):
    """From the gradient at the first layer's pairs to those at candidates and entries."""
    g, d, weight = gradients[f"{name}/0"], c[""], dense[f"{name}/0/weight"]

    def sums(g, row, rows):
        return o.segments(g.reshape(-1, g.shape[-1]), row, rows.shape[0] * rows.shape[1]).reshape(*rows.shape[:2], -1)

    gq = sums(g, window["sample_row"], q)
    pair = None if d is None else o.places(d, window["sample"])
    gk = sums(g if pair is None else g * pair[..., None], window["entry_row"], k)
    gradients[f"{name}/0/q"], gradients[f"{name}/0/k"] = gq, gk
    # The pairs of the layers after it; names are looked up in this order.
    rest = dict(c)
    c.clear()
    c.update({f"{name}/": pair, **rest})
    dq = o.matmul(gq if d is None else gq * d[..., None], weight[:q.shape[-1]].T)
    return dq, o.matmul(gk, weight[q.shape[-1]:].T)


def recurrent_layers(o, dense, moving, kind, entries):
    def states(tap):
        layers = Cloud(o, dense, moving, tap)
        return recurrent(layers, kind, entries), layers.records

    return states


def recurrent(layers, kind, entries):
    """The states [users x entries x H] of a GRU; every window of a user begins with the same ones."""
    o, name = layers.o, f"gru/{kind}/recurrent"
    inputs, product = layers.linear(f"gru/{kind}/input", entries), layers.product(name)
    users, steps, columns = inputs.shape
    # One tap for the products of all steps.
    taps, first = layers.tap(name, o.zeros(users, steps, columns)), o.zeros(users, 1, columns // 3)
    states = o.scan(lambda h, x, tap: networks.cell(o, x, product(h) + tap, h), first, inputs, taps)
    layers.records[name] = o.cat([first, states[:, :-1]], 1)
    return states


def recurrent_backward(o, dense, kind, chain, dstates, given, gradients):
    """The gradient at the entries. Adds what the GRU's layers recorded, and their gradients."""
    _, records, back = chain
    found = back(dstates)
    given |= records
    gradients |= found
    return o.matmul(found[f"gru/{kind}/input"], dense[f"gru/{kind}/input/weight"].T)
