"""Draws the figures of `lcft report` with matplotlib: python3 figures.py FOLDER

FOLDER/figures.json names the figures; each is drawn from FOLDER/<id>.csv into FOLDER/<id>.svg and <id>.png. Numbers
are drawn as they stand there and nothing is computed, so that tables and pictures cannot differ. Ends with status 3
where matplotlib is not installed.
"""
import csv
import json
import os
import sys
import tempfile

# Where the home folder is not writable matplotlib would complain; its cache is small.
os.environ.setdefault("MPLCONFIGDIR", os.path.join(tempfile.gettempdir(), f"lcft-matplotlib-{os.getuid()}"))
try:
    import matplotlib
except ImportError:
    sys.exit(3)
matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

FOLDER = sys.argv[1]
MANIFEST = json.load(open(os.path.join(FOLDER, "figures.json"), encoding="utf-8"))
INK, MUTED, GRID, PAPER, FAINT = (MANIFEST["colours"][name] for name in ("ink", "muted", "grid", "paper", "faint"))
SERIES = MANIFEST["colours"]["series"]
# Of fewer users no interval is drawn.
FEWEST = MANIFEST["fewest_users"]
PARENT = os.getppid()


def save(drawing, name, **options):
    """The drawing under its name, whole. Where the report is gone another one may be at work in the folder."""
    own = os.path.join(FOLDER, f".{name}.{os.getpid()}")
    for step in (lambda: drawing.savefig(own, format=name.rpartition(".")[2], **options),
                 lambda: os.replace(own, os.path.join(FOLDER, name))):
        if os.getppid() != PARENT:
            if os.path.exists(own):
                os.remove(own)
            sys.exit(1)
        step()


