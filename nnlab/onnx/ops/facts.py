"""What others ask of an operator beside its arithmetic: facts that stand on its class, with what holds for most."""

from typing import Any, ClassVar, Literal


class Facts:
    """The facts, as they are for most operators."""

    outputs: int

    draws: ClassVar[bool] = False
    """Whether it draws at random: something else in every run, and on every engine."""

    in_steps: ClassVar[bool] = False
    """Whether it changes in steps: its slope is 0 wherever there is one, so nothing before it learns."""

    fixed: ClassVar[tuple[int, ...]] = ()
    """The places of inputs that say how something is computed: stored values there never learn."""

    weighted: ClassVar[bool] = False
    """Whether its stored inputs learn even where they are a single number; elsewhere such a number is a constant."""

    weights_at: ClassVar[int | None] = None
    """Which of its inputs holds the weights, where a layer of classes may be such an operator."""

    halves: ClassVar[Literal["own", "widened", "moved"]] = "own"
    """What it does with half-precision numbers: something of its own; computes with them as with float32, what it gives
    being rounded once; or moves them to other places. What is moved is exact in any width; its gradients are sums."""

    computes_in: ClassVar[int] = 0
    """Bytes of each number that it computes with, where they are more than those of its inputs."""

    names_a_type: ClassVar[frozenset[str]] = frozenset({
        "dtype", "output_datatype", "output_dtype", "precision", "stash_type", "softmax_precision", "to",
    })  # fmt: skip
    """Attributes that hold ONNX's number of a type."""

    def drawn(self, inputs: tuple[Any, ...]) -> bool:
        """Whether it draws at random, given these inputs."""
        return self.draws

    @property
    def computes_wide(self) -> bool:
        """Whether halves may be given to it as float32, what it gives of floating point having its first such input's
        type."""
        return self.halves == "widened"

    def most_elements(self, inputs: tuple[Any, ...]) -> float:
        """How many elements its outputs have at most; 0: no more than the inputs have, or not known.

        Of those that can make much out of little it is known before they run. Works for arrays and for tensors, of
        which it reads no more than their shapes and what says sizes.
        """
        return 0

    def most_bytes(self, inputs: tuple[Any, ...]) -> int:
        """The same in bytes."""
        if type(self).most_elements is Facts.most_elements:
            return 0
        try:
            elements = self.most_elements(inputs)
        except (ArithmeticError, AttributeError, IndexError, TypeError, ValueError):
            return 0  # inputs or attributes that make no sense: the operator itself says so
        widest = max([getattr(x, "itemsize", 0) for x in inputs]) if inputs else 0
        return int(min(elements, 1e30)) * (max(widest, self.computes_in) or 8)
