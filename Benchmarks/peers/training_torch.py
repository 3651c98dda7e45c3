"""A step of cloud training in PyTorch: forward, backward and SGD."""
from batches import batch, entries, packed
from layers import EPSILON
from training import KEPT, Training


class BatchLayers:
    """Layers that normalise by the batch; moving statistics follow."""

    def __init__(self, o, dense, moving):
        self.o, self.dense, self.moving, self.sigmoid = o, dense, moving, o.sigmoid
        self.F = o.torch.nn.functional

    def linear(self, name, x):
        return self.o.linear(x, self.dense[f"{name}/weight"], self.dense[f"{name}/bias"])

    def normalized(self, name, x, scale=None, shift=None):
        mean, variance = x.new_zeros(x.shape[1]), x.new_zeros(x.shape[1])
        y = self.F.batch_norm(x, mean, variance, scale, shift, True, 1.0, EPSILON)
        # PyTorch gives the variance of a sample: n / (n - 1) times that of the batch.
        self.moving[f"{name}/moving_mean"].lerp_(mean, 1 - KEPT)
        self.moving[f"{name}/moving_variance"].mul_(KEPT).add_(variance, alpha=(1 - KEPT) * (len(x) - 1) / len(x))
        return y

    def batch_norm(self, name, x):
        return self.normalized(name, x, self.dense[f"{name}/scale"], self.dense[f"{name}/shift"])

    def prelu(self, name, x):
        return self.F.prelu(x, self.dense[f"{name}/slope"])

    def dice(self, name, x):
        return self.o.torch.lerp(x * self.dense[f"{name}/slope"], x, self.o.sigmoid(self.normalized(name, x)))


class TorchTraining(Training):
    def __init__(self, o, model, data, weights, rate):
        self.o, self.model, self.data, self.rate = o, model, data, rate
        self.dense, self.moving, self.tables = (
            {k: o.array(v.copy()) for k, v in d.items()} for d in (weights.dense, weights.moving, weights.tables))
        for weight in self.dense.values():
            weight.requires_grad_()
        self.layers = BatchLayers(o, self.dense, self.moving)

    def weights(self):
        flat = self.dense | self.moving | {f"embeddings/{k}": v for k, v in self.tables.items()}
        return {k: self.o.numpy(v) for k, v in flat.items()}

    def step(self, rows):
        """Returns the loss."""
        torch, leaves, updates = self.o.torch, [], []

        def leaf(value, *to):
            leaves.append(value.requires_grad_())
            updates.append(to)
            return value

        b = self.arrays(batch(self.data, rows, packed if self.model == "EdgeRec" else entries))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(self.logits(b, leaf), b["label"])
        dense = list(self.dense.values())
        gradients = torch.autograd.grad(loss, dense + leaves)
        with torch.no_grad():
            torch._foreach_add_(dense, list(gradients[:len(dense)]), alpha=-self.rate)
            for gradient, to in zip(gradients[len(dense):], updates):
                for table, index, columns, sample in to:
                    g = gradient[:, columns] * -self.rate
                    self.tables[table].index_put_((index,), g if sample is None else g.index_select(0, sample), True)
        return float(loss.detach())

    def arrays(self, b):
        return {k: self.arrays(v) if isinstance(v, dict) else self.o.array(v) if hasattr(v, "dtype") else v
                for k, v in b.items()}

    def bag(self, table, index, h):
        return self.o.torch.nn.functional.embedding_bag(index, self.tables[table], h["begin"], mode="sum")

    def shares(self, scores, h, samples):
        place = h["sample"] * h["most"] + h["place"]
        dense = scores.new_full((samples * h["most"],), -1e30).index_copy(0, place, scores)
        return self.o.torch.softmax(dense.view(samples, -1), 1).view(-1).index_select(0, place)

    def states(self, kind, k, h):
        """PyTorch's own GRU over a packed sequence: weights are those of lcft, transposed."""
        torch, names = self.o.torch, [f"gru/{kind}/{part}" for part in ("input", "recurrent")]
        weights = [self.dense[f"{name}/weight"].t() for name in names] + [self.dense[f"{name}/bias"] for name in names]
        width = weights[1].shape[1]
        if not h["sizes"]:
            return k.new_zeros(0, width)
        h0 = k.new_zeros(1, h["sizes"][0], width)
        return torch._VF.gru(k, torch.tensor(h["sizes"]), h0, weights, True, 1, 0.0, True, False)[0]
