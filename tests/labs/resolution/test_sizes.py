"""The sizes of a lab: factors and pixels, multiples of the stride, the run's own always among them."""

from pathlib import Path

import pytest

import nnlab
from nnlab.core.errors import UsageError
from nnlab.labs.resolution.sizes import named, sizes_of, suggested
from nnlab.labs.resolution.subject import Subject


def test_factors_and_pixels(subject: Subject) -> None:
    assert (subject.size, subject.stride) == ((16, 16), 4)
    found = sizes_of(["0.75", "1.0", "1.3", "24", "33"], subject)
    assert found == [(12, 12), (16, 16), (20, 20), (24, 24), (32, 32)]
    assert sizes_of([], subject, (28, 28)) == [(16, 16), (28, 28)]
    assert (named((16, 16)), named((16, 12))) == ("16", "16x12")


def test_what_crops_of_half_the_side_suggest(subject: Subject) -> None:
    found = suggested(subject)
    assert (found.linear, found.area) == pytest.approx((0.5, 0.25))
    assert (found.by_linear, found.by_area) == ((32, 32), (64, 64))


def test_what_is_not_above_the_stride(subject: Subject) -> None:
    with pytest.raises(UsageError) as error:
        sizes_of(["4", "0.2", "5000"], subject)
    lines = str(error.value).splitlines()
    assert lines[0].startswith("--sizes: 4 is 4 pixels, not above the network's stride of 4")
    assert lines[1].startswith("--sizes: 0.2 is 3 pixels") and lines[2].startswith("--sizes: 5000 is 5000 pixels; use")


def test_what_is_no_number_of_pixels(subject: Subject) -> None:
    with pytest.raises(UsageError, match=r"--sizes: 1e2 is no whole number of pixels; write pixels \(48\)"):
        sizes_of(["1e2"], subject)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"model": "SmallCnn", "widths": (4,)}, "it looks at all places together, so the network is for"),
        ({"model": "NLayers", "layers": (4,)}, "NLayers takes rows of values, which have no size"),
    ],
)
def test_networks_of_one_size(settings: dict[str, object], says: str, tmp_path: Path, blobs: Path) -> None:
    small = {"resize": (8, 8), "epochs": 1, "disk_cache": False, "display_graphs": False}
    run = nnlab.train(str(blobs / "blobs"), runs_dir=str(tmp_path), **small, **settings)
    with pytest.raises(UsageError, match=says):
        Subject.of(run.folder)
