"""The contract of a convention, and the registry of those that are known."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.checks.parity.subject import Subject
from nnlab.core.component import Component
from nnlab.core.registry import Registry


@dataclass(kw_only=True, eq=False)
class Convention(Component, ABC):
    """A choice that two implementations may make differently, both in good faith (where Adam adds its epsilon, ...).

    Whether it is what makes two backends differ is found out by trying it: a step of the hand-written engine with the
    other choice, from the same state. Where that agrees with the backend that parts, the convention is named.

    Where the other choice makes no difference, a variant has to run the very code that it varies (`super()`), not the
    same formula written anew: else it would be right where that code has a bug, and the bug be taken for the choice.
    """

    @abstractmethod
    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """The subject with each other choice, and a few words that say it ("epsilon inside the root").

        Nothing where the subject has no place for the choice (no BatchNorm, another update rule).
        """


CONVENTIONS: Registry[Convention] = Registry("convention", "nnlab.checks.parity.conventions")
