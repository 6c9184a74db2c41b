import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.errors import DataError
from nnlab.data.images.magick import ImageMagick

LIBRARY = ImageMagick()


def test_the_version_is_said() -> None:
    assert LIBRARY.version.startswith("ImageMagick ")
    assert LIBRARY.version.split()[1][0] in "67"


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40))
def test_resizing_gives_exactly_the_size_asked_for(width: int, height: int, to_width: int, to_height: int) -> None:
    pixels = np.full((height, width, 3), 99, np.uint8)
    resized = LIBRARY.pixels(LIBRARY.resize(LIBRARY.image(pixels), to_width, to_height))
    assert resized.shape == (to_height, to_width, 3)
    np.testing.assert_array_equal(resized, 99)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_pass_through_unchanged(channels: int, tmp_path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, channels), dtype=np.uint8)
    image = LIBRARY.crop(LIBRARY.image(pixels), 0, 0, 30, 20)
    np.testing.assert_array_equal(LIBRARY.pixels(image), pixels)
    LIBRARY.write_png(image, tmp_path / "rgb:odd[0].png")  # as a name, ImageMagick would take it for instructions
    np.testing.assert_array_equal(LIBRARY.pixels(LIBRARY.read(tmp_path / "rgb:odd[0].png"))[:, :, :channels], pixels)


def test_a_program_in_an_image_format_is_never_run(tmp_path) -> None:
    (tmp_path / "x.png").write_text("push graphic-context\nviewbox 0 0 9 9\npop graphic-context\n")
    with pytest.raises(DataError, match="it holds text"):
        LIBRARY.read(tmp_path / "x.png")


def test_without_the_library_the_line_that_installs_it_is_said() -> None:
    code = (
        "import sys\nsys.modules['wand'] = None\n"
        "from nnlab.core.errors import MissingError\nfrom nnlab.data.images.magick import ImageMagick\n"
        "from nnlab.data.images.vips import Vips\nVips().version\n"
        "try:\n    ImageMagick().version\nexcept MissingError as error:\n    print(error.exit_code, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("6 ImageMagick's library is not installed; install it: apt-get install"), done.stderr


def test_images_that_outlive_the_library_do_no_harm_at_exit() -> None:
    code = (
        "import numpy as np\nfrom nnlab.data.images.magick import ImageMagick\n"
        "lib = ImageMagick()\nkept = lib.resize(lib.image(np.zeros((9, 9, 3), np.uint8)), 4, 4)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
