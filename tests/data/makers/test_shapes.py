"""Shapes: what labels, masks, boxes, points and angles say is what the pictures show; what hides what; what ships."""

import csv
import hashlib
import io
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.truth import Boxes, Label, Points, Values
from nnlab.data.find import find
from nnlab.data.makers.scene import KINDS, SEEN, TURN, Thing
from nnlab.data.makers.shapes import Shapes
from nnlab.data.makers.write import draw_into
from nnlab.data.readers.base import READERS
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.shared.mask_files import MaskFile

MAKER = Shapes(images=40)


def rows(maker: Shapes, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(maker.tables()[table])))


def test_kinds_have_about_the_same_area_and_their_tip_on_the_outline() -> None:
    for kind in KINDS:
        x, y = Thing(kind, (0.0, 0.0), 1.0, 0.0).outline.T
        area = abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2
        assert area == pytest.approx(2.8, rel=0.15), kind
        assert KINDS[kind][1] == pytest.approx(-y.min(), abs=0.02), kind


@pytest.mark.parametrize(
    ("kind", "least"), [("triangle", 120), ("square", 90), ("star", 72), ("cross", 90), ("ellipse", 180)]
)
def test_no_turn_brings_an_object_onto_itself_at_another_angle(kind: str, least: int) -> None:
    """What turning by `least` degrees leaves alone looks the same at an angle and at that angle and `least`."""
    assert least > 2 * TURN
    one, other = (Thing(kind, (32.0, 32.0), 15.0, angle).covered(64) for angle in (0.0, float(least)))
    assert np.abs(one - other).mean() < 0.01
    assert np.abs(one - Thing(kind, (32.0, 32.0), 15.0, TURN).covered(64)).mean() > 0.01


def test_the_angle_is_that_from_the_middle_to_the_tip_clockwise_from_upright() -> None:
    assert Thing("square", (10.0, 20.0), 5.0, 90.0).tip == pytest.approx((10 + 0.87 * 5, 20.0))
    for points, targets in zip(rows(MAKER, "keypoints.csv"), rows(MAKER, "targets.csv"), strict=True):
        x, y = (float(points[f"tip_{at}"]) - float(points[f"middle_{at}"]) for at in "xy")
        assert math.degrees(math.atan2(x, -y)) == pytest.approx(
            float(targets["angle"]), abs=0.1
        )  # places of 0.01 pixels


def test_every_object_is_boxed_whole_and_seen_for_the_greater_part() -> None:
    hidden = 0
    for drawing in MAKER.drawings():
        scene, mask = MAKER.scene(drawing), MAKER.beside(drawing)[drawing.mask][:, :, 0]
        above = np.zeros((64, 64), bool)
        for thing in reversed(scene.things):
            own = thing.covered(64) > 0.5
            seen = own & ~above
            assert (mask[seen] == 1 + list(KINDS).index(thing.kind)).all()
            assert seen.sum() >= SEEN * own.sum()
            hidden += bool((own & above).any())
            above |= own
            x0, y0, x1, y1 = thing.box
            assert 0 <= x0 < x1 <= 64 and 0 <= y0 < y1 <= 64
        assert not mask[~above].any()
        areas = {thing.radius: thing for thing in scene.things}
        assert areas[max(areas)] is scene.subject and scene.subject.kind == drawing.label
    assert hidden > 10  # of 40 pictures: that things hide one another is the point of the set
    counts = [sum(row["file"] == f"images/{at:04d}.png" for row in rows(MAKER, "boxes.csv")) for at in range(40)]
    assert set(counts) == {1, 2, 3, 4}


def test_noise_is_as_much_as_was_said() -> None:
    calm, noisy = Shapes(images=5, noise=0), Shapes(images=5, noise=6)
    for one, other in zip(calm.drawings(), noisy.drawings(), strict=True):
        apart = noisy.draw(other).astype(float) - calm.draw(one).astype(float)
        assert np.std(apart) == pytest.approx(6, rel=0.1)  # of 4,096 pixels; some are cut off at 0 and 255
        assert (apart[..., :1] == apart).mean() > 0.8  # the same in all channels, but where it is cut off or rounded


def test_every_task_reads_its_truths(tmp_path: Path) -> None:
    draw_into(Shapes(images=10), _made(tmp_path / "shapes"))
    kinds = {ClassFolders(): Label, READERS.get("Masks")(): MaskFile, READERS.get("BoxesCsv")(): Boxes,
             READERS.get("KeypointsCsv")(): Points, READERS.get("TargetsCsv")(): Values}  # fmt: skip
    for reader, truth in kinds.items():
        found = find("shapes", str(tmp_path), reader)
        assert len(found.samples) == 10 and found.left_out == () and found.notes == ()
        assert all(isinstance(sample.truth, truth) for sample in found.samples)
    assert find("shapes", str(tmp_path), ClassFolders()).names == ("cross", "ellipse", "square", "star", "triangle")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_what_ships_is_what_is_drawn_and_small(repository: Path) -> None:
    """A few of its pictures, byte for byte as pixels, and all of its tables."""
    maker, folder = Shapes(), repository / "datasets" / "shapes"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 3_000_000
    for drawing in maker.drawings()[::250]:
        assert np.array_equal(np.asarray(Image.open(folder / drawing.path)), maker.draw(drawing))
        assert np.array_equal(
            np.asarray(Image.open(folder / drawing.mask)), maker.beside(drawing)[drawing.mask][:, :, 0]
        )
    assert (folder / "dataset.toml").read_text() == maker.card()
    for name, text in maker.tables().items():
        assert (folder / name).read_text() == text


def test_what_it_draws_is_what_it_drew() -> None:
    """If this fails because the drawing was changed on purpose: raise `version`."""
    drawn = b"".join(MAKER.draw(each).tobytes() for each in MAKER.drawings()[::10])
    said = "".join(MAKER.tables().values()).encode()
    assert [hashlib.sha256(content).hexdigest()[:16] for content in (drawn, said)] == [
        "f68a6455cf8272c4",
        "32e8594e2f66ed5e",
    ]


@pytest.mark.parametrize("options", [{"size": 32, "objects": 9}, {"size": 96}, {"objects": 1}])
def test_other_sizes_and_numbers(options: dict[str, int]) -> None:
    maker = Shapes(images=10, **options)
    size = options.get("size", 64)
    assert all(maker.draw(each).shape == (size, size, 3) for each in maker.drawings())
    assert f"resize = [{size}, {size}]" in maker.card()
    assert all(len(maker.scene(each).things) <= options.get("objects", 4) for each in maker.drawings())
