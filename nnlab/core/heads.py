"""What is asked of the outputs of a network."""

from dataclasses import dataclass
from typing import Literal

from nnlab.core.types import Shape

OUTPUT = "output"
"""The name of the head of a network that has one."""

Emits = Literal["probabilities", "logits", "values"]
"""What a head gives: shares that add up to 1, what softmax makes such shares of, or numbers that mean themselves."""


Kind = Literal["classes", "values"]
"""What the last axis of a head is: a distribution over classes, or numbers."""


@dataclass(frozen=True)
class Head:
    """What a task asks of one output.

    Options:  shape: of one sample, channels last; None where an axis follows from the input's: (10,), (None, None, 21).
              kind: "classes" where the last axis is a distribution (the network may give probabilities or logits),
                  "values" where it is numbers.
              spread, centre: of the values that are wanted, by channel, where they are known: a model may begin there.
    """

    shape: tuple[int | None, ...]
    kind: Kind = "classes"
    spread: tuple[float, ...] = ()
    centre: tuple[float, ...] = ()

    @property
    def channels(self) -> int:
        """How many values there are at a place: classes, or numbers."""
        channels = self.shape[-1]
        assert channels is not None  # the task knows how many
        return channels

    def takes(self, emits: Emits) -> bool:
        """Whether an output that emits this can be read."""
        return (emits == "values") == (self.kind == "values")

    def fits(self, shape: Shape) -> bool:
        """Whether an output of this shape is what was asked for."""
        return len(shape) == len(self.shape) and all(
            asked in (None, there) for asked, there in zip(self.shape, shape, strict=True)
        )
