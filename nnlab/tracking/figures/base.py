"""The contract of a task's own figures."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from nnlab.core.translations import Translations
from nnlab.core.types import Shape
from nnlab.tasks.base import Task
from nnlab.tracking.canvas import if_drawn
from nnlab.training.callback import Callback
from nnlab.training.samples import Dataset


@dataclass(frozen=True, eq=False)
class Subject:
    """What figures are of.

    Options:  title: above each.  samples: how many a sheet shows; 0 for the usual number.
              image_shape: (height, width, channels) of a sample before it was flattened; None when it is no image.
    """

    data: Dataset
    title: str
    image_shape: Shape | None = None
    samples: int = 0


class Figures(Callback, ABC):
    """Gathers what it needs while dev and test are scored (`answered`), and draws afterwards."""

    @classmethod
    def of(cls, task: Task) -> Self:
        """Those of a task, as it was fitted."""
        return cls()

    @abstractmethod
    def draw(self, folder: Path, subject: Subject) -> list[Path]:
        """Draws what there is to draw. One that fails is a warning, and left out."""


@contextmanager
def drawn(path: Path, paths: list[Path]) -> Iterator[Path]:
    """A figure that is added to those that are drawn, unless it fails."""
    with if_drawn(path):
        yield path
        paths.append(path)


FIGURES: Translations[type[Figures]] = Translations("task", "figures", package="nnlab.tracking.figures")
"""The figures of each task, by its exact class; a task without has those of any run."""
