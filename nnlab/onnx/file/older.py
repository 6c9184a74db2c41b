"""Models of before opset 7: brought up to it, since the operators that nnlab computes begin there."""

from onnx import GraphProto, ModelProto, NodeProto, helper

from nnlab.core.errors import DataError
from nnlab.onnx.apart import calls
from nnlab.onnx.places import one_line


def brought_to(proto: ModelProto, version: int) -> ModelProto:
    """The model as one of this version of ONNX's operators if it is older, else itself.

    Before version 7 an operator said by an attribute along which axes of the first input the second is repeated: those
    axes are added to the second input by an Unsqueeze. onnx's own converter does the rest.

    Raises:  DataError: when onnx finds the model unsound, or cannot convert it.
    """
    asked = next((entry.version for entry in proto.opset_import if entry.domain in {"", "ai.onnx"}), version)
    if asked >= version:
        return proto
    try:
        calls.check(proto)  # the converter trusts what it is given
        return calls.convert(_with_axes_added(proto), version)
    except Exception as error:  # the errors of both have no class in common but this
        what = f"asks for operators of version {asked}, and cannot be brought to {version} ({one_line(error)})"
        raise DataError(what) from error


def _with_axes_added(proto: ModelProto) -> ModelProto:
    """The model without `axis` in operators that broadcast; a copy where there is any."""
    if not any(_axis(node) is not None for node in proto.graph.node):
        return proto
    model = ModelProto()
    model.CopyFrom(proto)
    ranks = _ranks(calls.infer_shapes(proto).graph)
    nodes: list[NodeProto] = []
    for place, node in enumerate(model.graph.node):
        axis = _axis(node)
        if axis is not None:
            first, second = (ranks[name] for name in node.input)
            added = list(range(second, first - axis % first))
            if added:
                aligned = f"{node.input[1]}_aligned_{place}"
                nodes.append(helper.make_node("Unsqueeze", [node.input[1]], [aligned], axes=added))
                node.input[1] = aligned
            kept = [attribute for attribute in node.attribute if attribute.name != "axis"]
            del node.attribute[:]
            node.attribute.extend(kept)
        nodes.append(node)
    copied = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del model.graph.node[:]
    model.graph.node.extend(copied)
    return model


def _axis(node: NodeProto) -> int | None:
    """Where the second input of an operator that broadcasts begins in the first; None where it ends with it."""
    said = {attribute.name: attribute.i for attribute in node.attribute}
    return int(said["axis"]) if said.get("broadcast") and "axis" in said else None


def _ranks(graph: GraphProto) -> dict[str, int]:
    """How many axes every value has whose shape is known."""
    stored = {tensor.name: len(tensor.dims) for tensor in graph.initializer}
    values = [*graph.input, *graph.value_info, *graph.output]
    return {value.name: len(value.type.tensor_type.shape.dim) for value in values} | stored
