"""Cells that score a run at another size."""

from pathlib import Path
from typing import Any

from nnlab.labs.kinds.resized import Resized
from nnlab.labs.resolution.scored import Scored
from nnlab.labs.resolution.subject import Subject
from nnlab.tracking.run import read_run


def quiet(event: str, **said: Any) -> None:
    """Hears nothing."""


def job(run: Path, size: int, share: float | None = None) -> dict[str, Any]:
    return {"run": str(run), "meaning": {}, "size": [size, size], "share": share, "threads": 1}


def test_at_its_own_size_it_is_as_the_run_says(cropped: Path, tmp_path: Path) -> None:
    result = Resized().work(job(cropped, 16), tmp_path, quiet)
    summary = read_run(cropped).summary
    assert summary is not None
    assert Scored.read(result["running"]).figures["accuracy"] == summary["dev"]["accuracy"]
    assert result["precise"] is not None and result["latency_ms"]["calls"] > 0
    own, twice = result["network"]["multiply_adds"], Resized().work(job(cropped, 32), tmp_path, quiet)["network"]
    assert 3.5 * own < twice["multiply_adds"] <= 4 * own  # but for the last layer


def test_a_middle_that_is_cut_out(subject: Subject) -> None:
    options = subject.options((24, 24), 0.875)
    assert (options.fit, options.crop_share, options.resize) == ("crop", 0.875, (24, 24))
    assert options.augment == ("HorizontalFlip",)  # what enlarges a part is left out
    assert subject.options((24, 24)).fit == "stretch"


def test_larger_pictures_are_scored_fewer_at_once(subject: Subject) -> None:
    assert [subject.most((side, side)) for side in (8, 16, 32, 64)] == [32, 32, 8, 8]


def test_estimates(cropped: Path) -> None:
    small, large = (Resized().estimate(job(cropped, size)) for size in (16, 128))
    assert small["cpu_s"] > 2 and large["network"]["multiply_adds"] > 50 * small["network"]["multiply_adds"]
