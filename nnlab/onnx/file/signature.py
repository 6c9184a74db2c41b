"""A node held against the definition of its operator: how many inputs and outputs, which attributes of which type."""

from typing import Any

import onnx
from onnx.defs import OpSchema, SchemaError

from nnlab.core.errors import DataError
from nnlab.onnx.file.views import NodeView

REQUIRED = OpSchema.FormalParameterOption.Single


def check_signature(node: NodeView, since: int) -> None:
    """Raises DataError: for what no engine could make sense of. Operators that onnx does not know pass."""
    try:
        schema = onnx.defs.get_schema(node.operator, since, node.domain)
    except (SchemaError, TypeError):
        return
    where = f"node {node.name} ({node.operator})"
    _check_count(len(node.inputs), schema.min_input, schema.max_input, "takes", "inputs", where)
    _check_count(len(node.outputs), schema.min_output, schema.max_output, "gives", "outputs", where)
    for name, formal in zip(node.inputs, schema.inputs, strict=False):
        if not name and formal.option == REQUIRED:
            raise DataError(f"its input {formal.name} is left out", where=where)
    _check_attributes(node, schema, where)


def _check_count(count: int, least: int, most: int, verb: str, what: str, where: str) -> None:
    if not least <= count <= most:
        said = f"{least}" if least == most else f"at least {least}" if most > 2**30 else f"{least} to {most}"
        raise DataError(f"{verb} {said} {what}, not {count}", where=where)


def _check_attributes(node: NodeView, schema: OpSchema, where: str) -> None:
    given = {attribute.name: attribute for attribute in node.proto.attribute}
    for name, attribute in given.items():
        if attribute.ref_attr_name:
            raise DataError(f"attribute {name} stands for one of a function, and this is none", where=where)
        formal: Any = schema.attributes.get(name)
        if formal is not None and int(attribute.type) != int(formal.type.value):
            kind = onnx.AttributeProto.AttributeType
            got = kind.Name(attribute.type) if attribute.type in kind.values() else attribute.type
            raise DataError(f"attribute {name} is {got} and has to be {formal.type.name}", where=where)
    for name, known in schema.attributes.items():
        if known.required and name not in given:
            raise DataError(f"needs the attribute {name}", where=where)
