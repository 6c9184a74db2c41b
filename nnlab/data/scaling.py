"""Scaling: from pixels of 0 to 255 to the numbers that a network reads, as a named choice that a run keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.types import Stored
from nnlab.data.options import DataOptions

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of the pictures of ImageNet, red, green and blue, 0 to 1: what most published networks are fed by."""

AT_ONCE = 256
"""How many images are counted at a time."""


@dataclass(frozen=True)
class Scaling:
    """y = factor x + shift, x being the pixels

    Shapes:  factor, shift: one number for all channels, or one for each
    """

    factor: tuple[float, ...]
    shift: tuple[float, ...]

    @classmethod
    def of_range(cls, low: float, high: float) -> "Scaling":
        """Black becomes low, white high."""
        return cls(((high - low) / 255,), (low,))

    @classmethod
    def standard(cls, mean: Sequence[float], std: Sequence[float]) -> "Scaling":
        """y = (x / 255 - mean) / std, of each channel."""
        pairs = list(zip(mean, std, strict=True))
        return cls(
            tuple(1 / (255 * spread) for _, spread in pairs), tuple(-middle / spread for middle, spread in pairs)
        )

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Scaling":
        """That of which `record` was kept. Raises KeyError, TypeError or ValueError: when it is none."""
        factor, shift = (tuple(float(number) for number in record[name]) for name in ("factor", "shift"))
        if not factor or len(factor) != len(shift) or not np.isfinite([*factor, *shift]).all():
            raise ValueError("no scaling")
        return cls(factor, shift)

    @property
    def record(self) -> dict[str, list[float]]:
        """As it is kept in a file."""
        return {"factor": list(self.factor), "shift": list(self.shift)}

    def described(self, name: str) -> dict[str, Any]:
        """For people: its name, and mean and standard deviation, as shares of white."""
        return {"name": name, "mean": list(self.mean), "std": list(self.std)}

    @property
    def mean(self) -> tuple[float, ...]:
        """What becomes 0, as a share of white."""
        return tuple(-shift / factor / 255 for factor, shift in zip(self.factor, self.shift, strict=True))

    @property
    def std(self) -> tuple[float, ...]:
        """How far from it something becomes 1, as a share of white."""
        return tuple(1 / (255 * factor) for factor in self.factor)


UNIT = Scaling.of_range(0.0, 1.0)
"""Black is 0, white 1."""


def fixed_scaling(options: DataOptions) -> Scaling | None:
    """The scaling that the options alone say; None where it is that of the training samples."""
    if options.input_scaling == "mean-std":
        return None
    if options.input_scaling == "imagenet":
        return Scaling.standard(IMAGENET_MEAN, IMAGENET_STD)
    return Scaling.of_range(*options.input_range)


def kept_scaling(options: DataOptions, about: Mapping[str, Any]) -> Scaling | None:
    """The scaling of a run, from its options and what its weights say of themselves; None where it is not known."""
    record = about.get("scaling")
    return fixed_scaling(options) if record is None else Scaling.of_record(record)


def measured_scaling(images: Stored, places: Sequence[int]) -> Scaling:
    """By the mean and standard deviation of each channel over these images; exact sums, so the same everywhere.

    A channel that is the same everywhere is only shifted.

    Shapes:  images: (samples, height, width, channels) uint8
    """
    channels = images.shape[-1]
    counts = np.zeros((channels, 256), np.int64)
    for first in range(0, len(places), AT_ONCE):
        some = images[list(places[first : first + AT_ONCE])]
        for channel in range(channels):
            counts[channel] += np.bincount(some[..., channel].ravel(), minlength=256)
    means, spreads = [], []
    for of_channel in counts:
        values = [int(count) for count in of_channel]
        total = sum(values)
        first_moment = sum(value * count for value, count in enumerate(values))
        second_moment = sum(value * value * count for value, count in enumerate(values))
        variance = (total * second_moment - first_moment**2) / total**2  # whole numbers until here
        means.append(first_moment / total / 255)
        spreads.append(variance**0.5 / 255 or 1.0)
    return Scaling.standard(means, spreads)
