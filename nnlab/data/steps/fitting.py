"""What the steps have in common that give every image one size."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.data.images.base import ImageSpec
from nnlab.data.images.pillow_resize import Interpolation
from nnlab.data.steps.base import PlacingStep


@dataclass(kw_only=True, eq=False)
class FittingStep(PlacingStep):
    """A step whose result has the same size whatever came in, and that leaves an image of that size as it is."""

    size: tuple[int, int] = option((110, 110), "width, height in pixels", low=1, high=10_000, pair=True)
    interpolation: Interpolation = option("auto", "how pixels are made; auto: lanczos to shrink, cubic to grow")

    @property
    def scaled(self) -> tuple[int, int]:
        """The least size that the whole image is scaled to."""
        return self.size

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """The size that was asked for."""
        return ImageSpec(width=self.size[0], height=self.size[1], channels=spec.channels)

    def leaves(self, spec: ImageSpec) -> bool:
        """Whether there is nothing to do."""
        return (spec.width, spec.height) == self.size
