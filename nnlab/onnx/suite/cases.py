"""The cases of onnx's backend test-suite: their names, where they are from, the operators that they are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import onnx
from onnx import GraphProto, ModelProto, NodeProto
from onnx.defs import SchemaError

KINDS = ("node", "simple", "pytorch-converted", "pytorch-operator", "real")
"""onnx's own names. The models of `real` come with shortened weights ("light") in the package."""

OperatorKey = tuple[str, str, int]
"""Domain, name, since-version (0 for one that onnx does not define)."""


@dataclass(frozen=True)
class Case:
    """One case: a model, inputs and the outputs that it must have.

    Options:  operators: those of its graph, of the graphs inside nodes and of the model's own functions.
    """

    name: str
    kind: str
    operators: frozenset[OperatorKey]

    @property
    def names(self) -> frozenset[str]:
        """Its operators' names; those of other domains with their domain in front."""
        return frozenset(f"{domain}.{name}" if domain else name for domain, name, _ in self.operators)


@cache
def cases() -> tuple[Case, ...]:
    """Every case whose data is in the onnx package, sorted by name. Drawing them takes seconds, once in a process."""
    from onnx.backend.test.loader import load_model_tests

    found = []
    with catch_warnings():
        simplefilter("ignore")  # onnx draws some cases by dividing by zero
        for kind in KINDS:
            for case in load_model_tests(kind=kind):
                if model := _model(case):
                    found.append(Case(case.name, kind, frozenset(operators_of(model))))
    return tuple(sorted(found, key=lambda case: case.name))


def _model(case: Any) -> ModelProto | None:
    """The model of one of onnx's cases; None when it would have to be fetched."""
    if isinstance(case.model, ModelProto):
        return case.model
    light = Path(onnx.__file__).parents[1] / (case.url or "")
    path = Path(case.model_dir) / "model.onnx" if case.model_dir else light
    return onnx.load(path) if path.is_file() else None


def operators_of(model: ModelProto) -> Iterator[OperatorKey]:
    """Every operator of a model, once for each node."""
    own = {(_domain(function.domain), function.name) for function in model.functions}
    opsets = {_domain(opset.domain): opset.version for opset in model.opset_import}
    yield from _keys(_walk(model.graph.node), opsets, own)
    for function in model.functions:
        inside = {_domain(opset.domain): opset.version for opset in function.opset_import}
        yield from _keys(_walk(function.node), inside, own)


def _keys(nodes: Iterable[NodeProto], opsets: dict[str, int], own: set[tuple[str, str]]) -> Iterator[OperatorKey]:
    for node in nodes:
        domain = _domain(node.domain)
        if (domain, node.op_type) not in own:
            yield domain, node.op_type, _since(domain, node.op_type, opsets.get(domain, 0))


def _walk(nodes: Iterable[NodeProto]) -> Iterator[NodeProto]:
    for node in nodes:
        yield node
        for attribute in node.attribute:
            graphs: list[GraphProto] = [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]
            for graph in graphs:
                yield from _walk(graph.node)


def _domain(domain: str) -> str:
    return "" if domain == "ai.onnx" else domain


def _since(domain: str, operator: str, opset: int) -> int:
    try:
        return int(onnx.defs.get_schema(operator, opset, domain).since_version)
    except SchemaError:
        return 0
