"""Changes of a graph that any engine gains by: each makes a new model, which gives the same up to rounding."""

from collections.abc import Callable, Mapping

import numpy as np
from onnx import ModelProto, NodeProto, numpy_helper

from nnlab.onnx.apart import calls
from nnlab.onnx.engine.execute import NumpyModel
from nnlab.onnx.file.batches import made_of_weights
from nnlab.onnx.file.read import model_of
from nnlab.onnx.file.surgery import fold_batch_norms, prune, put_nodes
from nnlab.onnx.file.transposes import cancel_transposes

PASSED_ON = frozenset({"Identity", "Dropout"})
"""Operators that give in evaluation what they were given."""


FREE_IR = 4
"""Of files whose stored values need not be among the inputs."""


def _copied(model: ModelProto) -> ModelProto:
    made = ModelProto()
    made.CopyFrom(model)
    return made


def without_identities(model: ModelProto) -> ModelProto:
    """Identity, Dropout and a Flatten of rows are left out, unless they name an output; a Sum of two is an Add."""
    made = _copied(model)
    graph = made.graph
    rows = _rows(made)
    given = {value.name for value in graph.output}
    gone: dict[str, str] = {}
    for node in graph.node:
        known = node.op_type in PASSED_ON or (node.op_type == "Flatten" and node.input[0] in rows and _by_rows(node))
        passed = known and node.domain in {"", "ai.onnx"} and node.output[0] not in given
        others = [name for name in node.output[1:] if name]  # a Dropout's mask
        if passed and not others and not _trains(made, node):
            gone[node.output[0]] = gone.get(node.input[0], node.input[0])
    for node in graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = gone.get(name, name)
    for node in graph.node:
        if node.op_type == "Sum" and len(node.input) == 2:
            node.op_type = "Add"  # the same, which engines know how to fuse
    prune(graph)
    return made


def _rows(model: ModelProto) -> set[str]:
    """The names of values that are known to be rows of numbers."""
    graph = calls.infer_shapes(model).graph
    return {
        value.name
        for value in (*graph.input, *graph.value_info)
        if value.type.tensor_type.HasField("shape") and len(value.type.tensor_type.shape.dim) == 2
    }


def _by_rows(node: NodeProto) -> bool:
    return all(attribute.i == 1 for attribute in node.attribute if attribute.name == "axis")


def _trains(model: ModelProto, node: NodeProto) -> bool:
    """Whether a Dropout is told to drop: its third input is true, or not known."""
    if node.op_type != "Dropout" or len(node.input) < 3 or not node.input[2]:
        return False
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    return node.input[2] not in stored or bool(numpy_helper.to_array(stored[node.input[2]]).any())


def without_transposes(model: ModelProto) -> ModelProto:
    """Transposes that undo each other are left out."""
    made = _copied(model)
    cancel_transposes(made)
    return made


def constants_folded(model: ModelProto) -> ModelProto:
    """What is computed of stored values alone is stored."""
    made = _copied(model)
    made.ir_version = max(made.ir_version, FREE_IR)
    graph = made.graph
    known = made_of_weights(graph)
    stored = {tensor.name for tensor in graph.initializer}
    plan = NumpyModel(model_of(made.SerializeToString())).plan
    values = (plan.quick or plan).constants
    for node in graph.node:
        for name in node.output:
            value = values.get(name)
            if name in known and name not in stored and isinstance(value, np.ndarray):
                graph.initializer.append(numpy_helper.from_array(value, name))
                stored.add(name)
    put_nodes(graph, (node for node in graph.node if not all(name in stored for name in node.output if name)))
    prune(graph)
    return made


def batch_norms_folded(model: ModelProto) -> ModelProto:
    """Every BatchNormalization that can be is part of the weights before it."""
    made = _copied(model)
    fold_batch_norms(made)
    return made


def without_softmax(model: ModelProto) -> ModelProto:
    """A Softmax that ends in an output is left out: the output, which keeps its name, is logits."""
    made = _copied(model)
    graph = made.graph
    given = {value.name for value in graph.output}
    for node in graph.node:
        if node.op_type == "Softmax" and node.output[0] in given:
            logits, name = node.input[0], node.output[0]
            if logits in given or logits in {value.name for value in graph.input}:
                continue  # it has a name that others know it by
            if sum(logits in n.input for n in graph.node) > 1:
                continue
            for other in graph.node:
                for place, output in enumerate(other.output):
                    if output == logits:
                        other.output[place] = name
            graph.node.remove(node)
            break
    return made


Change = Callable[[ModelProto], ModelProto]

CHANGES: Mapping[str, Change] = {
    "identities": without_identities,
    "transposes": without_transposes,
    "constants": constants_folded,
    "batch-norm": batch_norms_folded,
    "softmax": without_softmax,
}
"""In the order of the ladder, each after the one before it."""


def up_to(model: ModelProto, last: str) -> ModelProto:
    """The model after all changes up to this one."""
    for name, change in CHANGES.items():
        model = change(model)
        if name == last:
            break
    return model
