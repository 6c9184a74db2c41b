"""Models of one node, drawn from the definitions of ONNX's operators: as meant, and as nobody would write."""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import AttributeProto, ModelProto, TensorProto, ValueInfoProto, helper, numpy_helper
from onnx.defs import OpSchema

ODD_INTS = (-(2**63), -(2**31), -1000, -2, -1, 0, 1, 2, 3, 5, 2**31, 2**40, 2**63 - 1)
ODD_FLOATS = (0.0, -1.0, 0.5, 1e30, float("inf"), float("nan"))
ODD_TEXTS = ("", "x", "NOTSET", "(", "a" * 40, "\u00e9")
WRONG = ("tensor(float)", "tensor(string)", "seq(tensor(float))", "map(int64,tensor(float))")
SIZES = (0, 1, 1, 2, 2, 3, 4)
KINDS = AttributeProto.AttributeType


def schemas() -> list[OpSchema]:
    """Every operator that can be asked for, the newest of each first, in an order that never changes."""
    every = [schema for schema in onnx.defs.get_all_schemas_with_history() if not schema.deprecated]
    return sorted(every, key=lambda schema: (schema.domain, schema.name, -schema.since_version))


class Draw:
    """What the parts of one model have in common: how odd it is, the types of its type variables, a shape."""

    def __init__(self, rng: random.Random):
        self.rng, self.odd = rng, rng.choice((0.0, 0.0, 0.1, 0.5))
        self.kinds: dict[str, str] = {}
        self.shape = [rng.choice(SIZES) for _ in range(rng.choice((1, 2, 2, 3, 4, 4)))]

    def oddly(self, share: float) -> bool:
        """Whether something is done that no writer would do."""
        return self.rng.random() < self.odd * share

    def kind(self, formal: Any) -> str:
        """The type of an input: one for every type variable."""
        if self.oddly(0.3) or not formal.types:
            return self.rng.choice(WRONG)
        chosen = self.kinds.setdefault(formal.type_str, self.rng.choice(sorted(formal.types)))
        return chosen if chosen in formal.types else self.rng.choice(sorted(formal.types))


def drawn_model(schema: OpSchema, rng: random.Random) -> ModelProto:
    """A model of this operator alone."""
    draw = Draw(rng)
    names, declared, stored = [], [], []
    for place, formal in enumerate(_formals(schema.inputs, rng)):
        if draw.oddly(0.3) or (formal.option != OpSchema.FormalParameterOption.Single and rng.random() < 0.3):
            names.append("")
            continue
        names.append(f"x{place}")
        if draw.oddly(0.3):
            continue  # a value that nothing gives
        value, initial = _value(names[-1], formal, draw)
        declared.append(value)
        stored += [initial] if initial is not None else []
    if draw.oddly(0.3):
        names = names[: rng.randrange(len(names) + 1)]
    outputs = [f"y{place}" for place in range(max(1, min(len(schema.outputs), 4)))]
    node = helper.make_node(schema.name, names, outputs[: rng.randint(1, len(outputs))], "node", domain=schema.domain)
    for name, attribute in sorted(schema.attributes.items()):
        if (made := _attribute(name, attribute, draw)) is not None:
            node.attribute.append(made)
    graph = onnx.GraphProto(name="drawn", node=[node], input=declared, initializer=stored)
    graph.output.extend(_output(name, rng) for name in node.output)
    opsets = [helper.make_opsetid(schema.domain, schema.since_version)]
    if schema.domain:
        opsets.append(helper.make_opsetid("", 20))
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def inputs_of(model: ModelProto, rng: random.Random) -> dict[str, Any]:
    """Something for every input that is a tensor and is not stored."""
    stored = {tensor.name for tensor in model.graph.initializer}
    found = {}
    for value in model.graph.input:
        kind = value.type.tensor_type
        if value.name in stored or not value.type.HasField("tensor_type"):
            continue
        shape = [axis.dim_value if axis.HasField("dim_value") else rng.choice(SIZES) for axis in kind.shape.dim]
        found[value.name] = _array(kind.elem_type or TensorProto.FLOAT, [min(max(size, 0), 9) for size in shape], rng)
    return found


def _formals(formals: Sequence[Any], rng: random.Random) -> list[Any]:
    """The inputs; of one that may come several times some."""
    found: list[Any] = []
    for formal in formals:
        several = formal.option == OpSchema.FormalParameterOption.Variadic
        found += [formal] * (rng.randint(0, 3) if several else 1)
    return found


