"""Operators that nnlab has no class for, but ONNX a definition in simpler operators: put in where they are called."""

from collections.abc import Iterable, Mapping
from typing import Any

import onnx
from onnx import AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, TypeProto, inliner
from onnx.defs import SchemaError

from nnlab.core.errors import DataError
from nnlab.onnx.apart import calls
from nnlab.onnx.file.views import ModelView, NodeView
from nnlab.onnx.places import one_line

MOST_ROUNDS = 10
"""A definition may use operators that are themselves put in; none of ONNX's goes deeper than three."""

DOMAIN = "nnlab.definitions"
"""Where definitions are kept while they are put in."""

Types = Mapping[str, TypeProto]


def is_function(node: NodeView, opsets: Mapping[str, int]) -> bool:
    """Whether ONNX defines the operator by simpler ones, in general or for the types that the node is given."""
    schema = _schema(node.operator, node.domain, opsets)
    return schema is not None and bool(schema.has_function or schema.has_context_dependent_function)


def with_functions_put_in(model: ModelView, operators: Iterable[tuple[str, str]]) -> ModelView:
    """The model with these operators (domain, name) replaced by their definitions, names made unique.

    Definitions that depend on types are put in where onnx can tell the types of the node's inputs; elsewhere the node
    stays.

    Raises:  DataError: when onnx cannot put them in.
    """
    chosen = list(operators)
    try:
        try:
            proto = calls.inline(model.proto, chosen)
        except DataError:
            raise  # it crashed
        except Exception:  # onnx's own inliner cannot do so for nodes with inputs left out
            proto = _called(model, set(chosen))
    except Exception as error:  # whatever onnx says of a model that it cannot take
        raise DataError(f"its functions cannot be put in where they are called ({one_line(error)})") from error
    return ModelView(proto, where=model.where)


def _called(model: ModelView, operators: set[tuple[str, str]]) -> ModelProto:
    """The same by way of functions of the model's own."""
    proto = calls.infer_shapes(model.proto)
    _Caller(proto, model.opsets, operators).visit(proto.graph, {})
    proto = inliner.inline_local_functions(proto)
    kept = [entry for entry in proto.opset_import if entry.domain != DOMAIN]
    del proto.opset_import[:]
    proto.opset_import.extend(kept)
    return proto


class _Caller:
    """Makes nodes call the definitions of their operators, which become functions of the model's own."""

    def __init__(self, proto: ModelProto, opsets: Mapping[str, int], operators: set[tuple[str, str]]):
        self.proto, self.opsets, self.operators = proto, opsets, operators
        proto.opset_import.add(domain=DOMAIN, version=1)

    def visit(self, graph: GraphProto, around: Types) -> None:
        """Every node of a graph and of those inside it; `around` has the types of the values around it."""
        types = dict(around)
        types |= {value.name: value.type for value in (*graph.input, *graph.value_info, *graph.output)}
        for stored in graph.initializer:
            types[stored.name] = onnx.helper.make_tensor_type_proto(stored.data_type, stored.dims)
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.type == AttributeProto.GRAPH:
                    self.visit(attribute.g, types)
            domain = "" if node.domain == "ai.onnx" else node.domain
            body = self.definition(node, types) if (domain, node.op_type) in self.operators else None
            if body is not None:
                body.name, body.domain = f"{node.op_type}_{len(self.proto.functions)}", DOMAIN
                for entry in body.opset_import:  # onnx gives the newest definition that holds for the version asked for
                    entry.version = self.opsets.get(entry.domain, entry.version)
                self.proto.functions.append(body)
                node.op_type, node.domain = body.name, DOMAIN

    def definition(self, node: NodeProto, types: Types) -> FunctionProto | None:
        """The definition of a node's operator; None where the types that it depends on are not known."""
        domain = "" if node.domain == "ai.onnx" else node.domain
        schema = _schema(node.op_type, domain, self.opsets)
        asked, body = self.opsets[domain], FunctionProto()
        if schema.has_function:
            body.ParseFromString(schema.get_function_with_opset_version(asked))
            return body
        if any(name and name not in types for name in node.input):
            return None
        given = [types[name].SerializeToString() if name else b"" for name in node.input]
        made = schema.get_context_dependent_function_with_opset_version(asked, node.SerializeToString(), given)
        body.ParseFromString(made)
        return body if body.node else None


def _schema(operator: str, domain: str, opsets: Mapping[str, int]) -> Any:
    """onnx's definition of an operator, as of the version that a model asks for; None if there is none."""
    asked = opsets.get(domain)
    if asked is None:
        return None
    try:
        return onnx.defs.get_schema(operator, asked, domain)
    except (SchemaError, TypeError):
        return None
