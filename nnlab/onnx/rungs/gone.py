"""What a change of a graph took out: every node that went, its output's shape, and what stands in its place."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from onnx import GraphProto, ModelProto, NodeProto, load

from nnlab.onnx.apart import calls


@dataclass(frozen=True)
class Gone:
    """A node that is no more. Options:  shape: of its output, open axes as None; None where it is not known."""

    node: str
    operator: str
    output: str
    shape: tuple[int | None, ...] | None
    instead: str


def operators(model: ModelProto) -> dict[str, int]:
    """How many nodes there are of each operator."""
    return dict(sorted(Counter(node.op_type for node in model.graph.node).items()))


def gone(before: ModelProto, after: ModelProto) -> list[Gone]:
    """The nodes of `before` whose output `after` does not compute by the same operator, in their order."""
    made = {name: node for node in after.graph.node for name in node.output}
    shapes = _shapes(before)
    found = []
    for node in before.graph.node:
        name = node.output[0]
        there = made.get(name)
        if there is not None and there.op_type == node.op_type:
            continue
        found.append(
            Gone(node.name or name, node.op_type, name, shapes.get(name), _instead(node, before, after, there))
        )
    return found


def compared(before: Path, after: Path) -> tuple[int, int, list[dict[str, Any]]]:
    """Two files: how many nodes each has, and those of the first that went, as JSON has them."""
    one, other = load(before), load(after)
    return len(one.graph.node), len(other.graph.node), [asdict(each) for each in gone(one, other)]


def _instead(node: NodeProto, before: ModelProto, after: ModelProto, there: NodeProto | None) -> str:
    if there is not None:
        return f"{there.op_type} {there.name or there.output[0]}"
    name = node.output[0]
    if any(tensor.name == name for tensor in after.graph.initializer):
        return "a stored value"
    readers = {reader.name or reader.output[0]: reader for reader in after.graph.node}
    for reader in before.graph.node:
        now = readers.get(reader.name or reader.output[0])
        for place, read in enumerate(reader.input):
            if read == name and now is not None and place < len(now.input) and now.input[place] != name:
                return f"{now.op_type} {now.name or now.output[0]} reads {now.input[place]}"
    return "part of another node"


def _shapes(model: ModelProto) -> Mapping[str, tuple[int | None, ...]]:
    try:
        graph: GraphProto = calls.infer_shapes(model).graph
    except Exception:  # onnx's inference raises what it likes; shapes are told where they are known
        return {}
    return {
        value.name: tuple(
            axis.dim_value if axis.HasField("dim_value") else None for axis in value.type.tensor_type.shape.dim
        )
        for value in (*graph.value_info, *graph.output)
        if value.type.tensor_type.HasField("shape")
    }
