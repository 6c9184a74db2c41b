"""A partition scored, with what was right picture by picture, so that two sizes can be held against each other."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.core.batch import Batch
from nnlab.core.errors import RunError
from nnlab.core.truth import Truth
from nnlab.core.types import Array
from nnlab.data.partition import Partition
from nnlab.metrics.hits import HitShare
from nnlab.metrics.significance import Difference, mcnemar, paired_t
from nnlab.models.learner import Learner
from nnlab.training.scoring import Judgement, score


@dataclass(frozen=True, eq=False)
class Scored:
    """What a network came to on a partition.

    Options:  figures: by their names in files, the judging one first.  right: where the judge counts hits.
    Shapes:   right: (samples,) bool; losses: (samples,)
    """

    figures: Mapping[str, float]
    loss: float
    samples: int
    right: Array | None
    losses: Array

    @classmethod
    def of(cls, learner: Learner, partition: Partition, judgement: Judgement) -> "Scored":
        """With the learner's present weights.

        Raises:  RunError: its loss or the judging figure is no finite number, which nothing can be held against.
        """
        hits, losses, judge = list[Array](), list[Array](), judgement.judge

        def take(batch: Batch, answers: Sequence[Truth], each: Array) -> None:
            losses.append(np.asarray(each, np.float64))
            if isinstance(judge, HitShare):
                hits.append(np.asarray(judge.hits(answers, batch.truths), bool))

        found = score(learner, partition.batches(), judgement, take)
        if not (math.isfinite(found.loss) and math.isfinite(found.figure)):
            hint = "lower the learning rate, if it was trained just now"
            raise RunError(f"has no finite score (loss {found.loss:g})", where=partition.name, hint=hint)
        right = np.concatenate(hits) if hits else None
        return cls(dict(found.figures), found.loss, found.samples, right, np.concatenate(losses))

    @property
    def figure(self) -> float:
        """The judging one."""
        return next(iter(self.figures.values()))

    def document(self) -> dict[str, Any]:
        """As a row keeps it: bits of what was right, else the losses."""
        kept: dict[str, Any] = {"figures": dict(self.figures), "loss": self.loss, "samples": self.samples}
        if self.right is not None:
            return kept | {"right": np.packbits(self.right).tobytes().hex()}
        return kept | {"losses": [float(f"{loss:.7g}") for loss in self.losses]}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Scored":
        """What `document` gave."""
        right, samples = kept.get("right"), int(kept["samples"])
        bits = None if right is None else np.unpackbits(np.frombuffer(bytes.fromhex(right), np.uint8))
        hits = None if bits is None else bits[:samples].astype(bool)
        losses = np.asarray(kept.get("losses", ()), np.float64)
        return cls(dict(kept["figures"]), float(kept["loss"]), samples, hits, losses)


@dataclass(frozen=True)
class Against:
    """One held against another on the same pictures.

    Options:  lost, won: pictures that only the first, only the second is right about; None without hits.
    """

    found: Difference
    lost: int | None = None
    won: int | None = None

    @property
    def word(self) -> str:
        """better, worse or cannot tell; of losses, less of which is better."""
        return self.found.word("higher" if self.lost is not None else "lower")

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "word": self.word, "lost": self.lost, "won": self.won, "p": self.found.p, "difference": self.found.value,
            "interval": self.found.interval, "method": self.found.method,
        }  # fmt: skip


def against(first: Scored, second: Scored) -> Against:
    """The second against the first: by right answers where both have such, else by losses."""
    if first.right is None or second.right is None:
        return Against(paired_t(first.losses.tolist(), second.losses.tolist(), of="picture"))
    lost = int(np.count_nonzero(first.right & ~second.right))
    won = int(np.count_nonzero(second.right & ~first.right))
    return Against(mcnemar(lost, won, len(first.right)), lost, won)
