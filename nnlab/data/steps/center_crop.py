"""Centre crop."""

from dataclasses import dataclass

from nnlab.core.component import option
from nnlab.core.placement import Placement
from nnlab.core.placements import cropped
from nnlab.data.images.base import Image, ImageLibrary
from nnlab.data.steps.base import STEPS
from nnlab.data.steps.fitting import OneSizeStep, refuse_smaller


@STEPS.register
@dataclass(kw_only=True, eq=False)
class CenterCrop(OneSizeStep):
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
