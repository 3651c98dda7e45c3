"""Joins the lines of measure.sh into a table: table.py LOG THREADS wall|cpu."""
import re
import sys

import weights

# The loops of measure.py, with the names that `Benchmark peer` has for DIN's; for other networks it says MODEL train and so on.
LOOPS = {
    "train": ("cloud train", "cloud train, reference sizes", "samples/s"),
    "local": ("finetune local", "finetune local", "users/s"),
    "cloud+local+soft1": ("finetune cloud+local+soft1", "finetune cloud+local+soft1", "users/s")}
LINE = re.compile(r"^(\w+) (.+?) (\d+) thr +\w+/s wall best (\d+) .*\| CPU best (\d+)")


def rates(path, threads, kind):
    """By side and loop the best rate."""
    best = {}
    with open(path) as file:
        for match in filter(None, map(LINE.match, file)):
            side, name, count, wall, cpu = match.groups()
            if int(count) == threads:
                key = side, re.sub(r" by \d+$", "", name)
                best[key] = max(best.get(key, 0), int(wall if kind == "wall" else cpu))
    return best


def main():
    path, threads, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    best = rates(path, threads, kind)
    print(f"Best rates by {'the wall' if kind == 'wall' else 'the time of the processor'}, {threads} threads or ranks.\n")
    print("| name | peer | ours | ratio |\n|---|---|---|---|")
    for model in weights.MODELS:
        for loop, (name, of_din, unit) in LOOPS.items():
            ours = best.get(("lcft", of_din if model == "DIN" else f"{model} {loop}"))
            key = f"{model} {name}"
            peers = {side: best[side, key] for side in ("torch", "jax") if (side, key) in best}
            if not peers:
                continue
            side = max(peers, key=peers.get)
            own, ratio = (f"{ours:,}", f"{ours / peers[side]:.2f}") if ours else ("no such loop", "-")
            print(f"| {key}, {unit} | {peers[side]:,} ({side}) | {own} | {ratio} |")


if __name__ == "__main__":
    main()
