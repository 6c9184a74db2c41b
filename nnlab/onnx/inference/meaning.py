"""Whether a row of numbers is of classes: what the graph, the names and the user say for it, and against it."""

import re

from nnlab.core.types import Array
from nnlab.onnx.inference.origins import CLASSIFIERS, Origins
from nnlab.onnx.inference.probabilities import add_up

CLASSES = re.compile(r"prob|soft_?max|logit|score|class|cls|label|pred|categor", re.IGNORECASE)
"""What scores of classes are called."""

NO_CLASSES = re.compile(
    r"land_?marks?|key_?points?|kpts?|(?<![a-z])(pts|points?|(b|bound\w*)?_?box(es)?|coord\w*|loc|pose|age|angles?|"
    r"yaw|pitch|roll|depth|offsets?|distance)(?![a-z])|embed|feat(?![a-z])|features?|descriptor|regress|euler",
    re.IGNORECASE,
)
"""What places, measures and features are called."""

MEASURES = frozenset({"Tanh", "LpNormalization"})
"""With what networks end that give places or the direction of a feature."""

POINTS = frozenset({136, 196, 212, 1404, 1434})
"""As many numbers as usual sets of a face's landmarks have: 68, 98, 106 in the plane, 468 and 478 in space."""

PLAIN = frozenset({2, 3})
"""So few numbers are classes: fewer than a box has, more than one measure."""

IMAGENET = frozenset({1000, 1001})
"""As many classes as ImageNet has, or one more for the background."""


def is_measure(name: str, size: int, origins: Origins) -> bool:
    """Whether numbers are no scores: by what the output is called, by what gives them, or one alone that is no share.

    A softmax speaks for classes whatever the name.
    """
    said = origins.emits(name)
    if said is not None and said.kind != "scores":
        return False
    source = origins.source(name)
    if source.operator in CLASSIFIERS:
        return False
    if NO_CLASSES.search(name) and not CLASSES.search(name):
        return True
    if said is not None or CLASSES.search(name):
        return False
    return size in POINTS or source.operator in MEASURES or _divided_by_its_length(name, origins)


def doubt(name: str, scores: Array, origins: Origins) -> str | None:
    """What has to be said of a row that is read as scores; None where it is plain that it is.

    Options:  scores: as the network gives them.
    """
    said = origins.emits(name)
    if said is not None and said.kind == "scores" and scores.size > 1:
        return f"{name} comes out of a {said.by}: each class has a share of its own, and they need not add up to 1"
    plain = said is not None or CLASSES.search(name) or scores.size in IMAGENET | PLAIN or origins.class_list(name)
    if plain or origins.source(name).operator in CLASSIFIERS or (scores.size > 1 and add_up(scores)):
        return None
    what = "its number is a score" if scores.size == 1 else f"its {scores.size:,} numbers are scores of classes"
    return f"{name}: nothing in the file says that {what}; read as that (--kind=labels or --labels=FILE says so)"


def _divided_by_its_length(name: str, origins: Origins) -> bool:
    """x / |x|: a feature that others are compared with."""
    node = origins.source(name).node
    if node is None or node.operator != "Div":
        return False
    return origins.source(node.inputs[1]).operator in {"ReduceL2", "Sqrt"}
