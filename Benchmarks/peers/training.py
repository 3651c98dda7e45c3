"""The networks of a training step, with flat histories, for both frameworks: training_torch.py and training_jax.py take the
step.

`leaf(value, (table, rows, columns, samples), ...)` marks values that the loss is derived by; the gradient's columns are
then added to the table's rows, one occurrence after another. With `samples`, row n gets the gradient of sample samples[n].
"""
import networks
from networks import ATTENTIVE
from samples import kinds

KEPT = 0.99  # what moving statistics keep of themselves in a step
ALL = slice(None)


class Training:
    """A subclass has `o`, `layers`, `dense`, `tables`, `bag`, `states` and `shares`."""

    def logits(self, b, leaf):
        return (self.attentive if self.model in ATTENTIVE else self.fields)(b, leaf)

    def encoded(self, b):
        """The rows of items and of their categories [n x 18], and where their gradients go."""
        value = self.o.cat([self.o.take(self.tables[name], b[name]) for name in ("item", "category")])
        return value, [("item", b["item"], slice(-18, -9), None), ("category", b["category"], slice(-9, None), None)]

    def fields(self, b, leaf):
        """Sums over histories are taken within the lookup: the loss is derived by the fields."""
        o, h = self.o, b["histories"]["positive"]
        q, to = self.encoded(b)
        sums = [self.bag(name, h[name], h) for name in ("item", "category")]
        x = leaf(
            o.cat([o.take(self.tables["user"], b["user"]), *sums, q]), ("user", b["user"], slice(18), None), *to,
            ("item", h["item"], slice(18, 27), h["sample"]), ("category", h["category"], slice(27, 36), h["sample"]))
        logits = networks.logits(self.layers, self.model, x)
        return logits + self.first_order(b, h, leaf) if self.model == "DeepFM" else logits

    def first_order(self, b, h, leaf):
        names = ("user", "item", "category")
        own = sum(self.o.take(self.tables[f"first_order_{name}"], b[name]) for name in names)
        sums = sum(self.bag(f"first_order_history_positive_{name}", h[name], h) for name in names[1:])
        own = leaf(own, *((f"first_order_{name}", b[name], ALL, None) for name in names))
        sums = leaf(sums, *((f"first_order_history_positive_{name}", h[name], ALL, h["sample"]) for name in names[1:]))
        return (own + sums / h["count"][:, None])[:, 0] + self.dense["first_order_bias"]

    def attentive(self, b, leaf):
        o = self.o
        columns = [leaf(o.take(self.tables["user"], b["user"]), ("user", b["user"], ALL, None))]
        value, to = self.encoded(b)
        q = leaf(value, *to)
        for kind in kinds(self.model):
            h = b["histories"][kind]
            value, to = self.encoded(h)
            k = leaf(value, *to)
            if kind == "actions":
                k = o.cat([k, o.take(self.dense["action/weight"], h["action"])])
            if self.model == "EdgeRec":
                k = self.states(kind, k, h)
            weighted = k * self.attention(kind, q, k, h)[:, None]
            if self.model == "DIN":
                weighted = o.cat([weighted, k])
            columns.append(o.segments(weighted, h["sample"], len(q)))
        return networks.logits(self.layers, self.model, o.cat([*columns, q]))

    def attention(self, kind, q, k, h):
        """The share of each entry in its sample's attention [entries]."""
        o, name = self.o, f"attention/{kind}/0"
        weight, width = self.dense[f"{name}/weight"], q.shape[1]
        first = o.take(o.linear(q, weight[:width], self.dense[f"{name}/bias"]), h["sample"])
        return self.shares(networks.scores(self.layers, kind, first + k @ weight[width:]), h, len(q))
