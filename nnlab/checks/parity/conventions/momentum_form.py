"""What momentum's velocity is, and which of it a step follows."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.checks.parity.by_formula import ByFormula, Elements
from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.types import Array
from nnlab.optimizers.base import Scratch, Slots
from nnlab.optimizers.momentum import Momentum


@dataclass(kw_only=True, eq=False)
class OtherMomentum(ByFormula, Momentum):
    """v = velocity(v, dw);  w = w - move(v, dw)"""

    @abstractmethod
    def velocity(self, v: Elements, dw: Elements, rate: float, step: int) -> Elements:
        """The new v."""

    @abstractmethod
    def move(self, v: Elements, dw: Elements, rate: float) -> Elements:
        """What is taken from w."""

    def formula(
        self, w: Elements, dw: Elements, slots: tuple[Elements, ...], *, rate: float, step: int
    ) -> tuple[Elements, tuple[Elements, ...]]:
        """The line above."""
        v = self.velocity(slots[0], dw, rate, step)
        return w - self.move(v, dw, rate), (v,)


@dataclass(kw_only=True, eq=False)
class Heavy(OtherMomentum):
    """nnlab's own form, to change one line of: v = decay v + dw;  w = w - rate v"""

    def velocity(self, v: Elements, dw: Elements, rate: float, step: int) -> Elements:
        """decay v + dw"""
        return self.decay * v + dw

    def move(self, v: Elements, dw: Elements, rate: float) -> Elements:
        """rate v"""
        return rate * v


@dataclass(kw_only=True, eq=False)
class Dampened(Heavy):
    """v = decay v + (1 - decay) dw"""

    def velocity(self, v: Elements, dw: Elements, rate: float, step: int) -> Elements:
        """A running mean."""
        return self.decay * v + (1 - self.decay) * dw


@dataclass(kw_only=True, eq=False)
class DampenedLater(Dampened):
    """v = dw at step 1, then decay v + (1 - decay) dw"""

    def update(self, value: Array, grad: Array, slots: Slots, *, rate: float, step: int, scratch: Scratch) -> None:
        """Momentum's own first step."""
        if step == 1:
            Momentum.update(self, value, grad, slots, rate=rate, step=step, scratch=scratch)
        else:
            super().update(value, grad, slots, rate=rate, step=step, scratch=scratch)

    def recurrence(
        self, w: float, dw: float, slots: tuple[float, ...], *, rate: float, step: int
    ) -> tuple[float, tuple[float, ...]]:
        """Momentum's own first step."""
        if step == 1:
            return Momentum.recurrence(self, w, dw, slots, rate=rate, step=step)
        return super().recurrence(w, dw, slots, rate=rate, step=step)


@dataclass(kw_only=True, eq=False)
class Nesterov(Heavy):
    """w = w - rate (dw + decay v)"""

    def move(self, v: Elements, dw: Elements, rate: float) -> Elements:
        """One step ahead along v."""
        return rate * (dw + self.decay * v)


@dataclass(kw_only=True, eq=False)
class RateInside(OtherMomentum):
    """v = decay v + rate dw;  w = w - v"""

    def velocity(self, v: Elements, dw: Elements, rate: float, step: int) -> Elements:
        """A length, not a gradient: what was gathered at an old rate keeps it."""
        return self.decay * v + rate * dw

    def move(self, v: Elements, dw: Elements, rate: float) -> Elements:
        """v"""
        return v


@dataclass(kw_only=True, eq=False)
class Downhill(OtherMomentum):
    """v = decay v - rate dw;  w = w + v"""

    def velocity(self, v: Elements, dw: Elements, rate: float, step: int) -> Elements:
        """The way that w goes."""
        return self.decay * v - rate * dw

    def move(self, v: Elements, dw: Elements, rate: float) -> Elements:
        """-v"""
        return -v


@dataclass(kw_only=True, eq=False)
class DownhillNesterov(Downhill):
    """v = decay v - rate dw;  w = w + decay v - rate dw"""

    def move(self, v: Elements, dw: Elements, rate: float) -> Elements:
        """One step ahead along v."""
        return rate * dw - self.decay * v


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class MomentumForm(Convention):
    """What momentum's velocity is, and which of it a step follows.

    v = decay v + dw;  w = w - rate v                       nnlab, torch, optax (trace)
    v = decay v + (1 - decay) dw;  w = w - rate v           a running mean: optax's ema, many a lecture
    the same, but v = dw at step 1                          torch with dampening=decay
    v = decay v + dw;  w = w - rate (dw + decay v)          torch and optax with nesterov
    v = decay v + rate dw;  w = w - v                       the rate inside: Caffe
    v = decay v - rate dw;  w = w + v                       the rate inside, downhill: the paper, Keras, scikit-learn
    the same, but w = w + decay v - rate dw                 Keras and scikit-learn with nesterov

    A running mean makes steps 1 / (1 - decay) = 10 times shorter at decay 0.9. Where the rate is makes a difference to
    the weights when the rate changes, and to v at once.

    Source:  Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013, eqs. 1 to 4.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For Momentum in its own form."""
        rule = subject.optimizer.rule
        if type(rule) is not Momentum or rule.nesterov:
            return
        for says, kind in (
            ("dampened, v = decay v + (1 - decay) dw", Dampened),
            ("dampened after the first step, as torch's dampening", DampenedLater),
            ("Nesterov's, w = w - rate (dw + decay v)", Nesterov),
            ("the rate inside the velocity, v = decay v + rate dw", RateInside),
            ("the rate inside a velocity that points downhill, as in Keras", Downhill),
            ("Nesterov's with the rate inside, as in Keras", DownhillNesterov),
        ):
            yield says, subject.with_rule(rule=kind(**rule.options()))
