"""DeepFM of deepctr-torch's layers, loss and training loop, in the arrangement of lcft's DeepFM.

A sample travels through deepctr-torch's loop as the number of its row, and the network looks the rest up: its own inputs
are one matrix of single precision, in which lists of a history's entries have no place.
"""
import contextlib
import io

import numpy as np
import torch
from torch import nn

with contextlib.redirect_stdout(io.StringIO()):
    from deepctr_torch.inputs import SparseFeat
    from deepctr_torch.models import DeepFM as LibraryDeepFM

from encoder import Encoder, FirstOrder, glorot

MOMENTUM, EPSILON = 0.01, 1e-3


class DeepFM(LibraryDeepFM):
    """[x ; p] = batch_norm([fields ; dot products]), first order + sum of p + DNN(x), sigmoid."""

    def __init__(self, samples, settings):
        s = dict(
            item=16, feature=16, user=16, hidden=[200, 80], learning_rate=1e-3, optimizer="adam", seed=1, batch_size=1024)
        own = {key: value for key, value in settings.items() if key != "same"}
        if set(own) - set(s):
            raise SystemExit(f"unknown settings {sorted(set(own) - set(s))}; there are {sorted(s)}")
        s |= own
        encoder = Encoder(samples, s["item"], s["feature"], s["user"], aligned=True)
        self.fields = encoder.field_count
        columns = encoder.width * self.fields
        super().__init__(
            [], [SparseFeat("row", 1, columns)], dnn_hidden_units=tuple(s["hidden"]), dnn_activation="sigmoid",
            l2_reg_linear=0, l2_reg_embedding=0, seed=s["seed"], device="cpu")
        self.encoder = encoder
        self.first_order = FirstOrder(samples, user=s["user"] > 0)
        self.first_order.bias.requires_grad_(False)  # the output has one of its own
        self.samples, self.batch_size = samples, s["batch_size"]
        self.pairs = torch.triu_indices(self.fields, self.fields, 1)
        self.norm = nn.BatchNorm1d(columns + self.pairs.shape[1], momentum=MOMENTUM, eps=EPSILON)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                glorot(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[s["optimizer"]]
        self.compile(kind(self.parameters(), lr=s["learning_rate"]), loss=mean_loss, metrics=[])

    def forward(self, x):
        """Probabilities [B x 1] of the rows `x` [B x 1]."""
        return self.out(self.logits(self.samples.batch(x[:, 0].long()))[:, None])

    def logits(self, batch):
        fields = self.encoder.aligned_fields(batch)
        i, j = self.pairs
        products = torch.bmm(fields, fields.transpose(1, 2))[:, i, j]
        x = self.norm(torch.cat([fields.flatten(1), products], 1))
        columns = x.shape[1] - products.shape[1]
        deep = self.dnn_linear(self.dnn(x[:, :columns]))[:, 0]
        return self.first_order(batch) + x[:, columns:].sum(1) + deep

    def fit_rows(self, rows):
        """An epoch of the library's own loop, which draws and shuffles batches itself."""
        x = rows.numpy().astype(np.float64)[:, None]
        with contextlib.redirect_stdout(io.StringIO()):
            self.fit([x], self.samples.label[rows].numpy(), batch_size=self.batch_size, epochs=1, verbose=0)

    def scores(self, batch):
        return self.logits(batch)


def mean_loss(predicted, label, reduction=None):
    """The library sums over the batch, which Adam's epsilon would notice."""
    return nn.functional.binary_cross_entropy(predicted, label)


MODELS = {"DeepFM": DeepFM}
