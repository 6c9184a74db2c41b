"""Who watches the tensors of a step sees those of every process."""

from typing import Any, Final, Literal

import numpy as np

from nnlab.backends.torch.parallel.shards import Shard
from nnlab.backends.torch.parallel.team import Team
from nnlab.checks.finite import finite
from nnlab.core.context import InPieces, Watch
from nnlab.core.types import Array

Kind = Literal["", "pieces", "whole"]
"""How the leader's watch is to be shown tensors; empty where nobody watches."""

OF_SAMPLES: Final = ("forward", "backward")
"""What a pass shows of one's own samples."""

OF_ALL: Final = ("logarithm", "loss")
"""What it shows of all samples, in every process."""


def kind_of(watch: Watch | None) -> Kind:
    """How this watch is to be shown tensors."""
    if watch is None:
        return ""
    return "pieces" if isinstance(watch, InPieces) else "whole"


class Whole:
    """A watch that shows every tensor whole, which costs sending it: of samples their rows, of gradients the sum.

    Options:  seen: by whom; None in all processes but the leader's.
    """

    def __init__(self, team: Team, shard: Shard, seen: Watch | None):
        self._team, self._shard, self._seen = team, shard, seen

    def __call__(self, node: str, what: str, array: Array) -> None:
        """One tensor, in every process the same one at the same time."""
        if what in OF_SAMPLES:
            array = array if self._shard.whole else self._rows(array)
        elif what.startswith("gradient"):
            array = self._team.sum_array(array)
        if self._seen is not None:
            self._seen(node, what, array)

    def _rows(self, array: Array) -> Array:
        team, samples = self._team, self._shard.samples
        if team.rank:
            team.send(array, 0)
            return array
        shards = [Shard.of(samples, rank, team.size) for rank in range(1, team.size)]
        rest = [
            team.receive((len(shard), *array.shape[1:]), array.dtype.str, rank) for rank, shard in enumerate(shards, 1)
        ]
        return np.concatenate([array, *rest])

    def tell(self) -> None:
        """All was told already."""


class Pieces:
    """A watch that shows the leader's own pieces, and of the others' the first that has a value that is not finite."""

    def __init__(self, team: Team, shard: Shard, seen: Watch | None):
        self._team, self._shard, self._seen = team, shard, seen
        self._bad: tuple[str, str, Array] | None = None
        self._told = False

    def __call__(self, node: str, what: str, array: Array) -> None:
        """One tensor."""
        if self._seen is not None:
            self._seen(node, what, array)
        elif self._bad is None and not self._told and what not in OF_ALL and not finite(array):
            self._bad = node, what, array.copy()

    def tell(self) -> None:
        """Has the leader see what others found since the last time; called by all."""
        if self._shard.whole:
            return
        bad, self._bad = self._bad, None
        self._told = self._told or bad is not None
        found: dict[str, Any] = {} if bad is None else {
            "node": bad[0], "what": bad[1], "shape": bad[2].shape, "dtype": bad[2].dtype.str,
        }  # fmt: skip
        for rank, said in enumerate(self._team.answers(found)):
            if said and rank == self._team.rank and bad is not None:
                self._team.send(bad[2], 0)
            elif said and self._seen is not None:
                self._seen(said["node"], said["what"], self._placed(said, rank))

    def _placed(self, said: dict[str, Any], rank: int) -> Array:
        """What a process found, in its place in the minibatch; a parameter's gradient as it is."""
        array = self._team.receive(tuple(said["shape"]), said["dtype"], rank)
        if said["what"] not in OF_SAMPLES:
            return array
        shard = Shard.of(self._shard.samples, rank, self._team.size)
        whole = np.zeros((shard.samples, *array.shape[1:]), array.dtype)
        whole[shard.first : shard.last] = array
        return whole


def watching(kind: Kind, team: Team, shard: Shard, seen: Watch | None = None) -> "Whole | Pieces | None":
    """The watch of one process.  Options:  seen: the leader's."""
    if not kind:
        return None
    return Whole(team, shard, seen) if kind == "whole" else Pieces(team, shard, seen)
