"""The same network on both sides: same sizes, optimizer, batch size, epochs and samples; in turns, over several seeds.

    python same_network.py DATA.h5 --lcft .build/release/lcft --output FOLDER [--cases din,dcnv2,...] [--epochs 1]

Prints a table of the test samples' user AUC (mean and range over the seeds), pooled AUC, and samples per second and per second
of the processor's time (the best of the seeds), by one thread each. Rows are also appended to FOLDER/same_network.jsonl.
Samples per second mean something on a quiet machine only. lcft's processor time includes its start and its files.
"""
import argparse
import json
import os

os.environ["OMP_NUM_THREADS"] = "1"

import torch  # noqa: E402

import lcft  # noqa: E402
import training  # noqa: E402
from samples import Samples  # noqa: E402

# name: side, model, settings of the network there, of lcft's job
CASES = {
    "din": ("fuxictr", "DIN", {"same": True}, {"model.attention_input": "original"}),
    "dcnv2": ("fuxictr", "DCNv2", {"same": True}, {}),
    "deepfm": ("deepctr", "DeepFM", {"same": True}, {}),
    "rival-din": ("rival", "DIN", {}, {}),
    "rival-din-lazy": ("rival", "DIN", {"lazy": True}, {}),
    "rival-dcnv2": ("rival", "DCNv2", {}, {}),
    "rival-dcnv2-lazy": ("rival", "DCNv2", {"lazy": True}, {}),
    "rival-deepfm": ("rival", "DeepFM", {}, {}),
    "rival-deepfm-lazy": ("rival", "DeepFM", {"lazy": True}, {}),
    "rival-pnn": ("rival", "PNN", {}, {}),
    "rival-widedeep": ("rival", "WideDeep", {}, {}),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--lcft", required=True, help="the program")
    parser.add_argument("--output", required=True, help="a folder for runs and rows")
    parser.add_argument("--cases", default="din,dcnv2,deepfm", help=f"of {', '.join(CASES)}")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=1024)
    parser.add_argument("--optimizer", default="adam", choices=["adam", "sgd"])
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--decay", type=float, default=1.0, help="of the learning rate after each epoch")
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--histories", default="positive")
    parser.add_argument("--history-length", type=int, default=50)
    parser.add_argument("--without", default="", help="features to leave out")
    o = parser.parse_args()
    torch.set_num_threads(1)
    histories = o.histories.split(",")
    features = {"without": o.without.split(",")} if o.without else "all"
    samples = Samples(o.data, histories, o.history_length, features)
    common = dict(
        item=o.width, feature=o.width, user=o.width, optimizer=o.optimizer, learning_rate=o.learning_rate)
    options = dict(epochs=o.epochs, batch_size=o.batch_size, decay=o.decay)
    os.makedirs(o.output, exist_ok=True)
    for case in o.cases.split(","):
        side, model, theirs, ours = CASES[case]
        rows = {"lcft": [], side: []}
        for seed in range(1, o.seeds + 1):
            rows["lcft"].append(lcft.train(
                o.lcft, model, common | ours, o.data, os.path.join(o.output, f"lcft-{case}-{seed}"), seed=seed,
                histories=histories, history_length=o.history_length, features=features, **options))
            rows[side].append(training.train(side, model, samples, common | theirs, seed=seed, **options)[-1])
            with open(os.path.join(o.output, "same_network.jsonl"), "a") as file:
                for who in rows:
                    line = vars(o) | {"case": case, "side": who, "seed": seed}
                    print(json.dumps(line | rows[who][-1]), file=file)
        for who in rows:
            print(table_row(case, who, rows[who]), flush=True)
        print(f"{case}: user AUC of lcft minus {side}: {mean(rows['lcft']) - mean(rows[side]):+.4f}", flush=True)


def mean(rows, name="user_auc"):
    return sum(row[name] for row in rows) / len(rows)


def table_row(case, side, rows):
    spread = max(r["user_auc"] for r in rows) - min(r["user_auc"] for r in rows)
    rates = [max(r[name] for r in rows) for name in ("samples_per_second", "samples_per_processor_second")]
    return (
        f"| {case} | {side} | {mean(rows):.4f} | {spread:.4f} | {mean(rows, 'pooled_auc'):.4f} | {rates[0]:,.0f} | "
        f"{rates[1]:,.0f} |")


if __name__ == "__main__":
    main()
