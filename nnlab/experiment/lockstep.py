"""Two backends that take the same training steps, each held against the other and against the hand-written step."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from threadpoolctl import ThreadpoolController

from nnlab.backends.base import BACKENDS, Engine
from nnlab.checks.parity.history import History
from nnlab.checks.parity.jittered import Jittered
from nnlab.checks.parity.local_step import Compared, Found, LocalStep, Recorded
from nnlab.checks.parity.measure import gap, memory_gaps
from nnlab.checks.parity.result import GRAVE, Comparison, Divergence, Kind, StepDifferences
from nnlab.checks.parity.rounding import Rounding
from nnlab.checks.parity.step import LOSS, PENALTY, Memory, Moment, See, gradient_name, names_of, watched
from nnlab.checks.parity.subject import Subject
from nnlab.core.batch import Batch
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.data.pipeline import Data
from nnlab.experiment.experiment import Experiment
from nnlab.experiment.trainer import settling
from nnlab.models.learner import Learner, StepResult, joined
from nnlab.models.probe import some_of
from nnlab.training.interrupts import InterruptsHeld

LOCAL_SAMPLES = 32
"""How many samples of a batch the float64 step is taken on: enough for batch statistics, few enough for every step."""

EVALUATED_SAMPLES = 256
"""How many dev samples both backends predict at the end of an epoch."""

LOOKS = 2
"""Jittered steps to tell a tensor without signal from one that was rounded: neither is grave."""

OnStep = Callable[[StepDifferences], None]
"""Called after every step."""


def learner_of(subject: Subject, backend: str, engine: Engine) -> Learner:
    """A learner of the subject, whose network is the learner's from then on.

    What only other backends can do (a device, compiling, bfloat16) is not asked of numpy, and bfloat16 not of float64.
    """
    wanted = engine.for_backend(backend)
    network = subject.graph
    made: Learner = BACKENDS.get(backend).of(
        network,
        loss=subject.loss,
        optimizer=subject.optimizer.fresh(),
        engine=replace(wanted, amp=wanted.amp and network.dtype != np.float64),
    )
    return made


class Lockstep:
    """Two learners that take the same steps, and what was found until now.

    Options:  subject: the network with its first weights, the loss and the optimizer.
              learners: by backend, two of them.
    """

    def __init__(self, experiment: Experiment, subject: Subject, learners: Mapping[str, Learner], data: Data):
        self._experiment, self._subject, self._data = experiment, subject, data
        self._one, self._other = learners.values()
        self._backends = (*learners,)
        engine = experiment.run.engine
        doubles = {name: subject.astype("float64") for name in learners}
        first = next(iter(doubles.values()))
        defined = first.defined()
        hand = Jittered(defined, borrow=True)  # perhaps on the first learner's network: they never step at once
        self._local = LocalStep(defined, {name: learner_of(doubles[name], name, engine) for name in learners}, hand)
        self._pools = ThreadpoolController()  # of every library that the learners have loaded
        self._settling = settling(experiment.run, subject.graph)
        self._rng = Rng(experiment.run.model_seed).at("training", "step")
        self._evaluation, self._evaluated = _evaluated(data, subject)
        self._memory = Memory.of(self._one)
        self._history = History(experiment.run.dtype, subject.rounding)
        self._steps: list[StepDifferences] = []
        self._divergences: list[Divergence] = []

    def run(self, on_step: OnStep | None) -> None:
        """Every epoch, until the end or the first convention or bug."""
        for epoch in range(1, self._experiment.run.epochs + 1):
            if epoch == self._experiment.run.unfreeze_at:
                self._unfreeze()
            self._settle(self._settling.get(epoch - 1, frozenset()))
            for index, (batch, is_last) in enumerate(_with_last(self._data.training.batches(epoch))):
                with InterruptsHeld():
                    self._step(batch, epoch, index, is_last=is_last)
                if on_step is not None:
                    on_step(self._steps[-1])
                if any(found.kind in GRAVE for found in self._divergences):
                    return

    def _settle(self, nodes: frozenset[str]) -> None:
        """Has nodes keep their statistics, in the learners and in all that they are held against."""
        if nodes:
            for learner in (self._one, self._other):
                learner.settle(nodes)
            self._subject.graph.settle(nodes)
            self._local.settle(nodes)

    def _unfreeze(self) -> None:
        """Has everything learn, in the learners and in all that they are held against."""
        for learner in (self._one, self._other):
            learner.unfreeze()
        self._subject.graph.freeze(())
        self._local.unfreeze()

    def _step(self, batch: Batch, epoch: int, index: int, *, is_last: bool) -> None:
        rng = self._rng.at(epoch, index)
        self._memory = self._memory.renewed(self._one)
        moment = Moment(
            before=self._memory,
            batch=some_of(batch, LOCAL_SAMPLES, rng),
            rng=rng,
            epoch=epoch - 1,
            epochs=self._experiment.run.epochs,
            evaluated=self._evaluated[:LOCAL_SAMPLES],
            evaluation=self._evaluation,
        )
        gaps = self._free_step(batch, moment)
        if is_last:
            gaps[self._evaluation] = gap(
                *(joined(one.predict(self._evaluated)) for one in (self._one, self._other))
            ).relative
        self._steps.append(StepDifferences(len(self._steps) + 1, epoch, gaps))
        first = len(self._steps) == 1  # taken once, on the whole batch: what a step leaves behind is the second's
        if not first and self._grave(self._found_on_few(moment)):
            return
        drifted = self._history.drifted(gaps)
        if not drifted and not first:
            return
        whole = replace(moment, batch=batch)
        if not self._grave(self._local.found(whole)) and drifted:
            self._local.forget()
            self._look_into(drifted, whole)

    def _found_on_few(self, moment: Moment) -> tuple[Found, ...]:
        """The local step on one thread: on a few samples others gain nothing, and spin while they wait."""
        with self._pools.limit(limits=1):
            return self._local.found(moment)

    def _free_step(self, batch: Batch, moment: Moment) -> dict[str, float]:
        """Both learners' own steps: the relative gap of every tensor."""

        def learnt(learner: Learner, see: See) -> StepResult:
            return learner.learn(batch, rng=moment.rng, epoch=moment.epoch, epochs=moment.epochs, watch=watched(see))

        recorded = Recorded(self._subject.changes_gradients)
        one = learnt(self._one, recorded)
        compared = Compared(recorded.tensors)
        other = learnt(self._other, compared)
        gaps = compared.gaps
        for name, a, b in ((LOSS, one.loss, other.loss), (PENALTY, one.penalty, other.penalty)):
            gaps[name] = gap(np.array([a]), np.array([b])).relative
        here, there = (Memory.held_by(learner).tensors() for learner in (self._one, self._other))
        return gaps | memory_gaps(here, there)

    def _grave(self, found: tuple[Found, ...]) -> bool:
        """Notes what a single step was found to do otherwise than the definition; whether there is any."""
        for backend, cause in ((each.backend, each.cause) for each in found):
            says = (
                f"{backend} parts from the hand-written step by {cause.relative:.1g} in float64 from the same weights"
            )
            if cause.convention:
                says += f", and agrees with {cause.says} (convention {cause.convention})"
            else:
                says += f", and no known convention explains it; {cause.says}"
            kind: Kind = "convention" if cause.convention else "bug"
            self._note(cause.tensor, kind, cause.relative, says, cause.convention)
        return bool(found)

    def _look_into(self, drifted: Mapping[str, float], whole: Moment) -> None:
        """Notes tensors that have drifted although this step is right: what rounding made of earlier ones."""
        dtype = self._subject.graph.dtype
        gradients = {gradient_name(parameter.name) for parameter in self._subject.graph.parameters}
        eps, only = float(np.finfo(dtype).eps), gradients | drifted.keys()
        rounding = Rounding(self._subject, whole, eps=eps, only=only, hand=self._local.hand)
        rounding.repeat(LOOKS)
        here, there = (Memory.held_by(learner) for learner in (self._one, self._other))
        kinds = self._history.look(drifted, rounding, here.tensors(), there)
        for tensor, kind in kinds.items():
            own = f"in float64 from the same weights this step differs by {self._local.gaps.get(tensor, 0.0):.1g}"
            if kind == "no signal":
                says = f"{own}: it has no signal, or follows what has none; the update amplifies rounding"
            elif dtype == np.float64:
                says = f"{own}: the rest is rounding of earlier steps, which training carries on"
            else:
                says = f"{own}: the rest is what {dtype.name} rounded away in this step and those before it"
            self._note(tensor, kind, drifted[tensor], says)

    def _note(self, tensor: str, kind: Kind, relative: float, says: str, convention: str | None = None) -> None:
        step = self._steps[-1]
        self._divergences.append(Divergence(step.step, step.epoch, tensor, kind, relative, says, convention))

    def comparison(self) -> Comparison:
        """What was found until now."""
        seen = {name for step in self._steps for name in step.differences}
        seen |= {found.tensor for found in self._divergences}
        return Comparison(
            backends=(self._backends[0], self._backends[1]),
            dtype=self._subject.graph.dtype.name,
            steps=len(self._steps),
            tensors=tuple(name for name in names_of(self._subject, self._evaluation) if name in seen),
            history=tuple(self._steps),
            divergences=tuple(self._divergences),
            silent=frozenset(self._history.silent_tensors),
        )


def _with_last(batches: Iterable[Batch]) -> Iterator[tuple[Batch, bool]]:
    """Each batch, and whether it is the last."""
    rest = iter(batches)
    batch = next(rest, None)
    while batch is not None:
        following = next(rest, None)
        yield batch, following is None
        batch = following


def _evaluated(data: Data, subject: Subject) -> tuple[str, Array]:
    """What both backends predict at the end of an epoch, and what its tensor is called: dev's first samples."""
    name = "dev" if len(data.dev) else "training"
    batch = next(iter(getattr(data, name).batches()))
    values = all(outlet.emits == "values" for outlet in subject.graph.heads.values())
    return f"{name} {'values' if values else 'probabilities'}", batch.inputs[:EVALUATED_SAMPLES].copy()
