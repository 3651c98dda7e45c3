"""Makes tables of a data set's samples, and compares scores of lcft predict with what a run has stored, by h5py alone.

    check_predictions.py pairs DATA OUT           the test part as pairs: .csv, .csv.gz or .h5
    check_predictions.py device DATA USER FOLDER  what one user has: samples.csv, history.csv, candidates.csv
    check_predictions.py compare DATA RESULTS SCORES
    check_predictions.py top SCORES RANKED K
    check_predictions.py group RESULTS GROUP SCORES DATA
    check_predictions.py models FOLDER OWN
"""
import collections
import csv
import gzip
import sys

import h5py
import numpy as np


def texts(column):
    return [value.decode() for value in column[:]]


class Data:
    """A data set, row by row."""

    def __init__(self, path):
        self.file = h5py.File(path, "r")
        self.users = texts(self.file["users/id"])
        self.items = texts(self.file["items/id"])

    def rows(self, offsets, user=None):
        """(user's row, row) of each row, of one user or of all."""
        ends = self.file[f"users/{offsets}"][:]
        for row, name in enumerate(self.users):
            if user in (None, name):
                for place in range(ends[row], ends[row + 1]):
                    yield row, place

    def features(self, owner, part=""):
        """The names of the owner's features and what each row has, as text."""
        group = self.file.get(f"features/{owner}", {})
        names = sorted(group, key=lambda name: group[name].attrs["index"])
        return names, [self.feature(group[name], f"{name}/{part}") for name in names]

    def feature(self, feature, path):
        columns = feature[path.split("/", 1)[1]] if path.endswith(("train", "test")) else feature
        missing = columns["missing"][:] if "missing" in columns else None
        values = columns["values"][:]
        if feature.attrs["kind"] in (b"numeric", "numeric"):
            return ["" if missing is not None and missing[row] else repr(float(value)) for row, value in enumerate(values)]
        name = feature.attrs["vocabulary"]
        words = texts(self.file[f"vocabularies/{name if isinstance(name, str) else name.decode()}/value"])
        return ["" if value < 0 else words[value] for value in values]

    def samples(self, part, user=None, label=False):
        """A header and rows: user, item, time[, label, drawn], features."""
        names, columns = self.features("samples", part)
        group = self.file[f"samples/{part}"]
        item, time, labels = group["item"][:], group["timestamp"][:], group["label"][:]
        drawn = group["drawn"][:] if label and "drawn" in group else None
        header = ["user", "item", "time"] + (["label"] if label else []) + (["drawn"] if drawn is not None else []) + names
        rows = []
        for owner, row in self.rows(f"{part}_offsets", user):
            rows.append([self.users[owner], self.items[item[row]], int(time[row])])
            if label:
                rows[-1].append(int(labels[row]))
            if drawn is not None:
                rows[-1].append(int(drawn[row]))
            rows[-1] += [column[row] for column in columns]
        return header, rows

    def events(self, user):
        names, columns = self.features("events")
        group = self.file["events"]
        item, time, label = group["item"][:], group["timestamp"][:], group["label"][:]
        rows = [[self.items[item[row]], int(time[row]), int(label[row])] + [column[row] for column in columns]
                for _, row in self.rows("event_offsets", user)]
        return ["item", "time", "label"] + names, rows


def write(path, header, rows):
    if path.endswith(".h5"):
        with h5py.File(path, "w") as file:
            for place, name in enumerate(header):
                values = [row[place] for row in rows]
                if all(isinstance(value, int) for value in values):
                    file[f"pairs/{name}"] = np.array(values, dtype="i8")
                else:
                    file[f"pairs/{name}"] = np.array([str(value).encode() for value in values])
        return
    with (gzip.open(path, "wt") if path.endswith(".gz") else open(path, "w", newline="")) as file:
        csv.writer(file, lineterminator="\n").writerows([header] + rows)


def scores(path):
    """Rows (user, item, time or None, method, rank or None, logit), the logit as float32."""
    if path.endswith(".csv"):
        with open(path, newline="") as file:
            return [(row["user"], row["item"], row.get("time") and int(row["time"]), row["method"],
                     row.get("rank") and int(row["rank"]), np.float32(row["logit"])) for row in csv.DictReader(file)]
    group = h5py.File(path, "r")["predictions"]
    logit = group["logit"][:]
    time = group["time"][:].tolist() if "time" in group else [None] * len(logit)
    rank = group["rank"][:].tolist() if "rank" in group else [None] * len(logit)
    probability = 1 / (1 + np.exp(-logit.astype("f8")))
    assert np.all(np.abs(group["probability"][:] - probability) < 1e-7)
    return list(zip(texts(group["user"]), texts(group["item"]), time, texts(group["method"]), rank, logit))


