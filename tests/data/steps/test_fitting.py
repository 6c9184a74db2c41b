"""One size for every image: letterbox, resized crop, centre crop, and that settings, exports and inference keep it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core.errors import DataError
from nnlab.core.placement import VOID
from nnlab.core.truth import Boxes, Mask
from nnlab.data.images.base import ImageLibrary, ImageSpec
from nnlab.data.images.pillow import Pillow
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import load, preparation_steps, wanted_size
from nnlab.data.steps.base import carried
from nnlab.data.steps.center_crop import CenterCrop
from nnlab.data.steps.fitting import FittingStep
from nnlab.data.steps.letterbox import Letterbox
from nnlab.data.steps.resize import Resize
from nnlab.data.steps.resized_crop import ResizedCrop

from ..conftest import WriteSet

sides = st.integers(1, 60)


def image(width: int, height: int, channels: int = 3, value: int = 200) -> np.ndarray:
    return np.full((height, width, channels), value, np.uint8)


def test_a_letterbox_by_hand(library: ImageLibrary) -> None:
    """640 x 480 into 320 x 320: half as large, 40 pixels above and below."""
    step, boxes = Letterbox(size=(320, 320)), Boxes(np.array([[100.0, 100.0, 200.0, 200.0]]), np.array([1]))
    before = library.image(image(640, 480))
    after, moved = carried(step, before, boxes, library)
    assert isinstance(moved, Boxes)
    assert moved.corners.tolist() == [[50, 90, 100, 140]]
    assert moved.moved(step.place(before, library).inverse()).corners.tolist() == boxes.corners.tolist()
    pixels = library.pixels(after)
    assert pixels.shape == (320, 320, 3)
    assert (pixels[40:280] == 200).all()
    assert (pixels[:40] == 114).all() and (pixels[280:] == 114).all()


@pytest.mark.parametrize(("channels", "bar"), [(1, [[76]]), (3, [[255, 0, 0]]), (4, [[255, 0, 0, 255]])])
def test_bars_have_the_colour_that_was_asked_for(channels: int, bar: list[list[int]], library: ImageLibrary) -> None:
    pixels = library.pixels(
        Letterbox(size=(4, 2), background=(255, 0, 0)).apply(library.image(image(2, 2, channels)), library)
    )
    assert pixels[:, [0, 3]].tolist() == [bar * 2] * 2  # of an image of one channel its brightness: 0.299 of red
    assert (pixels[:, 1:3] == 200).all()


def test_a_resized_crop_by_hand(library: ImageLibrary) -> None:
    """640 x 480 to a square of 320: the middle 480 pixels of the width, two thirds as large."""
    boxes = Boxes(np.array([[80.0, 0.0, 320.0, 240.0]]), np.array([1]))
    pixels = image(640, 480)
    pixels[:, :80] = pixels[:, 560:] = 0
    after, moved = carried(ResizedCrop(size=(320, 320)), library.image(pixels), boxes, library)
    assert isinstance(moved, Boxes)
    np.testing.assert_allclose(moved.corners, [[0, 0, 160, 160]], atol=1e-9)
    assert (library.pixels(after) == 200).all()  # none of what stood over


def test_a_resized_crop_may_show_less_of_the_shorter_side(library: ImageLibrary) -> None:
    """ImageNet's recipe: the shorter side to 256 pixels, and of that the middle 224."""
    step = ResizedCrop(size=(224, 224), share=0.875)
    box = step.place(library.image(image(640, 512)), library).boxes(np.array([[96.0, 32.0, 544.0, 480.0]]))
    np.testing.assert_allclose(box, [[0, 0, 224, 224]], atol=1e-9)
    assert not step.leaves(ImageSpec(width=224, height=224, channels=3))
    options = DataOptions(resize=(224, 224), fit="crop", crop_share=0.875)
    assert wanted_size(options) == (256, 256)  # decoders leave twice of that
    assert step.options() in [made.options() for made in preparation_steps(options)]


