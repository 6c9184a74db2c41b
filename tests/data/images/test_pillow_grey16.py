import io

import numpy as np

from nnlab.data.images.pillow_grey16 import grey_png


def test_every_number_is_kept() -> None:
    from PIL import Image

    values = np.arange(0, 65536, 13, dtype=np.uint16)[:5040].reshape(63, 80)
    with Image.open(io.BytesIO(grey_png(values))) as image:
        assert (image.format, image.size) == ("PNG", (80, 63))
        np.testing.assert_array_equal(np.asarray(image), values)
