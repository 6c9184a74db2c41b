"""The losses on torch: each a function of the loss (its options), what is predicted, and the targets.

All are means over the batch, as scalars that autograd differentiates.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch.nn import functional as F

from nnlab.core.batch import Target
from nnlab.core.translations import Translations
from nnlab.core.types import Array
from nnlab.kernels.boxes import LARGEST
from nnlab.losses.binary_cross_entropy import BinaryCrossEntropy
from nnlab.losses.contrastive import Contrastive
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.dice import Dice, SoftmaxDice
from nnlab.losses.focal import Focal
from nnlab.losses.gaussian_focal import GaussianFocal
from nnlab.losses.generalized_iou import GeneralizedIoU
from nnlab.losses.margins import NEAREST, ArcFace, CosFace, MarginSoftmax
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.penalty import Penalty
from nnlab.losses.robust import Huber, MeanAbsoluteError
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.losses.triplet import Triplet

TorchLoss = Callable[..., torch.Tensor]
"""Called as translation(loss, predicted, target): the mean loss of (batch, ..., channels) predictions."""


@dataclass(frozen=True, eq=False)
class TorchTarget:
    """A target as tensors.

    Shapes:  value: (batch, ..., channels); weight: broadcasts to (batch, ..., 1), or has channels, or None
    """

    value: torch.Tensor
    weight: torch.Tensor | None = None

    @classmethod
    def of(cls, target: Target, moved: Callable[[Array], torch.Tensor]) -> "TorchTarget":
        """A target whose arrays `moved` brings to where they are needed."""
        return cls(moved(target.value), None if target.weight is None else moved(target.weight))

    def mean(self, losses: torch.Tensor) -> torch.Tensor:
        """The weighted mean of the places' losses; 0 where all weights are 0.  Shapes:  losses: (batch, ...)"""
        assert self.weight is not None
        weights = self.weight.expand(*losses.shape, 1).squeeze(-1)
        total = weights.sum()
        return (losses * weights).sum() / torch.where(total == 0, torch.ones_like(total), total)

    def apart(self, function: Callable[..., torch.Tensor], predicted: torch.Tensor) -> torch.Tensor:
        """The mean over places and channels of one of torch's elementwise losses."""
        if self.weight is None:
            return function(predicted, self.value)
        losses = function(predicted, self.value, reduction="none")
        if self.weight.shape[-1] == 1:
            return self.mean(losses.mean(-1))
        return TorchTarget(self.value, self.weight.expand(losses.shape)[..., None]).mean(losses)


TORCH_LOSSES: Translations[TorchLoss] = Translations("loss", "torch")
"""The translation of each loss, by its exact class."""


