"""Centre crop."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.placement import Placement
from nnlab.core.placements import cropped
from nnlab.data.images.base import Image, ImageLibrary, ImageSpec
from nnlab.data.steps.base import STEPS, PlacingStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class CenterCrop(PlacingStep):
    """Cuts out the middle, as it is; of an odd rest the right or lower side loses one pixel more.

    Raises:  DataError: for an image that is smaller.
    """

    size: tuple[int, int] = option((32, 32), "width, height in pixels", low=1, high=10_000, pair=True)

    def place(self, image: Image, lib: ImageLibrary) -> Placement:
        """What lies in the middle."""
        spec = lib.spec(image)
        refuse_smaller(spec, self.size, "CenterCrop")
        left, top = (spec.width - self.size[0]) // 2, (spec.height - self.size[1]) // 2
        return cropped((spec.width, spec.height), left, top, *self.size)

    def out_spec(self, spec: ImageSpec) -> ImageSpec:
        """The size of the crop."""
        return ImageSpec(width=self.size[0], height=self.size[1], channels=spec.channels)

    def leaves(self, spec: ImageSpec) -> bool:
        """Whether there is nothing to do."""
        return (spec.width, spec.height) == self.size


def refuse_smaller(spec: ImageSpec, size: tuple[int, int], name: str, *, padding: int = 0) -> None:
    """Raises DataError: for an image that, with its padding, is smaller than a crop."""
    width, height = spec.width + 2 * padding, spec.height + 2 * padding
    if width < size[0] or height < size[1]:
        padded = f", {width} x {height} with padding," if padding else ""
        what = f"is {spec.width} x {spec.height}{padded} when it comes to {name}, whose crop is {size[0]} x {size[1]}"
        raise DataError(what, hint="use a smaller crop or a larger --resize")
