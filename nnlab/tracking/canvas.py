"""What every figure is drawn on: Matplotlib's Agg canvas (no window, no pyplot, no state that lasts), our colours."""

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.core.errors import RunError
from nnlab.core.plotting import ALONE, plotting_settings
from nnlab.core.types import Array
from nnlab.tracking.files import write_whole
from nnlab.tracking.sheet import short

LOG = logging.getLogger("nnlab.tracking")

BLUE, ORANGE, INK, GREY, FAINT = "#0072B2", "#D55E00", "#222222", "#7a7a7a", "#e6e6e6"  # told apart by the colour-blind
DPI = 110
MARGIN = 16  # pixels
UNSIGNED: dict[str, Any] = {"Software": None}  # no version in the file: the same run draws the same bytes
STYLE = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": INK,
    "text.usetex": False,
    "axes.edgecolor": GREY,
    "axes.facecolor": "white",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "agg.path.chunksize": 10000,  # a curve of a million epochs is drawn in pieces
    "figure.facecolor": "white",
    "path.simplify": True,
    "savefig.facecolor": "white",
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
}


@contextmanager
def figure_at(path: Path, width: float, height: float, under: Array | None = None) -> Iterator[Any]:
    """A figure of width x height inches that is written to `path` at the end of the block.

    Shapes:  under: (pixels high, pixels wide, 3), uint8, shows at the bottom wherever the figure is white
    """
    matplotlib = matplotlib_here()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.image import imsave

    with ALONE, matplotlib.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")  # a class name in a script without a font
        figure = Figure(figsize=(width, height), dpi=DPI)
        canvas: Any = FigureCanvasAgg(figure)
        yield figure
        png = io.BytesIO()
        canvas.draw()
        rgba = np.asarray(canvas.buffer_rgba())
        if under is not None:  # blended in here, since figimage takes as long as all the text
            tall, wide = under.shape[:2]
            place = rgba[-tall:, MARGIN : MARGIN + wide, :3]
            np.minimum(place, under, out=place)
        imsave(png, rgba, format="png", dpi=DPI, metadata=UNSIGNED, pil_kwargs={"compress_level": 4})
    write_whole(path, png.getvalue())


def matplotlib_here() -> Any:
    """Matplotlib, whatever the user's own settings of it are."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # its talk of its font cache is not our user's affair
    with plotting_settings():
        import matplotlib

    return matplotlib


@contextmanager
def if_drawn(path: Path, what: str = "the figure") -> Iterator[None]:
    """A figure that fails, for want of memory or disk or by a fault of what draws it, is a warning: it costs no run."""
    try:
        yield
    except Exception as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        LOG.warning("%s: %s is left out (%s)", path, what, error.what if isinstance(error, RunError) else said)


def draw_title(figure: Any, title: str, note: str = "") -> None:
    """The heading of a figure and a grey line under it, at the upper left."""
    width, height = figure.get_size_inches()
    room = int((width - 0.3) / letter_width(11.0))
    figure.text(0.15 / width, 1 - 0.12 / height, short(title, room), fontsize=11, fontweight="bold", va="top",
                parse_math=False)  # fmt: skip
    figure.text(0.15 / width, 1 - 0.38 / height, note, color=GREY, va="top", parse_math=False)


def letter_width(points: float) -> float:
    """About how wide a letter of this size is, in inches."""
    return points * 0.6 / 72
