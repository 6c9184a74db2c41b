"""The contract of a baseline: what answers without a network, at next to no cost."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import ClassVar

from nnlab.core.translations import Translations
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.models.graph import Graph
from nnlab.tasks.base import Task


class Baseline(ABC):
    """Fitted to some training samples, then asked about others: a network that is no better has learnt nothing.

    Options:  name: as tables and files have it, in small letters.  about: what it does, in a sentence.
              most_samples: how many training samples it is fitted to at most; more where that costs next to nothing.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    most_samples: ClassVar[int] = 1000

    @abstractmethod
    def fit(self, inputs: Array, truths: Sequence[Truth]) -> None:
        """Takes in training samples. There are at least one, and no more than fit into bounded memory.

        Shapes:  inputs: (samples, height, width, channels) float32, scaled as the network sees them
        """

    @abstractmethod
    def answers(self, inputs: Array) -> Sequence[Truth]:
        """What it says of each sample: truths of the task's kind, as `Task.answers` gives them."""


Made = Callable[[Task, Sequence[str], Graph], Sequence[Baseline]]
"""Called with the fitted task, the names of its truths and the network that they stand beside: its baselines."""

BASELINES: Translations[Made] = Translations("task", "baselines", package="nnlab.baselines")
"""The baselines of each task, by its exact class; a task without has none. Other packages offer theirs in the group
nnlab.baselines."""
