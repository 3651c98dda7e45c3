"""Whether the networks are the same: trained weights of lcft in the other sides' networks must give lcft's logits.

    python same_weights.py DATA.h5 --lcft PROGRAM --output FOLDER [--histories positive,negative]

For every case of same_network.py: lcft trains an epoch, its checkpoint is copied into the network, and the logits of all test
samples are compared. Exits with 1 where one differs by more than a thousandth.
"""
import argparse
import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"

import h5py  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

import lcft  # noqa: E402
import training  # noqa: E402
from same_network import CASES  # noqa: E402
from samples import Samples  # noqa: E402

RESERVED = {"user", "item", "bias", "mlp", "wide", "cross", "attention", "gru", "input_norm"}
LIMIT = 1e-3


class Checkpoint:
    def __init__(self, file, samples):
        self.file, self.samples = file, samples

    def copy(self, path, weight, transposed=False):
        value = torch.as_tensor(self.file[path][:])
        value = value.T if transposed else value
        if value.shape != weight.shape:
            raise SystemExit(f"{path} is {tuple(value.shape)}, the network's weight {tuple(weight.shape)}")
        weight.data.copy_(value)

    def linear(self, name, layer):
        self.copy(f"dense/{name}/weight", layer.weight, transposed=True)
        if layer.bias is not None and layer.bias.requires_grad:
            self.copy(f"dense/{name}/bias", layer.bias)

    def moments(self, name, norm):
        self.copy(f"dense/{name}/moving_mean", norm.running_mean)
        self.copy(f"dense/{name}/moving_variance", norm.running_var)

    def norm(self, name, norm):
        self.moments(name, norm)
        self.copy(f"dense/{name}/scale", norm.weight)
        self.copy(f"dense/{name}/shift", norm.bias)

    def perceptron(self, name, layers):
        """Linear layers and what follows each of them."""
        number = -1
        for layer in layers:
            if isinstance(layer, nn.Linear):
                number += 1
                self.linear(f"{name}/{number}", layer)
            elif isinstance(layer, nn.PReLU):
                self.copy(f"dense/{name}/{number}/prelu/slope", layer.weight)
            elif type(layer).__name__ == "Dice":
                slope = layer.alpha if hasattr(layer, "alpha") else layer.slope
                self.copy(f"dense/{name}/{number}/dice/slope", slope)
                self.moments(f"{name}/{number}/dice", layer.bn if hasattr(layer, "bn") else layer.norm)

    def key(self, feature):
        shared = sum(f.name == feature.name for f in self.samples.features) > 1
        return f"{feature.owner}.{feature.name}" if shared or feature.name in RESERVED else feature.name

    def encoder(self, encoder, prefix="", weights=False):
        """Tables by their own names, or with `weights` by those of the features."""
        names = {"item": "item", "user": "user"}
        for f in encoder.encoded + [f for f, _ in encoder.fields]:
            if f.kind == "values":
                names[f.table] = self.key(f) if weights else f.table
            else:
                module = encoder.dense[f"{f.owner}_{f.name}"]
                name = f"dense/{prefix}{self.key(f)}"
                if f.kind == "vector":
                    self.copy(f"{name}/weight", module.linear.weight, transposed=True)
                else:
                    self.copy(f"{name}/weight", module.weight)
                    self.copy(f"{name}/missing", module.missing)
        for name, table in encoder.tables.items():
            self.copy(f"embeddings/{prefix}{names[name]}", table.embedding.weight[1:])

    def first_order(self, module, kinds):
        self.encoder(module.encoder, "first_order_", weights=True)
        for kind, encoder in zip(kinds, module.histories):
            # A history has terms of items and their features alone.
            encoder.fields = []
            for name in [n for n in encoder.tables if n != "item" and n not in {f.table for f in encoder.encoded}]:
                del encoder.tables[name]
            self.encoder(encoder, f"first_order_history_{kind}_", weights=True)
        if module.bias.requires_grad:
            self.copy("dense/first_order_bias", module.bias)


def load(side, network, checkpoint, kinds):
    checkpoint.encoder(network.encoder)
    checkpoint.norm("input_norm", network.input_norm if side == "fuxictr" else network.norm)
    if side == "deepctr":
        checkpoint.perceptron("mlp", list(network.dnn.linears) + [network.dnn_linear])
    else:
        checkpoint.perceptron("mlp", network.mlp.mlp if side == "fuxictr" else network.deep)
    for kind, attention in zip(kinds, getattr(network, "attentions", [])):
        layers = attention.attention_layer.mlp if side == "fuxictr" else attention.score
        checkpoint.perceptron(f"attention/{kind}", layers)
    crossings = network.cross.cross_layers if hasattr(network, "cross") else getattr(network, "crossings", [])
    for number, layer in enumerate(crossings):
        checkpoint.linear(f"cross/{number}", layer)
    if hasattr(network, "wide"):
        checkpoint.linear("wide", network.wide[0])
    if hasattr(network, "first_order"):
        checkpoint.first_order(network.first_order, kinds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--lcft", required=True, help="the program")
    parser.add_argument("--output", required=True, help="a folder for runs")
    parser.add_argument("--cases", default=",".join(c for c in CASES if not c.endswith("-lazy")))
    parser.add_argument("--width", type=int, default=8)
    parser.add_argument("--histories", default="positive")
    parser.add_argument("--history-length", type=int, default=50)
    o = parser.parse_args()
    torch.set_num_threads(1)
    kinds = o.histories.split(",")
    samples = Samples(o.data, kinds, o.history_length)
    common = dict(item=o.width, feature=o.width, user=o.width)
    worst = 0.0
    for case in o.cases.split(","):
        side, model, theirs, ours = CASES[case]
        folder = os.path.join(o.output, case)
        lcft.run(
            o.lcft,
            lcft.job(model, common | ours, epochs=1, histories=kinds, history_length=o.history_length), o.data, folder)
        network = training.network(side, model, samples, common | theirs, seed=1)
        with h5py.File(os.path.join(folder, "checkpoint-epoch-1.h5")) as file:
            load(side, network, Checkpoint(file, samples), kinds)
            biases = float(file["dense/first_order_bias"][0] + file["dense/mlp/2/bias"][0]) if side == "deepctr" else 0
        expected = lcft.scores(folder)[0]
        scores = training.score(network, samples, samples.test_rows) + biases
        difference = float(np.abs(scores - expected).max())
        worst = max(worst, difference)
        print(
            f"{case}: {len(scores)} logits from {expected.min():.3f} to {expected.max():.3f} differ by at most "
            f"{difference:.1e}", flush=True)
    sys.exit(0 if worst <= LIMIT else f"the networks differ by {worst:.1e}")


if __name__ == "__main__":
    main()
