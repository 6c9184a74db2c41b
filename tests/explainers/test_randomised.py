"""The sanity check: a map that shows what was learnt is lost with the weights, one of the picture is not."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nnlab.core.rng import Rng
from nnlab.explainers.base import Explainer, Explanation, Question
from nnlab.explainers.grad_cam import GradCam
from nnlab.explainers.randomised import Likeness, cascade, likeness_to_random
from nnlab.models.hand_slopes import HandSlopes
from nnlab.models.small_cnn import SmallCnn
from nnlab.testing.batches import one_head

SHAPE = (16, 16, 3)


@dataclass(kw_only=True, eq=False)
class Edges(Explainer):
    """What asks the network nothing."""

    title: ClassVar[str] = "edges"

    def explain(self, network: Any, question: Question) -> Explanation:
        return Explanation(np.hypot(*np.gradient(question.x.mean(axis=2))))


def network() -> HandSlopes:
    return HandSlopes(SmallCnn(widths=(4, 6)).graph(SHAPE, one_head(3)).build(SHAPE, rng=Rng(1), dtype=np.float64))


def question() -> Question:
    return Question(Rng(0).at("x").generator().random(SHAPE), 1, np.zeros(3))


def test_what_asks_the_picture_alone_is_found_out() -> None:
    own = Edges().explain(network(), question()).weights
    found = likeness_to_random(Edges(), network(), question(), own)
    assert found.correlation > 0.999 and found.similarity > 0.999
    assert found.words == (
        "random weights: rank correlation 1.00, SSIM 1.00; the map stays: it shows the picture, not what was learnt"
    )


def test_a_map_of_the_weights_goes_with_them() -> None:
    own = GradCam(layer="conv_2").explain(network(), question()).weights
    found = likeness_to_random(GradCam(layer="conv_2"), network(), question(), own)
    assert found.correlation < 0.7
    again = likeness_to_random(GradCam(layer="conv_2"), network(), question(), own)
    assert again == found


def test_the_cascade_goes_from_the_last_node_with_weights_to_the_first() -> None:
    own = GradCam().explain(network(), question()).weights
    found = list(cascade(GradCam(), network(), question(), own))
    assert [node for node, _ in found] == ["output", "batch_norm_2", "conv_2", "batch_norm_1", "conv_1"]


def test_the_three_words() -> None:
    assert "another one" in Likeness(-0.5, 0).words and "in part" in Likeness(0.3, 0).words
    assert "the map stays: " in Likeness(0.7, 0).words
