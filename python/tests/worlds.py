"""Small logs with features of every kind, and what `lcft` makes of them."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
from pathlib import Path
from typing import Callable

SCHEMA = """
log: {files: log.csv, user: user, item: item, time: {column: time, unit: s}}
label: {column: clicked}
sample_features:
  price: {kind: numeric, transform: [log, standardised]}
  campaigns: {list: "|"}
  place: {kind: numeric, transform: quantiles(4)}
  banner: {kind: vector, width: 5, list: "|"}
  device: {min_count: 200}
  hour: {from: time, as: hour}
event_features:
  dwell: {kind: numeric, transform: [log, quantiles(4)]}
  rating: {kind: numeric, transform: standardised}
  how: {list: "|"}
  action: {}
users:
  file: members.csv
  key: id
  features:
    age: {kind: numeric, transform: standardised}
    income: {kind: numeric, transform: [log, quantiles(3)]}
    plan: {}
    favourite: {list: "|", vocabulary: brand, table: brand}
    taste: {kind: vector, width: 3, list: "|"}
items:
  file: skus.jsonl
  key: sku
  features:
    brand: {vocabulary: brand, table: brand}
    category: {list: true}
    user: {hash: 16, table: item}
    weight: {kind: numeric, transform: log}
    size: {kind: numeric, transform: quantiles(3)}
    look: {kind: vector, width: 4, list: true}
split: {fraction: 0.7}
"""
USERS, ITEMS, ROWS = 30, 50, 3000
#: The time of the first row.
START = 1_700_000_000


def binary() -> str:
    """The release binary: `LCFT`, or that of the repository."""
    root = Path(__file__).resolve().parents[2]
    return os.environ.get("LCFT") or str(root / ".build/release/lcft")


def lcft(folder: Path, *arguments: str) -> str:
    """Runs a command of the program in `folder`."""
    environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    command = [binary(), *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"lcft {' '.join(arguments)}\n{done.stdout}{done.stderr}"
    return done.stdout


def write_log(folder: Path) -> None:
    """A log with exposures and actions, members and things, each with values that are missing here and there."""
    draw = random.Random(5)

    def vector(width: int) -> "list[float]":
        return [round(draw.gauss(0, 1), 3) for _ in range(width)]

    with open(folder / "members.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "age", "income", "plan", "favourite", "taste"])
        for user in range(USERS):
            brands = draw.sample(range(9), 1 + user % 2)
            rows.writerow(
                [
                    f"m{user}",
                    "" if user % 7 == 0 else 18 + user,
                    "" if user % 9 == 0 else 13 * user - 50,
                    "free" if user % 3 else "paid",
                    "" if user % 5 == 0 else "|".join(f"brand {b}" for b in brands),
                    "" if user % 11 == 3 else "|".join(map(str, vector(3))),
                ]
            )
    with open(folder / "skus.jsonl", "w", encoding="utf-8") as file:
        for item in range(ITEMS):
            thing = {
                "sku": f"S-{item}",
                "brand": f"brand {item % 9}",
                "user": f"maker {item}",
                "category": ["Home", f"Group {item % 4}"] if item % 6 else [],
                "look": vector(4) if item % 10 else [0, 0, 0, 0],
            }
            if item % 8:
                thing["weight"] = round(draw.expovariate(0.5), 2)
            if item % 5:
                thing["size"] = draw.randrange(1, 30)
            file.write(json.dumps(thing) + "\n")
    with open(folder / "log.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            [
                "time",
                "user",
                "item",
                "clicked",
                "price",
                "campaigns",
                "place",
                "banner",
                "dwell",
                "rating",
                "device",
                "how",
                "action",
            ]
        )
        for row in range(ROWS):
            user, item = draw.randrange(USERS), draw.randrange(ITEMS)
            clicked = draw.random() < (0.6 if (user + item) % 4 == 0 else 0.1)
            campaigns = "mail|spring" if row % 3 else "spring" if row % 2 else ""
            rows.writerow(
                [
                    START + 37 * row,
                    f"m{user}",
                    f"S-{item}",
                    "yes" if clicked else "no",
                    "" if row % 10 == 0 else round(5 + item / 4 + draw.random(), 2),
                    campaigns,
                    draw.randrange(1, 9),
                    "|".join(map(str, vector(5))),
                    round(draw.expovariate(0.05), 1) if clicked else "",
                    round(draw.gauss(3, 1), 2) if clicked and row % 4 else "",
                    f"d{int(draw.expovariate(0.3))}",
                    "a|b" if row % 5 == 0 else "b" if clicked else "",
                    draw.choice(["click", "cart", "buy"]) if clicked else "exposure",
                ]
            )


def import_log(folder: Path, name: str, user: Callable[[int], int], *split: str) -> None:
    """A data set of ids alone: a row a minute, each of the user whose number `user` says."""
    rows = [
        f"u{user(n)},i{n * n % 31},{START + 60 * n},{int(n * 13 % 10 < 3 or n % 11 == 0)}\n"
        for n in range(900)
    ]
    (folder / f"{name}.csv").write_text("user,item,timestamp,label\n" + "".join(rows), encoding="utf-8")
    lcft(folder, "import", "csv", "--interactions", f"{name}.csv", *split, "--output", f"{name}.h5")


def make_dataset(folder: Path) -> Path:
    """The data set of that log."""
    write_log(folder)
    (folder / "schema.yaml").write_text(SCHEMA, encoding="utf-8")
    lcft(folder, "import", "table", "--schema", "schema.yaml", "--output", "all.h5")
    return folder / "all.h5"


def run(folder: Path, name: str, data: Path, model: str, *arguments: str) -> Path:
    """The folder of a run of a small job with this model."""
    job = folder / f"{name}.yaml"
    job.write_text(
        f"seed: 3\nmodel: {model}\n"
        "training: {epochs: 1, batch_size: 128, learning_rate: 0.01, optimizer: adam, virtual_shards: 4}\n"
        "finetuning: {methods: [cloud, local, bias_only, grouped], epochs: 2, batch_size: 16, learning_rate: 0.03}\n"
        "grouping: {quantiles: 2}\n",
        encoding="utf-8",
    )
    lcft(
        folder,
        "run",
        "--job",
        job.name,
        "--data",
        str(data),
        "--output",
        name,
        "--save-models",
        "sample:4",
        *arguments,
    )
    return folder / name
