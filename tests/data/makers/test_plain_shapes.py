"""Plain shapes: masks, boxes, points and counts say the same of the same pictures."""

import csv
import hashlib
import io
from pathlib import Path

import numpy as np
import pytest

from nnlab.core.truth import Values
from nnlab.data.find import find
from nnlab.data.makers.plain_shapes import KINDS, PlainShapes
from nnlab.data.makers.write import Written, write_dataset
from nnlab.data.readers.targets_csv import TargetsCsv

MAKER = PlainShapes(images=30)


def rows(maker: PlainShapes, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(maker.tables()[table])))


def masks(maker: PlainShapes) -> dict[str, np.ndarray]:
    return {each.path: maker.beside(each)[each.mask][:, :, 0] for each in maker.drawings()}


def test_boxes_are_around_what_masks_show() -> None:
    """A pixel is of an object where more than half of it is: so a box reaches half a pixel further, at corners more."""
    drawn = masks(MAKER)
    for row in rows(MAKER, "boxes.csv"):
        x0, y0, x1, y1 = (float(row[at]) for at in ("x0", "y0", "x1", "y1"))
        assert 0 <= x0 < x1 <= 96 and 0 <= y0 < y1 <= 96
        inside = drawn[row["file"]][int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))]
        mine = inside == 1 + list(KINDS).index(row["class"])
        assert mine.any(axis=1)[3:-3].all() and mine.any(axis=0)[3:-3].all()  # 3: the tip of a triangle is thin
        inside[mine] = 0


def test_every_object_is_counted_boxed_and_shown() -> None:
    drawn, boxes = masks(MAKER), rows(MAKER, "boxes.csv")
    counts = {row["file"]: int(row["count"]) for row in rows(MAKER, "targets.csv")}
    assert set(counts.values()) == {1, 2, 3, 4, 5}
    for file, count in counts.items():
        own = [row["class"] for row in boxes if row["file"] == file]
        assert len(own) == count
        assert {0, *(1 + list(KINDS).index(kind) for kind in own)} == set(np.unique(drawn[file]).tolist())


def test_a_point_is_the_middle_of_the_largest_of_its_kind() -> None:
    drawn, boxes = masks(MAKER), rows(MAKER, "boxes.csv")
    for row in rows(MAKER, "keypoints.csv"):
        for place, kind in enumerate(KINDS, 1):
            own = [box for box in boxes if box["file"] == row["file"] and box["class"] == kind]
            assert (row[f"{kind}_x"] != "") == (row[f"{kind}_y"] != "") == bool(own)
            if own:
                x, y = float(row[f"{kind}_x"]), float(row[f"{kind}_y"])
                assert drawn[row["file"]][int(y), int(x)] == place
                areas = [(float(b["x1"]) - float(b["x0"])) * (float(b["y1"]) - float(b["y0"])) for b in own]
                largest = own[int(np.argmax(areas))]
                if kind == "circle":  # of turned others the largest box need not be that of the largest
                    assert x == pytest.approx((float(largest["x0"]) + float(largest["x1"])) / 2, abs=0.02)


def test_objects_stand_out_and_noise_is_as_much_as_was_said() -> None:
    calm = PlainShapes(images=3, noise=0, objects=1)
    for each in calm.drawings():
        picture, mask = calm.draw(each).astype(float), calm.beside(each)[each.mask][:, :, 0]
        luma = picture @ [0.299, 0.587, 0.114]
        assert abs(luma[mask > 0].mean() - luma[mask == 0].mean()) > 30  # 45 less what the slope of the ground takes
        noisy = PlainShapes(images=3, objects=1).draw(each).astype(float)
        assert np.std((noisy - picture)[8:20, 8:20, 1]) == pytest.approx(8, rel=0.3)  # of 144 values


@pytest.mark.parametrize("options", [{"size": 32, "objects": 9}, {"size": 200, "objects": 9}, {"objects": 1}])
def test_other_sizes_and_numbers(options: dict[str, int]) -> None:
    maker = PlainShapes(images=12, **options)
    size = options.get("size", 96)
    assert all(maker.draw(each).shape == (size, size, 3) for each in maker.drawings())
    assert max(int(row["count"]) for row in rows(maker, "targets.csv")) <= options["objects"]
    assert "--size=32" in maker.card() if size == 32 else "--size=32" not in maker.card()
    assert f"resize = [{size}, {size}]" in maker.card()


def test_on_disk_it_is_read_by_its_numbers_though_masks_lie_beside(tmp_path: Path) -> None:
    maker, folder = PlainShapes(images=6), tmp_path / "plain_shapes"
    assert write_dataset(maker, folder) == Written(folder, new=17, replaced=0, same=0)
    assert write_dataset(maker, folder) == Written(folder, new=0, replaced=0, same=17)
    found = find("plain_shapes", str(tmp_path), TargetsCsv())
    assert found.names == ("count",) and found.left_out == () and found.notes == ()
    assert [sample.source for sample in found.samples] == [f"images/{number:04}.png" for number in range(6)]
    assert all(isinstance(sample.truth, Values) for sample in found.samples)
    assert (folder / "masks" / "classes.txt").read_text() == "background\ncircle\nsquare\ntriangle\n"


def test_what_it_draws_is_what_it_drew() -> None:
    """If this fails because the drawing was changed on purpose: raise `version`."""
    drawn = b"".join(MAKER.draw(each).tobytes() for each in MAKER.drawings()[::10])
    said = "".join(MAKER.tables().values()).encode()
    assert [hashlib.sha256(content).hexdigest()[:16] for content in (drawn, said)] == [
        "42011210155cafb6",
        "361ab4ad8c8faa0c",
    ]
