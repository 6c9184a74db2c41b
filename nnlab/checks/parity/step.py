"""One training step as a comparison sees it: where it starts from, and every tensor it makes, by name."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace

import numpy as np

from nnlab.checks.parity.subject import Subject
from nnlab.core.batch import Batch
from nnlab.core.context import Watch
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.models.learner import Learner, joined
from nnlab.optimizers.averaging import AVERAGE

See = Callable[[str, Array], None]
"""Called as see(name, tensor); the tensor may be overwritten after the call."""

Tensors = Mapping[str, Array]
"""Every tensor of a step by its name, in the order in which a step makes them."""

LOSS, PENALTY, LOSS_GRADIENT = "loss", "penalty", "loss gradient"


@dataclass(frozen=True, eq=False)
class Memory:
    """What a step changes: weights and buffers, and the optimizer's slots."""

    values: Mapping[str, Array]
    slots: Mapping[str, Array]

    @classmethod
    def of(cls, learner: Learner) -> "Memory":
        """Copies of what a learner remembers now."""
        return cls(learner.state(), learner.optimizer_state())

    @classmethod
    def held_by(cls, learner: Learner) -> "Memory":
        """The same, to be read before the learner's next step: nothing is copied where it can be shown as it is."""
        return cls(learner.held(), learner.optimizer_held())

    def renewed(self, learner: Learner) -> "Memory":
        """Copies of what a learner remembers now, in the memory of these, which are not to be read any more."""
        return Memory(_copied(learner.held(), self.values), _copied(learner.optimizer_held(), self.slots))

    def load_into(self, learner: Learner) -> None:
        """Makes a learner, of any dtype, remember it."""
        learner.load_state(self.values)
        learner.load_optimizer_state(self.slots)

    def tensors(self) -> dict[str, Array]:
        """By the names of a comparison: "dense_1.weight m", "dense_1.weight", "batch_norm_1.running_mean"."""
        slots = {name.replace("/", " "): slot for name, slot in self.slots.items() if "/" in name}
        return slots | dict(self.values)


def _copied(arrays: Mapping[str, Array], into: Mapping[str, Array]) -> dict[str, Array]:
    copies = {}
    for name, array in arrays.items():
        kept = into.get(name)
        if kept is None or (kept.shape, kept.dtype, kept.strides) != (array.shape, array.dtype, array.strides):
            copies[name] = np.array(array)
        else:
            np.copyto(kept, array)
            copies[name] = kept
    return copies


def forget(learner: Learner) -> None:
    """Has a learner let go of its slots until its next step, so that others may have the memory."""
    learner.load_optimizer_state({"step": np.asarray(0)})


@dataclass(frozen=True, eq=False)
class Moment:
    """Where a step starts from, and what it is taken on.

    Options:  before: of any dtype, as is the batch.  rng: at this step.  epoch: counted from 0.
              evaluated: the samples that both predict before the step, under the name `evaluation`.
    """

    before: Memory
    batch: Batch
    rng: Rng
    epoch: int
    epochs: int
    evaluated: Array
    evaluation: str


def watched(see: See) -> Watch:
    """Who watches a step for `see`."""

    def watch(node: str, what: str, array: Array) -> None:
        if what == "loss":
            see(f"{LOSS_GRADIENT}{''.join(node.partition(' of ')[1:])}", array)  # of which head, if there are several
        elif what != "logarithm":  # that is the network's output again
            see(f"{node} {what}", array)

    return watch


def take(learner: Learner, moment: Moment, see: See) -> dict[str, Array]:
    """Takes the step of a moment, from its very state, on float64 copies of its samples.

    Shows every tensor as it is made, the evaluation first; returns weights, buffers and slots after it, to be read
    before the learner's next.
    """
    moment.before.load_into(learner)
    see(moment.evaluation, joined(learner.predict(moment.evaluated.astype(np.float64))))
    batch = replace(moment.batch, inputs=moment.batch.inputs.astype(np.float64))
    taken = learner.learn(batch, rng=moment.rng, epoch=moment.epoch, epochs=moment.epochs, watch=watched(see))
    see(LOSS, np.array([taken.loss]))
    see(PENALTY, np.array([taken.penalty]))
    return Memory.held_by(learner).tensors()


def tensors_of(learner: Learner, moment: Moment, only: Container[str] | None = None) -> dict[str, Array]:
    """Copies of every tensor of the step that a moment describes, or `only` of those."""
    made: dict[str, Array] = {}

    def see(name: str, tensor: Array) -> None:
        if only is None or name in only:
            made[name] = np.array(tensor)

    after = take(learner, moment, see)
    return made | {name: np.array(tensor) for name, tensor in after.items() if only is None or name in only}


def gradient_name(parameter: str) -> str:
    """The tensor that is the gradient of a parameter: "dense_1 gradient weight" for "dense_1.weight"."""
    node, _, field = parameter.rpartition(".")
    return f"{node} gradient {field}"


def names_of(subject: Subject, evaluation: str) -> tuple[str, ...]:
    """The name of every tensor that a step may make, in the order in which it makes them."""
    graph, optimizer = subject.graph, subject.optimizer
    averages = (AVERAGE,) if optimizer.ema else ()
    names = [f"{node.name} forward" for node in graph.nodes] + [LOSS, PENALTY]
    names += [LOSS_GRADIENT if head == OUTPUT else f"{LOSS_GRADIENT} of {head}" for head in graph.heads]
    own = {parameter.name for parameter in graph.parameters}
    for node in reversed(graph.nodes):
        names.append(f"{node.name} backward")
        names += [gradient_name(kept.name) for kept in graph.own(node.name).values() if kept.name in own]
    for parameter in graph.parameters:
        names += [f"{parameter.name} {slot}" for slot in (*optimizer.rule.slots, *averages)] + [parameter.name]
    for kept in graph.others:
        names += [f"{kept.name} {slot}" for slot in averages] + [kept.name]
    return (*names, evaluation)
