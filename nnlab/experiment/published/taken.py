"""A network takes published weights over: renamed, turned, its first and last layers as they fit."""

import logging
from collections.abc import Mapping

import numpy as np

from nnlab.core.errors import ShapeError, UsageError
from nnlab.core.types import Array, Shape
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.published.names import FIRST, HEADS, their_field, their_nodes, whose
from nnlab.models.graph import Graph
from nnlab.models.mobile_net_v2 import MobileNetV2
from nnlab.models.resnet import ResNet

LOG = logging.getLogger("nnlab.weights")


def take_published(network: Graph, state: Mapping[str, Array], experiment: Experiment) -> None:
    """Puts torchvision's weights into a network of the same architecture; a head of other outputs stays as drawn.

    Raises:  UsageError: for another model, or naming the first weights that do not fit, and what would.
    """
    where, of = f"--weights={experiment.run.weights}", whose(state)
    model = type(experiment.model)
    if not issubclass(model, (ResNet, MobileNetV2)):
        hint = f"type --model={of}" if of else "such weights fit ResNet18 to ResNet152 and MobileNetV2 of torchvision"
        what = f"published weights, {'of ' + of if of else 'of no network that nnlab has'}, and not of {model.__name__}"
        raise UsageError(what, where=where, hint=hint)
    values, own = network.state(), _Fitting(where, of, model.__name__, adapts=experiment.run.adapt_first_layer)
    used = set[str]()
    for node, theirs in their_nodes(network):
        for field in network.own(node):
            name = f"{theirs}.{their_field(field)}"
            used.add(name)
            values[f"{node}.{field}"] = own.fitted(name, state.get(name), f"{node}.{field}", network)
    heads = _heads(network, state, values)
    if left := next((name for name in state if name not in used and not name.startswith(HEADS)), None):
        raise own.unfit(f"{left}: the network has nothing for it")
    network.load_state({name: value.astype(network.dtype, copy=False) for name, value in values.items()})
    LOG.info("%s: %s", experiment.run.weights, heads)


def turned(array: Array) -> Array:
    """From torch's axes to nnlab's: a kernel (maps, channels, rows, columns), a matrix (units, features)."""
    if array.ndim == 4:
        return array.transpose(2, 3, 1, 0)
    return array.T if array.ndim == 2 else array


def adapted(kernel: Array, channels: int) -> Array:
    """A first kernel for other channels: each gets the sum over those that there were, divided by how many there are.

    Of a picture whose channels are all the same it gives what the first one gave.

    Shapes:  kernel: (rows, columns, channels there, maps); result: (rows, columns, channels, maps)
    """
    whole = kernel.sum(axis=2, keepdims=True) / channels
    return np.broadcast_to(whole, (*kernel.shape[:2], channels, kernel.shape[3]))


class _Fitting:
    """What is made of each array, and what is said of one that does not fit.

    Options:  of: the model that they are of, None for none of nnlab's.  model: the one that takes them.
              adapts: whether the first layer may have other channels.
    """

    def __init__(self, where: str, of: str | None, model: str, *, adapts: bool):
        self._where, self._of, self._model, self._adapts = where, of, model, adapts

    def fitted(self, name: str, array: Array | None, own: str, network: Graph) -> Array:
        """An array as the parameter or buffer `own` has it. Raises UsageError: when it does not fit."""
        wanted: Shape = network.held()[own].shape
        if array is None:
            raise self.unfit(f"{own}: these weights lack it ({name})")
        if array.dtype.kind != "f":
            raise self.unfit(f"{name} is of {array.dtype}, not of numbers that a network learns")
        found = turned(array)
        if found.shape == wanted:
            return found
        others = name in FIRST and (*found.shape[:2], *found.shape[3:]) == (*wanted[:2], *wanted[3:])
        if others and self._adapts:
            return adapted(found, wanted[2])
        what = f"{own} has shape {wanted} here and {name} {found.shape} in these weights"
        if others:
            colours = " or --no-grayscale for pictures in colour" if wanted[2] == 1 else ""
            raise ShapeError(
                what, where=self._where, hint=f"type --adapt-first-layer, which shares {name} out{colours}"
            )
        raise self.unfit(what)

    def unfit(self, what: str) -> UsageError:
        """What is wrong, and which model would fit."""
        if self._of is None:
            hint = "they are of no network that nnlab has"
        elif self._of == self._model:
            hint = f"these are {self._of}'s, as torchvision has it: leave out options that change the network"
        else:
            hint = f"these are {self._of}'s: type --model={self._of}"
        return UsageError(what, where=self._where, hint=hint)


def _heads(network: Graph, state: Mapping[str, Array], values: dict[str, Array]) -> str:
    """Takes the head over where it is one of as many classes; what became of it, in words."""
    theirs = next((name for name in HEADS if f"{name}.weight" in state), None)
    if theirs is None:
        return "they have no head; it is drawn anew"
    weight, bias = turned(state[f"{theirs}.weight"]), state.get(f"{theirs}.bias")
    for name, outlet in network.heads.items():
        alone = len(network.heads) == 1 and outlet.emits == "logits"
        if alone and bias is not None and weight.shape == values[f"{name}.weight"].shape:
            values[f"{name}.weight"], values[f"{name}.bias"] = weight, bias
            return f"their head {theirs} is kept, of as many classes ({weight.shape[1]})"
    heads = ", ".join(network.heads)
    return f"their head {theirs} of {weight.shape[-1]} classes is left out; {heads} is drawn anew"
