"""Masks and class maps of pictures that a letterbox or a crop stood before."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.data.images.vips import Vips
from nnlab.data.scaling import UNIT
from nnlab.data.steps.letterbox import Letterbox
from nnlab.data.steps.trim import Trim
from nnlab.onnx.inference.answer import Answer
from nnlab.onnx.inference.brought_back import brought_back, fills
from nnlab.onnx.inference.exported import ExportedFeed
from nnlab.onnx.inference.load import read_for_pictures
from nnlab.onnx.inference.preprocessing import Preprocessing

LIB = Vips()
PHOTO = LIB.image(np.zeros((40, 80, 3), np.uint8))


def test_a_picture_that_was_stretched_fills_the_input() -> None:
    assert fills(Preprocessing(resize=(16, 16)).placement(PHOTO, LIB))
    assert not fills(Preprocessing(resize=(16, 16), fit="letterbox").placement(PHOTO, LIB))
    assert not fills(Preprocessing(resize=(16, 16), fit="crop").placement(PHOTO, LIB))


def test_a_letterboxs_bars_are_left_behind() -> None:
    placement = Preprocessing(resize=(16, 16), fit="letterbox").placement(PHOTO, LIB)
    seen = np.full((16, 16), 9, np.uint8)
    seen[4:12, :8], seen[4:12, 8:] = 0, 200  # what lies between the bars
    back = brought_back(Answer(mask=seen), placement, LIB).mask
    assert back is not None and back.shape == (40, 80)
    assert (back[:, :37] == 0).all() and (back[:, 43:] == 200).all()  # 2.5: half of a pixel of the network's
    numbers = brought_back(Answer(class_map=seen, count=201), placement, LIB)
    assert numbers.class_map is not None and numbers.count == 201
    assert (numbers.class_map[:, :40] == 0).all() and (numbers.class_map[:, 40:] == 200).all()


def test_beyond_a_crop_no_object_was_seen_and_classes_go_on() -> None:
    placement = Preprocessing(resize=(20, 20), fit="crop").placement(PHOTO, LIB)  # the middle 40 of 80 pixels
    mask = brought_back(Answer(mask=np.full((20, 20), 255, np.uint8)), placement, LIB).mask
    assert mask is not None
    assert (mask[:, :19] == 0).all() and (mask[:, 61:] == 0).all() and (mask[:, 21:59] == 255).all()
    halves = np.repeat([[1], [2]], 10, axis=0).repeat(20, axis=1)
    numbers = brought_back(Answer(class_map=halves), placement, LIB).class_map
    assert numbers is not None
    assert (numbers[:20] == 1).all() and (numbers[20:] == 2).all()


def test_a_class_has_no_place() -> None:
    answer = Answer(label="cat")
    assert brought_back(answer, Preprocessing(fit="crop").placement(PHOTO, LIB), LIB) is answer


@pytest.mark.parametrize("fit", ["stretch", "letterbox", "crop"])
def test_a_network_is_shown_the_picture_so(fit: str, mask_model: Path) -> None:
    """A bright square in the middle of a wide picture is found where it is."""
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[10:30, 30:50] = 255
    looks = read_for_pictures(str(mask_model), {"fit": fit}, models_path="models").on("numpy", LIB, threads=1)
    (answer,) = looks.predict([LIB.image(pixels)])
    assert answer.mask is not None
    truth, found = pixels[:, :, 0] > 0, answer.mask >= 128
    assert (truth & found).sum() / (truth | found).sum() > 0.8  # 0.8: edges, through a raster of 16 x 16


def test_an_exported_file_says_it_by_its_steps() -> None:
    feed = ExportedFeed((Trim(), Letterbox(size=(16, 16))), UNIT, True, "NHWC, uint8")
    pixels = np.full((40, 80, 3), 200, np.uint8)
    pixels[10:30, 20:60] = 0  # trimmed to, which keeps the ratio; then half as large would not fit: 16 of 40
    placement = feed.placement(LIB.image(pixels), LIB)
    corners = placement.points(np.array([[20.0, 10.0], [60.0, 30.0]]))
    np.testing.assert_allclose(corners, [[0, 4], [16, 12]], atol=1e-9)
