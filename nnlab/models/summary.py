"""A network in figures, layer by layer: shapes, parameters, multiply-adds, memory in training, receptive fields."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.types import Shape
from nnlab.layers.reach import Reach
from nnlab.models.graph import INPUT, Graph, Node

BYTES = 4
"""Of a number in float32."""


@dataclass(frozen=True)
class Field:
    """What of the network's input one place of a node's output is computed of, by axis of the places.

    Options:  size: how many places.  step: how many places further the next output's are.
    """

    size: tuple[Fraction, ...]
    step: tuple[Fraction, ...]

    def through(self, reach: Reach) -> "Field":
        """After one more layer: size + (window - 1) step, and step times the layer's."""
        return Field(
            tuple(size + (w - 1) * step for size, w, step in zip(self.size, reach.window, self.step, strict=True)),
            tuple(step * further for step, further in zip(self.step, reach.step, strict=True)),
        )

    @property
    def places(self) -> Shape:
        """Its size in whole places."""
        return tuple(math.ceil(size) for size in self.size)


@dataclass(frozen=True)
class LayerRow:
    """One layer of a network, for one sample.

    Options:  parameters: numbers that learn.  statistics: numbers that are kept with them and do not (running
                  statistics).  activations: numbers that it gives, which training keeps until backward has passed; 0
                  of a view.  field: the receptive field; None: the whole sample.
    """

    node: Node
    shape: Shape
    parameters: int
    statistics: int
    multiply_adds: int
    activations: int
    field: Shape | None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.node.name,
            "kind": type(self.node.layer).__name__,
            "options": self.node.layer.options(),
            "inputs": list(self.node.inputs),
            "output": list(self.shape),
            "parameters": self.parameters,
            "statistics": self.statistics,
            "multiply_adds": self.multiply_adds,
            "activation_bytes": self.activations * BYTES,
            "receptive_field": None if self.field is None else list(self.field),
        }


@dataclass(frozen=True)
class Summary:
    """A network in figures. All are of one sample, in float32, where a batch is not named."""

    in_shape: Shape
    rows: tuple[LayerRow, ...]

    @property
    def parameters(self) -> int:
        """Numbers that learn."""
        return sum(row.parameters for row in self.rows)

    @property
    def statistics(self) -> int:
        """Numbers that are kept and do not learn."""
        return sum(row.statistics for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Products of matrix products and convolutions; a bias is none."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def activations(self) -> int:
        """Numbers that training keeps until backward: the sample, and what every layer gives."""
        return math.prod(self.in_shape) + sum(row.activations for row in self.rows)

    def training_bytes(self, batch: int, slots: int = 2) -> int:
        """What a training step holds at least: activations, and for each parameter its value, its gradient and what the
        update rule keeps (Adam: 2)."""
        return BYTES * (batch * self.activations + (2 + slots) * self.parameters + self.statistics)

    def torchinfo_bytes(self, batch: int) -> int:
        """The total that torchinfo prints: input, twice the outputs of layers with parameters, and the parameters."""
        outputs = sum(math.prod(row.shape) for row in self.rows if row.parameters)
        return BYTES * (batch * (math.prod(self.in_shape) + 2 * outputs) + self.parameters)

    def totals(self, batch: int) -> Mapping[str, int]:
        """As JSON."""
        return {
            "parameters": self.parameters,
            "statistics": self.statistics,
            "both": self.parameters + self.statistics,
            "multiply_adds": self.multiply_adds,
            "activation_bytes": BYTES * self.activations,
            "float32_bytes": BYTES * (self.parameters + self.statistics),
            "batch": batch,
            "training_bytes": self.training_bytes(batch),
            "torchinfo_bytes": self.torchinfo_bytes(batch),
        }


def summarised(graph: Graph) -> Summary:
    """The figures of a network that is built; drawn weights are not needed (`build` with rng=None)."""
    fields: dict[str, Field | None] = {INPUT: _start(graph.in_shape)}
    rows = []
    for node in graph.nodes:
        in_shapes, shape = tuple(graph.shapes[name] for name in node.inputs), graph.shapes[node.name]
        field = fields[node.name] = _field(node, in_shapes, shape, fields)
        own = graph.own(node.name).values()
        rows.append(
            LayerRow(
                node=node,
                shape=shape,
                parameters=sum(kept.value.size for kept in own if isinstance(kept, Parameter)),
                statistics=sum(kept.value.size for kept in own if isinstance(kept, Buffer)),
                multiply_adds=node.layer.multiply_adds(in_shapes, shape),
                activations=0 if node.layer.is_view else math.prod(shape),
                field=None if field is None else field.places,
            )
        )
    return Summary(graph.in_shape, tuple(rows))


def _start(sample: Shape) -> Field | None:
    """Of the input: every place is itself. A row of values has no places."""
    axes = len(sample) - 1
    return Field((Fraction(1),) * axes, (Fraction(1),) * axes) if axes else None


def _field(node: Node, in_shapes: tuple[Shape, ...], shape: Shape, fields: Mapping[str, Field | None]) -> Field | None:
    """The largest of those of its inputs, one layer on; rows of values (a gate for each channel) do not count."""
    reach = node.layer.reach(in_shapes, shape)
    read = [fields[name] for name, in_shape in zip(node.inputs, in_shapes, strict=True) if len(in_shape) > 1]
    known = [field for field in read if field is not None]
    if reach is None or not read or len(known) < len(read):
        return None
    size = tuple(max(axis) for axis in zip(*(field.size for field in known), strict=True))
    step = tuple(max(axis) for axis in zip(*(field.step for field in known), strict=True))
    return Field(size, step).through(reach)