@TORCH_LOSSES.register(CrossEntropy)
def cross_entropy(loss: CrossEntropy, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """- 1/places sum y log p; a p of zero counts as the smallest normal number, in the gradient y / p as well."""
    floor = torch.finfo(predicted.dtype).tiny
    p = predicted + (predicted.clamp(min=floor) - predicted).detach()
    share, y = loss.label_smoothing, target.value
    y = y * (1 - share) + share / p.shape[-1] if share else y
    if target.weight is None:
        return -(y * p.log()).sum() / (p.numel() // p.shape[-1])
    return target.mean(-(y * p.log()).sum(-1))


@TORCH_LOSSES.register(SoftmaxCrossEntropy)
def softmax_cross_entropy(loss: SoftmaxCrossEntropy, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """Torch's cross-entropy is that of logits, classes last only in a table: LogSoftmax, then the mean of -y log a."""
    rows, wanted = (each.reshape(-1, each.shape[-1]) for each in (predicted, target.value))
    function = partial(F.cross_entropy, label_smoothing=loss.label_smoothing)
    if target.weight is None:
        return function(rows, wanted)
    return target.mean(function(rows, wanted, reduction="none").reshape(predicted.shape[:-1]))


@TORCH_LOSSES.register(BinaryCrossEntropy)
def binary_cross_entropy(loss: BinaryCrossEntropy, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """The mean over places and channels of -y log p - (1 - y) log (1 - p), from logits."""
    return target.apart(F.binary_cross_entropy_with_logits, predicted)


@TORCH_LOSSES.register(Focal)
def focal(loss: Focal, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """The mean over places and channels of a q^gamma b; what is wholly right (q = 0) has no slope."""

    def each(z: torch.Tensor, y: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
        lost = F.binary_cross_entropy_with_logits(z, y, reduction="none")
        wrong = y * torch.sigmoid(-z) + (1 - y) * torch.sigmoid(z)
        lost = lost * wrong.clamp(min=torch.finfo(z.dtype).tiny) ** loss.gamma
        if loss.alpha is not None:
            lost = lost * (y * loss.alpha + (1 - y) * (1 - loss.alpha))
        return lost.mean() if reduction == "mean" else lost

    return target.apart(each, predicted)


@TORCH_LOSSES.register(GaussianFocal)
def gaussian_focal(loss: GaussianFocal, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """sum w a q^gamma softplus(u) over the number of peaks, at least 1; what is wholly right (q = 0) has no slope."""
    peak = target.value >= 1
    u = torch.where(peak, -predicted, predicted)
    wrong = torch.sigmoid(u).clamp(min=torch.finfo(u.dtype).tiny)
    counts = torch.where(peak, torch.ones_like(u), (1 - target.value).clamp(min=0) ** loss.beta)
    lost = (counts * wrong**loss.gamma * -F.logsigmoid(-u)).sum(-1, keepdim=True)
    peaks = peak.sum(-1, keepdim=True).to(u.dtype)
    if target.weight is not None:
        lost, peaks = lost * target.weight, peaks * target.weight
    return lost.sum() / peaks.sum().clamp(min=1)


@TORCH_LOSSES.register(Dice)
def dice(loss: Dice, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """The mean over samples and classes of sum w (p (1 - y) + (1 - p) y) / (sum w p + sum w y + smooth)."""
    return _apart(predicted, 1 - predicted, target, loss.smooth)


@TORCH_LOSSES.register(SoftmaxDice)
def softmax_dice(loss: SoftmaxDice, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """Dice of the softmax; 1 - a of the likeliest class is the sum of the others."""
    a = F.softmax(predicted, dim=-1)
    likeliest = F.one_hot(a.argmax(-1), a.shape[-1]).bool()
    others = a.masked_fill(likeliest, 0).sum(-1, keepdim=True)
    return _apart(a, torch.where(likeliest, others, 1 - a), target, loss.smooth)


def _apart(p: torch.Tensor, rest: torch.Tensor, target: TorchTarget, smooth: float) -> torch.Tensor:
    w = torch.ones_like(p[..., :1]) if target.weight is None else target.weight.expand(*p.shape[:-1], 1)
    p, rest, y, w = (each.reshape(len(p), -1, each.shape[-1]) for each in (p, rest, target.value, w))
    own = w.mean((1, 2))
    w = w / torch.where(own == 0, torch.ones_like(own), own)[:, None, None]
    whole = (w * p).sum(1) + (w * y).sum(1) + smooth
    lost = (w * (p * (1 - y) + rest * y)).sum(1) / torch.where(whole > 0, whole, torch.ones_like(whole))
    lost = torch.where(whole > 0, lost, torch.zeros_like(lost))  # nor has it a slope
    total = own.sum()
    return (lost.mean(1) * own).sum() / torch.where(total == 0, torch.ones_like(total), total)


@TORCH_LOSSES.register(MeanSquaredError)
def mean_squared_error(loss: MeanSquaredError, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """The mean over places and channels of (p - y)^2"""
    return target.apart(F.mse_loss, predicted)


@TORCH_LOSSES.register(MeanAbsoluteError)
def mean_absolute_error(loss: MeanAbsoluteError, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """The mean over places and channels of |p - y|"""
    return target.apart(F.l1_loss, predicted)


@TORCH_LOSSES.register(Huber)
def huber(loss: Huber, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """The mean over places and channels of h(p - y)"""
    return target.apart(partial(F.huber_loss, delta=loss.delta), predicted)


def _anchors(predicted: torch.Tensor, target: TorchTarget) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Of each sample with a weight: its distances to those of its identity, and to others, and its weight."""
    rows = predicted.reshape(-1, predicted.shape[-1]).double()
    names = target.value.reshape(-1)
    w = torch.ones_like(names) if target.weight is None else target.weight.expand(target.value.shape).reshape(-1)
    squares = rows.square().sum(-1)
    d2 = (squares[:, None] + squares - 2 * rows @ rows.T).clamp(min=0)
    d = torch.where(d2 > 0, d2, torch.ones_like(d2)).sqrt() * (d2 > 0)
    same, there = names[:, None] == names, w > 0
    itself = torch.eye(len(rows), dtype=torch.bool, device=rows.device)
    for place in torch.nonzero(there).flatten().tolist():
        yield d[place][same[place] & there & ~itself[place]], d[place][~same[place] & there], w[place]


def _compared(
    predicted: torch.Tensor, target: TorchTarget, lost: Callable[[torch.Tensor, torch.Tensor], torch.Tensor | None]
) -> torch.Tensor:
    """The weighted mean of what the anchors lose that have something to be compared with."""
    total, weights = predicted.double().sum() * 0, 0.0
    for alike, other, weight in _anchors(predicted, target):
        own = lost(alike, other)
        if own is not None:
            total, weights = total + weight * own, weights + weight
    return (total / weights if weights else total).to(predicted.dtype)


@TORCH_LOSSES.register(Contrastive)
def contrastive(loss: Contrastive, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """Each anchor's mean over all others of d^2 / 2, or max(0, margin - d)^2 / 2."""

    def lost(alike: torch.Tensor, other: torch.Tensor) -> torch.Tensor | None:
        each = torch.cat([alike.square(), (loss.margin - other).clamp(min=0).square()]) / 2
        return each.mean() if len(each) else None

    return _compared(predicted, target, lost)


@TORCH_LOSSES.register(Triplet)
def triplet(loss: Triplet, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """Each anchor's mean over its triplets of max(0, d_ap - d_an + margin)."""

    def lost(alike: torch.Tensor, other: torch.Tensor) -> torch.Tensor | None:
        if not len(alike) or not len(other):
            return None
        if loss.mining == "hardest":
            gaps = alike.max() - other.min()
        elif loss.mining == "all":
            gaps = alike[:, None] - other
        else:
            farther = torch.where(other > alike[:, None], other, torch.inf).min(dim=1).values
            gaps = alike - torch.where(farther.isinf(), other.max(), farther)
        return (gaps + loss.margin).clamp(min=0).mean()

    return _compared(predicted, target, lost)


@TORCH_LOSSES.register(ArcFace)
def arc_face(loss: ArcFace, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """Cross-entropy of scaled cosines, of which the own class's angle counts as larger."""
    given = predicted.double()
    c = given + (given.clamp(NEAREST - 1, 1 - NEAREST) - given).detach()
    turned = torch.cos(torch.arccos(c) + loss.margin)
    return _margin(loss, given, torch.where(c < -math.cos(loss.margin), -2 - turned, turned), target)


@TORCH_LOSSES.register(CosFace)
def cos_face(loss: CosFace, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """Cross-entropy of scaled cosines, of which the own class's is smaller by the margin."""
    given = predicted.double()  # as the definition: a - y of a sure answer has few digits
    return _margin(loss, given, given - loss.margin, target)


def _margin(loss: MarginSoftmax, c: torch.Tensor, narrow: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    y = target.value.double()
    lost = -(y * F.log_softmax(loss.scale * (y * narrow + (1 - y) * c), dim=-1)).sum(-1)
    return lost.mean() if target.weight is None else target.mean(lost)


@TORCH_LOSSES.register(GeneralizedIoU)
def generalized_iou(loss: GeneralizedIoU, predicted: torch.Tensor, target: TorchTarget) -> torch.Tensor:
    """The mean over places of 2 - I / U - U / H; of equal corners the target's is taken, which has no slope."""

    def each(p: torch.Tensor, t: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
        p, t = (boxes if loss.form == "corners" else _corners_of(boxes) for boxes in (p, t))
        (low, high), (start, end) = ((boxes[..., :2], boxes[..., 2:]) for boxes in (p, t))
        both = F.relu(torch.where(high < end, high, end) - torch.where(low > start, low, start))
        around = torch.where(high > end, high, end) - torch.where(low < start, low, start)
        shared, hull = both.prod(-1), around.prod(-1)
        union = F.relu(high - low).prod(-1) + F.relu(end - start).prod(-1) - shared
        share, filled = _share(shared, union), _share(union, hull)
        lost = (2 - share - filled)[..., None]
        return lost.mean() if reduction == "mean" else lost

    return target.apart(each, predicted)


def _share(part: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
    some = whole > 0
    return torch.where(some, part / torch.where(some, whole, torch.ones_like(whole)), torch.zeros_like(whole))


def _corners_of(t: torch.Tensor) -> torch.Tensor:
    half = t[..., 2:].clamp(max=LARGEST).exp() / 2
    return torch.cat([t[..., :2] - half, t[..., :2] + half], dim=-1)


def penalised(penalty: Penalty, weights: Sequence[torch.Tensor]) -> torch.Tensor:
    """weight_decay / 2 sum w^2 + l1 sum |w| over the weights that are penalised."""
    squares, sizes = torch.zeros(()), torch.zeros(())
    if penalty.weight_decay:
        squares = sum((w.square().sum() for w in weights), start=squares)
    if penalty.l1:
        sizes = sum((w.abs().sum() for w in weights), start=sizes)
    return penalty.weight_decay / 2 * squares + penalty.l1 * sizes
