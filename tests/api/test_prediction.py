"""What a run says of a picture, of any kind of answer."""

import numpy as np
import pytest

from nnlab.api.prediction import Prediction, Predictions
from nnlab.core.truth import Boxes, Points
from nnlab.onnx.inference.answer import Answer

BOXES = Boxes(np.array([[1.0, 2.0, 5.0, 6.0]]), np.array([1]))
POINTS = Points(np.array([[1.5, 2.0], [0.0, 0.0]]), np.array([True, False]))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(probabilities=np.array([0.25, 0.75])), "dog 75.0%"),
        (Answer(ranking=((1, None),)), "dog"),
        (Answer(ranking=((-1, None),), problem="the network decides for no class"), "the network decides for no class"),
        (Answer(values={"angle": 12.5}), "angle 12.5"),
        (Answer(truth=BOXES), "1 thing"),
        (Answer(truth=POINTS), "cat (1.5, 2), dog none"),
        (Answer(mask=np.zeros((2, 2), np.uint8)), "a mask"),
        (Answer(class_map=np.zeros((2, 2), np.uint8)), "a map of classes"),
    ],
)
def test_every_kind_of_answer_is_said(answer: Answer, said: str) -> None:
    found = Prediction.of(answer, ("cat", "dog"), "a.png")
    assert found.said == said and repr(found) == f"Prediction({said}, a.png)" and said in found._repr_html_()
    assert found.truth is answer.truth


def test_several_are_arrays() -> None:
    sure, undecided = Answer(probabilities=np.array([0.25, 0.75])), Answer(ranking=((-1, None),), problem="none")
    found = Predictions(tuple(Prediction.of(each, ("cat", "dog"), None) for each in (sure, undecided)))
    assert found.labels.tolist() == ["dog", None] and found.classes == ("cat", "dog")
    assert found.confidences[0] == 0.75 and np.isnan(found.confidences[1])
