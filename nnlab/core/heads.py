"""What is asked of the outputs of a network."""

from dataclasses import dataclass
from typing import Literal

from nnlab.core.types import Shape

OUTPUT = "output"
"""The name of the head of a network that has one."""

Emits = Literal["probabilities", "logits", "values", "vectors", "cosines"]
"""What a head gives: shares that add up to 1, what softmax makes such shares of, numbers that mean themselves, vectors
of length 1 that are compared with one another, or the cosines between such a vector and one of each class."""


Kind = Literal["classes", "values", "vectors", "cosines"]
"""What the last axis of a head is: a distribution over classes, numbers, a vector of length 1, or cosines."""


@dataclass(frozen=True)
class Head:
    """What a task asks of one output.

    Options:  shape: of one sample, channels last; None where an axis follows from the input's: (10,), (None, None, 21).
              kind: "classes" where the last axis is a distribution (the network may give probabilities or logits),
                  "values" where it is numbers.
              spread, centre: of the values that are wanted, by channel, where they are known: a model may begin there.
              stride: of a map, how many pixels of the image lie between neighbouring places; None: as the model has it.
              of: the head of vectors whose features it reads, a layer above them; None for the network's own features.
    """

    shape: tuple[int | None, ...]
    kind: Kind = "classes"
    spread: tuple[float, ...] = ()
    centre: tuple[float, ...] = ()
    stride: int | None = None
    of: str | None = None

    @property
    def channels(self) -> int:
        """How many values there are at a place: classes, or numbers."""
        channels = self.shape[-1]
        assert channels is not None  # the task knows how many
        return channels

    def takes(self, emits: Emits) -> bool:
        """Whether an output that emits this can be read."""
        return emits in ("probabilities", "logits") if self.kind == "classes" else emits == self.kind

    def fits(self, shape: Shape, in_shape: Shape = ()) -> bool:
        """Whether an output of this shape is what was asked for.

        Options:  in_shape: of the sample that it is of, by which a map's stride is known; empty: it is not asked.
        """
        wanted = self.given(in_shape) if in_shape else self.shape
        return len(shape) == len(wanted) and all(
            asked in (None, there) for asked, there in zip(wanted, shape, strict=True)
        )

    def given(self, in_shape: Shape) -> tuple[int | None, ...]:
        """Its shape for a sample of this shape: of a stride, ceil(length / stride) places along each side."""
        if self.stride is None or len(in_shape) != len(self.shape):
            return self.shape
        sides = (-(-length // self.stride) for length in in_shape[:-1])
        places = (asked or side for asked, side in zip(self.shape[:-1], sides, strict=True))
        return (*places, self.channels)
