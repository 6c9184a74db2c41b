"""The chart of a benchmark."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import RunError
from nnlab.tracking.canvas import BLUE, GREY, ORANGE
from nnlab.tracking.plots_bench import Bar, Reference, draw_bench
from nnlab.tracking.sheet import rgb


def bar(name: str = "numpy · Vips", *, peer: bool = False, ms: float | None = 40.0, high: float = 50.0) -> Bar:
    spread = (None, None) if ms is None else (ms * 0.9, high)
    return Bar(name=name, peer=peer, epoch_ms=ms, quartiles=spread, load_s=2.0, train_s=4.0, memory_mb=150.0)


def coloured(path: Path, colour: str) -> int:
    """How many pixels have this colour."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB")) / 255
    return int((np.abs(pixels - rgb(colour)).max(axis=2) < 0.01).sum())


def test_own_cells_peers_and_the_reference_have_colours_of_their_own(tmp_path: Path) -> None:
    draw_bench(tmp_path / "own.png", [bar()], title="F14", note="a machine")
    draw_bench(tmp_path / "peer.png", [bar(), bar("sklearn · Vips", peer=True)], title="F14", note="a machine")
    reference = [Reference("Torch · Vips", 368, 765)]
    draw_bench(tmp_path / "reference.png", [bar()], title="F14", note="a machine", reference=reference)
    blue, orange, grey = ([coloured(tmp_path / f"{name}.png", colour) for name in ("own", "peer", "reference")]
                          for colour in (BLUE, ORANGE, GREY))  # fmt: skip
    assert min(blue) > 5000
    assert orange[1] > 5000 and (orange[0], orange[2]) == (0, 0)
    assert grey[2] > grey[0] + 5000


def test_a_bar_is_as_long_as_its_figure(tmp_path: Path) -> None:
    draw_bench(tmp_path / "one.png", [bar(ms=40.0), bar(ms=40.0)], title="", note="")
    draw_bench(tmp_path / "two.png", [bar(ms=40.0), bar(ms=20.0, high=30.0)], title="", note="")
    one, two = coloured(tmp_path / "one.png", BLUE), coloured(tmp_path / "two.png", BLUE)
    assert 0.85 < two / one < 0.98  # one of eight bars is half as long: 15/16, but for the lines that lie on it


@pytest.mark.parametrize("name", ["$x$", "a" * 80, "Δ · ImageMagick"])
def test_any_name_and_missing_figures_draw(tmp_path: Path, name: str) -> None:
    draw_bench(tmp_path / "c.png", [bar(name, ms=None), bar(ms=1e-4, high=9e9)], title=name * 4, note=name)
    with Image.open(tmp_path / "c.png") as image:
        assert image.width < 2000


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="nowhere"):
        draw_bench(tmp_path / "nowhere" / "c.png", [bar()], title="", note="")
