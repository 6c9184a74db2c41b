import math
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from nnlab.core.errors import RunError
from nnlab.metrics.classes import Classes
from nnlab.metrics.counts import MeanIoU
from nnlab.metrics.residuals import R2, AbsoluteError
from nnlab.tracking import plots
from nnlab.tracking.confusion import Confusion
from nnlab.training.record import Score

BLUE, ORANGE, GREY = ((0, 114, 178), (213, 94, 0), (122, 122, 122))


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def amount(path, colour):
    """How many pixels are of this colour, give or take the smoothing of edges."""
    return int((np.abs(pixels(path) - colour).max(axis=2) < 12).sum())


def history(made, losses, accuracies, dev=True):
    return [
        made.epoch(i, len(losses), loss, Score(loss + 0.1, {"accuracy": accuracy}, 4) if dev else None)
        for i, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True), 1)
    ]


def test_curves_show_training_and_dev_and_mark_best_and_stop(tmp_path, made):
    path, plain = tmp_path / "training.png", tmp_path / "plain.png"
    epochs = history(made, np.linspace(2, 1, 50), np.linspace(0.1, 0.9, 50))
    plots.draw_training(path, epochs, Classes(), best_epoch=50, early_stop_epoch=None, title="main")
    plots.draw_training(plain, history(made, np.linspace(2, 1, 50), [0.1] * 50, dev=False), Classes(), best_epoch=None,
                        early_stop_epoch=None, title="main")  # fmt: skip
    assert pixels(path).shape == (451, 1012, 3)
    assert amount(path, BLUE) > 500
    assert amount(path, ORANGE) > 500
    assert amount(plain, ORANGE) == 0  # no dev, no orange
    stopped = tmp_path / "stopped.png"
    plots.draw_training(stopped, epochs, Classes(), best_epoch=50, early_stop_epoch=30, title="main")
    assert amount(stopped, GREY) > amount(path, GREY) + 300


@pytest.mark.parametrize(
    ("losses", "note"),
    [
        ([1.5], "one epoch"),
        ([1.5, float("nan"), float("inf")], "some not finite"),
        ([float("nan")] * 3, "none finite"),
        ([0.0, 0.0], "nothing but zero"),
        ([2.0, 0.001, 1e-9], "a fall that needs a logarithmic axis"),
        (list(np.linspace(3, 1, 1000)), "many"),
    ],
)
@pytest.mark.parametrize("dev", [True, False])
def test_any_history_can_be_drawn(tmp_path, made, losses, note, dev):
    epochs = history(made, losses, [0.5] * len(losses), dev)
    plots.draw_training(
        tmp_path / "t.png", epochs, Classes(), best_epoch=1, early_stop_epoch=len(losses), title=f"${note}$ " * 40
    )
    assert pixels(tmp_path / "t.png").shape == (451, 1012, 3)


def test_a_share_is_drawn_in_percent_and_an_error_in_its_units():
    share, error = plots.Curve.of(Classes()), plots.Curve.of(AbsoluteError())
    assert (share.heading, error.heading) == ("Accuracy, %", "MAE")
    scores = [Score(1.0, {"mae": 0.25, "rmse": 9.0}, 4), None, Score(1.0, {"mae": math.inf}, 4)]
    np.testing.assert_array_equal(share.values(scores), [25.0, math.nan, math.nan])
    np.testing.assert_array_equal(error.values(scores), [0.25, math.nan, math.nan])


def test_a_figure_that_is_perfect_at_1_has_an_axis_from_0_to_1():
    curve, axes = plots.Curve.of(MeanIoU()), SimpleNamespace(transAxes=None)
    axes.set_ylim = lambda low, high: setattr(axes, "ends", (low, high))
    axes.text = lambda x, y, said, **where: setattr(axes, "said", said)
    plots._scale(axes, {"training": np.array([0.001, 0.9])}, curve)
    assert axes.ends == (-0.02, 1.04) and axes.said == "Mean IoU"


@pytest.mark.parametrize("figures", [[-2.0, -1.0, 0.5], [4.0, 3.0, 2.0], [math.nan] * 3, [900.0, 9.0, 0.5]])
def test_figures_below_zero_and_without_an_upper_end_are_within_their_axes(tmp_path, made, figures):
    """The two panels show the same curve, dev's loss: where the right one cut any of it off, it had less orange."""
    epochs = [made.epoch(i, 3, 1.0, Score(figure, {"r2": figure}, 4)) for i, figure in enumerate(figures, 1)]
    plots.draw_training(tmp_path / "t.png", epochs, R2(), best_epoch=None, early_stop_epoch=None, title="main")
    shown = pixels(tmp_path / "t.png")
    halves = [(np.abs(half - ORANGE).max(axis=2) < 12).sum() for half in (shown[80:, :506], shown[80:, 506:])]
    assert halves[1] == pytest.approx(halves[0], rel=0.1)
    assert (halves[0] > 100) == np.isfinite(figures).all()


