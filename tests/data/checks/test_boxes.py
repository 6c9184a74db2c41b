"""Boxes that are there twice, or hardly at all: planted, and none found among sound ones."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.data.checks.base import DataCheck, Finding
from nnlab.data.checks.repeated_boxes import RepeatedBoxes
from nnlab.data.checks.small_boxes import SmallBoxes
from nnlab.data.inspection.inspect import inspect
from nnlab.data.inspection.inspected import Inspected
from nnlab.data.options import DataOptions
from nnlab.data.readers.boxes_csv import BoxesCsv

ROWS = """file,class,x0,y0,x1,y1
0.png,cat,0,0,40,40
0.png,dog,0,0,40,39
1.png,cat,0,0,40,40
1.png,cat,0,0,40,40
1.png,cat,0,1,40,40
2.png,cat,0,0,40,40
2.png,cat,0,0,40,20
3.png,dog,0,0,0.2,40
3.png,cat,0,0,0.4,0.4
"""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Inspected:
    folder: Path = tmp_path_factory.mktemp("boxes") / "set"
    folder.mkdir()
    for number in range(4):
        pixels = np.random.default_rng(number).integers(0, 256, (50, 100, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    (folder / "boxes.csv").write_text(ROWS)
    return inspect(DataOptions(dataset="set", datasets_path=str(folder.parent)), BoxesCsv())


def found(check: DataCheck, data: Inspected) -> list[tuple[str, tuple[int, ...]]]:
    findings: list[Finding] = list(check.findings(data))
    assert not any(finding.wrong for finding in findings)
    return [(finding.what, finding.places) for finding in findings]


def test_a_thing_with_two_boxes(planted: Inspected) -> None:
    assert found(RepeatedBoxes(), planted) == [
        ("has a box in one place that is cat and dog", (0,)),
        ("has a box in one place that is cat twice, and 2 more", (1,)),
    ]
    assert len(found(RepeatedBoxes(overlap=0.5), planted)) == 3


def test_boxes_that_are_hardly_there(planted: Inspected) -> None:
    assert found(SmallBoxes(), planted) == [("has a dog of 0.2x40 pixels, and 1 more", (3,))]
    assert not found(SmallBoxes(least=0.001), planted)
