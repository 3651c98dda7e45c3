#!/usr/bin/env python3
"""Checks what `lcft report` wrote against the runs' own files: every number is computed again with h5py and numpy.

    python3 check_report.py REPORT_FOLDER drawn|not-drawn auto|negatives|width|quantile RUN_FOLDER...
"""
import csv
import html.parser
import json
import os
import re
import struct
import sys
import xml.etree.ElementTree as xml

import h5py
import numpy as np

from check_results import check_interval

NORMAL = 1.959964


class Run:
    def __init__(self, folder):
        self.name = os.path.basename(folder)
        self.summary = json.load(open(f"{folder}/summary.json"))
        with h5py.File(f"{folder}/results.h5") as file:
            self.model, self.global_ctr = file.attrs["model"].decode(), file.attrs["global_ctr"]
            self.weights = file["users/test_count"][:].astype(float)
            self.local, self.count, self.positives = (
                file["users"][name][:] for name in ("local_ctr", "train_count", "train_positives")
            )
            order = sorted(file["methods"], key=lambda name: file["methods"][name].attrs["index"])
            self.aucs = {name: file["methods"][name]["auc"][:] for name in order}

    def user_auc(self, method):
        defined = ~np.isnan(self.aucs[method])
        return np.average(self.aucs[method][defined], weights=self.weights[defined])

    def paired(self, method, base, users=slice(None)):
        difference = (self.aucs[method] - self.aucs[base])[users]
        both = ~np.isnan(difference)
        return difference[both], self.weights[users][both]


