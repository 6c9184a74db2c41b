"""What holds for every set that nnlab draws, also for those that come later."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.data.images.vips import Vips
from nnlab.data.makers.base import MAKERS, DatasetMaker, Drawing
from nnlab.data.options import DataOptions

EVERY = pytest.mark.parametrize("cls", list(MAKERS), ids=lambda cls: cls.dataset())


@EVERY
def test_draws_the_same_pixels_again_and_others_with_another_seed(cls: type[DatasetMaker]) -> None:
    drawing = Drawing(cls.classes[-1], 3)
    image = cls(seed=5).draw(drawing)
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    np.testing.assert_array_equal(cls(seed=5).draw(drawing), image)
    assert not np.array_equal(cls(seed=6).draw(drawing), image)


@EVERY
def test_an_image_depends_neither_on_the_others_nor_on_how_many_there_are(cls: type[DatasetMaker]) -> None:
    few, many = cls(images=len(cls.classes)), cls(images=5 * len(cls.classes))
    first = {drawing: few.draw(drawing) for drawing in few.drawings()}
    for drawing in reversed(many.drawings()):
        image = many.draw(drawing)
        if drawing in first:
            np.testing.assert_array_equal(image, first[drawing])


@EVERY
def test_no_two_images_are_equal(cls: type[DatasetMaker]) -> None:
    maker = cls(images=6 * len(cls.classes))
    assert len({maker.draw(drawing).tobytes() for drawing in maker.drawings()}) == maker.images


@EVERY
def test_images_are_spread_evenly_over_the_classes(cls: type[DatasetMaker]) -> None:
    count = len(cls.classes)
    drawings = cls(images=3 * count + 1).drawings()
    assert [sum(d.label == label for d in drawings) for label in cls.classes] == [4] + [3] * (count - 1)
    assert len({d.path for d in drawings}) == len(drawings)


@EVERY
def test_refuses_fewer_images_than_classes(cls: type[DatasetMaker]) -> None:
    with pytest.raises(UsageError, match="at least"):
        cls(images=len(cls.classes) - 1)


@EVERY
def test_its_card_recommends_options_that_exist(cls: type[DatasetMaker]) -> None:
    card = tomllib.loads(cls(seed=7).card())
    assert card["title"] and card["licence"]
    assert f"nnlab data make {cls.dataset()} --seed=7" in card["origin"]
    recommended = card.get("recommended", {})
    assert recommended == dict(cls.recommended)
    known = DataOptions(**{key: tuple(v) if isinstance(v, list) else v for key, v in recommended.items()})
    assert known.options().keys() >= recommended.keys()


SHIPPED = [MAKERS.get(name) for name in ("colors", "numbers")]


@pytest.mark.parametrize("cls", SHIPPED, ids=lambda cls: cls.dataset())
def test_the_repository_holds_its_files_and_its_card(cls: type[DatasetMaker], repository: Path) -> None:
    maker, folder = cls(), repository / "datasets" / cls.dataset()
    assert (folder / "dataset.toml").read_text(encoding="utf-8") == maker.card()
    held = {path.relative_to(folder).as_posix() for path in folder.glob("*/*")}
    assert held == {drawing.path for drawing in maker.drawings()}


@pytest.mark.parametrize(
    ("cls", "label"),
    [pytest.param(cls, label, id=f"{cls.dataset()}/{label}") for cls in SHIPPED for label in cls.classes],
)
def test_the_repository_holds_what_it_draws(cls: type[DatasetMaker], label: str, repository: Path) -> None:
    """If this fails because the drawing was changed on purpose: raise `version`, and draw the set again.

    Class by class, so that workers share what takes longest.
    """
    maker, folder, lib = cls(), repository / "datasets" / cls.dataset(), Vips()
    drawings = [drawing for drawing in maker.drawings() if drawing.label == label]
    assert drawings
    for drawing in drawings:
        there = lib.pixels(lib.read(folder / drawing.path))
        np.testing.assert_array_equal(there, maker.draw(drawing), err_msg=drawing.path)
