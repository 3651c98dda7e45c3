"""The models: each is one function from its parts to the logits [B, 1], as docs/models.md has it."""

from __future__ import annotations

from typing import Callable, Dict, List, Tuple

from .model_parts import ModelParts


def _lr(parts: ModelParts) -> str:
    return parts.first_order("")


def _fields(parts: ModelParts) -> Tuple[str, int, int]:
    """v = [user ; sums of histories ; candidate ; its numbers and vectors ; user's features ; sample's features].

    With how many fields there are, and their width.
    """
    fields: List[str] = parts.user()
    fields += [parts.total(parts.entries(kind, adds=True)) for kind in parts.settings.histories]
    fields.append(parts.candidate())
    for owner in ("items", "users", "samples"):
        fields += parts.fields(owner)
    return parts.graph.concat(fields), len(fields), parts.item_width


def _perceptron(parts: ModelParts, x: str, own: str) -> str:
    """The logit of x; `own` is the model's activation, where the job says nothing."""
    return parts.graph.perceptron(x, parts.settings.activation or own)


def _wide_deep(parts: ModelParts) -> str:
    graph = parts.graph
    v, count, width = _fields(parts)
    x = graph.input_norm(graph.products("elementwise", v, count, width))
    deep = _perceptron(parts, graph.columns(x, 0, count * width), "prelu")
    return graph.op("Add", graph.linear("wide", x), deep)


def _deep_fm(parts: ModelParts) -> str:
    graph = parts.graph
    first = parts.first_order("first_order_")
    v, count, width = _fields(parts)
    outputs = count * width + count * (count - 1) // 2
    x = graph.input_norm(graph.products("inner", v, count, width))
    second = graph.reduce(graph.columns(x, count * width, outputs), 1, keep=True)
    deep = _perceptron(parts, graph.columns(x, 0, count * width), "sigmoid")
    return graph.sum([first, second, deep])


def _pnn(parts: ModelParts) -> str:
    graph = parts.graph
    v, count, width = _fields(parts)
    products = graph.products(parts.settings.products, v, count, width)
    return _perceptron(parts, graph.input_norm(products), "prelu")


def _dcn_v2(parts: ModelParts) -> str:
    graph = parts.graph
    x0, _, _ = _fields(parts)
    x, layer = x0, 0
    while graph.has(f"cross/{layer}/weight"):
        x = graph.cross(f"cross/{layer}", x0, x)
        layer += 1
    return _perceptron(parts, graph.input_norm(x), "prelu")


def _attended(parts: ModelParts, histories: Callable[[str, str], List[str]], activation: str) -> str:
    """[user ; user's features ; histories ; candidate ; its numbers and vectors ; sample's features], to the logit.

    `histories` makes the columns of one kind of history, given the candidate.
    """
    candidate = parts.candidate()
    columns = [*parts.user(), *parts.fields("users")]
    for kind in parts.settings.histories:
        columns += histories(kind, candidate)
    columns += [candidate, *parts.fields("items"), *parts.fields("samples")]
    graph = parts.graph
    return _perceptron(parts, graph.input_norm(graph.concat(columns)), activation)


def _attention(parts: ModelParts, kind: str, candidate: str, keys: str, mask: str) -> str:
    """What the attention to a history makes of `keys`, which are its entries or their states."""
    settings, width = parts.settings, parts.item_width
    form, activation = settings.attention_input, settings.attention_activation
    return parts.graph.attention(f"attention/{kind}", candidate, keys, mask, width, form, activation)


def _din(parts: ModelParts) -> str:
    def columns(kind: str, candidate: str) -> List[str]:
        entries = parts.entries(kind, adds=parts.settings.attention_input == "original")
        attended = [_attention(parts, kind, candidate, entries.values, entries.mask)]
        return attended + ([parts.total(entries)] if parts.settings.history_sum else [])

    return _attended(parts, columns, "dice")


def _edge_rec(parts: ModelParts) -> str:
    def columns(kind: str, candidate: str) -> List[str]:
        entries = parts.entries(kind, adds=False)
        states = parts.graph.gru(f"gru/{kind}", entries.values, entries.mask)
        return [_attention(parts, kind, candidate, states, entries.mask)]

    return _attended(parts, columns, "prelu")


#: By the root attribute `model`.
MODELS: Dict[str, Callable[[ModelParts], str]] = {
    "LR": _lr,
    "WideDeep": _wide_deep,
    "DeepFM": _deep_fm,
    "PNN": _pnn,
    "DIN": _din,
    "DCNv2": _dcn_v2,
    "EdgeRec": _edge_rec,
}
