"""Nodes that only say a value become stored values, so that what learns does not depend on how a file says it."""

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, numpy_helper

from nnlab.onnx.file.read import checked
from nnlab.onnx.file.views import ModelView

SCALARS = {"value_float": "f", "value_int": "i"}
LISTS = {"value_floats": "floats", "value_ints": "ints"}


def with_stored_constants(view: ModelView) -> ModelView:
    """The same model, its Constant nodes made initializers; given back as it is where there are none."""
    stored = [tensor for node in view.proto.graph.node if (tensor := _tensor(node)) is not None]
    if not stored:
        return view
    proto = ModelProto()
    proto.CopyFrom(view.proto)
    kept = [node for node in proto.graph.node if _tensor(node) is None]
    del proto.graph.node[:]
    proto.graph.node.extend(kept)
    proto.graph.initializer.extend(stored)
    return checked(proto)


def _tensor(node: NodeProto) -> TensorProto | None:
    """What a Constant node says, under the name of its output; None for any other node, and for texts."""
    if node.op_type != "Constant" or node.domain not in {"", "ai.onnx"} or len(node.attribute) != 1:
        return None
    (attribute,) = node.attribute
    tensor = TensorProto()
    if attribute.name == "value":
        tensor.CopyFrom(attribute.t)
    elif attribute.name in SCALARS | LISTS:
        kind = np.float32 if "float" in attribute.name else np.int64
        value = np.array(getattr(attribute, (SCALARS | LISTS)[attribute.name]), kind)
        tensor.CopyFrom(numpy_helper.from_array(value))
    else:
        return None
    tensor.name = node.output[0]
    return tensor
