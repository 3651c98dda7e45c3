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

import measures
from check_results import auc, check_interval

NORMAL = 1.959964


class Run:
    def __init__(self, folder):
        self.name = os.path.basename(folder)
        self.summary = json.load(open(f"{folder}/summary.json"))
        with h5py.File(f"{folder}/results.h5") as file:
            self.model, self.global_ctr = file.attrs["model"].decode(), file.attrs["global_ctr"]
            self.job = file["job"].asstr()[()]
            self.weights = file["users/test_count"][:].astype(float)
            self.local, self.count, self.positives = (
                file["users"][name][:] for name in ("local_ctr", "train_count", "train_positives")
            )
            order = sorted(file["methods"], key=lambda name: file["methods"][name].attrs["index"])
            self.aucs = {name: file["methods"][name]["auc"][:] for name in order}
            self.finite = {name: file["methods"][name]["auc_status"][:] != 3 for name in order}
            offsets, self.labels = file["predictions/offsets"][:], file["predictions/label"][:]
            self.sample_user = np.repeat(np.arange(len(self.weights)), np.diff(offsets))
            self.spans = np.stack([offsets[:-1], offsets[1:]], 1)
            self.times = file["predictions/timestamp"][:] if "timestamp" in file["predictions"] else None
            self.cutoffs, self.bins = file.attrs["metrics_at"].tolist(), int(file.attrs["metrics_bins"])
            self.logits = {name: file["predictions"][name][:].astype(float) for name in order}
            shifts = file["shifts"]
            self.unseen = shifts["unseen"][:] / self.weights
            self.shifts = {name: shifts[name][:] for name in order if name in shifts}
            reached = file["without_unseen"]
            self.unseen_positives = reached["positives"][:] / np.maximum(file["users/test_positives"][:], 1)
            self.others = reached["others"][:].astype(float)
            self.reached = {name: reached[name][:] for name in order}
            self.losses = {
                "training": file["methods/cloud/loss_before"][:], "test": file["methods/cloud/logloss"][:]
            } if "cloud" in order else {}
        every = np.all(list(self.finite.values()), axis=0)
        defined = np.all([~np.isnan(aucs) for aucs in self.aucs.values()], axis=0)
        self.common = every, defined & every
        self.differ = any((finite != every).any() for finite in self.finite.values())

    def scores(self, method, common=False):
        """User AUC, unweighted, its users, pooled AUC, log loss, their users."""
        scored, defined = self.common if common else (self.finite[method], ~np.isnan(self.aucs[method]))
        aucs, rows = self.aucs[method][defined], scored[self.sample_user]
        z, y = self.logits[method][rows], self.labels[rows]
        return (
            np.average(aucs, weights=self.weights[defined]), aucs.mean(), defined.sum(), auc(y, z),
            np.mean(np.logaddexp(0, z) - y * z), scored.sum(),
        )

    def user_auc(self, method):
        return self.scores(method)[0]

    def measures(self, method, users):
        """Calibration and rankings over those of `users` with scores."""
        own = self.spans[users & self.finite[method]]
        return measures.total(own, self.labels, self.logits[method], self.times, self.cutoffs, self.bins)


class Configuration:
    """Runs whose jobs differ in the seed alone; users' AUCs are means."""

    def __init__(self, runs):
        self.runs, first = runs, runs[0]
        self.weights, self.local, self.count, self.positives = first.weights, first.local, first.count, first.positives
        self.name = os.path.commonprefix([run.name for run in runs]).rstrip("-_. ") if len(runs) > 1 else first.name
        self.model, self.summary, self.global_ctr = first.model, first.summary, first.global_ctr
        self.aucs = {name: np.mean([run.aucs[name] for run in runs], axis=0) for name in first.aucs}

    @staticmethod
    def all(runs):
        found = {}
        for run in runs:
            job = re.sub(r"^(seed|name): .*\n?", "", run.job, flags=re.M).rstrip()
            key = job, tuple(run.aucs), run.summary["dataset"]["digest"]
            found.setdefault(key, []).append(run)
        return [Configuration(runs) for runs in found.values()]

    def paired(self, method, base, users=slice(None)):
        difference = (self.aucs[method] - self.aucs[base])[users]
        both = ~np.isnan(difference)
        return difference[both], self.weights[users][both]

    def of_seeds(self, method, base, users=slice(None)):
        """The same differences in every run: [seeds, users]."""
        both = ~np.isnan((self.aucs[method] - self.aucs[base])[users])
        return np.stack([(run.aucs[method] - run.aucs[base])[users][both] for run in self.runs])


