"""What further features cost: samples and users per second of the processor's time, and memory, with 0, 5 and 20 of a made-up
log's features.

    python cost.py --lcft PROGRAM --output FOLDER [--models DIN,DeepFM] [--counts 0,5,20] [--narrow]

The log (world.py) has 20 features, of users, items and samples in turn: 12 categorical, 4 numeric, 4 lists. Every job runs once
per round, the counts in turns, and the best of ROUNDS counts. Processor time is that of the whole commands `train` and
`finetune` (methods cloud and local), start and files included: a training by itself, by the clock, is up to 1.8 times as fast.
"""
import argparse
import os
import re
import subprocess
import sys

import h5py

import lcft

HERE = os.path.dirname(os.path.abspath(__file__))


def world(o):
    data = os.path.join(o.output, "world.h5")
    if not os.path.exists(data):
        folder = os.path.join(o.output, "world")
        subprocess.run(
            [sys.executable, os.path.join(HERE, "world.py"), folder, "--categorical", "12", "--numeric", "4",
             "--lists", "4", "--users", str(o.users), "--items", str(o.items), "--impressions", str(o.impressions)],
            check=True)
        lcft.command(o.lcft, "import", "table", "--schema", os.path.join(folder, "world.yaml"), "--output", data)
    return data


def features(data):
    """In the order of their numbers, so that the first ones are of users, items and samples in turn."""
    with h5py.File(data) as file:
        every = [f"{owner}/{name}" for owner in file["features"] for name in file[f"features/{owner}"]]
    return sorted(every, key=lambda path: int(re.search(r"\d+$", path)[0]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lcft", required=True, help="the program")
    parser.add_argument("--output", required=True, help="a folder for the log and runs")
    parser.add_argument("--models", default="DIN,DeepFM")
    parser.add_argument("--counts", default="0,5,20")
    for name, value in [("users", 2000), ("items", 5000), ("impressions", 100), ("rounds", 2), ("width", 9)]:
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument(
        "--narrow", action="store_true",
        help="every field of a user's and a sample's feature has the width, not that of an item; not for models that multiply "
        "fields")
    o = parser.parse_args()
    os.makedirs(o.output, exist_ok=True)
    data = world(o)
    narrow = {"model.feature_embedding": o.width, "model.user_embedding": o.width} if o.narrow else {}
    every = features(data)
    print("| model | features | columns of an item | samples/s | users/s | samples/s by the clock | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for model in o.models.split(","):
        counts = [int(count) for count in o.counts.split(",")]
        rows = {count: [] for count in counts}
        for _ in range(o.rounds):
            for count in counts:
                job = lcft.job(
                    model, {"item": o.width, "feature": o.width, "user": o.width} | narrow, epochs=1,
                    features={"only": every[:count]}, methods=["cloud", "local"])
                rows[count].append(lcft.run(o.lcft, job, data, os.path.join(o.output, f"{model}-{count}")))
        for count in counts:
            encoded = [f for f in every[:count] if f.startswith("items/") and "numeric" not in f]
            clock = max(row["cloud_training"]["samples_per_second"] for row in rows[count])
            seconds = [min(row["processor_seconds"][c] for row in rows[count]) for c in ("train", "finetune")]
            samples = rows[count][0]["dataset"]["train_samples"] / seconds[0]
            users = rows[count][0]["users"]["evaluated"] / seconds[1]
            peak = max(row["peak"] for row in rows[count]) / 1e6
            print(
                f"| {model} | {count} | {o.width * (1 + len(encoded))} | {samples:,.0f} | {users:,.0f} | "
                f"{clock:,.0f} | {peak:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
