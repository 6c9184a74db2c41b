"""Rotate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import cropped, extended, turned
from nnlab.core.rng import Rng
from nnlab.data.images.base import Image, ImageLibrary, rotated_size
from nnlab.data.steps.base import STEPS, RandomPlacingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Rotate(RandomPlacingStep):
    """Turns by an angle drawn evenly from -max_degrees to max_degrees, then crops back to the size it had.

    Corners that come into view have the colour of pixel 0,0.
    """

    max_degrees: float = option(0.0, "greatest angle, in degrees; 0 for none", low=0, high=180, neutral=0)

    def place(self, image: Image, lib: ImageLibrary, rng: Rng) -> Placement:
        """Turned about the middle, on a canvas that holds it all; then what lies in the middle of that."""
        spec = lib.spec(image)
        size = (spec.width, spec.height)
        if self.max_degrees == 0:
            return Placement.unmoved(size)
        corner = tuple(int(value) for value in lib.pixels(image)[0, 0])
        degrees = float(rng.generator().uniform(-self.max_degrees, self.max_degrees))
        canvas = rotated_size(*size, degrees)
        placement = turned(size, degrees, canvas, corner)
        width, height = max(canvas[0], size[0]), max(canvas[1], size[1])
        if (width, height) != canvas:  # a flat image near a quarter turn
            left, top = (width - canvas[0]) // 2, (height - canvas[1]) // 2
            placement = extended(canvas, left, top, (width, height), corner).after(placement)
        left, top = (width - size[0]) // 2, (height - size[1]) // 2
        return cropped((width, height), left, top, *size).after(placement)

    @classmethod
    def examples(cls) -> tuple[Mapping[str, Any], ...]:
        """A turn that is seen."""
        return ({"max_degrees": 30.0},)
