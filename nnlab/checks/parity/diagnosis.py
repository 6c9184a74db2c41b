"""Why a step parts from the hand-written definition: a convention that is known, or a bug."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from nnlab.checks.parity.conventions.base import CONVENTIONS
from nnlab.checks.parity.rounding import Rounding
from nnlab.checks.parity.step import LOSS, LOSS_GRADIENT, PENALTY, Tensors, names_of
from nnlab.checks.parity.subject import Subject

MOST_CONVENTIONS: Final = 4
"""How many conventions may differ at once before what remains is called a bug."""

CLOSER: Final = 0.1
"""What the right convention leaves of the culprit's difference at most; it usually leaves rounding."""


@dataclass(frozen=True)
class Cause:
    """What makes a step part.

    Options:  tensor: the first that parts.  relative: how far, of its largest element.
              convention: the name of the one that explains it; None: no known one does.  says: in a few words.
    """

    tensor: str
    relative: float
    convention: str | None
    says: str


@dataclass(frozen=True, eq=False)
class _Try:
    """A subject with a convention chosen otherwise, and what still parts then."""

    convention: str
    words: str
    rounding: Rounding
    parted: dict[str, float]


def diagnose(rounding: Rounding, tensors: Tensors) -> tuple[Cause, ...]:
    """Why the tensors of a float64 step are not those of the hand-written step from the same moment.

    The first tensor in the order of the step that parts is the culprit. Each convention is tried: a hand-written step
    with the other choice explains the culprit if no tensor up to it parts any more. The one that leads farthest is
    kept, and what then still parts is explained in the same way. Nothing parts: no causes. One update makes a
    parameter's slots and its value in one go: where a convention explains the slots and nothing the value, it is a bug.

    Options:  rounding: the hand-written step, and what rounding can do in it.
    """
    causes: list[Cause] = []
    parted = rounding.parted(tensors)
    while parted:
        order = names_of(rounding.subject, rounding.moment.evaluation)
        culprit = first_of(parted, order)
        better = _explained(rounding, tensors, culprit)
        if better is None or len(causes) == MOST_CONVENTIONS:
            unexplained = Cause(culprit, parted[culprit], None, "")
            while causes and _of_one_update(rounding, causes[-1].tensor, unexplained.tensor):
                unexplained = causes.pop()
            words = advice(rounding.subject, unexplained.tensor)
            causes.append(replace(unexplained, convention=None, says=words))
            break
        causes.append(Cause(culprit, parted[culprit], better.convention, better.words))
        rounding, parted = better.rounding, better.parted
    return tuple(causes)


def _of_one_update(rounding: Rounding, one: str, other: str) -> bool:
    """Whether two tensors are slots or the value of the same parameter."""
    parameter = rounding.parameter_of(one)
    return parameter is not None and parameter == rounding.parameter_of(other)


def first_of(names: Sequence[str] | dict[str, float], order: Sequence[str]) -> str:
    """The first of some tensors in the order of a step."""
    return min(names, key=order.index)


def _explained(before: Rounding, tensors: Tensors, culprit: str) -> _Try | None:
    """The other choice after which nothing up to the culprit parts, and the next that does comes latest."""
    order = names_of(before.subject, before.moment.evaluation)
    best: _Try | None = None
    reached = order.index(culprit)
    for found in _tries(before, tensors, culprit):
        place = order.index(first_of(found.parted, order)) if found.parted else len(order)
        if place > reached:
            best, reached = found, place
    return best


def _tries(before: Rounding, tensors: Tensors, culprit: str) -> Iterator[_Try]:
    """Every other choice that brings the culprit closer by far; the others need no jittered steps to be refused."""
    theirs = tensors.get(culprit, np.zeros_like(before.plain[culprit]))  # a slot that is lost is zero
    far = before.farthest(culprit, theirs)
    for cls in CONVENTIONS:
        for words, variant in cls().variants(before.subject):
            if _shown_before(variant, before):
                continue
            rounding = Rounding(variant, before.moment)
            if rounding.farthest(culprit, theirs) < far * CLOSER:
                yield _Try(cls.__name__, words, rounding, rounding.parted(tensors))


def _shown_before(variant: Subject, before: Rounding) -> bool:
    """Whether another rate would have made an earlier epoch part: then it is not what makes this one part."""
    epoch, epochs = before.moment.epoch, before.moment.epochs
    ours, other = before.subject.optimizer, variant.optimizer
    return any(ours.rate(earlier, epochs) != other.rate(earlier, epochs) for earlier in range(epoch))


def advice(subject: Subject, tensor: str) -> str:
    """What made a tensor, and how to look at it: "check the backward of dense_1 (Dense) with `nnlab check`"."""
    graph = subject.graph
    layers = {node.name: type(node.layer).__name__ for node in graph.nodes}
    node, _, what = tensor.partition(" ")
    around = next((name for name in layers if node.startswith((f"{name}/", f"{name}."))), None)
    if (
        around is not None and what.startswith(("forward", "backward", "gradient")) and node not in layers
    ):  # inside a layer that is a graph itself: "onnx/relu"
        return f"check the {what.partition(' ')[0]} of {node}, inside {around} ({layers[around]})"
    loss, rule = type(subject.fitting_loss).__name__, type(subject.optimizer.rule).__name__
    if tensor == LOSS or tensor.startswith(LOSS_GRADIENT):
        return f"check {loss} with `nnlab check`"
    if tensor == PENALTY:
        return "look at the penalty, which --weight-decay (L2) and --l1 ask for"
    if what == "backward":  # the gradient of a node's output is made by those that read it
        readers = graph.readers()[node] or (node,)
        return (
            f"check the backward of {' and '.join(f'{name} ({layers[name]})' for name in readers)} with `nnlab check`"
        )
    if what.startswith("gradient"):
        return f"check the backward of {node} ({layers[node]}) with `nnlab check`"
    if what == "forward":
        return f"check the forward of {node} ({layers[node]}) with `nnlab check`"
    if node in {buffer.name for buffer in graph.buffers}:
        owner = graph.node_of(node)
        return f"look at the running statistics of {owner} ({layers[owner]})"
    if node in {parameter.name for parameter in graph.parameters}:
        return f"look at the update by {rule}, its rate, clipping and decay"
    return "look at the layers in evaluation mode: running statistics, dropout"
