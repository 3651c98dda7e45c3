"""Builds an ONNX graph, operator by operator. Values are named by strings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from .extras import require

#: Of ONNX 1.12: what onnxruntime has read since 1.12.
OPSET = 17
_IR_VERSION = 8

Size = Union[int, str]


@dataclass(frozen=True)
class Input:
    """An input of a graph: a size that is a text may be any."""

    name: str
    #: `int64` or `float32`.
    type: str
    shape: Tuple[Size, ...]
    description: str


class Graph:
    """A graph in the making."""

    def __init__(self) -> None:
        self._onnx = require("onnx")
        self._nodes: List[Any] = []
        self._constants: Dict[str, Any] = {}
        self.inputs: Dict[str, Input] = {}
        self._count = 0

    # Values.

    def input(self, described: Input) -> str:
        """The input's value; an input of that name is declared once."""
        self.inputs.setdefault(described.name, described)
        return described.name

    def constant(self, values: Any, name: Optional[str] = None) -> str:
        """A constant tensor; of those with a `name` there is one."""
        if name is None:
            self._count += 1
            name = f"constant_{self._count}"
        if name not in self._constants:
            array = np.ascontiguousarray(values) if np.ndim(values) else np.asarray(values)
            self._constants[name] = self._onnx.numpy_helper.from_array(array, name)
        return name

    @property
    def bytes(self) -> int:
        """The size of all constants."""
        return sum(tensor.ByteSize() for tensor in self._constants.values())

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """The output of an operator of ONNX."""
        self._count += 1
        output = f"{kind.lower()}_{self._count}"
        self._nodes.append(self._onnx.helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    # What most layers use.

    def floats(self, values: Any) -> str:
        """A constant of float32."""
        return self.constant(np.asarray(values, dtype=np.float32))

    def integers(self, values: Any) -> str:
        """A constant of int64."""
        return self.constant(np.asarray(values, dtype=np.int64))

    def cast(self, x: str, kind: str) -> str:
        """`x` as the numpy type `kind`."""
        kinds = {"float32": "FLOAT", "float64": "DOUBLE", "int64": "INT64"}
        return self.op("Cast", x, to=getattr(self._onnx.TensorProto, kinds[kind]))

    def concat(self, parts: Sequence[str], axis: int = -1) -> str:
        """The parts side by side."""
        return parts[0] if len(parts) == 1 else self.op("Concat", *parts, axis=axis)

    def sum(self, terms: Sequence[str]) -> str:
        """The terms, one added after the other."""
        total = terms[0]
        for term in terms[1:]:
            total = self.op("Add", total, term)
        return total

    def reduce(self, x: str, axis: int, keep: bool = False) -> str:
        """The sum over an axis."""
        return self.op("ReduceSum", x, self.integers([axis]), keepdims=int(keep))

    def unsqueeze(self, x: str, axis: int) -> str:
        """`x` with an axis of size 1 more."""
        return self.op("Unsqueeze", x, self.integers([axis]))

    def squeeze(self, x: str, axis: int) -> str:
        """`x` without the axis, whose size is 1."""
        return self.op("Squeeze", x, self.integers([axis]))

    def reshape(self, x: str, shape: Sequence[int]) -> str:
        """`x` in another shape; 0 keeps a size, -1 is what is left."""
        return self.op("Reshape", x, self.integers(shape))

    def columns(self, x: str, start: int, end: int) -> str:
        """Columns of the last axis."""
        return self.op("Slice", x, self.integers([start]), self.integers([end]), self.integers([-1]))

    # The whole.

    def model(
        self, outputs: Mapping[str, Tuple[str, Tuple[Size, ...], str]], metadata: Mapping[str, str]
    ) -> Any:
        """The finished model. `outputs`: by name the value, its shape and what it is."""
        onnx = self._onnx
        helper, types = onnx.helper, {"int64": onnx.TensorProto.INT64, "float32": onnx.TensorProto.FLOAT}
        infos = [
            helper.make_tensor_value_info(entry.name, types[entry.type], list(entry.shape), entry.description)
            for entry in self.inputs.values()
        ]
        nodes = list(self._nodes)
        results = []
        for name, (value, shape, description) in outputs.items():
            nodes.append(helper.make_node("Identity", [value], [name]))
            results.append(helper.make_tensor_value_info(name, types["float32"], list(shape), description))
        graph = helper.make_graph(nodes, "lcft", infos, results, list(self._constants.values()))
        model = helper.make_model(graph, producer_name="lcft", opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = _IR_VERSION
        helper.set_model_props(model, dict(metadata))
        return model
