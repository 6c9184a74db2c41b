"""The contract of a metric, and of an accuracy calculator."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from nnlab.core.component import Component, options_of
from nnlab.core.registry import Registry
from nnlab.core.truth import Label, Truth
from nnlab.core.types import Array


@dataclass(kw_only=True, eq=False)
class Metric(Component, ABC):
    """Sums up over batches: reset, update with each batch, compute. Weighted by samples, never by batches.

    A subclass may say how its figure is called in the output (`title`), and that it is the share of the samples that
    are right (`is_share`): then it is shown in percent, with its interval and the level of chance.

    Options:  judges: the kind of answers that it judges.  better: which way is better.
              key: its name in files; by default the class's, in small letters.
              best: the figure of perfect answers, where it is not 1, or 0 where less is better.
              unit: what stands after its figure; empty for a bare number.
              ranks: whether of two figures one is better; else it is reported, and chooses no weights.
    """

    judges: ClassVar[type[Truth]] = Label
    better: ClassVar[Literal["higher", "lower"]] = "higher"
    best: ClassVar[float | None] = None
    key: ClassVar[str] = ""
    title: ClassVar[str] = ""
    unit: ClassVar[str] = ""
    is_share: ClassVar[bool] = False
    ranks: ClassVar[bool] = True

    @property
    def figure_key(self) -> str:
        """The name of its figure in files, where options make it another one."""
        return self.file_key()

    @property
    def figure_title(self) -> str:
        """How its figure is called, where options make it another one."""
        return self.shown_title()

    @classmethod
    def file_key(cls) -> str:
        """Its name in files."""
        return cls.key or cls.__name__.lower()

    @classmethod
    def shown_title(cls) -> str:
        """How its figure is called: its title, else its own name."""
        return cls.title or cls.__name__

    @classmethod
    def perfect(cls) -> float:
        """The figure of perfect answers."""
        if cls.best is not None:
            return cls.best
        return 1.0 if cls.better == "higher" else 0.0

    @classmethod
    def shown(cls, value: float) -> str:
        """A figure as it is printed."""
        return f"{value:.1%}" if cls.is_share else f"{value:.4g}{f' {cls.unit}' if cls.unit else ''}"

    @abstractmethod
    def reset(self) -> None:
        """Forgets every batch."""

    @abstractmethod
    def update(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> None:
        """Takes in one batch: what the network says of each sample, and what is true of it."""

    @abstractmethod
    def compute(self) -> float:
        """The figure over all samples since `reset`; NaN before the first."""

    def per_class(self) -> Array | None:
        """The figure of each class by itself, NaN where it has none; None of a metric that has no such figures.

        Shapes:  result: (classes,); perhaps fewer, where the last ones have not been met
        """
        return None

    def hits(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array | None:
        """Whether each answer is right, where the figure is the share of those; None where it is another.

        Shapes:  result: (samples,) bool
        """
        return None

    def shares(self, answers: Sequence[Truth], truths: Sequence[Truth]) -> Array | None:
        """What each sample by itself comes to among these, where the figure is the mean of that and of nothing that a
        sample drawn twice would change; None where it is another. NaN of a sample that does not count.

        Shapes:  result: (samples,), float64
        """
        return None

    def state(self) -> dict[str, Array]:
        """What it has summed up, by name: everything it holds that no option is. For going on within an epoch.

        Raises:  TypeError: it holds more than numbers and arrays; such a metric says itself how (or is not left there).
        """
        options = {option.name for option in options_of(type(self))}
        held = {name: value for name, value in vars(self).items() if name not in options}
        for name, value in held.items():
            if not isinstance(value, (int, float, np.generic, np.ndarray)):
                raise TypeError(f"{type(self).__name__}.{name} is no number and no array")
        return {name: np.array(value) for name, value in held.items()}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Takes over what `state` gave."""
        for name, value in state.items():
            setattr(self, name, value.item() if value.ndim == 0 else value.copy())

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """Options with which the contract tests and `nnlab check` make one; by default the defaults."""
        return ({},)


METRICS: Registry[Metric] = Registry("accuracy", "nnlab.metrics")
