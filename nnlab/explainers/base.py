"""The contract of an explainer, and the registry of those that there are."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from nnlab.core.component import Component
from nnlab.core.registry import Registry
from nnlab.core.types import Array, Shape
from nnlab.models.slopes import Slopes

AT_ONCE = 16
"""How many pictures go through a network at once: what a method holds in memory does not grow with its steps."""


class Scores(Protocol):
    """A network that is asked for its scores alone: all that an explainer without slopes needs."""

    def scores(self, x: Array) -> Array:
        """The scores of each sample.  Shapes:  x: (batch, height, width, channels); result: (batch, n)"""
        ...


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be explained: one score of one picture.

    Shapes:  x: (height, width, channels), as the network reads it; black: (channels,), what a black pixel is there
    Options:  chosen: which of the scores.
    """

    x: Array
    chosen: int
    black: Array


@dataclass(frozen=True, eq=False)
class Explanation:
    """How much each place of what the network read speaks for the score.

    Shapes:  weights: (height, width), float64; below 0, of a method that knows it, what speaks against
    Options:  facts: what the method says of itself, for files.  words: the same in a few words.
              warning: why it is to be trusted less.
    """

    weights: Array
    facts: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    warning: str | None = None


@dataclass(kw_only=True, eq=False)
class Explainer(Component, ABC):
    """A way to find out which places of a picture an answer came from.

    Options:  title: its name in sentences.  signed: whether it tells what speaks against a score from what does not
              matter.  needs_slopes: whether it asks for gradients; else scores are enough.
    """

    title: ClassVar[str]
    signed: ClassVar[bool] = True
    needs_slopes: ClassVar[bool] = True

    def refuse(self, network: Slopes, shape: Shape) -> None:  # most methods take every network
        """Raises UsageError: for a network that it cannot be asked of, before there is a picture.

        Options:  shape: (height, width, channels) of what the network reads.
        """

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests make one; by default the defaults."""
        return ({},)

    @abstractmethod
    def explain(self, network: Any, question: Question) -> Explanation:
        """The weight of every place.  Options:  network: `Slopes`; `Scores` where these are enough."""


EXPLAINERS: Registry[Explainer] = Registry("explainer", "nnlab.explainers")
"""Ways to explain an answer."""
