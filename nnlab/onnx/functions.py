"""Operators that nnlab has no class for, but ONNX a definition in simpler operators: put in where they are called."""

from collections.abc import Iterable, Mapping
from typing import Any

import onnx
from onnx import inliner
from onnx.defs import SchemaError

from nnlab.core.errors import DataError
from nnlab.onnx.places import one_line
from nnlab.onnx.views import ModelView, NodeView

MOST_ROUNDS = 10
"""A definition may use operators that are themselves put in; none of ONNX's goes deeper than three."""


def is_function(node: NodeView, opsets: Mapping[str, int]) -> bool:
    """Whether ONNX defines the operator by simpler ones, in general or for the types that the node is given."""
    asked = opsets.get(node.domain)
    if asked is None:
        return False
    try:
        schema: Any = onnx.defs.get_schema(node.operator, asked, node.domain)
    except (SchemaError, TypeError):
        return False
    return bool(schema.has_function or schema.has_context_dependent_function)


def with_functions_put_in(model: ModelView, operators: Iterable[tuple[str, str]]) -> ModelView:
    """The model with these operators (domain, name) replaced by their definitions, names made unique.

    Definitions that depend on types are put in where onnx can tell the types of the node's inputs; elsewhere the node
    stays.

    Raises:  DataError: when onnx cannot put them in.
    """
    try:
        proto = inliner.inline_selected_functions(model.proto, list(operators), inline_schema_functions=True)
    except Exception as error:  # whatever onnx says of a model that it cannot take
        raise DataError(f"its functions cannot be put in where they are called ({one_line(error)})") from error
    return ModelView(proto, where=model.where)