def _value(name: str, formal: Any, draw: Draw) -> tuple[ValueInfoProto, TensorProto | None]:
    """An input's declaration, and its values where they are stored."""
    rng, text = draw.rng, draw.kind(formal)
    value = ValueInfoProto(name=name)
    if draw.oddly(0.4):
        return value, None  # of no known type
    if not text.startswith("tensor("):
        value.type.CopyFrom(_compound(text))
        return value, None
    elem, shape = _elem(text), draw.shape
    if rng.random() < 0.4:
        shape = [rng.choice(SIZES) for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4)))]
    value.type.tensor_type.elem_type = elem
    if rng.random() < 0.35:
        return value, numpy_helper.from_array(_array(elem, shape, rng), name)
    if rng.random() > 0.15:
        value.type.tensor_type.shape.SetInParent()
        for size in shape:
            axis = value.type.tensor_type.shape.dim.add()
            if rng.random() > 0.2:
                axis.dim_value = rng.choice(ODD_INTS) if draw.oddly(0.2) else size
    return value, None


def _elem(text: str) -> int:
    name = text.removeprefix("tensor(").removesuffix(")").upper()
    return int(TensorProto.DataType.Value(name)) if name in set(TensorProto.DataType.keys()) else TensorProto.FLOAT


def _compound(text: str) -> Any:
    """The type of a sequence, a map or an optional of tensors."""
    tensor = helper.make_tensor_type_proto(TensorProto.FLOAT, [2])
    inner = text[text.index("(") + 1 : -1]
    if text.startswith("seq("):
        return helper.make_sequence_type_proto(_compound(inner) if "map" in inner else tensor)
    if text.startswith("optional("):
        return helper.make_optional_type_proto(tensor)
    if text.startswith("map("):
        return helper.make_map_type_proto(
            TensorProto.STRING if "string" in inner.split(",")[0] else TensorProto.INT64, tensor
        )
    return tensor


def _array(elem: int, shape: Sequence[int], rng: random.Random) -> Any:
    dtype = helper.tensor_dtype_to_np_dtype(elem)
    numbers = np.random.default_rng(rng.randrange(2**32)).integers(-2, 4, shape)
    if elem == TensorProto.STRING:
        return np.array([f"a{number}" for number in numbers.reshape(-1)], object).reshape(shape)
    return numbers.astype(dtype)


def _attribute(name: str, attribute: Any, draw: Draw) -> AttributeProto | None:
    rng, odd = draw.rng, draw.odd
    if draw.oddly(0.3) if attribute.required else rng.random() < 0.5:
        return None
    kind = rng.choice((1, 2, 3, 6, 7, 8)) if draw.oddly(0.1) else int(attribute.type.value)
    made = AttributeProto(name=name, type=kind)
    default = attribute.default_value
    if default.type == kind and rng.random() > odd:
        made.CopyFrom(default)
        made.name = name
        return made
    wild = rng.random() < odd
    count = rng.choice((0, 1, 2, 2, 3, 4, 6))
    if kind == KINDS.INT:
        made.i = rng.choice(ODD_INTS if wild else (0, 1, 1, 2))
    elif kind == KINDS.FLOAT:
        made.f = rng.choice(ODD_FLOATS if wild else (0.5, 1.0))
    elif kind == KINDS.STRING:
        made.s = rng.choice(ODD_TEXTS).encode()
    elif kind == KINDS.INTS:
        made.ints.extend(rng.choice(ODD_INTS if wild else (0, 1, 1, 2)) for _ in range(count))
    elif kind == KINDS.FLOATS:
        made.floats.extend(rng.choice(ODD_FLOATS) for _ in range(count))
    elif kind == KINDS.STRINGS:
        made.strings.extend(rng.choice(ODD_TEXTS).encode() for _ in range(count))
    elif kind == KINDS.TENSOR:
        elem = rng.choice((1, 6, 7, 8, 11))
        made.t.CopyFrom(numpy_helper.from_array(_array(elem, [rng.choice(SIZES)] * rng.choice((0, 1, 1, 2)), rng)))
    elif kind == KINDS.GRAPH:
        made.g.CopyFrom(_graph(rng))
    elif kind == KINDS.TYPE_PROTO:
        made.tp.CopyFrom(helper.make_tensor_type_proto(TensorProto.FLOAT, [2]))
    elif kind == KINDS.SPARSE_TENSOR:
        made.sparse_tensor.dims.extend([rng.choice(SIZES)])
    return made


def _graph(rng: random.Random) -> onnx.GraphProto:
    """A body for Loop, If and Scan: passes on what it is given."""
    names = [f"in{place}" for place in range(rng.randrange(4))]
    nodes = [helper.make_node("Identity", [name], [f"out_{name}"]) for name in names]
    nodes.append(helper.make_node("Constant", [], ["c"], value_float=1.0))
    inputs = [ValueInfoProto(name=name) for name in names]
    outputs = [ValueInfoProto(name=name) for name in ["c", *(f"out_{name}" for name in names)][: rng.randint(1, 4)]]
    return onnx.GraphProto(name="body", node=nodes, input=inputs, output=outputs)


def _output(name: str, rng: random.Random) -> ValueInfoProto:
    value = ValueInfoProto(name=name)
    if rng.random() < 0.2:
        value.type.tensor_type.elem_type = rng.choice((TensorProto.FLOAT, TensorProto.INT64, TensorProto.STRING))
    return value
