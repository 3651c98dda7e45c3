"""Users side by side, for fine-tuning in common products: what a chunk of users needs, in arrays of one shape per user.

Everything that does not depend on weights is prepared here, once, and is not part of what is measured.
"""
import numpy as np

from networks import ATTENTIVE


def chunks(model, data, users, methods, size, step=32):
    """Chunks of `size` users, those of like many pairs together; `step`: what the number of pairs is rounded up to."""
    order = users
    if model in ATTENTIVE:
        pairs = sum(np.bincount(data.user, h.length, minlength=data.users) for h in data.histories.values())
        order = users[np.argsort(pairs[users], kind="stable")]
    table = labels(data)
    starts = {part: np.searchsorted(data.user[data.rows(part)], np.arange(data.users + 1)) for part in ("train", "test")}
    starts["test"] += data.train
    return [chunk(model, data, order[i:i + size], methods, table, starts, step) for i in range(0, len(order), size)]


def labels(data):
    """By method, the labels alpha of positives and beta of negatives of every user (eq. 10 of the paper; LabelCorrection)."""
    y, user = data.label[:data.train], data.user[:data.train]
    w = np.bincount(user, y, minlength=data.users) / np.maximum(np.bincount(user, minlength=data.users), 1)
    ours = float(y.mean(dtype=np.float64))
    above = w > ours
    with np.errstate(divide="ignore", invalid="ignore"):
        soft1 = np.where(above, ours / w, 1), np.where(above, 0, (ours - w) / (1 - w))
    return {"local": (np.ones(data.users), np.zeros(data.users)), "soft1": soft1}


def padded(starts, users):
    """Rows [users x most] of the users' samples, and which of them there are."""
    counts = starts[users + 1] - starts[users]
    place = np.arange(max(1, int(counts.max())))
    there = place < counts[:, None]
    return np.where(there, starts[users][:, None] + place, starts[users][:, None]), there


def chunk(model, data, users, methods, table, starts, step):
    rows, there = {}, {}
    for part in ("train", "test"):
        rows[part], there[part] = padded(starts[part], users)
    label = data.label[rows["train"]]
    result = {
        "user": users, "share": (there["train"] / there["train"].sum(1, keepdims=True)).astype("f4"),
        "labels": {m: np.where(label > 0, *(x[users, None] for x in table[m])).astype("f4") for m in methods},
        "item": {part: data.item[rows[part]] for part in rows}, "histories": {}}
    for kind, history in data.histories.items():
        result["histories"][kind] = entries(model, history, users, rows, there, step)
    result["category"] = {part: data.category[item] for part, item in result["item"].items()}
    # Which of the rows that a user's test samples need are those that the gradients belong to.
    for name in ("item", "category"):
        histories = [h["item"] if name == "item" else data.category[h["item"]] for h in result["histories"].values()]
        needed, source = (np.concatenate([*histories, result[name][part]], 1) for part in ("test", "train"))
        result[f"same_{name}"] = (needed[:, :, None] == source[:, None]).astype("f4")
    for kind, history in result["histories"].items():
        history["category"] = data.category[history["item"]]
        if kind == "actions":
            result["same_action"] = (history["action"][:, :, None] == history["action"][:, None]).astype("f4")
    return result, rows["test"], there["test"]


def entries(model, history, users, rows, there, step):
    """A history's entries [users x entries], which all of a user's windows begin with, and the windows of the samples."""
    lengths = {part: history.length[rows[part]] * there[part] for part in rows}
    begin = history.start[rows["train"][:, 0]]
    for part in rows:
        if (there[part] & (history.start[rows[part]] != begin[:, None])).any():
            raise SystemExit("a user's windows begin at different events: history_length must be larger")
    most = max(1, max(int(n.max()) for n in lengths.values()))
    place = np.minimum(begin[:, None] + np.arange(most), len(history.item) - 1)
    result = {"item": history.item[place], "action": history.action[place]}
    for part, length in lengths.items():
        mask = (np.arange(most) < length[..., None]).astype("f4")
        result[part] = {"mask": mask, "mean": mask / np.maximum(length, 1)[..., None].astype("f4")}
        if model in ATTENTIVE:
            result[part] |= pairs(length, most, step)
    return result


def pairs(length, entries, step):
    """The pairs of samples and entries of every user, padded to as many as one of the users has."""
    users, samples = length.shape
    counts = length.sum(1)
    size = -(-max(1, int(counts.max())) // step) * step
    there = np.arange(size) < counts[:, None]
    flat = length.ravel()
    sample = np.zeros((users, size), np.int64)
    entry = np.zeros((users, size), np.int64)
    sample[there] = np.repeat(np.tile(np.arange(samples), users), flat)
    entry[there] = np.arange(flat.sum()) - np.repeat(np.cumsum(flat) - flat, flat)
    user = np.arange(users)[:, None]
    return {
        "sample": sample, "place": np.where(there, sample * entries + entry, samples * entries),
        "sample_row": (user * samples + sample).ravel(), "entry_row": (user * entries + entry).ravel()}
