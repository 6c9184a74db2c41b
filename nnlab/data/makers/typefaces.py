"""The outlines of digits, from the fonts that matplotlib carries."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from nnlab.core.errors import MissingError
from nnlab.core.plotting import plotting_settings
from nnlab.core.types import Array

STEPS_PER_CURVE = 8
"""Straight pieces that a curve becomes: at 110 pixels the error is under a tenth of a pixel."""

MOVE, LINE, CURVE3, CURVE4 = 1, 2, 3, 4
"""The codes of a matplotlib path; any other closes a contour."""


@dataclass(frozen=True)
class Typeface:
    """A font file and where its ten digits begin (mathematical fonts hold several sets of digits)."""

    file: str
    zero: int = ord("0")


TYPEFACES: tuple[Typeface, ...] = (
    *(Typeface(f"DejaVuSans{style}.ttf") for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(Typeface(f"DejaVuSansMono{style}.ttf") for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(Typeface(f"DejaVuSerif{style}.ttf") for style in ("", "-Bold", "-Italic", "-BoldItalic")),
    *(Typeface(f"STIXGeneral{style}.ttf") for style in ("", "Bol", "Italic", "BolIta")),
    *(Typeface(f"cm{style}10.ttf") for style in ("b", "r", "ss", "ti", "tt")),
    *(Typeface("STIXGeneral.ttf", zero) for zero in (0x1D7E2, 0x1D7EC, 0x1D7F6)),  # sans, bold sans, typewriter
    Typeface("DejaVuSans.ttf", 0x1D7D8),  # double-struck
)
"""Those whose ten digits a person reads at a glance (the other files hold symbols, or no digits at all)."""


@cache
def digit_outline(face: Typeface, digit: int) -> Array:
    """The closed outline of a digit, y down, its centre at the origin and its height 1.

    Shapes:  (edges, 4): x0, y0, x1, y1 of each straight piece; float64, not to be written to.
    Raises:  MissingError: if matplotlib does not carry the font, or the font not the digit.
    """
    with plotting_settings():
        import matplotlib
        from matplotlib.ft2font import FT2Font, LoadFlags

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / face.file
    try:
        font = FT2Font(str(path))
    except OSError as error:
        raise MissingError(
            f"matplotlib does not carry this font ({error.strerror or error})",
            where=str(path),
            hint="pip install --force-reinstall matplotlib",
        ) from error
    if not font.get_char_index(face.zero + digit):
        raise MissingError(f"holds no digit {digit}", where=str(path), hint="pip install --force-reinstall matplotlib")
    font.load_char(face.zero + digit, flags=LoadFlags.NO_SCALE | LoadFlags.NO_HINTING)  # exact, in font units
    points, codes = font.get_path()
    edges = _edges(np.asarray(points, np.float64) * (1.0, -1.0), list(codes))
    low, high = edges.reshape(-1, 2).min(axis=0), edges.reshape(-1, 2).max(axis=0)
    outline: Array = (edges - np.tile((low + high) / 2, 2)) / (high - low)[1]
    outline.flags.writeable = False
    return outline


def _edges(points: Array, codes: list[int]) -> Array:
    """A path as straight pieces, (edges, 4)."""
    pieces: list[Array] = []
    start = here = points[0]
    at = 0
    while at < len(codes):
        code = codes[at]
        taken = {CURVE3: 2, CURVE4: 3}.get(code, 1)
        if code == MOVE:
            start = points[at]
            line = start[np.newaxis]
        elif code in (LINE, CURVE3, CURVE4):
            line = _bezier(np.vstack([here, points[at : at + taken]]))
        else:
            line = np.vstack([here, start])
        pieces.append(np.hstack([line[:-1], line[1:]]))
        here = line[-1]
        at += taken
    return np.vstack(pieces)


def _bezier(control: Array) -> Array:
    """Points along the Bezier curve of these control points (de Casteljau), both ends included."""
    if len(control) == 2:
        return control
    t = np.linspace(0.0, 1.0, STEPS_PER_CURVE + 1)[:, np.newaxis, np.newaxis]
    line = control[np.newaxis]
    while line.shape[1] > 1:
        line = line[:, :-1] * (1 - t) + line[:, 1:] * t
    points: Array = line[:, 0]
    return points
