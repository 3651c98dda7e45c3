"""The rate of one loop of one network, in the sizes of `Benchmark peer`.

    python measure.py train|local|cloud+local+soft1 MODEL torch|jax [--threads 1] [--users 50] [--seconds 8]

Passes over all samples or users are repeated for a number of seconds. The line has the form of `Benchmark peer`: the rates
of the best pass and of all, by the wall and by the processor's time.
"""
import argparse
import os
import time

import numpy as np

import samples
import weights
from operators import each, operators

BATCH, TRAINING_RATE, TUNING_RATE = 1024, 0.1, 0.01


def training(side, model, threads):
    """One epoch, and its number of samples."""
    o = operators(side, threads)
    data = samples.made_up_cloud(model)
    kind = training_kind(side)
    loop = kind(o, model, data, weights.made_up(model, data), TRAINING_RATE)
    random = np.random.default_rng(0)

    def epoch():
        order = random.permutation(data.train)
        losses = [loop.step(order[i:i + BATCH]) for i in range(0, len(order), BATCH)]
        return float(losses[-1])

    return epoch, data.train


def training_kind(side):
    if side == "torch":
        from training_torch import TorchTraining
        return TorchTraining
    from training_jax import JAXTraining
    return JAXTraining


def fine_tuning(side, model, threads, methods, size):
    """One pass over all users, and their number."""
    import chunks
    from finetuning import FineTuning

    o = operators(side, threads)
    data = samples.made_up_users(model)
    tuning = FineTuning(o, model, weights.made_up(model, data), methods, TUNING_RATE)
    parts = chunks.chunks(model, data, np.arange(data.users), [m for m in methods if m != "cloud"], size, o.shapes)
    parts = [each(o.array, chunk) for chunk, _, _ in parts]
    return lambda: tuning(parts), data.users


def repeated(name, unit, one_pass, count, seconds):
    one_pass()
    one_pass()
    walls, processor, begin = [], [], time.perf_counter()
    while time.perf_counter() - begin < seconds or len(walls) < 2:
        wall, used = time.perf_counter(), time.process_time()
        one_pass()
        walls.append(time.perf_counter() - wall)
        processor.append(time.process_time() - used)
    rates = [f"best {count / min(t):.0f} mean {count * len(t) / sum(t):.0f}" for t in (walls, processor)]
    print(f"{name:58s} {unit}/s wall {rates[0]} | CPU {rates[1]}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("loop", choices=["train", "local", "cloud+local+soft1"])
    parser.add_argument("model", choices=weights.MODELS)
    parser.add_argument("side", choices=["torch", "jax"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--users", type=int, default=50, help="of a chunk")
    parser.add_argument("--seconds", type=float, default=8)
    o = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:o.threads])
    if o.loop == "train":
        name, unit, loop = "cloud train", "samples", training(o.side, o.model, o.threads)
    else:
        name, unit = f"finetune {o.loop}", "users"
        loop = fine_tuning(o.side, o.model, o.threads, o.loop.split("+"), o.users)
        name += f" by {o.users}"
    repeated(f"{o.side} {o.model} {name} {o.threads} thr", unit, *loop, o.seconds)


if __name__ == "__main__":
    main()
