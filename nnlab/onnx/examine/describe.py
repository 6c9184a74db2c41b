"""What is in a model: inputs and outputs, operators and who computes them, weights, work, what it says of itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nnlab.core.errors import MissingError, NnlabError
from nnlab.onnx.backends.engines import OFFERED, load
from nnlab.onnx.engine.shapes import Shapes, Sizes, inferred, multiply_adds
from nnlab.onnx.engine.support import since_version
from nnlab.onnx.examine.samples import require_inputs
from nnlab.onnx.file.functions import is_function
from nnlab.onnx.file.views import ModelView, NodeView, ValueView
from nnlab.onnx.ops.base import OPERATORS, is_float


@dataclass(frozen=True)
class OperatorRow:
    """An operator of a model.

    Options:  numpy, torch: "yes", "by definition" (ONNX defines it by simpler ones), "no"; "not installed".
    """

    operator: str
    domain: str
    version: int | None
    count: int
    numpy: str
    torch: str


@dataclass(frozen=True)
class NodeRow:
    """A node with the shapes of what it gives, as far as they follow from those of the inputs."""

    name: str
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    shapes: tuple[Any, ...]
    multiply_adds: int | None


@dataclass(frozen=True)
class Description:
    """A model in figures.

    Options:  parameters: numbers in floating-point values that are stored.  stored_bytes: of all of them.
              multiply_adds: of convolutions and matrix products; None when the shapes of one are not known.
              engines: "ok", or why it does not run.
    """

    path: str
    ir_version: int
    producer: str
    opsets: Mapping[str, int]
    inputs: Sequence[Mapping[str, Any]]
    outputs: Sequence[Mapping[str, Any]]
    parameters: int
    stored_bytes: int
    multiply_adds: int | None
    operators: Sequence[OperatorRow]
    engines: Mapping[str, str]
    metadata: Mapping[str, str]
    nodes: Sequence[NodeRow]

    def document(self) -> dict[str, Any]:
        """The JSON document."""
        return {"schema_version": 1, **asdict(self)}


def describe(view: ModelView, *, sizes: Sizes | None = None) -> Description:
    """What is in a model.

    Options:  sizes: shapes of inputs that leave an axis open; else 1 there.
    """
    sizes = sizes or {}
    require_inputs(view, sizes)
    shapes = inferred(view, sizes=sizes)
    nodes = [_node(node, shapes) for node in view.graph.nodes]
    counted = [node.multiply_adds for node in nodes]
    stored = view.graph.initializers.values()
    proto = view.proto
    return Description(
        path=view.where,
        ir_version=int(proto.ir_version),
        producer=f"{proto.producer_name} {proto.producer_version}".strip(),
        opsets={domain or "ai.onnx": version for domain, version in view.opsets.items()},
        inputs=[_value(value, value.shape) for value in view.graph.inputs],
        outputs=[_value(value, shapes.get(value.name) or value.shape) for value in view.graph.outputs],
        parameters=sum(array.size for array in stored if is_float(array)),
        stored_bytes=sum(array.nbytes for array in stored),
        multiply_adds=None if None in counted else sum(count or 0 for count in counted),
        operators=_operators(view),
        engines={engine: _runs(view, engine) for engine in OFFERED},
        metadata={entry.key: entry.value for entry in proto.metadata_props},
        nodes=nodes,
    )


def _value(value: ValueView, shape: Any) -> dict[str, Any]:
    dtype = getattr(value.dtype, "name", None) if value.dtype is not None else None
    return {"name": value.name, "dtype": dtype, "shape": None if shape is None else list(shape)}


def _node(node: NodeView, shapes: Shapes) -> NodeRow:
    given = tuple(shapes.get(name) for name in node.outputs)
    return NodeRow(node.name, node.operator, node.inputs, node.outputs, given, multiply_adds(node, shapes))


def _operators(view: ModelView) -> list[OperatorRow]:
    nodes = list(view.walk())
    counts = Counter((node.domain, node.operator) for node in nodes)
    first = {(node.domain, node.operator): node for node in reversed(nodes)}
    rows = []
    for (domain, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        node = first[domain, name]
        since = since_version(node, view.opsets)
        cls = OPERATORS.get(domain, name, since or 0)
        other = "by definition" if is_function(node, view.opsets) else "no"
        rows.append(OperatorRow(name, domain, since, count, "yes" if cls else other, _on_torch(cls, other)))
    return rows


def _on_torch(cls: type | None, other: str) -> str:
    from nnlab.backends.torch import require_torch

    try:
        require_torch()
    except MissingError:
        return "not installed"
    from nnlab.onnx.torch_ops.base import TORCH_OPERATORS

    return other if cls is None else "yes" if cls in TORCH_OPERATORS else "no"


def _runs(view: ModelView, engine: str) -> str:
    try:
        load(view, engine)
    except NnlabError as error:
        return error.what
    return "ok"
