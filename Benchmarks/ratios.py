"""Joins the logs of compare.sh into a table of rates and ratios: ratios.py FOLDER."""
import pathlib
import re
import sys

folder = pathlib.Path(sys.argv[1])


def best(file, pattern):
    """The highest rate among a log's lines that match."""
    rates = [float(m.group(1)) for m in re.finditer(pattern, (folder / file).read_text(), re.M)]
    return max(rates, default=float("nan"))


def ours(name, ranks):
    return best(f"ours-{ranks}", rf"^{re.escape(name)}  +([0-9.]+)")


def peer(kind, size, threads):
    pattern = {
        "training": r"samples/s ([0-9.]+)",
        "copy": r"naive deepcopy users/s ([0-9.]+)",
        "expert": r"rollback users/s ([0-9.]+)",
    }[kind]
    return best(f"peer-{size}-{threads}", pattern)


print("| loop | PyTorch | ours | ratio |\n|---|---|---|---|")
for count in (1, 2):
    workers = "1 thread, 1 rank" if count == 1 else "2 threads, 2 ranks"
    for size in ("reference", "original"):
        name = f"DIN, {size} sizes"
        rows = [
            ("cloud training", "training", f"cloud training {name}"),
            ("fine-tuning, against the deep copy", "copy", f"fine-tuning {name}"),
            ("fine-tuning, against the expert's", "expert", f"fine-tuning {name}"),
            ("fine-tuning with losses, against the expert's", "expert", f"fine-tuning {name}, with losses"),
        ]
        for loop, kind, line in rows:
            theirs, own = peer(kind, size, count), ours(line, count)
            print(f"| {loop}, {size} sizes, {workers} | {theirs:,.0f} | {own:,.0f} | {own / theirs:.1f} |")
for size in ("reference", "original"):
    for kind in ("cloud training", "fine-tuning"):
        line = f"{kind} DIN, {size} sizes"
        print(f"| two ranks against one, {kind}, {size} sizes | | | {ours(line, 2) / ours(line, 1):.2f} |")
for match in re.finditer(r"^(cloud training DIN.*?)  .*?([0-9]+)% of sgemm", (folder / "ours-1").read_text(), re.M):
    print(f"| {match.group(1)}: share of sgemm's rate | | | {match.group(2)}% |")
