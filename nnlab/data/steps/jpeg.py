"""JPEG recompression."""

from dataclasses import dataclass

import numpy as np

from nnlab.core.component import option
from nnlab.core.types import Pixels
from nnlab.data.images.pillow_recompress import recompressed
from nnlab.data.steps.base import STEPS, RandomPixelStep


@STEPS.register
@dataclass(kw_only=True, eq=False)
class Jpeg(RandomPixelStep):
    """Writes the image as JPEG and reads it again: its blocks and halos, as pictures have them that went round.

    The quality is a whole number, drawn evenly from the range. The same pixels and quality give the same file.

    Source:  ISO/IEC 10918-1; the Independent JPEG Group's scale of quality; colours at half the resolution (4:2:0)
             below 90, as libvips writes them.
    """

    also_called = ("ImageCompression", "JpegCompression")

    quality: tuple[int, int] = option(
        (30, 95), "least and greatest quality, 1 to 100", low=1, high=100, ordered=True, neutral=100
    )

    def changed(self, pixels: Pixels, chance: np.random.Generator) -> Pixels:
        """The pixels after this step."""
        return recompressed(pixels, int(chance.integers(self.quality[0], self.quality[1] + 1)))
