"""What a network's heads become in a file: the outputs, and where a softmax stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onnx import ModelProto

from nnlab.core.errors import UsageError
from nnlab.core.heads import Emits
from nnlab.models.graph import Graph
from nnlab.onnx.write.building import Declared

OF_CLASSES: tuple[Emits, ...] = ("probabilities", "logits")
"""What a softmax can end in, or be in front of."""


@dataclass(frozen=True)
class HeadOutput:
    """The output that a head has become.  Options:  logits: whether what the head says is its softmax."""

    name: str
    logits: bool


@dataclass(frozen=True, eq=False)
class Written:
    """A model, and what its outputs are.

    Options:  heads: by head of the network, in the order of the outputs.  decoded: those behind them, which say what
              the task makes of the heads.
    """

    proto: ModelProto
    heads: Mapping[str, HeadOutput]
    decoded: Sequence[Declared] = ()


@dataclass(frozen=True)
class Softmax:
    """The heads to which a softmax is added, and those from which the last is taken away."""

    adds: frozenset[str] = frozenset()
    removes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, network: Graph, wanted: bool | None) -> "Softmax":
        """By what is asked for; None: as the network emits.

        Raises:  UsageError: for one behind a network that says nothing of classes.
        """
        if wanted is None:
            return cls()
        emitted = {name: outlet.emits for name, outlet in network.heads.items()}
        if wanted and not any(emits in OF_CLASSES for emits in emitted.values()):
            gives = " and ".join(dict.fromkeys(emitted.values()))
            what = f"the network gives {gives}, of which a softmax would make something else"
            raise UsageError(what, where="--softmax", hint="leave it out")
        other = frozenset(name for name, emits in emitted.items() if emits == ("logits" if wanted else "probabilities"))
        return cls(adds=other) if wanted else cls(removes=other)
