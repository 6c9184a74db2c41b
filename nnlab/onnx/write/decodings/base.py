"""The contract of a task's reading of the heads as ONNX operators."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nnlab.core.translations import Translations
from nnlab.core.truth import Truth
from nnlab.core.types import Array, Shape
from nnlab.onnx.write.building import Building, Declared
from nnlab.tasks.base import Task


@dataclass(frozen=True)
class Given:
    """What a head gives, as the task reads it: probabilities (never logits), or values.

    Options:  name: of the value in the graph.  shape: of one sample, channels last.
    """

    name: str
    shape: Shape


class Decoding(ABC):
    """A task's `answers`, written into the graph: so any engine gives what the task makes of the heads.

    The outputs stand behind those of the heads. `answers` is their way back to truths: what `nnlab export` holds
    against the task's own `answers` on every engine, and `nnlab infer --onnx-model=FILE` reads.
    """

    def fits(self, task: Task) -> bool:
        """Whether the task's reading can be written, with the options that it has."""
        return True

    def oldest(self, task: Task) -> int:
        """The version of ONNX's operators since which its nodes are what they are: 1 for any."""
        return 1

    @abstractmethod
    def written(self, task: Task, heads: Mapping[str, Given], building: Building) -> Sequence[Declared]:
        """Adds the nodes; the outputs that they give, named as their nodes, each with what it is in words (`about`).

        Options:  task: as it was fitted to the run's data.  building: takes nodes and stored values.
        """

    @abstractmethod
    def answers(self, task: Task, outputs: Mapping[str, Array]) -> Sequence[Truth]:
        """What is said of each sample, from what those outputs gave, by their names, batch first."""


DECODINGS: Translations[Decoding] = Translations(
    "task", "onnx", group="nnlab.onnx_decodings", package="nnlab.onnx.write.decodings"
)
"""The reading of each task, by its exact class; of a task without one files have the heads alone."""


def decoding_of(task: Task) -> Decoding | None:
    """How a task's reading is written; None where it is not."""
    decoding = DECODINGS.of(type(task)) if type(task) in DECODINGS else None
    return decoding if decoding is not None and decoding.fits(task) else None
