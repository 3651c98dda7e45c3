"""The samples that the loops go over: made up in the sizes of `Benchmark peer`, or read from a data set of lcft.

An item has one category. Histories lie flat: a history is the entries of all users one after another, and a sample knows
where in it its window begins and how long it is.
"""
from dataclasses import dataclass

import h5py
import numpy as np

ITEMS, CATEGORIES, ACTIONS = 63_002, 1362, 5
CLOUD_SAMPLES, USERS, TRAIN, TEST = 24 * 1024, 2000, 30, 12
KINDS = {"EdgeRec": ("exposures", "actions")}


def kinds(model):
    """The histories of a model."""
    return KINDS.get(model, ("positive",))


@dataclass
class History:
    item: np.ndarray
    action: np.ndarray  # the kind of each entry's action
    start: np.ndarray  # of each sample's window
    length: np.ndarray


@dataclass
class Samples:
    """Samples of all users in the order of the users, the `train` ones and then the test samples."""

    user: np.ndarray
    item: np.ndarray
    label: np.ndarray
    train: int
    category: np.ndarray  # of each item
    histories: dict  # by kind
    users: int
    actions: int = ACTIONS  # kinds of actions

    def rows(self, part):
        """The rows of the training or the test samples."""
        return np.arange(self.train) if part == "train" else np.arange(self.train, len(self.user))


def made_up_cloud(model, samples=CLOUD_SAMPLES, seed=3):
    """One training sample for each user, with up to 50 events before it."""
    random = np.random.default_rng(seed)
    length = np.minimum(random.geometric(1 / 8, samples), 50)
    return made_up(model, random, np.arange(samples), length, length, samples)


def made_up_users(model, users=USERS, seed=4):
    """Users with 20 events, 30 training and 12 test samples."""
    random = np.random.default_rng(seed)
    user = np.concatenate([np.repeat(np.arange(users), n) for n in (TRAIN, TEST)])
    length = np.minimum(random.geometric(1 / 8, len(user)), 20)
    return made_up(model, random, user, length, np.full(users, 20), users * TRAIN)


def made_up(model, random, user, length, events, train):
    """Items by Zipf's law with exponent 1.3, one positive in six, every fourth event a click and the others exposures."""
    offset = np.concatenate([[0], np.cumsum(events)])
    count = int(offset[-1])
    item = (random.zipf(1.3, count) - 1) % ITEMS
    action = (np.arange(count) % 4 == 0).astype(np.int64)
    keep = {"positive": np.ones(count, bool), "exposures": action == 0, "actions": action > 0}
    return Samples(
        user=user, item=random.integers(0, ITEMS, len(user)),
        label=(random.integers(0, 6, len(user)) == 0).astype(np.float32), train=train,
        category=random.integers(0, CATEGORIES, ITEMS), users=len(events),
        histories={kind: windows(keep[kind], item, action, offset[user], length) for kind in kinds(model)})


def windows(keep, item, action, first, position, limit=None):
    """The windows over the kept events of samples whose users' events begin at `first`, of which `position` came before."""
    before = np.concatenate([[0], np.cumsum(keep)])
    start, end = before[first], before[first + position]
    if limit is not None:
        start = np.maximum(start, end - limit)
    return History(item[keep], action[keep], start, end - start)


def read(path, model, history_length):
    """The samples of a data set of lcft whose items have one category each; docs/files.md has its layout."""
    with h5py.File(path) as file:
        parts = [file["samples/train"], file["samples/test"]]
        counts = [np.diff(file[f"users/{part}_offsets"][:]) for part in ("train", "test")]
        user = np.concatenate([np.repeat(np.arange(len(c)), c) for c in counts])
        position = np.concatenate([part["event_position"][:] for part in parts]).astype(np.int64)
        offsets = file["features/items/category/offsets"][:]
        if (np.diff(offsets) != 1).any():
            raise SystemExit(f"{path}: the programs here want one category for each item")
        label = file["events/label"][:]
        action = np.zeros(len(label), np.int64)
        names = []
        if "features/events/action" in file:
            action = file["features/events/action/values"][:].astype(np.int64)
            names = [name.decode() for name in file["vocabularies/action/value"][:]]
        exposed = action == names.index("exposure") if names else None
        keep = {"positive": label == 1, "exposures": exposed, "actions": None if exposed is None else ~exposed}
        item = file["events/item"][:].astype(np.int64)
        first = file["users/event_offsets"][:][user]
        return Samples(
            user=user, item=np.concatenate([part["item"][:] for part in parts]).astype(np.int64),
            label=np.concatenate([part["label"][:] for part in parts]).astype(np.float32), train=int(counts[0].sum()),
            category=file["features/items/category/values"][:].astype(np.int64), users=len(counts[0]),
            actions=len(names),
            histories={kind: windows(keep[kind], item, action, first, position, history_length)
                       for kind in kinds(model)})
