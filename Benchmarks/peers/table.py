"""Joins the lines of measure.sh into a table: table.py LOG THREADS wall|cpu."""
import re
import sys

import weights

# The loops of measure.py, with the names that `Benchmark peer` has for DIN's; for other networks it says MODEL train and so on.
LOOPS = {
    "train": ("cloud train", "cloud train, reference sizes", "samples/s"),
    "local": ("finetune local", "finetune local", "users/s"),
    "cloud+local+soft1": ("finetune cloud+local+soft1", "finetune cloud+local+soft1", "users/s")}
LINE = re.compile(
    r"^(\w+) (.+?) (\d+) thr +\w+/s wall best (\d+) .*?\| CPU best (\d+) mean \d+(?: \| (\d+)% of the roofline)?")


def rates(path, threads, kind):
    """By side and loop the best rate, and by loop of ours the share of the roofline that this is."""
    best, shares = {}, {}
    with open(path) as file:
        for match in filter(None, map(LINE.match, file)):
            side, name, count, wall, cpu, share = match.groups()
            if int(count) == threads:
                key = side, re.sub(r" by \d+$", "", name)
                rate = int(wall if kind == "wall" else cpu)
                if rate > best.get(key, 0):
                    best[key], shares[name] = rate, share
    return best, shares


def main():
    path, threads, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    best, shares = rates(path, threads, kind)
    print(f"Best rates by {'the wall' if kind == 'wall' else 'the time of the processor'}, {threads} threads or ranks.\n")
    print("| name | peer | ours | ratio | share of the roofline |\n|---|---|---|---|---|")
    for model in weights.MODELS:
        for loop, (name, of_din, unit) in LOOPS.items():
            own_name = of_din if model == "DIN" else f"{model} {loop}"
            ours = best.get(("lcft", own_name))
            key = f"{model} {name}"
            peers = {side: best[side, key] for side in ("torch", "jax") if (side, key) in best}
            if not peers:
                continue
            side = max(peers, key=peers.get)
            print(
                f"| {key}, {unit} | {peers[side]:,} ({side}) | {ours:,} | {ours / peers[side]:.2f} | {shares[own_name]}% |"
                if ours else f"| {key}, {unit} | {peers[side]:,} ({side}) | not run | - | - |")


if __name__ == "__main__":
    main()
