"""What any explainer must do."""

from collections.abc import Callable, Iterator

import numpy as np

from nnlab.core.component import make
from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.explainers.base import Explainer, Explanation, Question
from nnlab.models.hand_slopes import HandSlopes
from nnlab.models.small_cnn import SmallCnn
from nnlab.testing.arrays import same, untouched
from nnlab.testing.batches import one_head
from nnlab.testing.hold import run
from nnlab.testing.options import check_options

ExplainerClass = type[Explainer]

SHAPE, CLASSES = (12, 10, 3), 3
"""Of the pictures that are tried: no square, so that rows and columns cannot be mixed up."""


class ScoresAlone:
    """A network that gives scores and nothing else."""

    def __init__(self, network: HandSlopes):
        self.scores = network.scores


def network() -> HandSlopes:
    """A small network with weights as they are drawn, whose first layer is conv_1."""
    graph = SmallCnn(widths=(4, 5)).graph(SHAPE, one_head(CLASSES))
    return HandSlopes(graph.build(SHAPE, rng=Rng(5), dtype=np.float64))


def question(chosen: int = 1) -> Question:
    """About a picture of noise."""
    x = Rng(0).at("explainer").generator().random(SHAPE)
    return Question(x, chosen, np.zeros(SHAPE[2]))


def explained(cls: ExplainerClass, asked: Question) -> Iterator[tuple[Explainer, Explanation]]:
    """What each example of an explainer says."""
    for options in cls.examples():
        explainer: Explainer = make(cls, options)
        explainer.refuse(network(), SHAPE)
        yield explainer, explainer.explain(network(), asked)


def options_survive(cls: ExplainerClass) -> None:
    """Options are explained, and survive saving and printing."""
    for options in cls.examples():
        check_options(cls, options)


def a_number_for_every_place(cls: ExplainerClass) -> None:
    """Finite float64 numbers, of the size of what the network reads; none below 0 where it knows no sign."""
    assert cls.title.strip(), f"{cls.__name__} has no title"
    for explainer, found in explained(cls, question()):
        assert found.weights.shape == SHAPE[:2], f"{explainer} gives {found.weights.shape} for {SHAPE}"
        assert found.weights.dtype == np.float64, f"{explainer} gives {found.weights.dtype}, not float64"
        assert np.isfinite(found.weights).all(), f"{explainer} gives numbers that are not finite"
        assert explainer.signed or (found.weights >= 0).all(), f"{explainer} has no sign and gives less than 0"
        assert found.weights.any(), f"{explainer} says of no place that it matters"


def the_same_again_and_nothing_changed(cls: ExplainerClass) -> None:
    """The same question has the same answer to the last bit, and the picture is not written to."""
    asked = question()
    before: Array = asked.x.copy()
    for (explainer, one), (_, other) in zip(explained(cls, asked), explained(cls, asked), strict=True):
        same(f"the map of {explainer}", one.weights, other.weights)
        untouched("picture", [asked.x], [before])


def another_class_has_another_map(cls: ExplainerClass) -> None:
    """It is asked about one score, not about the picture."""
    for (explainer, one), (_, other) in zip(explained(cls, question(0)), explained(cls, question(2)), strict=True):
        assert not np.array_equal(one.weights, other.weights), f"{explainer} gives one map for two classes"


def scores_are_enough_where_it_says_so(cls: ExplainerClass) -> None:
    """One that needs no slopes asks for none."""
    for options in () if cls.needs_slopes else cls.examples():
        make(cls, options).explain(ScoresAlone(network()), question())


EXPLAINER_CHECKS: tuple[Callable[[ExplainerClass], None], ...] = (
    options_survive,
    a_number_for_every_place,
    the_same_again_and_nothing_changed,
    another_class_has_another_map,
    scores_are_enough_where_it_says_so,
)
"""Every check of an explainer."""


def check_explainer(cls: ExplainerClass) -> None:
    """Runs every check on every example of an explainer. Raises AssertionError: naming the check and what is wrong."""
    run(EXPLAINER_CHECKS, cls, cls.__name__)
