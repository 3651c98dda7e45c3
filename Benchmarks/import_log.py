"""What import.sh runs: a made-up log, polars' reading of it, and the table of both.

    import_log.py make FOLDER ROWS | polars FOLDER text|categories | run FOLDER NAME COMMAND... | table FOLDER
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

SCHEMA = """\
log: {files: [log.csv], user: member_id, item: sku, time: {column: shown_at, unit: iso8601}}
label: {column: clicked}
sample_features:
  device: {column: device, kind: categorical}
  city: {column: city, kind: categorical, min_count: 5}
  campaign: {column: campaign, kind: categorical}
  tags: {column: tags, kind: categorical, list: "|"}
  price: {column: price, kind: numeric, transform: log}
event_features:
  dwell: {column: dwell_s, kind: numeric, transform: quantiles(10)}
split: {last_days: 2}
"""
CATEGORIES = ["member_id", "sku", "device", "city", "campaign"]
USED = CATEGORIES + ["shown_at", "clicked", "tags", "price", "dwell_s"]


def make(folder, rows):
    import numpy as np
    import polars as pl

    draw = np.random.default_rng(1)
    times = np.datetime64("2024-03-01T00:00:00") + draw.integers(0, 86400 * 30, rows).astype("timedelta64[s]")
    tags = np.array(["|".join(f"tag-{t}" for t in draw.integers(0, 40, n)) for n in draw.integers(0, 5, 1000)])
    pl.DataFrame({
        "request": [f"{n:016x}" for n in draw.integers(0, 1 << 60, rows)],
        "member_id": [f"u{n:07d}" for n in draw.zipf(1.3, rows) % 60000],
        "sku": [f"B{n:09d}" for n in draw.zipf(1.2, rows) % 20000],
        "shown_at": np.datetime_as_string(times),
        "clicked": draw.integers(0, 2, rows),
        "device": draw.choice(["phone", "tablet", "desktop", "tv"], rows),
        "city": [f"city-{n}" for n in draw.zipf(1.5, rows) % 500],
        "campaign": [f"c{n}" for n in draw.integers(0, 3000, rows)],
        "tags": tags[draw.integers(0, 1000, rows)],
        "price": np.round(draw.lognormal(3, 1, rows), 2),
        "position": draw.integers(1, 30, rows),
        "dwell_s": np.round(draw.exponential(20, rows), 1),
        "page": draw.choice(["https://shop.example/list", "https://shop.example/search?q=shoes"], rows),
    }).write_csv(folder / "log.csv")
    (folder / "log.yaml").write_text(SCHEMA)


def polars(folder, kind):
    import polars as pl

    start, used = time.perf_counter(), time.process_time()
    pl.read_csv(
        folder / "log.csv", columns=USED,
        schema_overrides={name: pl.Categorical for name in CATEGORIES} if kind == "categories" else None)
    print(json.dumps({"read": time.perf_counter() - start, "cpu": time.process_time() - used}))


def processor_time(process):
    """Seconds that the threads of a running process have had so far."""
    ticks = [int(path.read_text().split()[0]) for path in pathlib.Path(f"/proc/{process}/task").glob("*/schedstat")]
    return sum(ticks) / 1e9


def run(folder, name, command):
    """Runs a command and keeps its times, its greatest memory, and the times of its reading."""
    row = {}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if name == "lcft":
        for line in process.stderr:
            # "log.csv: 136.1 MB in 0.4 s, 340.2 MB/s, 1000001 lines" once it has been read.
            done = re.search(r"log\.csv: [0-9.]+ MB in .*?([0-9.]+) MB/s", line)
            if done and "rate" not in row:
                row = {"rate": float(done[1]), "read_cpu": processor_time(process.pid)}
    output = process.communicate()[0]
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    row |= {"wall": time.perf_counter() - start, "cpu": usage.ru_utime + usage.ru_stime, "kB": usage.ru_maxrss}
    if name == "lcft":
        # What any command takes to begin is no reading: polars' time begins when it is loaded.
        subprocess.run([command[0], "--version"], capture_output=True, check=True)
        begun = resource.getrusage(resource.RUSAGE_CHILDREN)
        row["read_cpu"] -= begun.ru_utime + begun.ru_stime - row["cpu"]
    else:
        row.update(json.loads(output))
    with open(folder / "rows.jsonl", "a") as rows:
        rows.write(json.dumps({"name": name, **row}) + "\n")


def table(folder):
    size = os.path.getsize(folder / "log.csv") / 1e6
    rows = [json.loads(line) for line in open(folder / "rows.jsonl")]
    of = {name: [row for row in rows if row["name"] == name] for name in ("lcft", "polars-text", "polars-categories")}
    print(f"{size:.0f} MB of text\n")
    print("| | MB/s of text | processor, s | memory, MB |\n|---|---|---|---|")
    best = lambda name, key: min(row[key] for row in of[name])
    memory = lambda name: f"{best(name, 'kB') / 1000:.0f}"
    lcft = max(row["rate"] for row in of["lcft"])
    print(f"| lcft import table, its reading | {lcft:.0f} | {best('lcft', 'read_cpu'):.2f} | |")
    print(f"| lcft import table, to the finished file | {size / best('lcft', 'wall'):.0f} | {best('lcft', 'cpu'):.2f} "
          f"| {memory('lcft')} |")
    for name, what in (("polars-text", "texts as they are"), ("polars-categories", "ids and categories numbered")):
        print(f"| polars read_csv, {what} | {size / best(name, 'read'):.0f} | {best(name, 'cpu'):.2f} | {memory(name)} |")


if __name__ == "__main__":
    what, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if what == "make":
        make(folder, int(sys.argv[3]))
    elif what == "polars":
        polars(folder, sys.argv[3])
    elif what == "run":
        run(folder, sys.argv[3], sys.argv[4:])
    else:
        table(folder)
