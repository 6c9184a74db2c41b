"""Draws docs/images/car.png, and car-cutout.png: the car, its mask, its cut-out. The scene is ours, to be published.

python docs/images/car.py u2netp.onnx
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Ellipse, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Outline

from nnlab.cli.main import main
from nnlab.data.images.vips import Vips
from nnlab.onnx.inference.masks import on_checkerboard

WIDE, TALL, GAP = 420, 300, 10  # pixels


def curve(points: list[tuple[float, float]], **style: Any) -> PathPatch:
    """A closed outline with round corners."""
    around = np.array(points, float)
    middles = (around + np.roll(around, -1, axis=0)) / 2
    vertices, codes = [middles[-1]], [Outline.MOVETO]
    for corner, middle in zip(around, middles, strict=True):
        vertices += [corner, middle]
        codes += [Outline.CURVE3, Outline.CURVE3]
    return PathPatch(Outline(vertices, codes), linewidth=0, **style)


def scene() -> np.ndarray:
    """A car on a road, (TALL, WIDE, 3)."""
    figure = Figure(figsize=(WIDE / 100, TALL / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDE), ylim=(0, TALL))
    axes.set_axis_off()
    sky = np.linspace(0, 1, 64)[:, None, None]
    axes.imshow(sky * [0.55, 0.72, 0.88] + (1 - sky) * [0.93, 0.93, 0.88], extent=(0, WIDE, 120, TALL), zorder=0,
                aspect="auto", origin="lower")  # fmt: skip
    hills = ((60, 120, 260, 50, "#9db38f"), (230, 118, 300, 64, "#8ba780"), (400, 120, 220, 44, "#a9bd9b"))
    for x, y, wide, tall, colour in hills:
        axes.add_patch(Ellipse((x, y), wide, tall, color=colour, zorder=1))
    for x in (30, 70, 340, 385):
        axes.add_patch(Rectangle((x - 3, 118), 6, 30, color="#6d5a48", zorder=1))
        axes.add_patch(Ellipse((x, 165), 34, 52, color="#5f8256", zorder=1))
    axes.add_patch(Rectangle((0, 0), WIDE, 122, color="#8d8f92", zorder=2))
    axes.add_patch(Rectangle((0, 112), WIDE, 12, color="#b9b7b0", zorder=2))
    for x in range(10, WIDE, 90):
        axes.add_patch(Polygon([(x, 26), (x + 46, 26), (x + 42, 33), (x - 4, 33)], color="#dcdcd6", zorder=2))
    axes.add_patch(Ellipse((212, 66), 300, 22, color="#55575a", zorder=3))
    axes.add_patch(curve([(66, 74), (60, 112), (84, 128), (120, 134), (150, 172), (178, 178), (240, 178), (268, 172),
                          (306, 136), (350, 126), (364, 108), (360, 74)], color="#b3202c", zorder=4))  # fmt: skip
    axes.add_patch(curve([(68, 74), (66, 92), (362, 92), (358, 74)], color="#7d131d", zorder=5))
    axes.add_patch(Polygon([(136, 136), (158, 168), (204, 170), (204, 136)], color="#27323d", zorder=6))
    axes.add_patch(Polygon([(212, 136), (212, 170), (256, 168), (290, 136)], color="#27323d", zorder=6))
    axes.add_patch(Polygon([(150, 140), (166, 163), (178, 163), (162, 140)], color="#56687a", zorder=7))
    axes.add_patch(Polygon([(226, 140), (226, 164), (240, 164), (252, 140)], color="#56687a", zorder=7))
    axes.plot([208, 208], [88, 134], color="#7d131d", linewidth=1, zorder=7)
    for x in (190, 270):
        axes.add_patch(Rectangle((x, 118), 14, 3.4, color="#e8d9d9", zorder=7))
    axes.add_patch(Ellipse((354, 112), 14, 12, color="#fff2c4", zorder=7))
    axes.add_patch(Rectangle((64, 104), 8, 12, color="#ff7a59", zorder=7))
    for x in (122, 308):
        for size, colour in ((32, "#3b0d12"), (28, "#1c1d1f"), (17, "#c9ccd1"), (13, "#8b9097"), (4, "#2b2d30")):
            axes.add_patch(Circle((x, 74), size, color=colour, zorder=8))
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def draw(model: str) -> None:
    """Runs the command on the scene, and lays scene, mask and cut-out side by side."""
    library = Vips()
    with tempfile.TemporaryDirectory() as folder:
        library.write_png(library.image(scene()), Path(folder) / "car.png")
        if main(["infer", f"--onnx-model={model}", "--like=u2netp", f"{folder}/car.png", f"--output={folder}"]):
            raise SystemExit(1)
        mask, cut = (library.pixels(library.read(Path(folder) / f"car.{kind}.png")) for kind in ("mask", "cutout"))
    sheet = np.full((TALL, 3 * WIDE + 2 * GAP, 3), 255, np.uint8)
    for place, picture in enumerate((scene(), mask, on_checkerboard(cut, square=12))):
        left = place * (WIDE + GAP)
        sheet[:, left : left + WIDE] = picture
    library.write_png(library.image(sheet), Path(__file__).with_name("car-cutout.png"))
    library.write_png(library.image(scene()), Path(__file__).with_name("car.png"))


if __name__ == "__main__":
    draw(sys.argv[1])
