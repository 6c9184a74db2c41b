"""Files are often made for one sample; training takes many: the batch axis set free."""

from onnx import GraphProto, ModelProto, TensorProto, numpy_helper

from nnlab.core.types import Array
from nnlab.onnx.file.read import checked
from nnlab.onnx.file.views import ModelView


def with_free_batch(view: ModelView) -> ModelView:
    """The same model with the first axis of its inputs and outputs free.

    A Reshape whose target begins with 1 and says all other sizes keeps the batch instead, as its writer meant: the
    first size becomes "whatever is left". Models that were made for any batch are given back as they are.
    """
    if all(
        value.shape is None or not value.shape or not isinstance(value.shape[0], int) for value in view.graph.inputs
    ):
        return view
    proto = ModelProto()
    proto.CopyFrom(view.proto)
    for value in (*proto.graph.input, *proto.graph.output):
        dims = value.type.tensor_type.shape.dim
        if dims and dims[0].dim_value == 1:
            dims[0].ClearField("dim_value")
            dims[0].dim_param = "batch"
    del proto.graph.value_info[:]
    _free_reshapes(proto)
    return checked(proto)


def _free_reshapes(proto: ModelProto) -> None:
    weights = made_of_weights(proto.graph)
    constants: dict[str, TensorProto] = {tensor.name: tensor for tensor in proto.graph.initializer}
    for node in proto.graph.node:
        if node.op_type == "Constant":
            constants.update((node.output[0], a.t) for a in node.attribute if a.name == "value")
    reshaped = {n.input[1] for n in proto.graph.node if n.op_type == "Reshape" and n.input[0] not in weights}
    for name in reshaped & constants.keys():
        shape = numpy_helper.to_array(constants[name])
        if len(shape) > 1 and shape[0] == 1:
            _say(constants[name], shape)


def _say(tensor: TensorProto, shape: Array) -> None:
    """-1 for the batch; where another size is left open already, 0: as large as it was."""
    freed = shape.copy()
    freed[0] = 0 if -1 in shape[1:] else -1
    name = tensor.name
    tensor.CopyFrom(numpy_helper.from_array(freed, name))


def made_of_weights(graph: GraphProto) -> set[str]:
    """Every name that depends on stored values alone."""
    known = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        if all(name in known for name in node.input if name):
            known.update(node.output)
    return known
