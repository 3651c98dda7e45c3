"""Trains a network of either library or the rival, scores test samples, and says how many samples per second it took."""
import time

import numpy as np
import torch

import metrics


class Batches:
    """What FuxiCTR calls a data generator."""

    def __init__(self, samples, rows, size, generator):
        self.samples, self.rows, self.size, self.generator = samples, rows, size, generator

    def __len__(self):
        return max(1, (len(self.rows) + self.size // 2) // self.size)

    def __iter__(self):
        return self.samples.batches(self.rows, self.size, self.generator)


def network(side, model, samples, settings, seed, batch_size=1024):
    """`side`: fuxictr, deepctr or rival. `batch_size` is for deepctr-torch, whose networks make their batches."""
    torch.manual_seed(seed)
    if side == "rival":
        from rival import Rival

        return Rival(model, samples, settings)
    if side == "fuxictr":
        from fuxi import MODELS

        return MODELS[model](samples, settings)
    from deepctr import MODELS

    return MODELS[model](samples, settings | {"seed": seed, "batch_size": batch_size})


def score(network, samples, rows, size=8192):
    network.eval()
    with torch.no_grad():
        return np.concatenate([network.scores(b).numpy() for b in samples.batches(rows, size)])


def measure(network, samples, rows):
    return metrics.evaluate(score(network, samples, rows), samples.label[rows].numpy(), samples.user[rows].numpy())


def optimizers(network):
    """Those of the rival, of FuxiCTR's or of deepctr-torch's model."""
    if hasattr(network, "optimizers"):
        return network.optimizers
    return [network.optim if hasattr(network, "optim") else network.optimizer]


def train(side, model, samples, settings, *, epochs, batch_size=1024, seed=1, patience=None, decay=1.0):
    """A row per epoch: AUCs on the test samples and samples per second. With `patience` the training ends after so many
    epochs without a better user AUC; only for data sets whose test part is held out of the training part."""
    net = network(side, model, samples, settings, seed, batch_size)
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for epoch in range(epochs):
        start, processor = time.perf_counter(), time.process_time()
        if side == "deepctr":
            net.fit_rows(samples.train_rows)
        else:
            net.fit_epoch(Batches(samples, samples.train_rows, batch_size, generator))
        seconds, processor = time.perf_counter() - start, time.process_time() - processor
        result = measure(net, samples, samples.test_rows)
        rows.append({
            "epoch": epoch + 1, **result, "samples_per_second": samples.train_count / seconds,
            "samples_per_processor_second": samples.train_count / processor})
        if patience is not None and metrics.since_best(rows) >= patience:
            break
        if decay != 1.0:
            for optimizer in optimizers(net):
                for group in optimizer.param_groups:
                    group["lr"] *= decay
    return rows