@given(sides, sides, sides, sides)
def test_a_letterbox_shows_all_and_a_resized_crop_fills_all(width: int, height: int, across: int, down: int) -> None:
    library, whole = Pillow(), np.array([[0.0, 0.0, width, height]])
    before = library.image(image(width, height))
    boxed = Letterbox(size=(across, down), interpolation="nearest").place(before, library)
    cut = ResizedCrop(size=(across, down), interpolation="nearest").place(before, library)
    assert boxed.size == cut.size == (across, down)
    (left, top, right, low), outer = boxed.boxes(whole)[0], cut.boxes(whole)[0]
    assert left >= -1e-9 and top >= -1e-9 and right <= across + 1e-9 and low <= down + 1e-9
    assert abs(left - (across - right)) <= 1 + 1e-9 and abs(top - (down - low)) <= 1 + 1e-9  # in the middle
    assert min(across - (right - left), down - (low - top)) <= 1e-9  # as large as it fits
    assert outer[0] <= 1e-9 and outer[1] <= 1e-9 and outer[2] >= across - 1e-9 and outer[3] >= down - 1e-9
    pixels = library.pixels(cut.image(before, library))
    assert (pixels == 200).all()
    # the shape is kept, but that a side is whole pixels: half of one at most, spread over the side
    scale = min(across / width, down / height)
    assert abs((right - left) - width * scale) <= max(0.5, 1 - width * scale) + 1e-9
    assert abs((low - top) - height * scale) <= max(0.5, 1 - height * scale) + 1e-9


def test_a_long_strip_is_cut_before_it_is_enlarged() -> None:
    placement = ResizedCrop(size=(100, 100)).place(Pillow().image(image(10_000, 2)), Pillow())
    assert placement.parts is not None
    assert max(part.size[0] for part in placement.parts) <= 200


def test_masks_have_no_class_under_the_bars(library: ImageLibrary) -> None:
    mask = Mask(np.arange(8, dtype=np.int32).reshape(2, 4))
    _, moved = carried(Letterbox(size=(4, 4)), library.image(image(4, 2)), mask, library)
    assert isinstance(moved, Mask)
    assert moved.pixels.tolist() == [[VOID] * 4, [0, 1, 2, 3], [4, 5, 6, 7], [VOID] * 4]


def test_a_centre_crop_by_hand_and_what_is_smaller_is_refused(library: ImageLibrary) -> None:
    pixels = np.arange(20, dtype=np.uint8).reshape(4, 5, 1)
    assert library.pixels(CenterCrop(size=(2, 2)).apply(library.image(pixels), library))[:, :, 0].tolist() == [
        [6, 7],
        [11, 12],
    ]
    with pytest.raises(DataError, match="is 5 x 4 when it comes to CenterCrop, whose crop is 5 x 6; use a smaller"):
        CenterCrop(size=(5, 6)).apply(library.image(pixels), library)


@pytest.mark.parametrize("step", [Resize(size=(9, 8)), Letterbox(size=(9, 8)), ResizedCrop(size=(9, 8))])
def test_an_image_of_the_size_is_left_as_it_is(step: FittingStep, library: ImageLibrary) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 9, 3), dtype=np.uint8)
    assert step.leaves(ImageSpec(width=9, height=8, channels=3))
    np.testing.assert_array_equal(library.pixels(step.apply(library.image(pixels), library)), pixels)


@pytest.mark.parametrize(("fit", "cls"), [("stretch", Resize), ("letterbox", Letterbox), ("crop", ResizedCrop)])
def test_a_setting_says_which(fit: str, cls: type[FittingStep]) -> None:
    options = DataOptions(resize=(20, 10), fit=fit, interpolation="area")
    (step,) = (step for step in preparation_steps(options) if isinstance(step, FittingStep))
    assert type(step) is cls
    assert (step.size, step.interpolation, wanted_size(options)) == ((20, 10), "area", (20, 10))


def test_too_small_pictures_are_named(write_set: WriteSet, cache_folder: Path) -> None:
    folder = write_set()
    where = {"dataset": folder.name, "datasets_path": str(folder.parent), "resize": (12, 10)}
    with pytest.raises(DataError, match=r"0/0\.png: is 12 x 10, 16 x 14 with padding, when it comes to RandomCrop"):
        load(DataOptions(augment=("RandomCrop:padding=2,size=20,14",), **where))
    with pytest.raises(DataError, match=r"0/0\.png: is 12 x 10 when it comes to CenterCrop, whose crop is 13 x 10"):
        load(DataOptions(image_steps=("CenterCrop:size=13x10",), **where))
