"""Where weight decay acts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nnlab.checks.parity.as_penalised import as_penalised
from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.parameter import Parameter
from nnlab.losses.penalty import Penalty
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.exponential_decay import ExponentialDecay
from nnlab.optimizers.optimizer import Optimizer


@dataclass(eq=False)
class Decoupled(Optimizer):
    """w = (1 - rate weight_decay) w, then the rule"""

    @property
    def penalty(self) -> Penalty | None:
        """The objective does not know of it."""
        return self.penalty_with(0.0)

    def decay(self, parameter: Parameter, rate: float) -> None:
        """What decay does to one parameter before the rule."""
        parameter.value *= 1 - rate * self.weight_decay

    def _move(self, parameter: Parameter, rate: float) -> None:
        if parameter.penalised:
            self.decay(parameter, rate)
        super()._move(as_penalised(parameter, False), rate)


@dataclass(eq=False)
class DecoupledFromRate(Decoupled):
    """w = (1 - factor weight_decay) w, then the rule; factor is the schedule's"""

    def decay(self, parameter: Parameter, rate: float) -> None:
        """w = (1 - factor weight_decay) w"""
        parameter.value *= 1 - rate / self.learning_rate * self.weight_decay


@dataclass(eq=False)
class InTheOptimizer(Decoupled):
    """dw = dw + weight_decay w once dw is clipped, then the rule"""

    def decay(self, parameter: Parameter, rate: float) -> None:
        """dw = dw + weight_decay w"""
        Penalty(weight_decay=self.weight_decay).add_gradient([parameter])


@dataclass(eq=False)
class InTheObjective(Optimizer):
    """dw = dw + weight_decay w, clip, then the rule"""

    @property
    def penalty(self) -> Penalty | None:
        """In the objective, whatever the rule would rather have."""
        return self.penalty_with(self.weight_decay)

    def _move(self, parameter: Parameter, rate: float) -> None:
        super()._move(as_penalised(parameter, False), rate)


@dataclass(kw_only=True, eq=False)
class ValueOnly(Penalty):
    """A penalty whose L2 is reported and has no gradient."""

    def add_gradient(self, parameters: Iterable[Parameter]) -> None:
        """That of L1."""
        Penalty(l1=self.l1).add_gradient(parameters)


@dataclass(eq=False)
class Reported(Optimizer):
    """Goes before one that decays in its own way: the loss reports a penalty all the same."""

    @property
    def penalty(self) -> Penalty:
        """For the reports alone."""
        return ValueOnly(weight_decay=self.weight_decay, l1=self.l1)


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class L2Place(Convention):
    """Where weight decay acts: in the gradient or on the weights, before clipping or after it, with the rate or not.

    dw += weight_decay w, clip, rule            nnlab and Keras (regularizers): a part of the objective
    clip, dw += weight_decay w, rule            torch (weight_decay of SGD, Adam, RMSprop): the loss does not report it
    clip, w *= 1 - rate weight_decay, rule      nnlab's AdamW, torch's, optax's, Keras's
    clip, w *= 1 - factor weight_decay, rule    the paper: factor is the schedule's, without the learning rate

    In plain gradient descent without clipping, the first three move the weights alike, and differ in what is reported.

    Source:  Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """Where there is weight decay."""
        optimizer = subject.optimizer
        if not optimizer.weight_decay:
            return
        choices: dict[str, type[Optimizer]] = {
            "in the optimizer, after clipping, as torch's weight_decay": InTheOptimizer
        }
        if optimizer.learning_rate:
            choices["decoupled, and from the learning rate too, as in the paper on AdamW"] = DecoupledFromRate
        if optimizer.rule.decoupled:
            choices["in the objective, as Adam's L2 penalty"] = InTheObjective
        else:
            choices["decoupled, as AdamW's"] = Decoupled
        plain = type(optimizer.rule) in (Constant, ExponentialDecay)
        clips = optimizer.clip_norm is not None or optimizer.clip_value is not None
        same: set[type[Optimizer]] = set() if clips else {InTheOptimizer, Decoupled} if plain else {InTheOptimizer}
        for says, kind in choices.items():
            other = subject.with_optimizer(kind)
            yield says, other
            if not optimizer.rule.decoupled and kind not in same:
                yield f"{says}, though the loss reports a penalty", other.with_optimizer(Reported)
