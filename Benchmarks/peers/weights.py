"""Weights by the names that they have in a checkpoint of lcft (docs/models.md): read from one, or made up."""
import h5py
import numpy as np

import samples

ITEM, CATEGORY, ACTION, STATE = 9, 9, 4, 18
ENCODED = ITEM + CATEGORY
ATTENTION, HIDDEN = (80, 40), (200, 80)
CROSSINGS = 3
MODELS = ["WideDeep", "DeepFM", "PNN", "DCNv2", "DIN", "EdgeRec"]


class Weights:
    """`dense`: parameters; `moving`: moving means and variances; `tables`: embeddings. All are float32."""

    def __init__(self, dense, moving, tables):
        self.dense, self.moving, self.tables = dense, moving, tables

    def flat(self):
        return {**self.dense, **self.moving, **{f"embeddings/{name}": table for name, table in self.tables.items()}}


def read(path):
    dense, moving, tables = {}, {}, {}

    def visit(name, value):
        if isinstance(value, h5py.Dataset):
            group, name = name.split("/", 1)
            into = tables if group == "embeddings" else moving if "/moving_" in name else dense
            into[name] = value[:]

    with h5py.File(path) as file:
        for group in ("dense", "embeddings"):
            file[group].visititems(lambda name, value, group=group: visit(f"{group}/{name}", value))
    return Weights(dense, moving, tables)


def made_up(model, data, seed=7):
    """Weights as after a training: no statistic, slope or bias is what it begins as."""
    random = np.random.default_rng(seed)
    dense, moving, tables = {}, {}, {}

    def linear(name, inputs, outputs, bias=True):
        limit = np.sqrt(6 / (inputs + outputs))
        dense[f"{name}/weight"] = random.uniform(-limit, limit, (inputs, outputs))
        if bias:
            dense[f"{name}/bias"] = random.normal(0, 0.1, outputs)

    def moments(name, columns):
        moving[f"{name}/moving_mean"] = random.normal(0, 0.1, columns)
        moving[f"{name}/moving_variance"] = random.uniform(0.5, 1.5, columns)

    def attention(kind, keys):
        for number, (inputs, outputs) in enumerate(zip((ENCODED + keys, *ATTENTION), (*ATTENTION, 1))):
            linear(f"attention/{kind}/{number}", inputs, outputs)

    def table(name, rows, width):
        tables[name] = random.normal(0, 0.3, (rows, width))

    user = 9 if model in ("DIN", "EdgeRec") else ENCODED
    table("user", data.users, user)
    table("item", len(data.category), ITEM)
    table("category", int(data.category.max()) + 1, CATEGORY)
    fields = {"DIN": user + 3 * ENCODED, "EdgeRec": user + ENCODED + 2 * STATE}.get(model, 3 * ENCODED)
    columns = fields + {"WideDeep": 3 * ENCODED, "DeepFM": 3, "PNN": 3}.get(model, 0)
    moments("input_norm", columns)
    dense["input_norm/scale"] = random.uniform(0.5, 1.5, columns)
    dense["input_norm/shift"] = random.normal(0, 0.1, columns)
    inputs = columns if model == "PNN" else fields
    for number, outputs in enumerate((*HIDDEN, 1)):
        linear(f"mlp/{number}", inputs, outputs)
        if outputs > 1 and model != "DeepFM":
            activation = "dice" if model == "DIN" else "prelu"
            dense[f"mlp/{number}/{activation}/slope"] = random.normal(0, 0.1, outputs)
            if activation == "dice":
                moments(f"mlp/{number}/dice", outputs)
        inputs = outputs
    if model == "WideDeep":
        linear("wide", columns, 1)
    if model == "DCNv2":
        for number in range(CROSSINGS):
            linear(f"cross/{number}", fields, fields)
    if model == "DeepFM":
        dense["first_order_bias"] = random.normal(0, 0.1, 1)
        for name in ("user", "item", "category", "history_positive_item", "history_positive_category"):
            table(f"first_order_{name}", len(tables[name.split("_")[-1]]), 1)
    if model == "DIN":
        attention("positive", ENCODED)
    if model == "EdgeRec":
        dense["action/weight"] = random.normal(0, 0.3, (data.actions, ACTION))
        for kind in samples.kinds(model):
            linear(f"gru/{kind}/input", ENCODED + (ACTION if kind == "actions" else 0), 3 * STATE)
            linear(f"gru/{kind}/recurrent", STATE, 3 * STATE)
            attention(kind, STATE)
    return Weights(*({k: np.asarray(v, np.float32) for k, v in d.items()} for d in (dense, moving, tables)))
