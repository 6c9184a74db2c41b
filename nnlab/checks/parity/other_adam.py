"""Adam and AdamW with another last line, for the conventions that differ there."""

from abc import abstractmethod
from dataclasses import dataclass

from nnlab.checks.parity.by_formula import ByFormula, Elements
from nnlab.checks.parity.subject import Subject
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW


@dataclass(kw_only=True, eq=False)
class OtherAdam(ByFormula, Adam):
    """Adam's memory, and another way to move by it.

    m = beta1 m + (1 - beta1) dw
    v = beta2 v + (1 - beta2) dw^2
    w = w - rate move(m, v, step)
    """

    @abstractmethod
    def move(self, m: Elements, v: Elements, step: int) -> Elements:
        """What is multiplied by the rate."""

    def formula(
        self, w: Elements, dw: Elements, slots: tuple[Elements, ...], *, rate: float, step: int
    ) -> tuple[Elements, tuple[Elements, ...]]:
        """The lines above."""
        m, v = slots
        m = self.beta1 * m + (1 - self.beta1) * dw
        v = self.beta2 * v + (1 - self.beta2) * dw * dw
        return w - rate * self.move(m, v, step), (m, v)


def adam_of(subject: Subject) -> Adam | None:
    """The Adam that moves a subject, AdamW's own too; None where another rule does."""
    rule = subject.optimizer.rule
    if type(rule) is AdamW:
        return rule.adam
    return rule if type(rule) is Adam else None


def with_adam(subject: Subject, adam: Adam) -> Subject:
    """The subject, moved by another Adam; where it was AdamW, that is what its decay is followed by."""
    if type(subject.optimizer.rule) is not AdamW:
        return subject.with_rule(rule=adam)
    rule = AdamW(**subject.optimizer.rule.options())
    rule.adam = adam
    return subject.with_rule(rule=rule)
