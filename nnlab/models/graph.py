"""A network as named nodes; a chain is the simple case."""

from collections.abc import Callable, Collection, Mapping
from copy import copy as shallow_copy
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT, Emits
from nnlab.core.parameter import Buffer, NewParameter, Parameter
from nnlab.core.rng import Rng
from nnlab.core.types import Shape
from nnlab.layers.base import Layer
from nnlab.models.any_size import SharedValues, is_size, layers_of, require_places
from nnlab.models.in_short import in_notebook, in_short
from nnlab.models.node import INPUT as INPUT
from nnlab.models.node import Node as Node
from nnlab.models.node import Outlet
from nnlab.models.order import in_order, last_read, nearest_hint
from nnlab.models.passes import Passes
from nnlab.models.values import CopiedValues, NodeValues, RedrawnValues, new_values

SIZES = 16
"""Other sizes for which a network is kept: those that were asked for last."""


class Graph(Passes):
    """Layers wired by name, with one input and one or several heads.

        graph = Graph(emits="logits")
        graph.add("hidden", Dense(units=100))            # reads the node before it, the first one the input
        graph.add("relu", ReLU())
        graph.add("sum", Add(), "hidden", "relu")        # or the nodes it names, which may be added later
        graph.build((12100,), rng=Rng(0), dtype=np.float32)

    One head, called "output", is the simple case: the one node that nobody reads. Several are named:

        graph.head("heat", "heat_map", emits="probabilities")

    A node that several read gets the sum of their gradients.

    Options:  emits: what the one head gives: "probabilities", "logits" or "values".
    """

    def __init__(self, *, emits: Emits = "probabilities"):
        super().__init__()
        self._emits, self._heads = emits, dict[str, Outlet]()
        self._frozen = self.late = self._settled = frozenset[str]()
        self._maker: Callable[[Shape], Graph] | None = None
        self._sizes = dict[Shape, Graph]()

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

    def head(self, name: str, node: str, *, emits: Emits) -> None:
        """Makes the output of a node a head of this name. Raises UsageError: the name is taken, or is no node's."""
        if name in self._heads:
            raise UsageError("this name is taken", where=f"head {name!r}", hint="give every head its own name")
        if node not in self._nodes:
            hint = nearest_hint(node, list(self._nodes))
            raise UsageError(f"reads {node!r}, which is no node", where=f"head {name!r}", hint=hint)
        self._heads[name] = Outlet(node, emits)

    def build(self, in_shape: Shape, *, rng: Rng | None, dtype: npt.DTypeLike) -> "Graph":
        """Makes every parameter; weights are drawn at rng.at(parameter name), whatever the order and dtype.

        Shapes:  in_shape: one sample, without the batch axis.
        Options:  rng: None: nothing is drawn, zeros stand for all values: for whoever asks for shapes alone.
        Raises:  ShapeError, UsageError: naming the node that does not fit, reads what is not there, or is unused.
        """
        kind = np.dtype(dtype)
        return self._build(in_shape, {name: new_values(name, rng, kind) for name in self._nodes}, kind)

    def _build(self, in_shape: Shape, values: Mapping[str, NodeValues], dtype: np.dtype[Any]) -> "Graph":
        heads = [outlet.node for outlet in self._heads.values()]
        order = in_order({node.name: node.inputs for node in self.nodes}, INPUT, heads)
        self._nodes = {name: self._nodes[name] for name in order}
        self.dtype = dtype
        self.shapes = {INPUT: tuple(in_shape)}
        self._learns = {INPUT: False}
        for node in self.nodes:
            self.shapes[node.name] = self._shape(node, values[node.name])
        outlets = [outlet.node for outlet in self.heads.values()]
        self.last_read = last_read({node.name: node.inputs for node in self.nodes}, outlets)
        self._values = dict(values)
        self.buffers = tuple(b for name in order for b in values[name].buffers.values())
        self.freeze(self._frozen)
        return self

    def freeze(self, names: Collection[str]) -> None:
        """Has the parameters of these names stay as they are, and all others learn.

        A node all of whose parameters are frozen runs as in evaluation: BatchNorm by its running statistics, which do
        not move.
        """
        self._frozen = frozenset(names)
        self.late |= self._frozen  # what was ever frozen begins to learn later than others
        every = [parameter for node in self.nodes for parameter in self.own_parameters(node.name)]
        self.parameters = tuple(parameter for parameter in every if parameter.name not in self._frozen)
        self.frozen = tuple(parameter for parameter in every if parameter.name in self._frozen)
        learning = {parameter.name for parameter in self.parameters}
        for other in self._sizes.values():
            other.freeze(names)
        for node in self.nodes:
            own = [parameter.name for parameter in self.own_parameters(node.name)]
            self._learns[node.name] = not learning.isdisjoint(own) or self._upstream_learns(node)
            frozen = bool(own) and learning.isdisjoint(own)
            self._still[node.name] = frozen or node.name in self._settled

    def settle(self, nodes: Collection[str]) -> None:
        """Has these nodes run as in evaluation from now on: their statistics stay, while their parameters learn."""
        self._settled |= frozenset(nodes)
        for other in self._sizes.values():
            other.settle(nodes)
        self.freeze(self._frozen)

    def _shape(self, node: Node, new: NewParameter) -> Shape:
        """Builds one node's layer; its errors name the node."""
        in_shapes = [self.shapes[name] for name in node.inputs]
        try:
            return node.layer.build(*in_shapes, new=new)
        except UsageError as error:
            inside = f" ({error.where})" if error.where and error.where != node.name else ""
            raise type(error)(error.what, where=f"node {node.name!r}{inside}", hint=error.hint) from error

    @property
    def heads(self) -> dict[str, Outlet]:
        """Its outputs, by name."""
        return self._heads or {OUTPUT: Outlet(next(reversed(self._nodes)), self._emits)}

    @property
    def out_shapes(self) -> dict[str, Shape]:
        """The shape of one sample of what each head gives."""
        return {name: self.shapes[outlet.node] for name, outlet in self.heads.items()}

    @property
    def outlet(self) -> Outlet:
        """Its one head. Raises UsageError: when it has several."""
        heads = self.heads
        if len(heads) > 1:
            raise UsageError(f"the network has {len(heads)} heads, {', '.join(heads)}, where one is needed")
        (outlet,) = heads.values()
        return outlet

    @property
    def out_shape(self) -> Shape:
        """The shape of one sample of its one head."""
        return self.shapes[self.outlet.node]

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

    def own_parameters(self, node: str) -> tuple[Parameter, ...]:
        """A node's parameters."""
        return tuple(self._values[node].parameters.values())

    def own(self, node: str) -> dict[str, Parameter | Buffer]:
        """A node's parameters and buffers, by field ("weight")."""
        values = self._values[node]
        return {name.removeprefix(f"{node}."): kept for name, kept in (values.parameters | values.buffers).items()}

    def astype(self, dtype: npt.DTypeLike) -> "Graph":
        """An independent copy in another dtype, or the same: the same nodes and values, no array shared."""
        return self._twin(np.dtype(dtype), lambda node: None)

    def with_layers(self, other: Callable[[Node], Layer | None]) -> "Graph":
        """An independent copy in which `other` gives some nodes another layer (None: the same). The other layer keeps
        parameters and buffers of the same names and shapes, whose values are copied."""
        return self._twin(self.dtype, other)

    def redrawn(self, rng: Rng, nodes: Collection[str] | None = None) -> "Graph":
        """An independent copy in which the values of these nodes (None: of all) are drawn anew, at rng.at(parameter
        name); those that came from a file are shuffled, so that they keep their spread."""
        chosen = self._nodes.keys() if nodes is None else nodes
        values = {
            name: RedrawnValues(name, kept, self.dtype, rng) if name in chosen else CopiedValues(name, kept, self.dtype)
            for name, kept in self._values.items()
        }
        return self._twin(self.dtype, lambda node: None, values)

    def sized_by(self, maker: "Callable[[Shape], Graph]") -> "Graph":
        """Has its nodes made by `maker` for samples of other sizes: which may crop, or enlarge, by what a size asks
        for. Without, they are the same at any size."""
        self._maker = maker
        return self

    def at(self, in_shape: Shape) -> "Graph":
        """The network for pictures of another size: the same weights, frozen or not, in the same memory. Itself, where
        that is its own; kept for a few sizes.

        Raises:  ShapeError: naming the node whose weights are for one size alone, or the input, where it is more than
                 the size that differs.  UsageError: where that size does not come out of the network.
        """
        if in_shape == self.in_shape:
            return self
        other = self._sizes.pop(in_shape, None)
        if other is None:
            if not is_size(in_shape, self.in_shape):
                self.require_samples((1, *in_shape))
            other = self._resized(in_shape)
        self._sizes[in_shape] = other  # behind all others
        if len(self._sizes) > SIZES:
            del self._sizes[next(iter(self._sizes))]
        return other

    def _resized(self, in_shape: Shape) -> "Graph":
        made = self._maker(in_shape).nodes if self._maker else self.nodes
        other, layers = self._without_nodes(), layers_of(made, self.nodes)
        for node in made:
            other.add(node.name, layers[node.name], *node.inputs)
        shared = {name: self._shared(name, type(layer).__name__, in_shape) for name, layer in layers.items()}
        other._build(in_shape, shared, self.dtype)
        for node in self.nodes:
            if node.layer.is_view and other.shapes.get(node.name) == self.shapes[node.name]:
                there = other._nodes[node.name]
                require_places(node, self.shapes[node.inputs[0]], other.shapes[there.inputs[0]])
        return other

    def _shared(self, name: str, what: str, in_shape: Shape) -> NodeValues:
        values = self._values.get(name, new_values(name, None, self.dtype))
        return SharedValues(name, values, what, in_shape)

    def _twin(
        self,
        kind: np.dtype[Any],
        other: Callable[[Node], Layer | None],
        values: Mapping[str, NodeValues] | None = None,
    ) -> "Graph":
        twin = self._without_nodes()
        for node in self.nodes:  # a copy of the layer, to which build gives parameters of its own
            twin.add(node.name, other(node) or shallow_copy(node.layer), *node.inputs)
        copied = {name: CopiedValues(name, kept, kind) for name, kept in self._values.items()}
        return twin._build(self.in_shape, values or copied, kind)

    def _without_nodes(self) -> "Graph":
        """Another, to which nodes are to be added: of the same heads, and as much of it stays as it is."""
        other = Graph(emits=self._emits)
        other._heads, other._maker = dict(self._heads), self._maker
        other._frozen, other.late, other._settled = self._frozen, self.late, self._settled
        return other

    def __repr__(self) -> str:
        return in_short(self)

    def _repr_html_(self) -> str:
        """Its nodes, as a notebook shows them."""
        return in_notebook(self)
