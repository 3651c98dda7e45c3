"""Batches of a training: the samples' rows, and their histories flat, one entry of one sample after another."""
import numpy as np


def batch(data, rows, order):
    """`order`: of a history's entries, `entries` or `packed`."""
    result = {
        "user": data.user[rows], "item": data.item[rows], "category": data.category[data.item[rows]],
        "label": data.label[rows], "histories": {}}
    for kind, history in data.histories.items():
        result["histories"][kind] = order(data, history, rows)
    return result


def entries(data, history, rows):
    """The entries of the samples' windows, sample by sample."""
    start, length = history.start[rows], history.length[rows]
    begin = np.cumsum(length) - length
    sample = np.repeat(np.arange(len(rows)), length)
    return taken(data, history, start, length, sample, np.arange(len(sample)) - begin[sample]) | {"begin": begin}


def packed(data, history, rows):
    """The same by time: the first entries of all samples, then the second ones, longest windows first, so that the states
    of a GRU at one time are one block. `sizes` has the blocks' rows."""
    start, length = history.start[rows], history.length[rows]
    order = np.argsort(-length, kind="stable")
    sizes = running(length)
    time = np.repeat(np.arange(len(sizes)), sizes)
    sample = order[np.arange(len(time)) - np.repeat(np.cumsum(sizes) - sizes, sizes)]
    return taken(data, history, start, length, sample, time) | {"sizes": tuple(int(n) for n in sizes)}


def running(length):
    """How many windows have an entry at each time."""
    return len(length) - np.searchsorted(np.sort(length), np.arange(length.max(initial=0)), side="right")


def blocks(entries, length, sizes):
    """For entries sample by sample, the same blocks with room for `sizes` rows: `entry` of each row of a block, 0 for
    padding, and `row` of each entry."""
    order = np.argsort(-length, kind="stable")
    rank = np.argsort(order)
    begin = np.cumsum(sizes) - sizes
    row = begin[entries["place"]] + rank[entries["sample"]]
    entry = np.zeros(int(np.sum(sizes)), np.int64)
    entry[row] = np.arange(len(row))
    return {"entry": entry, "row": row}


def taken(data, history, start, length, sample, place):
    entry = start[sample] + place
    item = history.item[entry]
    return {
        "item": item, "category": data.category[item], "action": history.action[entry], "sample": sample,
        "place": place, "most": int(length.max(initial=1)), "count": np.maximum(length, 1).astype("f4")}


def fitted(entries, size):
    """Padded to `size` entries of a sample behind the last, for a program of one shape."""
    missing = size - len(entries["item"])
    fill = {"item": 0, "category": 0, "action": 0, "place": 0, "row": 0, "sample": len(entries["count"])}
    return entries | {k: np.append(entries[k], np.full(missing, v)) for k, v in fill.items() if k in entries}
