"""Recomputes from a UserBehavior log, with the csv module, what `lcft import taobao` made of it.

Usage: check_taobao.py UserBehavior.csv DATA.h5

The days, the window and the minimum are those that the data set's attributes state. Every user's events and
samples are compared; prints the counts that agree, and ends with an error at the first that does not.
"""
import csv
import datetime
import sys

import h5py
import numpy as np

log, path = sys.argv[1:]
china = datetime.timezone(datetime.timedelta(hours=8))
codes = {"pv": 0, "cart": 2, "fav": 3, "buy": 4}
file = h5py.File(path, "r")
setting = {name[8:]: value.decode() for name, value in file.attrs.items() if name.startswith("setting_")}
first, last = (datetime.date.fromisoformat(setting[name]) for name in ("first_day", "last_day"))
window = setting["action_window"]
minimum = int(setting["minimum_training_samples"])


def day(time):
    return datetime.datetime.fromtimestamp(time, china).date()


users, categories, malformed, outside = {}, {}, 0, 0
with open(log, newline="") as lines:
    for row in csv.reader(lines):
        if len(row) != 5 or row[3] not in codes or not row[4].lstrip("-").isdigit():
            malformed += 1
            continue
        user, item, category, behaviour, time = row
        if not -(10**9) < int(time) < 10**10 or not first <= day(int(time)) <= last:
            outside += 1
            continue
        categories.setdefault(item, category)
        users.setdefault(user, []).append((int(time), item, codes[behaviour]))

split = None
if "training_days" in setting:
    split = first + datetime.timedelta(days=int(setting["training_days"]))


def samples(events):
    """(time, item, label, number of earlier events) of each pv, by looking forward from it."""
    found = []
    for place, (time, item, code) in enumerate(events):
        if code != 0:
            continue
        label = 0
        for later, other, action in events[place + 1 :]:
            if other != item:
                continue
            if action == 0:
                break
            near = day(later) == day(time) if window == "same day" else later - time <= int(window.split()[0])
            label |= near
        found.append((time, item, int(label), sum(event[0] < time for event in events)))
    return found


def text(values):
    return [value.rstrip(b"\0").decode() for value in values]


ids, items, names = text(file["users/id"][:]), text(file["items/id"][:]), text(file["vocabularies/category/value"][:])
assert ids == list(users), "users in the order of their first row"
assert items == list(categories), "items in the order of their first row"
offsets, rows = (file[f"features/items/category/{name}"][:] for name in ("offsets", "values"))
assert (np.diff(offsets) == 1).all() and [names[row] for row in rows] == list(categories.values())
columns = {name: file[f"events/{name}"][:] for name in ("item", "timestamp", "label")}
columns["action"] = file["features/events/action/values"][:]
bounds = file["users/event_offsets"][:]
parts = {}
for part in ("train", "test"):
    group = file[f"samples/{part}"]
    parts[part] = [file[f"users/{part}_offsets"][:]] + [
        group[name][:] for name in ("item", "label", "event_position")
    ]
kept = both = 0
for index, user in enumerate(ids):
    events = sorted(users[user], key=lambda event: event[0])
    own = slice(bounds[index], bounds[index + 1])
    stored = list(
        zip(columns["timestamp"][own].tolist(), [items[i] for i in columns["item"][own]], columns["action"][own])
    )
    assert stored == events, f"events of user {user}"
    assert (columns["label"][own] == [code > 0 for _, _, code in events]).all()
    expected = {"train": [], "test": []}
    for sample in samples(events):
        expected["train" if day(sample[0]) < split else "test"].append(sample[1:])
    if len(expected["train"]) <= minimum:
        expected = {"train": [], "test": []}
    for part, (starts, item, label, position) in parts.items():
        own = slice(starts[index], starts[index + 1])
        stored = list(zip([items[i] for i in item[own]], label[own].tolist(), position[own].tolist()))
        assert stored == expected[part], f"{part} samples of user {user}"
    kept += bool(expected["train"] or expected["test"])
    both += bool(expected["train"] and expected["test"])
positives = int(parts["train"][2].sum())
assert file.attrs["skipped_lines"] == malformed and int(setting["rows_outside_days"]) == outside
print(f"{len(ids)} users, {kept} with samples, {both} with both parts; {len(items)} items, {len(names)} categories")
print(f"{len(columns['item'])} events, by action {np.bincount(columns['action'], minlength=5).tolist()}")
print(f"{len(parts['train'][1])} training samples, {positives} positive; {len(parts['test'][1])} test samples")
print(f"{malformed} malformed lines, {outside} rows outside the days")