def table(folder, name):
    with open(f"{folder}/{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def near(text, value, tolerance=1e-9):
    assert abs(float(text) - value) < tolerance, (text, value)


def check_difference(row, value, low, high, difference, weights, rng):
    near(row[value], np.average(difference, weights=weights))
    check_interval(float(row[low]), float(row[high]), difference, weights, rng)


def check_tables(folder, runs, rng):
    rows = table(folder, "table1")
    assert len(rows) == len({run.summary["dataset"]["digest"] for run in runs})
    for row in rows:
        run = next(run for run in runs if run.summary["dataset"]["digest"] == row["digest"])
        counts = run.summary["dataset"]
        assert row["dataset"] == counts["name"]
        assert int(row["users"]) == len(run.weights)
        assert int(row["samples"]) == counts["train_samples"] + counts["test_samples"]
        near(row["global_ctr"], run.global_ctr)
    markdown = open(f"{folder}/tables.md", encoding="utf-8").read()
    for run, row in zip(runs, table(folder, "table2"), strict=True):
        assert (row["run"], row["model"]) == (run.name, run.model)
        cells = []
        best = max(run.user_auc(method) for method in run.aucs)
        for method in list(row)[3:]:
            if method not in run.aucs:
                assert row[method] == ""
                cells.append("-")
                continue
            value = run.user_auc(method)
            near(row[method], value)
            near(row[method], run.summary["methods"][method]["user_auc"])
            cells.append(f"**{value:.4f}**" if value == best else f"{value:.4f}")
        assert f"| {run.name} | {' | '.join(cells)} |" in markdown, cells
    rows = table(folder, "differences")
    assert len(rows) == sum(len(run.aucs) for run in runs)
    for row in rows:
        run = next(run for run in runs if run.name == row["run"])
        method = row["method"]
        near(row["user_auc"], run.user_auc(method))
        assert int(row["no_auc"]) == np.isnan(run.aucs[method]).sum()
        for base in ("cloud", "local"):
            name = f"vs_{base}"
            if base == method:
                assert row[name] == row[name + "_low"] == row[name + "_high"] == ""
                continue
            difference, weights = run.paired(method, base)
            check_difference(row, name, name + "_low", name + "_high", difference, weights, rng)
            if base == "cloud":
                for column, share in (("higher", difference > 0), ("same", difference == 0), ("lower", difference < 0)):
                    near(row[column], share.mean())
            shown = f"{float(row[name]):+.4f} [{float(row[name + '_low']):+.4f}, {float(row[name + '_high']):+.4f}]"
            assert shown.replace("-0.0000", "+0.0000") in markdown, shown
    for row in table(folder, "significance"):
        run = next(run for run in runs if run.name == row["run"])
        difference, _ = run.paired(row["method"], row["against"])
        assert int(row["users"]) == len(difference)
        near(row["up"], (difference > 0).mean())


def check_histogram(rows, run):
    lows, highs = (np.array([float(row[name]) for row in rows]) for name in ("low", "high"))
    assert lows[0] == 0 and (lows[1:] == highs[:-1]).all()
    # Intervals are open below and closed above, but for the first one, which has the users without a positive.
    counts = np.bincount(np.searchsorted(lows[1:], run.local, side="left"), minlength=len(rows))
    assert [int(row["users"]) for row in rows] == counts.tolist() and counts.sum() == len(run.local)
    for row, count in zip(rows, counts):
        near(row["share"], count / len(run.local))


def check_gain(rows, run, intervals, by_negatives, rng):
    assert intervals == "auto" or by_negatives == (intervals == "negatives")
    methods = [method for method in run.aucs if method not in ("cloud", "local")]
    assert list(dict.fromkeys(row["method"] for row in rows)) == methods
    for method in methods:
        own = [row for row in rows if row["method"] == method]
        seen = np.zeros(len(run.local), bool)
        sizes = []
        for place, row in enumerate(own):
            if by_negatives:
                users = run.count - run.positives == int(row["interval"]) * run.positives
            else:
                users = np.ones(len(run.local), bool)
                if place > 0:
                    users &= run.local > float(row["low"])
                if place + 1 < len(own):
                    users &= run.local <= float(row["high"])
            sizes.append(users.sum())
            assert not (seen & users).any()
            seen |= users
            difference, weights = run.paired(method, "local", users)
            assert int(row["users"]) == len(difference)
            if len(difference):
                check_difference(row, "gain", "gain_low", "gain_high", difference, weights, rng)
            else:
                assert row["gain"] == row["gain_low"] == ""
        assert seen.all()
        if intervals == "width":
            assert len(own) == 10
        if intervals == "quantile":
            # As equal in size as users with one local CTR, who stay together, let them be.
            ties = np.unique(run.local, return_counts=True)[1].max()
            assert len(own) <= 10 and max(sizes) <= len(run.local) / 10 + ties + 1


def check_changes(rows, run):
    for method, row in zip([name for name in run.aucs if name != "cloud"], rows, strict=True):
        difference, _ = run.paired(method, "cloud")
        assert (row["method"], int(row["users"])) == (method, len(difference))
        for column, share in (("up", difference > 0), ("same", difference == 0), ("down", difference < 0)):
            near(row[column], share.mean())


def check_days(rows, days):
    assert len(rows) == len(days)
    for row, day in zip(rows, days):
        impressions, clicks, users = (int(day[name]) for name in ("impressions", "clicks", "users"))
        bucket = f"{day['bucket']} {day['method']}" if "method" in day else day["bucket"]
        assert (row["bucket"], row["day"]) == (bucket, day["day"])
        share = clicks / impressions
        near(row["ctr"], share)
        if "ctr_low" in day:
            for name in ("ctr", "ctr_low", "ctr_high", "clicks_per_user", "clicks_per_user_low", "clicks_per_user_high"):
                near(row[name], float(day[name]))
            continue
        # Wilson's ends are where the score test just holds.
        for end in (float(row["ctr_low"]), float(row["ctr_high"])):
            assert abs(abs(share - end) - NORMAL * np.sqrt(end * (1 - end) / impressions)) < 1e-9
        near(row["clicks_per_user"], clicks / users)
        near(row["clicks_per_user_high"], (clicks + NORMAL * np.sqrt(clicks)) / users)
        near(row["clicks_per_user_low"], (clicks - NORMAL * np.sqrt(clicks)) / users)


class Page(html.parser.HTMLParser):
    VOID = {"meta", "link", "img", "br", "input", "hr"}

    def __init__(self):
        super().__init__()
        self.open, self.identifiers, self.count = [], [], {}

    def handle_starttag(self, tag, attributes):
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attributes:
            if name == "id":
                self.identifiers.append(value)
            if name in ("src", "href", "xlink:href", "data", "action"):
                assert value.startswith("#"), f"fetched: {value}"
        assert tag not in ("script", "link", "img", "iframe", "object", "base"), tag

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


def check_page(folder, figures, drawn):
    text = open(f"{folder}/report.html", encoding="utf-8").read()
    page = Page()
    page.feed(text)
    assert page.open == []
    assert len(page.identifiers) == len(set(page.identifiers))
    for name in re.findall(r"url\(#([^)]*)\)|href=\"#([^\"]*)\"", text):
        assert (name[0] or name[1]) in page.identifiers, name
    assert "http" not in text and "@import" not in text
    assert page.count["figure"] == len(figures)
    assert page.count.get("svg", 0) == (len(figures) if drawn else 0)
    assert "prefers-color-scheme: dark" in text and "@media print" in text
    assert ("pip install matplotlib" in text) != drawn
    # In drawings every colour follows the scheme.
    for drawing in re.findall(r"<svg.*?</svg>", text, re.S):
        assert not re.findall(r"#[0-9a-f]{6}\b", drawing), set(re.findall(r"#[0-9a-f]{6}\b", drawing))
    for figure in figures:
        rows = table(folder, figure["id"])
        shown = re.search(rf'<table id="{figure["id"]}">.*?</table>', text, re.S).group(0)
        assert shown.count("<tr>") == len(rows) + 1


def check_pictures(folder, figures, drawn):
    for figure in figures:
        files = [f"{folder}/{figure['id']}.{ending}" for ending in ("svg", "png")]
        assert [os.path.exists(file) for file in files] == [drawn, drawn]
        if not drawn:
            continue
        root = xml.parse(files[0]).getroot()
        assert root.tag.endswith("svg")
        assert figure["title"] in "".join(root.itertext())
        data = open(files[1], "rb").read()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", data[16:24])
        assert width > 800 and height > 250


def main(folder, drawn, intervals, folders):
    rng = np.random.default_rng(2)
    runs = [Run(path) for path in folders if os.path.exists(f"{path}/results.h5")]
    if runs:
        check_tables(folder, runs, rng)
    figures = json.load(open(f"{folder}/figures.json"))["figures"]
    kinds = {}
    for figure in figures:
        rows = table(folder, figure["id"])
        owners = [run for run in runs if figure["title"].endswith(" " + run.name)]
        sets = [run for run in runs if figure["title"].endswith(" " + run.summary["dataset"]["name"])]
        if figure["kind"] == "histogram":
            check_histogram(rows, sets[0])
        elif figure["kind"] == "gain":
            check_gain(rows, owners[0], intervals, figure["x_label"] == "negatives per positive", rng)
        elif figure["kind"] == "changes":
            check_changes(rows, owners[0])
        elif figure["kind"] == "loss":
            expected = [
                (f"{run.name} ({run.model})", str(epoch + 1), loss)
                for run in sets
                for epoch, loss in enumerate(run.summary["cloud_training"]["loss"])
            ]
            for row, (name, epoch, loss) in zip(rows, expected, strict=True):
                assert (row["run"], row["epoch"]) == (name, epoch)
                near(row["loss"], loss)
        elif figure["kind"] == "days":
            path = next(path for path in folders if figure["title"].endswith(" " + os.path.basename(path)))
            check_days(rows, table(path, "ab-days"))
        kinds[figure["kind"]] = kinds.get(figure["kind"], 0) + 1
    check_pictures(folder, figures, drawn)
    check_page(folder, figures, drawn)
    print(f"{len(runs)} runs agree; figures: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] == "drawn", sys.argv[3], sys.argv[4:])
