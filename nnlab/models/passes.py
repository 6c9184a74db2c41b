"""The passes through a network: forward, and backward."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nnlab.core.context import Context
from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.types import Array, Shape
from nnlab.kernels.groups import over_elements
from nnlab.kernels.softmax import softmax
from nnlab.layers.base import Cache
from nnlab.layers.batch_norm import BatchNorm
from nnlab.models.kept import Kept
from nnlab.models.moments import BatchMoments
from nnlab.models.node import INPUT, Node, Outlet
from nnlab.models.tape import Tape
from nnlab.models.values import NodeValues


class Passes(Kept, ABC):
    """A network as it runs: its nodes one after the other, and back.

    An array is let go of as soon as nobody needs it, so that what comes after it may have its memory: an output when
    its last reader has run, unless a layer keeps it for its own backward; what a layer kept, and the gradient of its
    output, with its backward.
    """

    def __init__(self) -> None:
        super().__init__()
        self._nodes: dict[str, Node] = {}
        self.shapes: dict[str, Shape] = {}
        self.dtype: np.dtype[Any] = np.dtype(np.float32)
        self._values: dict[str, NodeValues] = {}
        self._learns: dict[str, bool] = {}
        self._still: dict[str, bool] = {}
        self.last_read: dict[str, list[str]] = {}

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node, in the order in which they run (before `build`: as they were added)."""
        return tuple(self._nodes.values())

    @property
    def in_shape(self) -> Shape:
        """The shape of one input sample."""
        return self.shapes[INPUT]

    @property
    @abstractmethod
    def heads(self) -> Mapping[str, Outlet]:
        """Its outputs, by name."""

    def forward(self, x: Array, ctx: Context, *, keep: bool = False) -> tuple[dict[str, Array], Tape]:
        """What each head gives, and the tape for `backward`.

        Shapes:  x: (batch, *in_shape); another dtype than the network's is converted.
        Options:  keep: whether every node's output stays on the tape, for `forward_from`.
        """
        tape = self._pass(x, ctx, keep=keep)
        return self._given(tape), tape

    def outputs(self, x: Array, ctx: Context) -> dict[str, Array]:
        """What each head gives, in a pass that has no way back."""
        return self._given(self._pass(x, ctx, back=False))

    def _pass(self, x: Array, ctx: Context, *, keep: bool = False, back: bool = True) -> Tape:
        tape = Tape({INPUT: self._converted(x, ctx)})
        for node in self.nodes:
            self._forward_node(node, tape, ctx)
            if not back:
                tape.caches.clear()
            if not keep:
                for name in self.last_read[node.name]:
                    del tape.outputs[name]
        return tape

    def moments(self, x: Array, ctx: Context) -> dict[str, BatchMoments]:
        """What each BatchNorm that is not frozen sees of a batch, by node: each normalises by its own; all else as in
        evaluation."""
        tape, found = Tape({INPUT: self._converted(x, ctx)}), dict[str, BatchMoments]()
        for node in self.nodes:
            ctx.training = self.moves_statistics(node)
            self._forward_node(node, tape, ctx)
            if ctx.training:
                seen = tape.caches[node.name]
                found[node.name] = BatchMoments(seen.mean, seen.variance, seen.values)
            tape.caches.clear()
            for name in self.last_read[node.name]:
                del tape.outputs[name]
        return found

    def moves_statistics(self, node: Node) -> bool:
        """Whether a node has running statistics that training moves."""
        return isinstance(node.layer, BatchNorm) and not self._still[node.name]

    def is_still(self, node: str) -> bool:
        """Whether a node is frozen or has settled, and runs as in evaluation."""
        return self._still[node]

    def _converted(self, x: Array, ctx: Context) -> Array:
        self.require_samples(x.shape)
        if x.dtype == self.dtype:
            return x
        converted = ctx.empty(x.shape, self.dtype)
        np.copyto(converted, x)
        return converted

    def require_samples(self, shape: Shape) -> None:
        """Raises ShapeError: unless a batch of this shape is of samples that the network was built for."""
        if shape[1:] != self.in_shape:
            raise ShapeError(f"the network was built for samples of {self.in_shape} and got {shape[1:]}", where=INPUT)

    def _given(self, tape: Tape) -> dict[str, Array]:
        return {name: tape.outputs[outlet.node] for name, outlet in self.heads.items()}

    def read(self, outputs: Mapping[str, Array]) -> dict[str, Array]:
        """What the heads say, in memory of its own: probabilities, also where they give logits, or values."""
        return {
            name: softmax(y, out=np.empty_like(y)) if self.heads[name].emits == "logits" else y.copy()
            for name, y in outputs.items()
        }

    def forward_from(self, start: str, tape: Tape, ctx: Context) -> dict[str, Array]:
        """What each head gives for the input of `tape`, when only the parameters of node `start` have changed since:
        runs that node and those downstream of it, and takes every other output from the tape, which kept them all."""
        fresh = Tape(dict(tape.outputs))
        stale: set[str] = {start}
        for node in self.nodes:
            if node.name in stale or not stale.isdisjoint(node.inputs):
                stale.add(node.name)
                self._forward_node(node, fresh, ctx)
                fresh.caches.clear()
        return self._given(fresh)

    def _forward_node(self, node: Node, tape: Tape, ctx: Context) -> None:
        ctx.node, training = node.name, ctx.training
        ctx.training = training and not self._still[node.name]
        y, tape.caches[node.name] = node.layer.forward(*(tape.outputs[name] for name in node.inputs), ctx=ctx)
        tape.outputs[node.name], ctx.training = y, training
        if ctx.watch:
            ctx.watch(node.name, "forward", y)

    def observe(self, tape: Tape) -> None:
        """Moves running statistics by one training step; before `backward`, which uses up the tape."""
        for node in self.nodes:
            node.layer.observe(tape.caches[node.name])

    def observed(self, tape: Tape) -> list[Array]:
        """What `observe` would make of the buffers, in their order; nothing moves."""
        before = [buffer.value.copy() for buffer in self.buffers]
        try:
            self.observe(tape)
            return [buffer.value.copy() for buffer in self.buffers]
        finally:
            self.move_buffers(before)

    def move_buffers(self, values: Sequence[Array]) -> None:
        """Gives every buffer its value of these."""
        for buffer, value in zip(self.buffers, values, strict=True):
            np.copyto(buffer.value, value)

    def backward(
        self, dys: Mapping[str, Array], tape: Tape, ctx: Context, *, needs_dx: bool = False, keep: bool = False
    ) -> Array | None:
        """Adds to every parameter's gradient, given the gradient with respect to what heads gave.

        Options:  needs_dx: whether to return the gradient of the network's input too (else None, and nothing
                  is computed that only it would need).  keep: whether the tape is left for another backward; else it is
                  used up.
        """
        gradients: dict[str, Array] = {}
        for head, outlet in self.heads.items():
            if head in dys:
                _add(gradients, outlet.node, dys[head], ctx)
        return self.backward_from(gradients, tape, ctx, needs_dx=needs_dx, keep=keep)

    def backward_from(
        self, dys: Mapping[str, Array], tape: Tape, ctx: Context, *, needs_dx: bool = False, keep: bool = False
    ) -> Array | None:
        """The same, given gradients with respect to what nodes gave, by node, whether they are heads or not."""
        if not tape.caches:
            raise UsageError("the tape was used up", where="backward", hint="keep=True leaves it for another backward")
        caches, gradients = dict(tape.caches) if keep else tape.caches, dict(dys)
        for node in reversed(self.nodes):
            self._backward_node(node, gradients, caches, ctx, needs_dx=needs_dx)
        return gradients.get(INPUT)

    def _backward_node(
        self, node: Node, gradients: dict[str, Array], caches: dict[str, Cache], ctx: Context, *, needs_dx: bool
    ) -> None:
        cache, dy = caches.pop(node.name), gradients.pop(node.name, None)
        if dy is None or not (self._learns[node.name] or needs_dx):
            return
        ctx.node, ctx.needs_dx = node.name, needs_dx or self._upstream_learns(node)
        if ctx.watch:
            ctx.watch(node.name, "backward", dy)
        dxs = node.layer.backward(dy, cache, ctx)
        del dy, cache  # what is made next may have their place
        self._watch_gradients(node.name, ctx)
        if ctx.needs_dx:
            for name, dx in zip(node.inputs, dxs, strict=True):
                if dx is not None and (needs_dx or self._learns[name]):
                    _add(gradients, name, dx, ctx)

    def _upstream_learns(self, node: Node) -> bool:
        return any(self._learns[name] for name in node.inputs)

    def _watch_gradients(self, name: str, ctx: Context) -> None:
        if ctx.watch:
            for parameter in self._values[name].parameters.values():  # inside a layer: "onnx.conv_1.weight"
                if parameter in self.frozen:
                    continue
                node, _, own = parameter.name.rpartition(".")
                ctx.watch(node, f"gradient {own}", parameter.grad)


def _add(gradients: dict[str, Array], name: str, dy: Array, ctx: Context) -> None:
    """Adds to a node's gradient. A sum is in memory of its own: a gradient may be shared with another node."""
    if name in gradients:
        there, given = gradients[name], dy
        dy = ctx.empty(there.shape, there.dtype)
        over_elements(lambda there, given, dy: np.add(there, given, out=dy), there, given, dy)
    gradients[name] = dy
