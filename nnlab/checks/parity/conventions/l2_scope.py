"""Which parameters weight decay applies to."""

from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.checks.parity.as_penalised import ScopedPenalty, as_penalised
from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.parameter import Parameter
from nnlab.losses.penalty import Penalty
from nnlab.optimizers.optimizer import Optimizer


def _is_bias(parameter: Parameter) -> bool:
    return parameter.name.rpartition(".")[2] == "bias"


@dataclass(eq=False)
class OnEverything(Optimizer):
    """Weight decay on every parameter, as a penalty or decoupled."""

    @staticmethod
    def scope(parameter: Parameter) -> bool:
        """Whether it decays."""
        return True

    @property
    def penalty(self) -> Penalty | None:
        """The same penalty on more parameters."""
        plain = super().penalty
        return plain and ScopedPenalty(weight_decay=plain.weight_decay, l1=plain.l1, scope=self.scope)

    def _move(self, parameter: Parameter, rate: float) -> None:
        super()._move(as_penalised(parameter, self.scope(parameter)), rate)


@dataclass(eq=False)
class OnBiases(OnEverything):
    """Weight decay on weights and biases."""

    @staticmethod
    def scope(parameter: Parameter) -> bool:
        """Whether it decays."""
        return parameter.penalised or _is_bias(parameter)


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class L2Scope(Convention):
    """Which parameters weight decay applies to.

    weights                             nnlab; Keras (kernel_regularizer), scikit-learn
    weights, biases, scales, shifts     torch (every parameter that the optimizer is given), optax (mask=None)
    weights and biases                  code that spares the normalisation layers alone

    A scale of BatchNorm that decays to 0 takes its feature out; a bias has no need of being small.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """Where there is weight decay or L1, and something that it spares."""
        spared = [p for p in subject.graph.parameters if not p.penalised]
        if not (subject.optimizer.weight_decay or subject.optimizer.l1) or not spared:
            return
        yield "biases and scales are penalised too, as torch does", subject.with_optimizer(OnEverything)
        if any(map(_is_bias, spared)) and not all(map(_is_bias, spared)):
            yield "biases are penalised too, scales are not", subject.with_optimizer(OnBiases)
