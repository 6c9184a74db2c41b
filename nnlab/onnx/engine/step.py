"""A node, ready to run, and what is let go of after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nnlab.onnx.ops.base import Operator, Value, Values


@dataclass(frozen=True, eq=False)
class Step:
    """One node, ready to run.

    Options:  frees: names that nobody reads after it.  captured: names that graphs inside it read from around it.
    """

    operator: Operator
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    captured: tuple[str, ...] = ()
    frees: tuple[str, ...] = ()

    def of(self, values: Mapping[str, Value]) -> Values:
        """Its inputs; None for those left out."""
        return tuple([values[name] if name else None for name in self.inputs])


def freeing(steps: Sequence[Step], names: set[str]) -> list[Step]:
    """The steps, each letting go of what it is the last to read (or makes for nobody)."""
    last: dict[str, int] = {}
    for place, step in enumerate(steps):
        for name in (*step.inputs, *step.captured, *step.outputs):
            if name in names:
                last[name] = place
    frees: dict[int, list[str]] = {}
    for name, place in last.items():
        frees.setdefault(place, []).append(name)
    return [
        Step(s.operator, s.name, s.inputs, s.outputs, s.captured, tuple(frees.get(place, ())))
        for place, s in enumerate(steps)
    ]
