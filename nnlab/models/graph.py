"""A network as named nodes; a chain is the simple case."""

from collections.abc import Callable, Iterator, Mapping
from copy import copy as shallow_copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.parameter import Buffer, NewParameter, Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.layers.base import Cache, Layer
from nnlab.losses.base import Emits
from nnlab.models.order import in_order, nearest_hint
from nnlab.models.values import CopiedValues, DrawnValues, NodeValues

INPUT = "input"
"""The name by which nodes read what the network is given."""


@dataclass(frozen=True, eq=False)
class Node:
    """One layer in its place: its name, and the nodes whose outputs it reads."""

    name: str
    layer: Layer
    inputs: tuple[str, ...]


@dataclass(eq=False)
class Tape:
    """What a forward pass leaves behind: every node's output, and the cache for its backward."""

    outputs: dict[str, Array] = field(default_factory=dict)
    caches: dict[str, Cache] = field(default_factory=dict)


class Graph:
    """Layers wired by name, with one input and one output.

        graph = Graph(emits="logits")
        graph.add("hidden", Dense(units=100))            # reads the node before it, the first one the input
        graph.add("relu", ReLU())
        graph.add("sum", Add(), "hidden", "relu")        # or the nodes it names, which may be added later
        graph.build((12100,), rng=Rng(0), dtype=np.float32)

    The output is the one node that nobody reads. A node that several read gets the sum of their gradients.

    Options:  emits: what the output is, "probabilities" or "logits"; the loss is chosen to fit.
    """

    def __init__(self, *, emits: Emits = "probabilities"):
        self.emits = emits
        self._nodes: dict[str, Node] = {}
        self.shapes: dict[str, Shape] = {}
        self.parameters: tuple[Parameter, ...] = ()
        self.buffers: tuple[Buffer, ...] = ()
        self.dtype: np.dtype[Any] = np.dtype(np.float32)
        self._values: dict[str, NodeValues] = {}
        self._learns: dict[str, bool] = {}

    def add(self, name: str, layer: Layer, *inputs: str) -> str:
        """Adds a node that reads `inputs`, or the node added last when none is named. Returns its name.

        Raises:  UsageError: the name is taken, or the layer is already in this graph (it would share its weights).
        """
        if name in self._nodes or name in {INPUT, ""}:
            raise UsageError("this name is taken", where=f"node {name!r}", hint="give every node its own name")
        for node in self.nodes:
            if node.layer is layer:
                raise UsageError(
                    f"its layer is node {node.name!r} already", where=f"node {name!r}", hint="make another"
                )
        previous = next(reversed(self._nodes), INPUT)
        self._nodes[name] = Node(name, layer, inputs or (previous,))
        return name

    def build(self, in_shape: Shape, *, rng: Rng, dtype: npt.DTypeLike) -> "Graph":
        """Makes every parameter; weights are drawn at rng.at(parameter name), whatever the order and dtype.

        Shapes:  in_shape: one sample, without the batch axis.
        Raises:  ShapeError, UsageError: naming the node that does not fit, reads what is not there, or is unused.
        """
        kind = np.dtype(dtype)
        return self._build(in_shape, {name: DrawnValues(name, rng, kind) for name in self._nodes}, kind)

    def _build(self, in_shape: Shape, values: Mapping[str, NodeValues], dtype: np.dtype[Any]) -> "Graph":
        order = in_order({node.name: node.inputs for node in self.nodes}, INPUT)
        self._nodes = {name: self._nodes[name] for name in order}
        self.dtype = dtype
        self.shapes = {INPUT: tuple(in_shape)}
        self._learns = {INPUT: False}
        for node in self.nodes:
            self.shapes[node.name] = self._shape(node, values[node.name])
            self._learns[node.name] = bool(values[node.name].parameters) or self._upstream_learns(node)
        self._values = dict(values)
        self.parameters = tuple(p for name in order for p in values[name].parameters.values())
        self.buffers = tuple(b for name in order for b in values[name].buffers.values())
        return self

    def _shape(self, node: Node, new: NewParameter) -> Shape:
        """Builds one node's layer; its errors name the node."""
        in_shapes = [self.shapes[name] for name in node.inputs]
        try:
            return node.layer.build(*in_shapes, new=new)
        except UsageError as error:
            inside = f" ({error.where})" if error.where and error.where != node.name else ""
            raise type(error)(error.what, where=f"node {node.name!r}{inside}", hint=error.hint) from error

    def _upstream_learns(self, node: Node) -> bool:
        return any(self._learns[name] for name in node.inputs)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, in the order in which they run (before `build`: as they were added)."""
        return tuple(self._nodes.values())

    @property
    def in_shape(self) -> Shape:
        """The shape of one input sample."""
        return self.shapes[INPUT]

    @property
    def output(self) -> str:
        """The name of the node whose output is the network's."""
        return next(reversed(self.shapes))

    @property
    def out_shape(self) -> Shape:
        """The shape of one output sample."""
        return self.shapes[self.output]

    @property
    def parameter_count(self) -> int:
        """How many numbers learn."""
        return sum(parameter.value.size for parameter in self.parameters)

    def readers(self) -> dict[str, tuple[str, ...]]:
        """For every node, and the input: the nodes that read its output; the network's output has none."""
        names = (INPUT, *self._nodes)
        return {name: tuple(node.name for node in self.nodes if name in node.inputs) for name in names}

    def node_of(self, parameter: str) -> str:
        """The node that a parameter or buffer belongs to."""
        for node, values in self._values.items():
            if parameter in values.parameters or parameter in values.buffers:
                return node
        raise UsageError(
            "no such parameter", where=parameter, hint=nearest_hint(parameter, [name for name, _ in self._named()])
        )

    def own(self, node: str) -> dict[str, Parameter | Buffer]:
        """A node's parameters and buffers, by field ("weight")."""
        values = self._values[node]
        return {name.removeprefix(f"{node}."): kept for name, kept in (values.parameters | values.buffers).items()}

    def forward(self, x: Array, ctx: Context) -> tuple[Array, Tape]:
        """The network's output, and the tape for `backward`.

        Shapes:  x: (batch, *in_shape); another dtype than the network's is converted.
        """
        self.require_samples(x.shape)
        if x.dtype != self.dtype:
            given, x = x, ctx.empty(x.shape, self.dtype)
            np.copyto(x, given)
        tape = Tape({INPUT: x})
        for node in self.nodes:
            self._forward_node(node, tape, ctx)
        return tape.outputs[self.output], tape

    def require_samples(self, shape: Shape) -> None:
        """Raises ShapeError: unless a batch of this shape is of samples that the network was built for."""
        if shape[1:] != self.in_shape:
            raise ShapeError(f"the network was built for samples of {self.in_shape} and got {shape[1:]}", where=INPUT)

    def forward_from(self, start: str, tape: Tape, ctx: Context) -> tuple[Array, Tape]:
        """The same as `forward` on the input of `tape`, when only the parameters of node `start` have changed since:
        runs that node and those downstream of it, and takes every other output from the tape."""
        fresh = Tape(dict(tape.outputs), dict(tape.caches))
        stale: set[str] = {start}
        for node in self.nodes:
            if node.name in stale or not stale.isdisjoint(node.inputs):
                stale.add(node.name)
                self._forward_node(node, fresh, ctx)
        return fresh.outputs[self.output], fresh

    def _forward_node(self, node: Node, tape: Tape, ctx: Context) -> None:
        ctx.node = node.name
        y, tape.caches[node.name] = node.layer.forward(*(tape.outputs[name] for name in node.inputs), ctx=ctx)
        tape.outputs[node.name] = y
        if ctx.watch:
            ctx.watch(node.name, "forward", y)

    def backward(self, dy: Array, tape: Tape, ctx: Context, *, needs_dx: bool = False) -> Array | None:
        """Adds to every parameter's gradient, given the gradient with respect to the network's output.

        Options:  needs_dx: whether to return the gradient of the network's input too (else None, and nothing
                  is computed that only it would need).
        """
        gradients = {self.output: dy}
        for node in reversed(self.nodes):
            if not (self._learns[node.name] or needs_dx):
                continue
            ctx.node, ctx.needs_dx = node.name, needs_dx or self._upstream_learns(node)
            dy = gradients.pop(node.name)
            if ctx.watch:
                ctx.watch(node.name, "backward", dy)
            dxs = node.layer.backward(dy, tape.caches[node.name], ctx)
            self._watch_gradients(node.name, ctx)
            if not ctx.needs_dx:
                continue
            for name, dx in zip(node.inputs, dxs, strict=True):
                if dx is not None and (needs_dx or self._learns[name]):
                    gradients[name] = _sum(gradients[name], dx, ctx) if name in gradients else dx
        return gradients.get(INPUT)

    def _watch_gradients(self, name: str, ctx: Context) -> None:
        if ctx.watch:
            for parameter in self._values[name].parameters.values():  # inside a layer: "onnx.conv_1.weight"
                node, _, own = parameter.name.rpartition(".")
                ctx.watch(node, f"gradient {own}", parameter.grad)

    def observe(self, tape: Tape) -> None:
        """Moves running statistics by one training step."""
        for node in self.nodes:
            node.layer.observe(tape.caches[node.name])

    def zero_grad(self) -> None:
        """Starts every gradient's sum anew."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def _named(self) -> Iterator[tuple[str, Array]]:
        yield from ((parameter.name, parameter.value) for parameter in self.parameters)
        yield from ((buffer.name, buffer.value) for buffer in self.buffers)

    def held(self) -> dict[str, Array]:
        """Every parameter and buffer, by name: the arrays themselves, which the next step changes."""
        return dict(self._named())

    def state(self) -> dict[str, Array]:
        """Copies of every parameter and buffer, by name."""
        return {name: value.copy(order="K") for name, value in self._named()}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes parameters and buffers over; changes nothing unless all fit.

        Raises:  UsageError: naming the first that is missing, of another shape, or not of this network.
        """
        self.require_state(state)
        for name, value in self._named():
            np.copyto(value, state[name], casting="same_kind")

    def require_state(self, state: Mapping[str, Array]) -> None:
        """Raises UsageError: naming the first parameter or buffer that is missing, of another shape, or not its own."""
        named = self.held()
        for name, value in named.items():
            if name not in state:
                raise UsageError("these weights lack it", where=name, hint="load weights of the same model and options")
            if state[name].shape != value.shape:
                raise ShapeError(f"has shape {value.shape} here and {state[name].shape} in these weights", where=name)
            if not np.can_cast(state[name].dtype, value.dtype, "same_kind"):
                raise UsageError(f"has {value.dtype} here and {state[name].dtype} in these weights", where=name)
        for name in state:
            if name not in named:
                raise UsageError("is no parameter of this network", where=name, hint=nearest_hint(name, list(named)))

    def astype(self, dtype: npt.DTypeLike) -> "Graph":
        """An independent copy in another dtype, or the same: the same nodes and values, no array shared."""
        return self._twin(np.dtype(dtype), lambda node: None)

    def with_layers(self, other: Callable[[Node], Layer | None]) -> "Graph":
        """An independent copy in which `other` gives some nodes another layer (None: the same). The other layer keeps
        parameters and buffers of the same names and shapes, whose values are copied."""
        return self._twin(self.dtype, other)

    def _twin(self, kind: np.dtype[Any], other: Callable[[Node], Layer | None]) -> "Graph":
        twin = Graph(emits=self.emits)
        for node in self.nodes:  # a copy of the layer, to which build gives parameters of its own
            twin.add(node.name, other(node) or shallow_copy(node.layer), *node.inputs)
        values = {name: CopiedValues(name, kept, kind) for name, kept in self._values.items()}
        return twin._build(self.in_shape, values, kind)


def _sum(one: Array, other: Array, ctx: Context) -> Array:
    """one + other, in memory of its own: a gradient may be shared with another node."""
    return np.add(one, other, out=ctx.empty(one.shape, one.dtype))
