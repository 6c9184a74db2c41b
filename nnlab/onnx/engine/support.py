"""Which operators of a model can be computed here, ONNX's own definitions put in for others."""

from collections.abc import Mapping
from dataclasses import dataclass

import onnx
from onnx.defs import SchemaError

from nnlab.onnx.file.functions import MOST_ROUNDS, is_function, with_functions_put_in
from nnlab.onnx.file.read import OLDEST_OPSET
from nnlab.onnx.file.views import ModelView, NodeView
from nnlab.onnx.ops.base import OPERATORS


@dataclass(frozen=True)
class Unsupported:
    """A node whose operator no engine here computes."""

    operator: str
    domain: str
    version: int | None
    node: str

    def __str__(self) -> str:
        name = f"{self.domain}.{self.operator}" if self.domain else self.operator
        return f"{name} (version {self.version or 'unknown'}) at node {self.node}"


def computable(model: ModelView) -> tuple[ModelView, list[Unsupported]]:
    """The model with functions put in for what has no class here, and what is missing even so."""
    missing = unsupported(model)
    for _ in range(MOST_ROUNDS):
        lacking = {(one.domain, one.operator) for one in missing}
        nodes = [node for node in model.walk() if (node.domain, node.operator) in lacking]
        functions = {(n.domain, n.operator) for n in nodes if is_function(n, model.opsets)}
        if not functions:
            break
        model = with_functions_put_in(model, sorted(functions))
        before, missing = missing, unsupported(model)
        if missing == before:
            break
    return model, missing


def unsupported(model: ModelView) -> list[Unsupported]:
    """Every node whose operator is not in the table, the first of each operator."""
    found: dict[tuple[str, str], Unsupported] = {}
    for node in model.walk():
        since = since_version(node, model.opsets)
        if since is None or OPERATORS.get(node.domain, node.operator, since) is None:
            found.setdefault((node.domain, node.operator), Unsupported(node.operator, node.domain, since, node.name))
    return list(found.values())


def is_old(model: ModelView) -> bool:
    """Whether it asks for operators of before the version from which on nnlab computes all that it knows."""
    return model.opsets.get("", OLDEST_OPSET) < OLDEST_OPSET


def since_version(node: NodeView, opsets: Mapping[str, int]) -> int | None:
    """The version in which the operator last changed, as of the one that the model asks for; None if there is none."""
    asked = opsets.get(node.domain)
    if asked is None:
        return None
    try:
        return int(onnx.defs.get_schema(node.operator, asked, node.domain).since_version)
    except (SchemaError, TypeError):  # an operator that onnx does not know: onnxruntime's own, or a plug-in's
        return OPERATORS.newest(node.domain, node.operator, asked)