def same(first, second):
    first, second = np.array(first, "f4"), np.array(second, "f4")
    assert len(first) == len(second) > 0, (len(first), len(second))
    differing = int(np.sum(first.view("i4") != second.view("i4")))
    assert differing == 0, f"{differing} of {len(first)} scores differ"


def compare(data, results, predictions):
    """Scores, in the order of the test part, are the stored ones under every method, to the bit."""
    stored = h5py.File(results, "r")
    offsets, users = stored["predictions/offsets"][:], texts(stored["users/id"])
    found = collections.defaultdict(list)
    for user, _, _, method, _, logit in scores(predictions):
        found[method, user].append(logit)
    methods = sorted({method for method, _ in found})
    asked = {user for _, user in found}
    for method in methods:
        own = stored[f"predictions/{method}"][:]
        for place, user in enumerate(users):
            if user in asked:
                same(found[method, user], own[offsets[place]:offsets[place + 1]])
    assert asked & set(users), "no user of the results"
    print(f"{len(methods)} methods, {len(asked & set(users))} users: the same bits")


def top(all_scores, ranked, count):
    """Rankings are the first of a stable sort, by user and method."""
    given, best = collections.defaultdict(list), collections.defaultdict(list)
    for user, item, time, method, _, logit in scores(all_scores):
        given[method, user].append((item, time, logit))
    for user, item, time, method, rank, logit in scores(ranked):
        best[method, user].append((item, time, logit))
        assert rank == len(best[method, user])
    for key, rows in best.items():
        assert rows == sorted(given[key], key=lambda row: -row[2])[:count], key
    assert {user for _, user in best} == {user for _, user in given}
    print(f"{len(best)} rankings of {count}")


def group(results, model, predictions, data):
    """A group's model scores that group's users as the run did."""
    stored, attributes = h5py.File(results, "r"), h5py.File(model, "r").attrs
    ctr, offsets = stored["users/local_ctr"][:], stored["predictions/offsets"][:]
    found = collections.defaultdict(list)
    for user, _, _, method, _, logit in scores(predictions):
        assert method == "grouped"
        found[user].append(logit)
    members = [place for place, value in enumerate(ctr) if attributes["group_above"] < value <= attributes["group_up_to"]]
    for place in members:
        same(found[texts(stored["users/id"])[place]], stored["predictions/grouped"][offsets[place]:offsets[place + 1]])
    print(f"{len(members)} users of the group")
    assert members


def models(folder, own):
    """A user's models, as a device and the cluster made them."""
    whole, one = h5py.File(f"{folder}/models.h5", "r"), h5py.File(own, "r")
    place = texts(whole["users/id"]).index(texts(one["users/id"])[0])
    assert whole["users/row"][place] == one["users/row"][0]
    compared = 0
    for method in one["methods"]:
        assert np.array_equal(whole[f"methods/{method}/dense"][place], one[f"methods/{method}/dense"][0])
        for table in one["embeddings"]:
            start, end = whole[f"embeddings/{table}/offsets"][place:place + 2]
            assert np.array_equal(whole[f"embeddings/{table}/rows"][start:end], one[f"embeddings/{table}/rows"][:])
            values = whole[f"methods/{method}/embeddings/{table}"][start:end]
            assert np.array_equal(values.view("i4"), one[f"methods/{method}/embeddings/{table}"][:].view("i4"))
            compared += 1
    print(f"{compared} tables")
    assert compared


def main(command, *arguments):
    if command == "pairs":
        write(arguments[1], *Data(arguments[0]).samples("test"))
    elif command == "device":
        data, user, folder = Data(arguments[0]), arguments[1], arguments[2]
        for name, (header, rows) in (("samples", data.samples("train", user, label=True)),
                                     ("candidates", data.samples("test", user, label=True))):
            write(f"{folder}/{name}.csv", header[1:], [row[1:] for row in rows])
        write(f"{folder}/history.csv", *data.events(user))
    elif command == "top":
        top(arguments[0], arguments[1], int(arguments[2]))
    else:
        {"compare": compare, "group": group, "models": models}[command](*arguments)


main(*sys.argv[1:])
