"""DIN, DCNv2 and DeepFM of FuxiCTR's layers and training step.

FuxiCTR's package has no model zoo; its layers, its `BaseModel` with training step, clipping and loss are used here, in the
arrangement of lcft's networks (`same`) or of FuxiCTR's own (`own`). README.md lists what differs.
"""
import tempfile

import torch
from fuxictr.features import FeatureMap
from fuxictr.pytorch.layers import CrossNetV2, DIN_Attention, Dice, MLP_Block
from fuxictr.pytorch.models import BaseModel
from torch import nn

from encoder import Encoder, FirstOrder, Table, glorot

MOMENTUM, EPSILON = 0.01, 1e-3  # lcft's moving statistics and batch norm; torch's momentum is 1 - lcft's


class Network(BaseModel):
    """`settings` is a candidate of search.py, over the defaults below."""

    DEFAULTS = dict(
        same=False, item=16, feature=16, user=16, hidden=[200, 80], attention=[80, 40], activation="relu",
        attention_activation="Dice", softmax=False, sum=False, input_norm=False, batch_norm=False, dropout=0.0,
        l2=0.0, net_l2=0.0, cross_layers=3, structure="parallel", optimizer="adam", learning_rate=1e-3, clip=10.0,
        table_std=1e-4)

    def __init__(self, samples, settings):
        s = {**self.DEFAULTS, **settings}
        unknown = set(settings) - set(self.DEFAULTS)
        if unknown:
            raise SystemExit(f"unknown settings {sorted(unknown)}; there are {sorted(self.DEFAULTS)}")
        features = FeatureMap("lcft", tempfile.gettempdir())
        features.labels = ["label"]
        super().__init__(
            features, verbose=0, model_root=tempfile.gettempdir(), metrics=["AUC"], reduce_lr_on_plateau=False)
        self.settings = s
        self._max_gradient_norm = s["clip"]
        self._eval_steps, self._total_steps, self._stop_training = float("inf"), 0, False
        self.build(samples, s)
        self.compile(s["optimizer"], "binary_crossentropy", s["learning_rate"])
        self.reset_parameters()
        self.initialise(s)

    def initialise(self, s):
        if not s["same"]:
            for table in self.of_tables():
                table.begin(s["table_std"])
            return
        for module in self.modules():
            if isinstance(module, nn.Linear):
                glorot(module.weight)
            elif isinstance(module, Dice):
                module.bn.eps = EPSILON

    def of_tables(self):
        return [m for m in self.modules() if isinstance(m, Table)]

    def norm(self, columns):
        return nn.BatchNorm1d(columns, momentum=MOMENTUM, eps=EPSILON)

    def perceptron(self, inputs, s, activation=None, output=1):
        """FuxiCTR's MLP_Block; `prelu` begins with slopes of 0 as lcft's does."""
        activation, hidden = activation or s["activation"], s["hidden"]
        layers = activation
        if s["same"] and activation == "prelu":
            layers = [nn.PReLU(width, init=0.0) for width in hidden]
        return MLP_Block(
            input_dim=inputs, output_dim=output, hidden_units=list(hidden), hidden_activations=layers,
            dropout_rates=s["dropout"], batch_norm=s["batch_norm"])

    # What BaseModel asks for.

    def get_labels(self, batch):
        return batch.label.view(-1, 1)

    def forward(self, batch):
        return {"y_pred": torch.sigmoid(self.logits(batch)).view(-1, 1)}

    def regularization_loss(self):
        """As BaseModel's: half the squared norms of all tables and of all other weights, by their factors."""
        s = self.settings
        if not s["l2"] and not s["net_l2"]:
            return 0
        tables = {id(t.embedding.weight) for t in self.of_tables()}
        loss = 0
        for weight in self.parameters():
            factor = s["l2"] if id(weight) in tables else s["net_l2"]
            if factor:
                loss = loss + factor / 2 * weight.square().sum()
        return loss

    def fit_epoch(self, batches):
        self.train_epoch(batches)

    def scores(self, batch):
        return self.logits(batch)


class DIN(Network):
    """`same`: lcft's with `attention_input: original`. Else FuxiCTR's: no batch norm of the input, no sum."""

    def build(self, samples, s):
        if s["same"]:
            s |= dict(attention_activation="Sigmoid", softmax=True, sum=True, input_norm=True, activation="dice")
        self.encoder = Encoder(samples, s["item"], s["feature"], s["user"])
        self.attentions = nn.ModuleList(
            DIN_Attention(
                self.encoder.width, attention_units=list(s["attention"]),
                hidden_activations=s["attention_activation"], use_softmax=s["softmax"])
            for _ in samples.histories)
        histories = len(samples.histories) * (2 if s["sum"] else 1)
        inputs = self.encoder.user_width + self.encoder.width * (1 + histories) + self.encoder.field_columns
        self.input_norm = self.norm(inputs) if s["input_norm"] else nn.Identity()
        self.mlp = self.perceptron(inputs, s)

    def logits(self, batch):
        candidate, histories = self.encoder.candidates_and_histories(batch)
        parts = self.encoder.user(batch) + self.encoder.owned("users", batch)
        for attention, entries, (_, mask) in zip(self.attentions, histories, batch.histories):
            parts.append(attention(candidate, entries, mask))
            if self.settings["sum"]:
                parts.append(entries.sum(1))
        parts += [candidate] + self.encoder.owned("items", batch) + self.encoder.owned("samples", batch)
        return self.mlp(self.input_norm(torch.cat(parts, 1)))[:, 0]


class DCNv2(Network):
    """`same`: cross layers, batch norm, perceptron. Else FuxiCTR's structures over the fields."""

    def build(self, samples, s):
        if s["same"]:
            s |= dict(structure="stacked", activation="prelu", input_norm=True)
        self.encoder = Encoder(samples, s["item"], s["feature"], s["user"], aligned=True)
        columns = self.encoder.width * self.encoder.field_count
        self.cross = CrossNetV2(columns, s["cross_layers"])
        self.input_norm = self.norm(columns) if s["input_norm"] else nn.Identity()
        if s["structure"] == "stacked":
            self.mlp = self.perceptron(columns, s)
        else:
            self.mlp = self.perceptron(columns, s, output=None)
            self.fc = nn.Linear(columns + s["hidden"][-1], 1)

    def logits(self, batch):
        x = self.encoder.aligned_fields(batch).flatten(1)
        crossed = self.cross(x)
        if self.settings["structure"] == "stacked":
            return self.mlp(self.input_norm(crossed))[:, 0]
        return self.fc(torch.cat([crossed, self.mlp(self.input_norm(x))], 1))[:, 0]


class DeepFM(Network):
    """FuxiCTR's: first order, sum of all dot products of fields, perceptron."""

    def build(self, samples, s):
        self.encoder = Encoder(samples, s["item"], s["feature"], s["user"], aligned=True)
        self.first_order = FirstOrder(samples, user=s["user"] > 0)
        columns = self.encoder.width * self.encoder.field_count
        self.input_norm = self.norm(columns) if s["input_norm"] else nn.Identity()
        self.mlp = self.perceptron(columns, s)

    def logits(self, batch):
        fields = self.encoder.aligned_fields(batch)
        products = (fields.sum(1).square() - fields.square().sum(1)).sum(1) / 2
        return self.first_order(batch) + products + self.mlp(self.input_norm(fields.flatten(1)))[:, 0]


MODELS = {"DIN": DIN, "DCNv2": DCNv2, "DeepFM": DeepFM}
