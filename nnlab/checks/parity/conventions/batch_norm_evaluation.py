"""Which statistics BatchNorm normalises by in evaluation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nnlab.checks.parity.conventions.base import CONVENTIONS, Convention
from nnlab.checks.parity.subject import Subject
from nnlab.core.context import Context
from nnlab.core.types import Array
from nnlab.layers.batch_norm import BatchNorm, Moments


@dataclass(kw_only=True, eq=False)
class ByTheBatch(BatchNorm):
    """Evaluation normalises as training does; a batch of one has nothing but its shift."""

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, Moments]:
        """y, and the moments, which `observe` ignores where this was an evaluation."""
        if ctx.training or xs[0].size == xs[0].shape[-1]:
            return super().forward(*xs, ctx=ctx)
        y, moments = super().forward(*xs, ctx=replace(ctx, training=True))
        return y, moments


@CONVENTIONS.register
@dataclass(kw_only=True, eq=False)
class BatchNormEvaluation(Convention):
    """Which statistics BatchNorm normalises by in evaluation.

    the running ones        nnlab, and all libraries by default
    the batch's             torch with track_running_stats=False; a model left in training mode

    By the batch's, a score depends on how samples are batched. Training does not show it, scores do.
    """

    def variants(self, subject: Subject) -> Iterator[tuple[str, Subject]]:
        """For networks with a BatchNorm."""
        if subject.layers(BatchNorm):
            yield (
                "evaluation by the batch's statistics, as torch's track_running_stats=False",
                subject.with_layer(BatchNorm, lambda layer: ByTheBatch(**layer.options())),
            )
