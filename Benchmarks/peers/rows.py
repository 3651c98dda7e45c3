"""The embeddings that a chunk's users need, and what one step makes of them."""
from weights import ITEM


class Rows:
    """Of users [users x 1 x width], candidates `q` and entries `keys`, by kind [users x .. x width]."""

    def __init__(self, user, q, keys):
        self.user, self.q, self.keys = user, q, keys


def lookup(o, table, index):
    return o.take(table, index.reshape(-1)).reshape(*index.shape, -1)


def cloud_rows(o, dense, tables, chunk, part):
    def encoded(items, categories):
        return o.cat([lookup(o, tables["item"], items), lookup(o, tables["category"], categories)])

    keys = {}
    for kind, history in chunk["histories"].items():
        keys[kind] = encoded(history["item"], history["category"])
        if kind == "actions":
            keys[kind] = o.cat([keys[kind], lookup(o, dense["action/weight"], history["action"])])
    return Rows(
        lookup(o, tables["user"], chunk["user"][:, None]), encoded(chunk["item"][part], chunk["category"][part]), keys)


def stepped(o, rows, gradient, chunk, rate):
    """A user's own rows of the test samples. `gradient`: at the rows of the training samples."""
    width = rows.q.shape[-1]
    source = o.cat([*(k[..., :width] for k in gradient.keys.values()), gradient.q], 1)
    change = o.cat([
        o.matmul(chunk["same_item"], source[..., :ITEM]), o.matmul(chunk["same_category"], source[..., ITEM:])])
    keys, begin = {}, 0
    for kind, k in rows.keys.items():
        end = begin + k.shape[1]
        keys[kind] = k[..., :width] - rate * change[:, begin:end]
        if kind == "actions":
            action = k[..., width:] - rate * o.matmul(chunk["same_action"], gradient.keys[kind][..., width:])
            keys[kind] = o.cat([keys[kind], action])
        begin = end
    return Rows(rows.user - rate * gradient.user, rows.q - rate * change[:, begin:], keys)


def first_order(o, dense, tables, chunk, part):
    """DeepFM's first order [users x samples]."""
    def terms(prefix, index):
        return sum(lookup(o, tables[f"{prefix}{name}"], index[name])[..., 0] for name in ("item", "category"))

    history = chunk["histories"]["positive"]
    candidate = terms("first_order_", {name: chunk[name][part] for name in ("item", "category")})
    entries = terms("first_order_history_positive_", history)
    mean = o.matmul(history[part]["mean"], entries[..., None])[..., 0]
    user = lookup(o, tables["first_order_user"], chunk["user"][:, None])[..., 0]
    return candidate + mean + user + dense["first_order_bias"]


def first_order_change(o, chunk, d):
    """What a step takes from it at the test samples, over the rate: `d` is the gradient at the training samples' logits."""
    history = chunk["histories"]["positive"]
    entries = history["item"].shape[1]
    d = d[..., None]
    at_entries = o.matmul(history["train"]["mean"].swapaxes(1, 2), d)
    change = 2 * d.sum(1, keepdims=True)  # of the bias and of the user's weight
    for name in ("same_item", "same_category"):
        own = o.matmul(chunk[name][:, :entries, :entries], at_entries)
        change = change + o.matmul(chunk[name][:, entries:, entries:], d) + o.matmul(history["test"]["mean"], own)
    return change[..., 0]
