"""Computes with h5py and dictionaries what `lcft subset D.h5 --k-core K --split-time T` keeps, and compares E.h5.

Usage: check_subset.py D.h5 E.h5 K T
"""
import collections
import sys

import h5py


def strings(column):
    return [value.decode() for value in column[:]]


def rows(file):
    """Events as (user, item, time, label), samples as (user, item, time, label, events before, drawn)."""
    users, items = strings(file["users/id"]), strings(file["items/id"])
    events, samples = [], {"train": [], "test": []}
    for part, group in (("event", "events"), ("train", "samples/train"), ("test", "samples/test")):
        offsets = file[f"users/{part}_offsets"][:].tolist()
        columns = {name: column[:].tolist() for name, column in file[group].items()}
        for user, (first, last) in enumerate(zip(offsets, offsets[1:])):
            for row in range(first, last):
                item, time, label = (columns[name][row] for name in ("item", "timestamp", "label"))
                if part == "event":
                    events.append((users[user], items[item], time, label))
                else:
                    drawn = columns["drawn"][row] if "drawn" in columns else 0
                    before = columns["event_position"][row]
                    samples[part].append((users[user], items[item], time, label, before, drawn))
    return events, samples


def core(events, least):
    """Whether each event stays."""
    stays = [True] * len(events)
    while True:
        left = [event for event, stay in zip(events, stays) if stay]
        users = collections.Counter(event[0] for event in left)
        items = collections.Counter(event[1] for event in left)
        now = [stay and users[event[0]] >= least and items[event[1]] >= least
               for event, stay in zip(events, stays)]
        if now == stays:
            return stays
        stays = now


def expected(events, samples, least, time):
    stays = core(events, least)
    left = [event for event, stay in zip(events, stays) if stay]
    users, items = {event[0] for event in left}, {event[1] for event in left}
    flags = collections.defaultdict(list)
    for event, stay in zip(events, stays):
        flags[event[0]].append(stay)
    parts = {"train": [], "test": []}
    for user in dict.fromkeys(sample[0] for part in samples.values() for sample in part):
        mine = [sample for part in ("train", "test") for sample in samples[part] if sample[0] == user]
        positive_stays = True
        for _, item, moment, label, before, drawn in mine:
            stay = user in users and item in items
            if not drawn:
                positive_stays = stay
            if stay and positive_stays:
                before = sum(flags[user][:before])
                parts["train" if moment <= time else "test"].append((user, item, moment, label, before, drawn))
    return left, parts


def main():
    first, second, least, time = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with h5py.File(first) as file:
        events, parts = expected(*rows(file), least, time)
    with h5py.File(second) as file:
        found, samples = rows(file)
        order = {user: row for row, user in enumerate(strings(file["users/id"]))}
        items = set(strings(file["items/id"]))
        for name in file.get("vocabularies", {}):
            vocabulary = file[f"vocabularies/{name}"]
            counts = vocabulary["count"][:]
            assert len(counts) == len(vocabulary["value"]), name
    assert found == events, "events"
    for part in ("train", "test"):
        assert samples[part] == sorted(parts[part], key=lambda sample: order[sample[0]]), part
    assert items == {row[1] for row in events + parts["train"] + parts["test"]}, "items"
    print(f"{len(events)} events, {len(parts['train'])} training and {len(parts['test'])} test samples agree")


if __name__ == "__main__":
    main()