def table(folder, name):
    with open(f"{folder}/{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def near(text, value, tolerance=1e-9):
    assert abs(float(text) - value) < tolerance * max(1, abs(value)), (text, value)


def check_difference(row, value, low, high, difference, weights, rng):
    """`difference` is [seeds, users]."""
    near(row[value], np.average(difference.mean(axis=0), weights=weights))
    check_interval(float(row[low]), float(row[high]), difference, weights, rng)


def deviation(values):
    return np.std(values, ddof=1) if len(values) > 1 else np.nan


def near_or_empty(text, value):
    assert (text == "") == bool(np.isnan(value)), (text, value)
    if text:
        near(text, value)


def users_text(counts):
    return str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"


def check_tables(folder, configurations, rng):
    runs = [run for configuration in configurations for run in configuration.runs]
    rows = table(folder, "table1")
    assert len(rows) == len({run.summary["dataset"]["digest"] for run in runs})
    for row in rows:
        run = next(run for run in runs if run.summary["dataset"]["digest"] == row["digest"])
        counts = run.summary["dataset"]
        assert row["dataset"] == counts["name"]
        assert int(row["users"]) == len(run.weights)
        assert int(row["samples"]) == run.weights.sum() + run.count.sum()
        assert int(row["train_users"]) == counts["train_users"]
        assert int(row["train_samples"]) == counts["train_samples"]
        assert int(row["all_samples"]) == counts["train_samples"] + counts["test_samples"]
        near(row["global_ctr"], run.global_ctr)
    markdown = open(f"{folder}/tables.md", encoding="utf-8").read()
    rows = iter(table(folder, "table2"))
    for configuration in configurations:
        differ = any(run.differ for run in configuration.runs)
        for common in [False, True] if differ else [False]:
            row = next(rows)
            assert (row["run"], row["model"]) == (configuration.name, configuration.model)
            assert int(row["seeds"]) == len(configuration.runs)
            assert row["population"] == ("common to all methods" if common else "each method's own")
            methods = [name for name in list(row)[6:] if not name.endswith("_sd")]
            values = {
                name: [run.scores(name, common)[0] for run in configuration.runs] for name in configuration.aucs
            }
            counts = [run.scores(name, common)[2] for run in configuration.runs for name in configuration.aucs]
            assert row["users"] == users_text(counts)
            best = f"{max(np.mean(value) for value in values.values()):.4f}"
            cells = []
            for method in methods:
                if method not in values:
                    assert row[method] == ""
                    cells.append("-")
                    continue
                near(row[method], np.mean(values[method]))
                near_or_empty(row[f"{method}_sd"], deviation(values[method]))
                if len(values[method]) == 1 and not common:
                    near(row[method], configuration.summary["methods"][method]["user_auc"])
                shown = f"{np.mean(values[method]):.4f}"
                text = shown + (f" ± {deviation(values[method]):.4f}" if len(values[method]) > 1 else "")
                isbest = shown == best and len(values) > 1 and common == differ
                cells.append(f"**{text}**" if isbest else text)
            assert f" | {row['users']} | {' | '.join(cells)} |" in markdown, cells
    assert next(rows, None) is None
    check_scores(folder, configurations)
    check_measures(folder, configurations)
    check_shifts(folder, configurations)
    rows = table(folder, "differences")
    assert len(rows) == sum(len(configuration.aucs) for configuration in configurations)
    for row in rows:
        configuration = next(one for one in configurations if one.name == row["run"])
        method = row["method"]
        near(row["user_auc"], np.mean([run.user_auc(method) for run in configuration.runs]))
        assert row["no_auc"] == users_text([np.isnan(run.aucs[method]).sum() for run in configuration.runs])
        for base in ("cloud", "local"):
            name = f"vs_{base}"
            if base == method:
                assert row[name] == row[name + "_low"] == row[name + "_high"] == ""
                continue
            difference, weights = configuration.paired(method, base)
            each = configuration.of_seeds(method, base)
            check_difference(row, name, name + "_low", name + "_high", each, weights, rng)
            assert int(row[name + "_users"]) == len(difference)
            pairs = [Configuration([run]).paired(method, base) for run in configuration.runs]
            each = [np.average(own, weights=samples) for own, samples in pairs]
            near_or_empty(row[name + "_sd"], deviation(each))
            if base == "cloud":
                for column, share in (("higher", difference > 0), ("same", difference == 0), ("lower", difference < 0)):
                    near(row[column], share.mean())
            shown = f"{float(row[name]):+.4f} [{float(row[name + '_low']):+.4f}, {float(row[name + '_high']):+.4f}]"
            assert shown.replace("-0.0000", "+0.0000") in markdown, shown
    for row in table(folder, "significance"):
        configuration = next(one for one in configurations if one.name == row["run"])
        difference, _ = configuration.paired(row["method"], row["against"])
        assert int(row["users"]) == len(difference)
        near(row["up"], (difference > 0).mean())
    rows = table(folder, "runs")
    assert [row["run"] for row in rows] == [run.name for run in runs]
    for row, run in zip(rows, runs):
        assert int(row["ranks"]) == run.summary["ranks"] == sum(host["ranks"] for host in run.summary["hosts"])
        assert row["command"] == run.summary["command"] and row["command"].startswith("lcft ")
        assert row["content"] == run.summary["digest"]["results"]


def check_scores(folder, configurations):
    columns = ("user_auc", "user_auc_unweighted", "auc_users", "pooled_auc", "logloss", "scored_users")
    rows = iter(table(folder, "scores"))
    for configuration in configurations:
        for common in [False, True] if any(run.differ for run in configuration.runs) else [False]:
            for method in configuration.aucs:
                row = next(rows)
                assert (row["run"], row["method"]) == (configuration.name, method)
                scores = list(zip(*[run.scores(method, common) for run in configuration.runs]))
                for column, values in zip(columns, scores):
                    if column.endswith("_users"):
                        assert row[column] == users_text(values)
                    else:
                        near(row[column], np.mean(values))
                        near_or_empty(row[f"{column}_sd"], deviation(values))
                stored = configuration.summary["methods"][method]
                stored = stored["common"] if common else stored
                if len(configuration.runs) == 1:
                    near(row["pooled_auc"], stored["pooled_auc"])
                    assert row["auc_users"] == str(stored["auc_users"])
    assert next(rows, None) is None


def check_cells(row, each):
    """The columns of measures of a row, of which `each` are those of the runs."""
    for name in each[0]:
        values = [own[name] for own in each]
        if name.startswith("list"):
            assert row.get(name, "0") == users_text(values), (name, values)
        else:
            near_or_empty(row[name], np.mean(values))
            near_or_empty(row[f"{name}_sd"], deviation(values))
    if not any(own.get("lists") for own in each):
        assert row.get("mrr", "") == ""


def check_measures(folder, configurations):
    rows = iter(table(folder, "measures"))
    for configuration in configurations:
        for common in [False, True] if any(run.differ for run in configuration.runs) else [False]:
            for method in configuration.aucs:
                row = next(rows)
                assert (row["run"], row["method"]) == (configuration.name, method)
                users = [run.common[0] if common else run.finite[method] for run in configuration.runs]
                check_cells(row, [run.measures(method, own) for run, own in zip(configuration.runs, users)])
    assert next(rows, None) is None


def check_groups(folder, configurations):
    """The scores by local CTR: one folded table per configuration."""
    page = open(f"{folder}/report.html", encoding="utf-8").read()
    for configuration in configurations:
        name = "groups-" + re.sub(r"[^\w]|_", "-", configuration.name)
        rows = table(folder, name)
        assert re.search(rf'<details><summary>[^<]*</summary>\s*<div class="scroll"><table id="{re.escape(name)}">', page)
        assert [row["method"] for row in rows[: len(configuration.aucs)]] == list(configuration.aucs)
        # Users of one group have all methods' rows, in a block; every user is in one group.
        blocks = [rows[start : start + len(configuration.aucs)] for start in range(0, len(rows), len(configuration.aucs))]
        by_negatives = "." not in rows[0]["interval"] and " to " not in rows[0]["interval"]
        seen = np.zeros(len(configuration.local), int)
        for place, block in enumerate(blocks):
            if by_negatives:
                ratio = int(block[0]["interval"])
                users = configuration.count - configuration.positives == ratio * configuration.positives
            else:
                users = configuration.local <= float(block[0]["high"])
                if place > 0:
                    users &= configuration.local > float(block[0]["low"])
            seen += users
            for row in block:
                assert int(row["users"]) == users.sum() > 0
                each, aucs, losses = [], [], []
                for run in configuration.runs:
                    own = run.aucs[row["method"]]
                    defined = users & ~np.isnan(own)
                    aucs.append(np.average(own[defined], weights=run.weights[defined]) if defined.any() else np.nan)
                    kept = (users & run.finite[row["method"]])[run.sample_user]
                    z, y = run.logits[row["method"]][kept], run.labels[kept]
                    losses.append(np.mean(np.logaddexp(0, z) - y * z))
                    each.append(run.measures(row["method"], users))
                near_or_empty(row["user_auc"], np.mean(aucs))
                near(row["logloss"], np.mean(losses))
                check_cells(row, each)
        assert (seen == 1).all()


def check_shifts(folder, configurations):
    rows = table(folder, "shifts")
    for configuration in configurations:
        first = configuration.runs[0]
        values = {"local CTR": first.local, "training samples": first.count, "unseen": first.unseen}
        values["unseen positives"] = first.unseen_positives
        for part in first.losses:
            losses = np.mean([run.losses[part] for run in configuration.runs], axis=0)
            if np.isfinite(losses).all():
                values[f"cloud's {part} loss"] = losses
        own = [row for row in rows if row["run"] == configuration.name]
        methods = set(configuration.aucs) - {"cloud", "popularity", "cloud_without_user"}
        assert {row["method"] for row in own} == methods
        assert {row["by"] for row in own} == ({"all", *values} if own else set())
        for method in methods:
            for by in ["all", *values]:
                groups = [row for row in own if (row["method"], row["by"]) == (method, by)]
                seen = np.zeros(len(first.local), int)
                for place, row in enumerate(groups):
                    users = np.ones(len(first.local), bool)
                    if by != "all":
                        users &= values[by] <= float(row["high"])
                        if place:
                            users &= values[by] > float(row["low"])
                    seen += users
                    difference, weights = configuration.paired(method, "cloud", users)
                    assert int(row["users"]) == len(difference)
                    if len(difference):
                        near(row["vs_cloud"], np.average(difference, weights=weights))
                    reached = np.mean([run.reached[method] - run.reached["cloud"] for run in configuration.runs], axis=0)[users]
                    weights = first.others[users][~np.isnan(reached)]
                    assert int(row["without_unseen_users"]) == len(weights)
                    if len(weights):
                        near(row["vs_cloud_without_unseen"], np.average(reached[~np.isnan(reached)], weights=weights))
                    shifts = np.concatenate([run.shifts[method][users] for run in configuration.runs])
                    shifts = shifts[np.isfinite(shifts)]
                    assert int(row["shift_users"]) == len(shifts) // len(configuration.runs)
                    near_or_empty(row["shift"], shifts.mean() if len(shifts) else np.nan)
                    if len(shifts):
                        near(row["shift"], shifts.mean())
                assert (seen == 1).all() and 1 <= len(groups) <= 3


def check_histogram(rows, run):
    lows, highs = (np.array([float(row[name]) for row in rows]) for name in ("low", "high"))
    assert lows[0] == 0 and (lows[1:] == highs[:-1]).all() and run.local.max() <= highs[-1] <= 1
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
                each = run.of_seeds(method, "local", users)
                check_difference(row, "gain", "gain_low", "gain_high", each, weights, rng)
            else:
                assert row["gain"] == row["gain_low"] == ""
        assert seen.all()
        if not by_negatives:
            assert float(own[0]["low"]) <= run.local.min() and run.local.max() <= float(own[-1]["high"]) <= 1
        if intervals == "quantile":
            assert float(own[0]["low"]) == run.local.min() and float(own[-1]["high"]) == run.local.max()
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
        folded = rf'<details><summary>[^<]*</summary>\s*<div class="scroll"><table id="{re.escape(figure["id"])}">.*?</table>'
        shown = re.search(folded, text, re.S).group(0)
        if "users" not in rows[0]:
            assert shown.count("<tr>") == len(rows) + 1
            continue
        # Rows without users at the ends, of each method, are for programs only.
        blocks = {}
        for row in rows:
            blocks.setdefault(row.get("method"), []).append(int(row["users"]) > 0)
        if figure["kind"] not in ("histogram", "gain"):
            blocks = {None: [True] * len(rows)}
        ends = [np.flatnonzero(block) for block in blocks.values()]
        assert shown.count("<tr>") == sum(end[-1] - end[0] + 1 for end in ends if len(end)) + 1
    # The list of contents leads to every table and figure.
    contents = re.search(r"<nav.*?</nav>", text, re.S).group(0)
    for figure in figures:
        assert f'href="#{figure["id"]}-figure"' in contents
    for name in re.findall(r'href="#([^"]*)"', contents):
        assert name in page.identifiers, name


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
    configurations = Configuration.all(runs)
    if runs:
        check_tables(folder, configurations, rng)
    figures = json.load(open(f"{folder}/figures.json"))["figures"]
    kinds = {}
    for figure in figures:
        rows = table(folder, figure["id"])
        owners = [one for one in configurations if figure["title"].endswith(" " + one.name)]
        sets = [one for one in configurations if figure["title"].endswith(" " + one.summary["dataset"]["name"])]
        if figure["kind"] == "histogram":
            check_histogram(rows, sets[0])
        elif figure["kind"] == "gain":
            check_gain(rows, owners[0], intervals, figure["x_label"] == "negatives per positive", rng)
        elif figure["kind"] == "changes":
            check_changes(rows, owners[0])
        elif figure["kind"] == "loss":
            expected = [
                (f"{one.name} ({one.model})", str(epoch + 1), np.mean(losses))
                for one in sets
                for epoch, losses in enumerate(zip(*[run.summary["cloud_training"]["loss"] for run in one.runs]))
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
    check_groups(folder, configurations)
    print(f"{len(runs)} runs agree; figures: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] == "drawn", sys.argv[3], sys.argv[4:])
