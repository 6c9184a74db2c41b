"""What the layers put out, how large their gradients and weights are, and how far a step moves them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nnlab.core.context import Watch
from nnlab.core.types import Array
from nnlab.layers.base import Layer
from nnlab.models.graph import Graph
from nnlab.training.allowance import Allowance
from nnlab.training.callback import Callback
from nnlab.training.glances import WeightsSeen, outputs_seen, short, squares
from nnlab.training.record import Step, StepRecord

Record = dict[str, Any]

SHARE = 0.005
"""Of the time that goes by, for the looks and their records."""


@dataclass(eq=False)
class LayerStatistics(Callback):
    """A record for each layer and epoch, of the epoch's first step. Where epochs are so short that this would take more
    than SHARE of the time, some are left out between the first and the last.

    activation = mean, std and share of zeros of what the layer puts out in the first minibatch
    dead = the units that are 0 in all of it, or where a function with two ends (Sigmoid) is flat
    gradient_norm = |dw|                          of the mean loss of that minibatch, without the penalty, not clipped
    weight_norm = |w|                             before the step
    update_ratio = |w after the step - w| / |w|   of large w, of evenly spread pieces

    w are all parameters of the layer together. Of large outputs, evenly spread ones are looked at, see glances.py. Only
    reads: a run with it equals a run without, bit for bit.

    Options:  graph: whose nodes are the layers.  tell: takes an epoch's records, when its first step is done.
    """

    graph: Graph
    tell: Callable[[Sequence[Mapping[str, Any]]], None]
    _found: dict[str, Record] = field(default_factory=dict, init=False, repr=False)
    _weights: dict[str, dict[str, WeightsSeen]] = field(default_factory=dict, init=False, repr=False)
    _share: float = field(default=1.0, init=False, repr=False)
    _looks: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        self._allowance = Allowance(SHARE)
        self._layers = {node.name: node.layer for node in self.graph.nodes}
        self._own: dict[str, list[str]] = {}
        for name in (p.name for node in self.graph.nodes for p in self.graph.own_parameters(node.name)):
            self._own.setdefault(name.rpartition(".")[0], []).append(name)  # inside a layer: "onnx.conv_1"

    def step_start(self, step: Step) -> None:
        """Takes the weights that the epoch begins with."""
        if step.batch_index or not (self._allowance.allows() or step.epoch == step.epochs):
            return
        self._looks, self._share, self._found = True, step.part.share, {}
        with self._allowance.spent():
            held = step.learner.held()
            self._weights = {
                node: {name: WeightsSeen.of(held[name]) for name in own} for node, own in self._own.items()
            }

    def watch(self) -> Watch | None:
        """Looks at the tensors of an epoch's first minibatch."""
        return self._look if self._looks else None

    def _look(self, node: str, what: str, array: Array) -> None:
        if what == "forward" or what.startswith("gradient "):
            with self._allowance.spent():
                self._take(node, what, array)

    def _take(self, node: str, what: str, array: Array) -> None:
        layer = self._layer(node)
        if layer is None:
            return
        if what == "forward":
            if not layer.is_view:
                self._of(node).update(outputs_seen(array, layer.ends))
        else:
            found = self._of(node)
            found["gradient_norm"] = math.hypot(found.get("gradient_norm", 0.0), math.sqrt(squares(array)))

    def _layer(self, node: str) -> Layer | None:
        """The layer of a node, or of the one that it is inside of; None of a node within an imported graph
        (onnx/conv_1), of which the layer that is the graph tells."""
        while node and node not in self._layers:
            node = node.rpartition(".")[0]
        return self._layers.get(node)

    def _of(self, node: str) -> Record:
        return self._found.setdefault(node, {"kind": type(self._layer(node)).__name__})

    def step_end(self, step: StepRecord) -> None:
        """Looks away; when the step's update is done, weighs what it did."""
        self._looks = False
        if self._weights and "update" in step.result.seconds:
            with self._allowance.spent():
                self._weigh(step.learner.held())
                place = {"epoch": step.epoch, "step": step.step}
                self.tell([{**place, "layer": node, **found} for node, found in self._found.items()])

    def _weigh(self, held: Mapping[str, Array]) -> None:
        for node, own in self._weights.items():
            moves = [seen.moved(held[name]) for name, seen in own.items()]
            moved, there = (sum(column) for column in zip(*moves, strict=True))
            found = self._of(node)
            if "gradient_norm" in found:
                found["gradient_norm"] = short(found["gradient_norm"] / (self._share or 1.0))
            found["weight_norm"] = short(math.sqrt(sum(seen.squares for seen in own.values())))
            found["update_ratio"] = short(math.sqrt(moved / there)) if there else None
        self._weights = {}
