"""Answers of every kind, in the picture's own pixels whatever the network was given of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.cli import infer_results
from nnlab.core.truth import Boxes, Label, Mask, Points, Truth
from nnlab.core.types import Array
from nnlab.data.images.vips import Vips
from nnlab.data.options import DataOptions
from nnlab.data.pictures import Picture
from nnlab.data.scaling import Scaling
from nnlab.experiment.infer import Inference
from nnlab.experiment.infer_document import result as told_of
from nnlab.experiment.infer_rows import Result
from nnlab.experiment.predict import BATCH, WORK, RunPredictor, batch_of
from nnlab.layers.dense import Dense
from nnlab.models.graph import INPUT, Graph

LIB = Vips()


class Says:
    """A learner, and a task, that answer every picture with the same."""

    def __init__(self, truth: Truth):
        self.said, self.truth, self.given = truth, type(truth), list[Array]()
        self.answer = type(truth)

    def predict(self, x: Array) -> Mapping[str, Array]:
        self.given.append(x)
        return {}

    def answers(self, outputs: Mapping[str, Array]) -> Sequence[Truth]:
        return [self.said] * len(self.given[-1])

    def shown(self, answers: Sequence[Truth]) -> Sequence[Truth]:
        return answers


def looked_at(truth: Truth, tmp_path: Path, *, output: Path | None = None, **options: Any) -> tuple[Result, Says]:
    """A black picture of 40 x 20 that is given to the network as 10 x 10, and answered by `truth`."""
    LIB.write_png(LIB.image(np.zeros((20, 40, 3), np.uint8)), tmp_path / "a.png")
    says: Any = Says(truth)
    data = DataOptions(resize=(10, 10), flatten=False, **options)
    scaling = Scaling.of_range(0.0, 1.0)
    predictor = RunPredictor(says, ("left", "right"), data, scaling, LIB, "float32", "numpy", says, batch=3)
    inference = Inference(predictor, output)
    (result,) = inference.results([Picture(tmp_path / "a.png", "a.png", "a")])
    inference.contact_sheet("pictures", 1)
    return result, says


BOXES = Boxes(np.array([[0.0, 2.5, 5.0, 7.5]]), np.array([1]))


def test_boxes_come_back_to_where_they_are_in_the_picture(tmp_path: Path) -> None:
    stretched, says = looked_at(BOXES, tmp_path)
    assert told_of(stretched.row(), 1)["answer"] == [{"label": "right", "box": [0.0, 5.0, 20.0, 15.0]}]
    assert says.given[0].shape == (3, 10, 10, 3)
    # 40 x 20 in a letterbox of 10 x 10 is 10 x 5, with 2.5 rows of bars above, of which there are whole ones
    boxed, _ = looked_at(BOXES, tmp_path, fit="letterbox")
    ((box,),) = [[row["box"] for row in told_of(boxed.row(), 1)["answer"]]]
    assert box[0] == 0 and box[2] == 20 and box[3] - box[1] == 20


def test_how_sure_it_is_of_each_box_is_told_and_no_number_is_a_problem(tmp_path: Path) -> None:
    sure, _ = looked_at(Boxes(BOXES.corners, BOXES.labels, np.array([0.5])), tmp_path)
    assert told_of(sure.row(), 1)["answer"] == [{"label": "right", "box": [0.0, 5.0, 20.0, 15.0], "score": 0.5}]
    assert sure.row().words == "right 50%"
    broken, _ = looked_at(Boxes(BOXES.corners, BOXES.labels, np.array([np.nan])), tmp_path)
    assert broken.row().error == ("the network gives no finite numbers (1 of 5 corners and scores are NaN or infinite)")


def test_points_and_their_names_too_and_they_are_drawn(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    points = Points(np.array([[2.0, 2.0], [9.0, 9.0]]), np.array([True, False]))
    result, _ = looked_at(points, tmp_path, output=tmp_path / "out")
    row = result.row()
    assert row.told == {"left": [8.0, 4.0], "right": None}
    assert row.output == str(tmp_path / "out" / "a.overlay.png")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.overlay.png", "contact-sheet.png"]
    drawn = LIB.pixels(LIB.read(tmp_path / "out" / "a.overlay.png"))
    assert drawn.shape == (20, 40, 3) and drawn[4, 8].any() and not drawn[18, 36].any()
    flags: dict[str, Any] = {"json": False, "csv": False, "top": 3, "quiet": True}
    infer_results.show([row], flags, output=None)
    infer_results.show([row], flags | {"csv": True}, output=None)
    table, told = capfd.readouterr().out.splitlines()[1:4:2]
    assert "left (8, 4), right none" in table and told.startswith('a.png,"left (8, 4), right none",')
    assert infer_results.line(row, 3) == "left (8, 4), right none"


def test_a_mask_is_a_class_map_of_the_whole_picture(tmp_path: Path) -> None:
    mask = np.zeros((5, 5), np.uint8)  # the network gives half as many places as it has pixels
    mask[:, 3:] = 1
    result, _ = looked_at(Mask(mask), tmp_path, output=tmp_path / "out")
    shares = {region.label: region.share for region in result.row().regions or ()}
    assert shares == {"left": 0.6, "right": 0.4}
    assert LIB.pixels(LIB.read(tmp_path / "out" / "a.mask.png"))[:, ::8, 0].tolist() == [[0, 0, 0, 1, 1]] * 20


def test_a_class_without_scores_has_no_probability_and_none_is_a_problem(tmp_path: Path) -> None:
    row = looked_at(Label(1), tmp_path)[0].row()
    assert (row.label, row.confidence, row.error) == ("right", None, None)
    assert looked_at(Label(-1), tmp_path)[0].row().error == "the network decides for no class"


@pytest.mark.parametrize(("units", "batch"), [(1, 16), (WORK // 100 // 4, 4), (WORK // 100, 1), (WORK, 1)])
def test_a_lone_picture_costs_no_more_than_it_may(units: int, batch: int) -> None:
    graph = Graph()
    graph.add("output", Dense(units=units), INPUT)
    graph.shapes = {INPUT: (100,), "output": (units,)}
    assert batch_of(graph) == batch and batch <= BATCH
