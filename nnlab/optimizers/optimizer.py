"""What drives an update rule: rate and schedule, clipping, decay, memory, and the walk over the parameters."""

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

import numpy as np

from nnlab.core.arrays import copy_of, flattened, order_of, zeros_like
from nnlab.core.component import Component, option
from nnlab.core.errors import UsageError
from nnlab.core.parameter import Buffer, Parameter
from nnlab.core.types import Array
from nnlab.kernels.threads import one_blas_thread
from nnlab.losses.penalty import Penalty
from nnlab.optimizers.averaging import AVERAGE, kept_share
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.chunks import Chunks
from nnlab.schedules.base import Schedule
from nnlab.schedules.constant import Constant

LATE_STEP = "late_step"
"""The name in a state of the step after which parameters began to learn that were frozen until then."""


HALVINGS = "halvings"
"""The name in a state of how often the learning rate was halved, after training diverged."""


@dataclass(eq=False)
class Optimizer(Component):
    """An update rule with everything around it that rules share.

    rate = learning_rate schedule.factor(epoch, epochs)      halved so often as training has diverged
    dw = dw min(1, clip_norm / |dw|)                |dw| over all parameters together
    dw = max(-clip_value, min(dw, clip_value))
    w = (1 - rate weight_decay) w                   where the rule is decoupled, on penalised parameters
    then the rule

    average = share average + (1 - share) w         with ema, of buffers too; share: `kept_share`

    Where the rule is not decoupled, weight decay belongs to the objective: `penalty` is the term to add to the loss. L1
    always does.

    Options:  learning_rate: 0 leaves every parameter as it is.  weight_decay, l1, ema: 0 for none.
              clip_norm, clip_value: None for no clipping.
              schedule: None takes the rule's own, or else Constant.
              threads: how many share the work on a large parameter; the result is the same to the last bit.
    Source:  Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013 (clip_norm).
    """

    rule: UpdateRule
    _: KW_ONLY
    learning_rate: float = option(0.001, "how far a step goes", low=0)
    weight_decay: float = option(0.0, "price of large weights: L2 penalty, or decay where the rule decouples it", low=0)
    l1: float = option(0.0, "price of the absolute weights, which makes those that are not needed zero", low=0)
    clip_norm: float | None = option(None, "longest gradient, over all parameters together; none for any", above=0)
    clip_value: float | None = option(None, "largest element of a gradient; none for any", above=0)
    ema: float = option(
        0.0,
        "average weights over steps, keeping such a share at each; the average is what is scored and kept",
        low=0,
        below=1,
    )
    schedule: Schedule | None = None
    threads: int = 1
    steps: int = field(init=False, repr=False, default=0)
    late: frozenset[str] = field(init=False, repr=False, default=frozenset())
    late_step: int | None = field(init=False, repr=False, default=None)
    halvings: int = field(init=False, repr=False, default=0)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.schedule = self.schedule or self.rule.schedule() or Constant()
        self._memory: dict[str, tuple[Array, ...]] = {}
        self._averages: dict[str, Array] = {}
        self._chunks = Chunks(self.threads)

    def fresh(self) -> "Optimizer":
        """One with the same settings that has taken no step: every run starts with its own."""
        return dataclasses.replace(self)

    @property
    def penalty(self) -> Penalty | None:
        """What to add to the objective; None where there is no penalty, or only decay that the rule decouples."""
        return self.penalty_with(0.0 if self.rule.decoupled else self.weight_decay)

    def penalty_with(self, weight_decay: float) -> Penalty | None:
        """The penalty with L2 of this weight, and L1 as it is asked for; None where neither is."""
        return Penalty(weight_decay=weight_decay, l1=self.l1) if weight_decay or self.l1 else None

    def rate(self, epoch: int, epochs: int) -> float:
        """The learning rate in `epoch` (0 is the first) of a run of `epochs`."""
        assert self.schedule is not None  # set when it was made
        rate = self.learning_rate * self.schedule.factor(epoch, epochs)
        return float(rate * 0.5**self.halvings if self.halvings else rate)

    def step(
        self, parameters: Sequence[Parameter], *, epoch: int, epochs: int, others: Sequence[Parameter | Buffer] = ()
    ) -> None:
        """Changes every parameter by its gradient, in place. Clipping changes the gradients too.

        Options:  others: averaged with the parameters, where that is asked for.
        """
        self.steps += 1
        if self.ema:
            self._begin_averages((*parameters, *others))
        rate = self.rate(epoch, epochs)
        self._clip(parameters)
        self._chunks.threads = self.threads
        for parameter in parameters:
            self._move(parameter, rate)
        if self.ema:
            every: tuple[Parameter | Buffer, ...] = (*parameters, *others)
            for kept in every:
                self._chunks.run(self._average, (self._averages[kept.name], kept.value))

    def _begin_averages(self, kept: Iterable[Parameter | Buffer]) -> None:
        """Has an average of each, that begins as its value is, and lies in memory as it does."""
        for one in kept:
            average, kind, order = self._averages.get(one.name), one.value.dtype, order_of(one.value)
            if average is None:
                self._averages[one.name] = copy_of(one.value, kind, order)
            elif average.shape != one.value.shape:
                raise self._misfit(one.name, AVERAGE, average, one.value)
            elif average.dtype != kind or order_of(average) != order:
                self._averages[one.name] = copy_of(average, kind, order)

    def _average(self, arrays: tuple[Array, ...], scratch: tuple[Array, Array]) -> None:
        """average += (1 - share) (w - average)"""
        average, value = arrays
        apart = np.subtract(value, average, out=scratch[0])
        apart *= 1 - kept_share(self.ema, self.steps)
        average += apart

    @staticmethod
    def _misfit(name: str, slot: str, saved: Array, value: Array) -> UsageError:
        return UsageError(
            f"saved with shape {saved.shape}, but the parameter has {value.shape}",
            where=f"{name}/{slot}",
            hint="resume with the model that was saved",
        )

    def _move(self, parameter: Parameter, rate: float) -> None:
        rule, step = self.rule, self.steps - self.began(parameter.name)
        keep = 1 - rate * self.weight_decay if rule.decoupled and parameter.penalised else 1.0

        def work(arrays: tuple[Array, ...], scratch: tuple[Array, Array]) -> None:
            value, grad, *slots = arrays
            if keep != 1:
                value *= keep
            rule.update(value, grad, tuple(slots), rate=rate, step=step, scratch=scratch)

        self._chunks.run(work, (parameter.value, parameter.grad, *self._slots(parameter)))

    def unfreeze(self) -> None:
        """Has the parameters of `late` begin with the next step: a first one for the rule, which corrects by it."""
        if self.late and self.late_step is None:
            self.late_step = self.steps

    def began(self, name: str) -> int:
        """How many steps had been taken when a parameter began to learn."""
        return (self.late_step or 0) if name in self.late else 0

    def _clip(self, parameters: Sequence[Parameter]) -> None:
        if self.clip_norm is not None:
            length = math.sqrt(sum(_squared_length(parameter.grad) for parameter in parameters))
            if length > self.clip_norm:
                for parameter in parameters:
                    np.multiply(parameter.grad, self.clip_norm / length, out=parameter.grad)
        if self.clip_value is not None:
            for parameter in parameters:
                np.clip(parameter.grad, -self.clip_value, self.clip_value, out=parameter.grad)

    def _slots(self, parameter: Parameter) -> tuple[Array, ...]:
        """What the rule remembers of a parameter: zeros at first, or what was loaded."""
        slots = self._memory.get(parameter.name)
        if slots is None:
            slots = self._memory[parameter.name] = tuple(zeros_like(parameter.value) for _ in self.rule.slots)
        for i, slot in enumerate(slots):
            if slot.shape != parameter.value.shape:
                raise self._misfit(parameter.name, self.rule.slots[i], slot, parameter.value)
            if slot.dtype != parameter.value.dtype or order_of(slot) != order_of(parameter.value):
                kind, order = parameter.value.dtype, order_of(parameter.value)
                slots = self._memory[parameter.name] = tuple(copy_of(s, kind, order) for s in slots)
        return slots

    def state(self) -> dict[str, Array]:
        """Copies of what it remembers, "<parameter>/<slot>", and "step"."""
        return {name: array.copy(order="K") for name, array in self.held().items()}

    def held(self) -> dict[str, Array]:
        """What `state` gives copies of: the arrays themselves, which the next step changes."""
        named = {
            f"{name}/{slot}": array
            for name, slots in self._memory.items()
            for slot, array in zip(self.rule.slots, slots, strict=True)
        }
        averages = {f"{name}/{AVERAGE}": array for name, array in self._averages.items()}
        return named | averages | self.counted | {"step": np.asarray(self.steps)}

    @property
    def counted(self) -> dict[str, Array]:
        """What a state holds besides memory and the step, where there is any of it."""
        late = {} if self.late_step is None else {LATE_STEP: np.asarray(self.late_step)}
        return late | ({HALVINGS: np.asarray(self.halvings)} if self.halvings else {})

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes over what `state` gave. Raises UsageError: as `names_in`."""
        kept = self._memory
        self._memory = {
            name: tuple(
                _taken_over(np.asarray(state[f"{name}/{slot}"]), kept[name][i] if name in kept else None)
                for i, slot in enumerate(self.rule.slots)
            )
            for name in self.names_in(state)
        }
        averages = self._averages
        self._averages = {
            name: _taken_over(array, averages.get(name)) for name, array in self.averages_in(state).items()
        }
        self.steps = int(state["step"])
        self.late_step, self.halvings = late_step_in(state), halvings_in(state)

    def names_in(self, state: Mapping[str, Array]) -> tuple[str, ...]:
        """The parameters that the rule's slots in a state are of.

        Raises:  UsageError: naming what is missing or does not belong to the rule.
        """
        rest = dict(state)
        if "step" not in rest:
            raise UsageError("the optimizer's state has no step count", where="step")
        del rest["step"]
        for counted in (LATE_STEP, HALVINGS):
            rest.pop(counted, None)
        for name in self.averages_in(state):
            del rest[f"{name}/{AVERAGE}"]
        names = dict.fromkeys(name.rpartition("/")[0] for name in rest)
        wanted = {f"{name}/{slot}" for name in names for slot in self.rule.slots}
        for name in sorted(wanted ^ rest.keys()):
            what = "is missing from" if name in wanted else "does not belong to"
            raise UsageError(f"{what} the state of {type(self.rule).__name__}", where=name)
        return tuple(names)

    def averages_in(self, state: Mapping[str, Array]) -> dict[str, Array]:
        """The averages in a state, by what they are of; none where none are asked for."""
        ends = f"/{AVERAGE}"
        averages = {name.removesuffix(ends): np.asarray(state[name]) for name in state if name.endswith(ends)}
        return averages if self.ema else {}


def late_step_in(state: Mapping[str, Array]) -> int | None:
    """The step after which what was frozen began to learn; None where it has not."""
    return int(state[LATE_STEP]) if LATE_STEP in state else None


def halvings_in(state: Mapping[str, Array]) -> int:
    """How often the learning rate was halved."""
    return int(state.get(HALVINGS, 0))


def _taken_over(array: Array, slot: Array | None) -> Array:
    """The values of `array`: in the memory of a slot that holds them without loss, else in their own."""
    if slot is None or slot.shape != array.shape or not np.can_cast(array.dtype, slot.dtype):
        return copy_of(array)
    np.copyto(slot, array)
    return slot


def _squared_length(array: Array) -> float:
    """The sum of the squares; in float64 where float32 cannot hold it, which is when clipping is wanted most."""
    flat = flattened(array)
    with one_blas_thread():
        squared = float(np.vdot(flat, flat))
    return squared if math.isfinite(squared) else float(np.square(flat, dtype=np.float64).sum())
