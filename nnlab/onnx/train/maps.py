"""Which steps of a graph give maps whose axes are known: (batch, channels, height, width)."""

from collections import Counter
from collections.abc import Sequence

from nnlab.onnx.engine.step import Step

BY_DEFINITION = frozenset(
    {"Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "LRN"}
    | {"BatchNormalization", "InstanceNormalization", "GroupNormalization"}
)
"""Operators that take and give channels before places, whatever the file."""

KEEPING = frozenset(
    {"Add", "Concat", "Mul", "Sub", "Dropout", "Identity", "Clip", "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Gelu"}
    | {"Mish", "Softplus", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh"}
)
"""Operators that leave axes as they are, where all that is computed for them has the same."""


def steps_with_maps(steps: Sequence[Step]) -> frozenset[str]:
    """The names of the steps that give such maps; a name that two steps have is none.

    After a Transpose or a Reshape, as in files that work with the channels last, nothing is known until the next
    operator that has its axes by definition.
    """
    made = {output for step in steps for output in step.outputs}
    known, names = set[str](), list[str]()
    for step in steps:
        read = [name for name in step.inputs if name in made]
        kept = step.operator.name in KEEPING and read and known.issuperset(read)
        if step.operator.name in BY_DEFINITION or kept:
            known.add(step.outputs[0])
            names.append(step.name)
    counts = Counter(step.name for step in steps)
    return frozenset(name for name in names if counts[name] == 1)
