"""The sanity check of a map: a network that has learnt nothing is asked the same, and ought to give another one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnlab.core.rng import Rng
from nnlab.core.types import Array
from nnlab.explainers.base import Explainer, Question
from nnlab.explainers.likeness import rank_correlation, structural_similarity
from nnlab.models.slopes import Slopes

DRAWS = 3
"""Networks that are drawn: of one alone, a coarse map may be like another by chance."""

ANOTHER, ALIKE = 0.3, 0.7
"""Below and above which a rank correlation has its own word."""


@dataclass(frozen=True)
class Likeness:
    """How much a map is like that of random weights: means over several draws of those.

    Options:  correlation: of the places' ranks.  similarity: SSIM.
    """

    correlation: float
    similarity: float

    @property
    def words(self) -> str:
        """What follows of it."""
        if self.correlation < ANOTHER:
            said = "the map is another one: it shows what was learnt"
        elif self.correlation < ALIKE:
            said = "the map stays in part: it shows what was learnt, and the picture"
        else:
            said = "the map stays: it shows the picture, not what was learnt"
        return f"random weights: rank correlation {self.correlation:.2f}, SSIM {self.similarity:.2f}; {said}"


def likeness_to_random(
    explainer: Explainer, network: Slopes, question: Question, weights: Array, *, seed: int = 0, draws: int = DRAWS
) -> Likeness:
    """How much a map is like those of the same network with all its weights drawn anew.

    Shapes:  weights: (height, width), the map; what speaks against a score counts as much as what speaks for it
    Source:  Adebayo et al., "Sanity checks for saliency maps", 2018, sections 3 and 4.
    """
    rng = Rng(seed).at("explain")
    found = [_likeness(explainer, network.redrawn(rng.at(draw)), question, weights) for draw in range(draws)]
    return Likeness(*(float(np.mean(values)) for values in zip(*found, strict=True)))


def cascade(
    explainer: Explainer, network: Slopes, question: Question, weights: Array, *, seed: int = 0
) -> Iterator[tuple[str, Likeness]]:
    """The same with the weights of the last node drawn anew, then of the last two, and so on to the first; with the
    name of the node that was added."""
    rng, nodes = Rng(seed).at("explain", 0), list[str]()
    for node in reversed(network.graph.nodes):
        if network.graph.own(node.name):
            nodes.append(node.name)
            yield node.name, Likeness(*_likeness(explainer, network.redrawn(rng, nodes), question, weights))


def _likeness(explainer: Explainer, network: Slopes, question: Question, weights: Array) -> tuple[float, float]:
    other = np.abs(explainer.explain(network, question).weights)
    own = np.abs(weights)
    return rank_correlation(own, other), structural_similarity(own, other)