@pytest.mark.parametrize("classes", [2, 3, 10, 20, 40])
@pytest.mark.parametrize("name", ["{}", "class {} of a rather long name", "${}_x", "日本{}"])
def test_confusion_grows_with_classes_and_stays_legible(tmp_path, classes, name):
    counts = np.eye(classes, dtype=np.int64) * 9
    counts[0, 1] = 3
    table = Confusion(counts, tuple(name.format(i) for i in range(classes)), 9 * classes, 9 * classes + 3)
    plots.draw_confusion(tmp_path / "c.png", table, title="main · dev")
    height, width, _ = pixels(tmp_path / "c.png").shape
    assert min(width, height) >= classes * 22  # a cell has room for its number
    assert max(width, height) < 1400
    assert amount(tmp_path / "c.png", BLUE) > classes * 100
    shade = (np.array(ORANGE) / 255 - 1) * (0.12 + 0.88 * 3 / 12) + 1
    assert amount(tmp_path / "c.png", np.round(shade * 255)) > 100


def test_a_confusion_of_nothing_can_be_drawn(tmp_path):
    plots.draw_confusion(tmp_path / "c.png", Confusion(np.zeros((2, 2), np.int64), ("a", "b"), 0, 0), title="main")
    assert amount(tmp_path / "c.png", BLUE) == 0


def test_samples_are_shown_as_they_are_and_mistakes_are_framed(tmp_path, made):
    images = np.zeros((4, 10, 10, 1), np.float32)
    images[0] = 1.0
    right = made.predictions([0, 1, 2, 0], [0, 1, 2, 0])
    plots.draw_samples(tmp_path / "right.png", images, right, "abc", title="main")
    assert amount(tmp_path / "right.png", ORANGE) == 0
    black = amount(tmp_path / "right.png", (0, 0, 0))
    assert 3 * 90 * 90 <= black <= 3 * 90 * 90 * 1.3  # three black squares of 10x10 nine times enlarged, and some ink
    wrong = made.predictions([0, 1, 2, 0], [0, 2, 2, 0])
    plots.draw_samples(tmp_path / "wrong.png", images, wrong, "abc", title="main")
    frame = 96 * 96 - 90 * 90
    assert frame <= amount(tmp_path / "wrong.png", ORANGE) <= frame + 400  # and the orange caption


def test_a_folder_that_cannot_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "figures").write_text("in the way")
    with pytest.raises(RunError, match="not a directory"):
        table = Confusion(np.eye(2, dtype=int), ("a", "b"), 2, 2)
        plots.draw_confusion(tmp_path / "figures" / "c.png", table, title="main")


PROGRAM = """
from pathlib import Path
from nnlab.metrics.classes import Classes
from nnlab.tracking import plots
from nnlab.training.record import EpochRecord, Score
history = [EpochRecord(epoch=i, epochs=2, training=Score(1 / i, {"accuracy": i / 2}, 8), dev=None) for i in (1, 2)]
plots.draw_training(Path(FILE), history, Classes(), best_epoch=2, early_stop_epoch=None, title="main")
"""


def test_neither_a_home_that_cannot_be_written_nor_own_settings_matter(tmp_path):
    home = tmp_path / "home"
    home.write_text("no folder")
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nfont.size: 30\naxes.facecolor: black\n")
    hidden = ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HOME": str(home), "PYTHONPATH": str(Path(plots.__file__).parents[2])}
    words = [sys.executable, "-c", f"FILE = 'there.png'\n{PROGRAM}"]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    exec(PROGRAM, {"FILE": str(tmp_path / "here.png")})
    np.testing.assert_array_equal(pixels(tmp_path / "there.png"), pixels(tmp_path / "here.png"))


@pytest.mark.parametrize("units", [1, 12, 13, 40])
def test_units_have_a_line_each_whatever_is_missing(tmp_path, units):
    rows = [
        {"epoch": epoch, "unit": unit, "mean": unit * epoch, "deviation": None, "weight_norm": None}
        for epoch in (1, 2, 5)
        for unit in range(units)
    ]
    plots.draw_tracked(tmp_path / "one.png", rows, title="main · dense_1")
    assert pixels(tmp_path / "one.png").shape == (451, 561, 3)  # one panel: the others have nothing to show
    weighted = [{**row, "deviation": row["mean"], "weight_norm": row["mean"]} for row in rows]
    plots.draw_tracked(tmp_path / "three.png", weighted, title="main · dense_1")
    assert pixels(tmp_path / "three.png").shape[1] == pytest.approx(561 + 2 * 440, abs=1)
    viridis_start = (68, 1, 84)
    assert amount(tmp_path / "three.png", viridis_start) > 2 * amount(tmp_path / "one.png", viridis_start) > 0


def test_a_minibatch_has_no_frames_and_any_number_of_samples(tmp_path):
    for count in (1, 9):
        images, names = np.full((count, 4, 4, 1), 0.5, np.float32), ["a class of a rather long name"] * count
        files = ["somewhere/a file of a rather long name.png"] * count
        plots.draw_minibatch(tmp_path / f"{count}.png", images, names, files, title="main", note="one")
        assert amount(tmp_path / f"{count}.png", (128, 128, 128)) >= count * 92 * 92
        assert amount(tmp_path / f"{count}.png", ORANGE) == 0
