"""Joins the lines of measure.sh into a table: table.py LOG THREADS wall|cpu."""
import re
import sys

import weights

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
        for loop, unit in (("cloud train", "samples/s"), ("finetune local", "users/s"), ("finetune cloud+local+soft1", "users/s")):
            size = "reference sizes" if loop == "cloud train" and model == "DIN" else model
            ours = best.get(("lcft", loop if size == "DIN" else f"{loop}, {size}"))
            peers = {side: best[side, f"{model} {loop}"] for side in ("torch", "jax") if (side, f"{model} {loop}") in best}
            if not peers:
                continue
            side = max(peers, key=peers.get)
            ratio = f"{ours / peers[side]:.2f}" if ours else "-"
            print(f"| {model}, {loop}, {unit} | {peers[side]:,} ({side}) | {f'{ours:,}' if ours else 'no such loop'} | {ratio} |")


if __name__ == "__main__":
    main()
