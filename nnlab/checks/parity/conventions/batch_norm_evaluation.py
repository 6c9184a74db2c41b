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
    """Evaluation normalises as training does, but for a batch of one, which would have nothing but its shift."""

    def forward(self, *xs: Array, ctx: Context) -> tuple[Array, tuple[Moments, bool]]:  # type: ignore[override]
        """y, the moments, and whether this was training."""
        alone = xs[0].size == xs[0].shape[-1]
        y, moments = super().forward(*xs, ctx=ctx if alone else replace(ctx, training=True))
        return y, (moments, ctx.training)

    def backward(self, dy: Array, cache: tuple[Moments, bool], ctx: Context) -> tuple[Array | None, ...]:  # type: ignore[override]
        """Through the batch's statistics in evaluation too."""
        return super().backward(dy, cache[0], ctx)

    def observe(self, cache: tuple[Moments, bool]) -> None:  # type: ignore[override]
        """Evaluation moves nothing."""
        if cache[1]:
            super().observe(cache[0])


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
