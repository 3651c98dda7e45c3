"""Users side by side, for fine-tuning in common products: what a chunk of users needs, in arrays of one shape per user.

Everything that does not depend on weights is prepared here, once, and is not part of what is measured.
"""
import numpy as np

from networks import ATTENTIVE


def chunks(model, data, users, methods, size, shapes=None):
    """Chunks of `size` users, those of like many pairs together. A chunk has room for what one of its users needs; for a
    program that is compiled for every shape, there are only so many `shapes`, which chunks in a row share."""
    needs = Needs(data)
    if model in ATTENTIVE:
        users = users[np.argsort(needs.pairs("train")[users], kind="stable")]
    table = labels(data)
    parts = [users[i:i + size] for i in range(0, len(users), size)]
    groups = np.array_split(np.arange(len(parts)), min(shapes or len(parts), len(parts)))
    result = []
    for group in groups:
        room = needs.room(np.concatenate([parts[i] for i in group]))
        result += [chunk(model, data, parts[i], methods, table, needs.starts, room) for i in group]
    return result


class Needs:
    """How many samples, entries and pairs each user has."""

    def __init__(self, data):
        self.starts = {
            part: np.searchsorted(data.user[data.rows(part)], np.arange(data.users + 1)) for part in ("train", "test")}
        self.starts["test"] += data.train
        self.entries, self.pairs_of = {}, {}
        for kind, history in data.histories.items():
            self.entries[kind] = np.zeros(data.users, np.int64)
            np.maximum.at(self.entries[kind], data.user, history.length)
            for part in self.starts:
                rows = data.rows(part)
                self.pairs_of[kind, part] = np.bincount(data.user[rows], history.length[rows], data.users).astype(int)

    def pairs(self, part):
        return sum(pairs for (_, of), pairs in self.pairs_of.items() if of == part)

    def room(self, users):
        """The most of each that one of the users has, by what it is of."""
        room = {part: starts[users + 1] - starts[users] for part, starts in self.starts.items()}
        room |= {kind: entries[users] for kind, entries in self.entries.items()}
        room |= {key: pairs[users] for key, pairs in self.pairs_of.items()}
        return {key: max(1, int(numbers.max())) for key, numbers in room.items()}


def labels(data):
    """By method, the labels alpha of positives and beta of negatives of every user (the paper's eq. 10)."""
    y, user = data.label[:data.train], data.user[:data.train]
    w = np.bincount(user, y, minlength=data.users) / np.maximum(np.bincount(user, minlength=data.users), 1)
    ours = float(y.mean(dtype=np.float64))
    above = w > ours
    with np.errstate(divide="ignore", invalid="ignore"):
        soft1 = np.where(above, ours / w, 1), np.where(above, 0, (ours - w) / (1 - w))
    return {"local": (np.ones(data.users), np.zeros(data.users)), "soft1": soft1}


def padded(starts, users, most):
    """Rows [users x most] of the users' samples, and which of them there are."""
    place = np.arange(most)
    there = place < (starts[users + 1] - starts[users])[:, None]
    return np.where(there, starts[users][:, None] + place, starts[users][:, None]), there


def chunk(model, data, users, methods, table, starts, room):
    rows, there = {}, {}
    for part in ("train", "test"):
        rows[part], there[part] = padded(starts[part], users, room[part])
    label = data.label[rows["train"]]
    result = {
        "user": users, "share": (there["train"] / there["train"].sum(1, keepdims=True)).astype("f4"),
        "labels": {m: np.where(label > 0, *(x[users, None] for x in table[m])).astype("f4") for m in methods},
        "item": {part: data.item[rows[part]] for part in rows}, "histories": {}}
    for kind, history in data.histories.items():
        result["histories"][kind] = entries(model, kind, history, rows, there, room)
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


def entries(model, kind, history, rows, there, room):
    """A history's entries [users x entries], which all of a user's windows begin with, and the windows of the samples."""
    lengths = {part: history.length[rows[part]] * there[part] for part in rows}
    begin = history.start[rows["train"][:, 0]]
    for part in rows:
        if (there[part] & (history.start[rows[part]] != begin[:, None])).any():
            raise SystemExit("a user's windows begin at different events: history_length must be larger")
    most = room[kind]
    place = np.minimum(begin[:, None] + np.arange(most), len(history.item) - 1)
    result = {"item": history.item[place], "action": history.action[place]}
    for part, length in lengths.items():
        mask = (np.arange(most) < length[..., None]).astype("f4")
        result[part] = {"mask": mask, "mean": mask / np.maximum(length, 1)[..., None].astype("f4")}
        if model in ATTENTIVE:
            result[part] |= pairs(length, most, room[kind, part])
    return result


def pairs(length, entries, size):
    """The pairs of samples and entries of every user, padded to `size`."""
    users, samples = length.shape
    there = np.arange(size) < length.sum(1)[:, None]
    flat = length.ravel()
    sample = np.zeros((users, size), np.int64)
    entry = np.zeros((users, size), np.int64)
    sample[there] = np.repeat(np.tile(np.arange(samples), users), flat)
    entry[there] = np.arange(flat.sum()) - np.repeat(np.cumsum(flat) - flat, flat)
    user = np.arange(users)[:, None]
    return {
        "sample": sample, "place": np.where(there, sample * entries + entry, samples * entries),
        "sample_row": (user * samples + sample).ravel(), "entry_row": (user * entries + entry).ravel()}