def rows(figure):
    with open(os.path.join(FOLDER, figure["id"] + ".csv"), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def groups(table, column):
    """The rows of each value of a column, values in the order of their first row."""
    found = {}
    for row in table:
        found.setdefault(row[column], []).append(row)
    return found


def numbers(table, column):
    """The numbers of a column; NaN for the end of an interval that is not known."""
    return [float(row[column] or "nan") for row in table]


def bars(axes, x, values, lows, highs, **style):
    """Points with the intervals' ends, which need not lie at equal distances; a NaN draws no end."""
    below = [max(0.0, value - low) for value, low in zip(values, lows)]
    above = [max(0.0, high - value) for value, high in zip(values, highs)]
    axes.errorbar(x, values, yerr=[below, above], capsize=2.5, elinewidth=1.2, **style)


def above(axes, columns):
    """A legend between the title and the axes, where it covers nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, borderpad=0.2, ncols=min(4, columns))


def style(index):
    return {"color": SERIES[index % len(SERIES)], "marker": "osD^vP*Xph"[index % 10], "markersize": 5}


def histogram(figure):
    table = rows(figure)
    lows, shares = numbers(table, "low"), numbers(table, "share")
    drawing, axes = plt.subplots(figsize=(7.2, 3.6))
    # The last interval reaches as far as the highest local CTR and is drawn as wide as the others.
    width = lows[1] - lows[0]
    axes.bar(lows, shares, width, align="edge", color=SERIES[0], edgecolor=PAPER, linewidth=0.6)
    axes.axvline(figure["mark"], color=SERIES[1], linestyle="--", linewidth=1.8, label=figure["mark_label"])
    axes.set_xlim(0, lows[-1] + width)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=None))
    axes.set_xlabel("local CTR")
    axes.set_ylabel("share of users")
    above(axes, 1)
    return drawing


def gain(figure):
    methods = groups(rows(figure), "method")
    columns = min(3, len(methods)) if len(methods) != 4 else 2
    height = -(-len(methods) // columns)
    drawing, panels = plt.subplots(
        height, columns, figsize=(max(7.2, 3.6 * columns), 0.7 + 2.9 * height), sharex=True, sharey=True, squeeze=False
    )
    for index, (method, table) in enumerate(methods.items()):
        axes = panels.flat[index]
        table = [row for row in table if row["gain"]]
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.axvline(figure["mark"], color=MUTED, linestyle="--", linewidth=1.2)
        ends = [{**row, "gain_low": "", "gain_high": ""} if int(row["users"]) < FEWEST else row for row in table]
        bars(
            axes, numbers(table, "position"), numbers(table, "gain"), numbers(ends, "gain_low"),
            numbers(ends, "gain_high"), linestyle="-", linewidth=1.2, **style(index),
        )
        axes.set_title(method, fontsize=10)
        axes.set_xticks([tick["at"] for tick in figure["ticks"]], [tick["label"] for tick in figure["ticks"]])
        if max(len(tick["label"]) for tick in figure["ticks"]) > 3:
            axes.tick_params(axis="x", labelrotation=45)
        axes.set_xlim(figure["range"])
        axes.tick_params(labelbottom=index + columns >= len(methods))
    for axes in list(panels.flat)[len(methods):]:
        axes.set_visible(False)
    drawing.supxlabel(figure["x_label"], fontsize=10)
    drawing.supylabel("user AUC minus that of local", fontsize=10)
    return drawing


def changes(figure):
    table = rows(figure)
    drawing, axes = plt.subplots(figsize=(7.2, 1.3 + 0.42 * len(table)))
    names = [row["method"] for row in table]
    start = [0.0] * len(table)
    for column, label, colour, ink in (
        ("up", "higher AUC than cloud", SERIES[0], PAPER), ("same", "same", FAINT, INK),
        ("down", "lower", SERIES[1], PAPER),
    ):
        shares = numbers(table, column)
        axes.barh(names, shares, left=start, height=0.66, color=colour, edgecolor=PAPER, linewidth=0.8, label=label)
        for place, (left, share) in enumerate(zip(start, shares)):
            if share >= 0.07:
                axes.text(left + share / 2, place, f"{100 * share:.1f}%", color=ink, ha="center", va="center", fontsize=9)
        start = [left + share for left, share in zip(start, shares)]
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.grid(False)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("share of users with an AUC")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    above(axes, 3)
    return drawing


def loss(figure):
    drawing, axes = plt.subplots(figsize=(7.2, 3.4))
    for index, (run, table) in enumerate(groups(rows(figure), "run").items()):
        axes.plot(numbers(table, "epoch"), numbers(table, "loss"), label=run, **style(index))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean training loss per sample")
    axes.margins(x=0.08, y=0.12)
    axes.legend(loc="best")
    return drawing


def days(figure):
    buckets = groups(rows(figure), "bucket")
    drawing, panels = plt.subplots(1, 2, figsize=(8.4, 3.6))
    for axes, value, label in (
        (panels[0], "ctr", "CTR"), (panels[1], "clicks_per_user", "clicks per user"),
    ):
        for index, (bucket, table) in enumerate(buckets.items()):
            table = [row for row in table if row[value]]
            # Side by side within the day, or intervals would lie on each other.
            shift = 0.12 * (index - (len(buckets) - 1) / 2)
            bars(
                axes, [day + shift for day in numbers(table, "day")], numbers(table, value),
                numbers(table, value + "_low"), numbers(table, value + "_high"), linewidth=1.4,
                label=bucket if value == "ctr" else None, **style(index),
            )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.set_xlabel("day")
        axes.set_ylabel(label)
        axes.margins(y=0.12)
    panels[0].yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g}%"))
    above(panels[0], len(buckets))
    return drawing


DRAW = {"histogram": histogram, "gain": gain, "changes": changes, "loss": loss, "days": days}

plt.rcParams.update({
    "axes.axisbelow": True, "axes.edgecolor": MUTED, "axes.facecolor": PAPER, "axes.grid": True,
    "axes.labelcolor": INK, "axes.spines.right": False, "axes.spines.top": False, "axes.titlecolor": INK,
    "figure.constrained_layout.use": True, "figure.facecolor": PAPER, "font.size": 9.5, "grid.color": GRID,
    "grid.linewidth": 0.7, "legend.frameon": False, "legend.labelcolor": INK, "savefig.dpi": 160, "svg.fonttype": "none",
    "text.color": INK, "xtick.color": MUTED, "xtick.labelcolor": INK, "ytick.color": MUTED, "ytick.labelcolor": INK,
})
for figure in MANIFEST["figures"]:
    # Names inside the picture follow from the figure, so that the same numbers give the same file.
    plt.rcParams["svg.hashsalt"] = figure["id"]
    drawing = DRAW[figure["kind"]](figure)
    drawing.suptitle(figure["title"], x=0.01, ha="left", fontsize=11, fontweight="bold")
    for ending, facts in (("svg", {"Date": None, "Creator": None}), ("png", {"Software": None})):
        save(drawing, f"{figure['id']}.{ending}", metadata=facts)
    plt.close(drawing)
