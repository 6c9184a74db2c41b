"""Faults planted in torch's layers and losses: each has to be found at its tensor and first step, and named rightly."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the faults are planted in its translations")

from torch.nn import functional as F  # noqa: E402

from nnlab.backends.torch.layers import TORCH_LAYERS  # noqa: E402
from nnlab.backends.torch.losses import TORCH_LOSSES  # noqa: E402
from nnlab.layers.batch_norm import BatchNorm  # noqa: E402
from nnlab.layers.dense import Dense  # noqa: E402
from nnlab.layers.dropout import Dropout  # noqa: E402
from nnlab.layers.leaky_relu import LeakyReLU  # noqa: E402
from nnlab.layers.relu import ReLU  # noqa: E402
from nnlab.layers.sigmoid import Sigmoid  # noqa: E402
from nnlab.layers.softmax import Softmax  # noqa: E402
from nnlab.layers.tanh import Tanh  # noqa: E402
from nnlab.losses.cross_entropy import CrossEntropy  # noqa: E402
from nnlab.losses.mean_squared_error import MeanSquaredError  # noqa: E402
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy  # noqa: E402

PLAIN = {"batch_norm": False, "activation": "Tanh"}
"""Without BatchNorm; the layers are dense_1, activation_1, output, softmax."""


def _normalised(layer, own, x, ctx, *, momentum=None, epsilon=None, unbiased=True, training=None):
    """BatchNorm written out, to change one thing of."""
    epsilon, kept = layer.epsilon if epsilon is None else epsilon, layer.momentum if momentum is None else momentum
    if not (ctx.training if training is None else training):
        return (x - own["running_mean"]) / (own["running_variance"] + epsilon).sqrt() * own["gamma"] + own["beta"]
    mean, variance = x.mean(0), x.var(0, unbiased=False)
    if ctx.training:
        with torch.no_grad():
            own["running_mean"].mul_(kept).add_(mean, alpha=1 - kept)
            own["running_variance"].mul_(kept).add_(x.var(0, unbiased=unbiased), alpha=1 - kept)
    return (x - mean) / (variance + epsilon).sqrt() * own["gamma"] + own["beta"]


def share_taken(layer, own, x, *, ctx):
    return _normalised(layer, own, x, ctx, momentum=1 - layer.momentum)


def keras_epsilon(layer, own, x, *, ctx):
    return _normalised(layer, own, x, ctx, epsilon=1e-3)


def keras(layer, own, x, *, ctx):
    """Three conventions at once; the forward is the first to show."""
    return _normalised(layer, own, x, ctx, epsilon=1e-3, momentum=0.99, unbiased=False)


def biased_running_variance(layer, own, x, *, ctx):
    return _normalised(layer, own, x, ctx, unbiased=False)


def batch_statistics_in_evaluation(layer, own, x, *, ctx):
    return _normalised(layer, own, x, ctx, training=True)


def running_mean_moves_twice(layer, own, x, *, ctx):
    if ctx.training:
        own["running_mean"].mul_(layer.momentum).add_(x.detach().mean(0), alpha=1 - layer.momentum)
    return _normalised(layer, own, x, ctx)


def nothing_through_the_variance(layer, own, x, *, ctx):
    if not ctx.training:
        return _normalised(layer, own, x, ctx)
    _normalised(layer, own, x.detach(), ctx)
    root = (x.detach().var(0, unbiased=False) + layer.epsilon).sqrt()
    return (x - x.mean(0)) / root * own["gamma"] + own["beta"]


def beta_left_out(layer, own, x, *, ctx):
    """beta starts at zero: its own gradient is the first to show."""
    return _normalised(layer, own | {"beta": own["beta"].detach()}, x, ctx)


def bias_twice(layer, own, x, *, ctx):
    """b starts at zero: its gradient is the first to show, the output layer's before the hidden one's."""
    return x @ own["weight"] + 2 * own["bias"]


def bias_of_one_layer_left_out(layer, own, x, *, ctx):
    return x @ own["weight"] + (own["bias"] if layer.units != 4 else 0)


def one_unit_a_millionth_larger(layer, own, x, *, ctx):
    y = x @ own["weight"] + own["bias"]
    return y * (1 + 1e-6 * (torch.arange(4) == 2)) if layer.units == 4 else y


def slope_of_0_02(layer, own, x, *, ctx):
    return F.leaky_relu(x, 0.02)


def slope_of_keras(layer, own, x, *, ctx):
    return F.leaky_relu(x, 0.3)


def absolute_below_zero(layer, own, x, *, ctx):
    """Only where x < -1, which is rare."""
    return torch.where(x < -1, -layer.alpha * x, F.leaky_relu(x, layer.alpha))


def one_sample_otherwise(layer, own, x, *, ctx):
    return torch.cat([torch.tanh(x[:3]), torch.tanh(x[3:4] * 1.001), torch.tanh(x[4:])]) if ctx.training else x.tanh()


def hard_sigmoid(layer, own, x, *, ctx):
    return F.hardsigmoid(x)


def gradient_of_tanh_forgotten(layer, own, x, *, ctx):
    return x + (torch.tanh(x) - x).detach()


def clamped(layer, own, x, *, ctx):
    return x.clamp(min=0)


def softmax_over_the_batch(layer, own, x, *, ctx):
    return F.softmax(x, dim=0)


def softmax_too_warm(layer, own, x, *, ctx):
    return F.softmax(x / 1.0001, dim=-1)


def scaled_in_evaluation(layer, own, x, *, ctx):
    return x * _kept(x, ctx, layer.rate) if ctx.training else x * (1 - layer.rate)


def never_scaled(layer, own, x, *, ctx):
    """Half a convention: training agrees with it, evaluation does not."""
    return x * _kept(x, ctx, layer.rate) if ctx.training else x


def rate_is_kept(layer, own, x, *, ctx):
    return x * _kept(x, ctx, 1 - layer.rate) / layer.rate if ctx.training else x


def bernoulli(layer, own, x, *, ctx):
    kept = 1 - _kept(x, ctx, 1 - layer.rate)
    return x * kept / (1 - layer.rate) if ctx.training else x


def chance_of_its_own(layer, own, x, *, ctx):
    generator = torch.Generator().manual_seed(7)
    drawn = torch.rand(x.shape, generator=generator)
    return x * (drawn >= layer.rate) / (1 - layer.rate) if ctx.training else x


def dropout_without_gradient(layer, own, x, *, ctx):
    if not ctx.training:
        return x
    return x + (x * _kept(x, ctx, layer.rate) / (1 - layer.rate) - x).detach()


def _kept(x, ctx, rate):
    return torch.from_numpy(ctx.generator().random(x.shape, dtype="float32") >= rate).to(x.dtype)


DROPS = {"dropout_rate": 0.3, **PLAIN}

LAYER_FAULTS: list[tuple[type, Callable[..., Any], dict[str, Any], str, int, str | None]] = [
    (BatchNorm, share_taken, {}, "batch_norm_1.running_mean", 1, "BatchNormMomentum"),
    (BatchNorm, keras_epsilon, {}, "batch_norm_1 forward", 1, "BatchNormEpsilon"),
    (BatchNorm, keras, {}, "batch_norm_1 forward", 1, "BatchNormEpsilon"),
    (BatchNorm, biased_running_variance, {}, "batch_norm_1.running_variance", 1, "BatchNormVariance"),
    (BatchNorm, batch_statistics_in_evaluation, {}, "dev probabilities", 1, "BatchNormEvaluation"),
    (BatchNorm, running_mean_moves_twice, {}, "batch_norm_1.running_mean", 1, None),
    (BatchNorm, nothing_through_the_variance, {}, "output backward", 1, None),
    (BatchNorm, beta_left_out, {}, "output_batch_norm gradient beta", 1, None),
    (Dense, bias_twice, PLAIN, "output gradient bias", 1, None),
    (Dense, bias_of_one_layer_left_out, PLAIN, "dense_1 gradient bias", 1, None),
    (Dense, one_unit_a_millionth_larger, PLAIN, "dense_1 forward", 1, None),
    (LeakyReLU, slope_of_0_02, {}, "activation_1 forward", 1, None),
    (LeakyReLU, slope_of_keras, {}, "activation_1 forward", 1, "LeakySlope"),
    (LeakyReLU, absolute_below_zero, {}, "activation_1 forward", 1, None),
    (Tanh, one_sample_otherwise, PLAIN, "activation_1 forward", 1, None),
    (Tanh, gradient_of_tanh_forgotten, PLAIN, "dense_1 backward", 1, None),
    (Sigmoid, hard_sigmoid, {"activation": "Sigmoid"}, "activation_1 forward", 1, None),
    (ReLU, clamped, {**PLAIN, "activation": "ReLU", "layers": (1, 3)}, "dense_2 backward", 1, "KinkSlope"),
    (Softmax, softmax_over_the_batch, {}, "softmax forward", 1, None),
    (Softmax, softmax_too_warm, {}, "softmax forward", 1, None),
    (Dropout, scaled_in_evaluation, DROPS, "dropout_1 forward", 1, "DropoutScale"),
    (Dropout, never_scaled, DROPS, "dropout_1 forward", 1, "DropoutScale"),
    (Dropout, rate_is_kept, DROPS, "dropout_1 forward", 1, "DropoutScale"),
    (Dropout, bernoulli, DROPS, "dropout_1 forward", 1, "DropoutScale"),
    (Dropout, chance_of_its_own, DROPS, "dropout_1 forward", 1, None),
    (Dropout, dropout_without_gradient, DROPS, "activation_1 backward", 1, None),
]


@pytest.mark.parametrize(
    ("cls", "fault", "options", "tensor", "step", "convention"), LAYER_FAULTS, ids=[f[1].__name__ for f in LAYER_FAULTS]
)
def test_fault_in_a_layer(monkeypatch, found, cls, fault, options, tensor, step, convention):
    monkeypatch.setitem(TORCH_LAYERS._table, cls, fault)
    found(tensor, step, convention, **options)


@pytest.mark.parametrize("fault", LAYER_FAULTS[:12:3], ids=[f[1].__name__ for f in LAYER_FAULTS[:12:3]])
def test_float64_finds_the_same(monkeypatch, found, fault):
    cls, planted, options, tensor, step, convention = fault
    monkeypatch.setitem(TORCH_LAYERS._table, cls, planted)
    found(tensor, step, convention, dtype="float64", **options)


def cross_entropy_sum(loss, p, y):
    return -(y * p.log()).sum()


def cross_entropy_over_classes(loss, p, y):
    return -(y * p.log()).mean()


def epsilon_in_the_logarithm(loss, p, y):
    return -(y * (p + 1e-8).log()).sum() / len(p)


def natural_for_binary(loss, p, y):
    return -(y * p.log2()).sum() / len(p)


def other_classes_too(loss, p, y):
    return F.binary_cross_entropy(p, y, reduction="sum") / len(p)


def gradient_twice(loss, p, y):
    value = -(y * p.log()).sum() / len(p)
    return 2 * value - value.detach()


def smoothed(loss, z, y):
    return F.cross_entropy(z, y, label_smoothing=0.001)


def fused_sum(loss, z, y):
    return F.cross_entropy(z, y, reduction="sum")


def squares_summed(loss, p, y):
    return (p - y).square().sum() / len(p)


def squares_halved(loss, p, y):
    return F.mse_loss(p, y) / 2


def absolute(loss, p, y):
    return F.l1_loss(p, y)


FUSED, SQUARES = {"fused": True}, {"loss": "MeanSquaredError"}

LOSS_FAULTS: list[tuple[type, Callable[..., Any], dict[str, Any], str, str | None]] = [
    (CrossEntropy, cross_entropy_sum, {}, "loss", "LossReduction"),
    (CrossEntropy, cross_entropy_over_classes, {}, "loss", "LossReduction"),
    (CrossEntropy, epsilon_in_the_logarithm, {}, "loss", "LogFloor"),
    (CrossEntropy, natural_for_binary, {}, "loss", None),
    (CrossEntropy, other_classes_too, {}, "loss", None),
    (CrossEntropy, gradient_twice, {}, "loss gradient", None),
    (SoftmaxCrossEntropy, smoothed, FUSED, "loss", None),
    (SoftmaxCrossEntropy, fused_sum, FUSED, "loss", "LossReduction"),
    (MeanSquaredError, squares_summed, SQUARES, "loss", "LossReduction"),
    (MeanSquaredError, squares_halved, SQUARES, "loss", "LossReduction"),
    (MeanSquaredError, absolute, SQUARES, "loss", None),
]


@pytest.mark.parametrize(
    ("cls", "fault", "options", "tensor", "convention"), LOSS_FAULTS, ids=[f[1].__name__ for f in LOSS_FAULTS]
)
def test_fault_in_a_loss(monkeypatch, found, cls, fault, options, tensor, convention):
    monkeypatch.setitem(TORCH_LOSSES._table, cls, lambda loss, p, target: fault(loss, p, target.value))
    found(tensor, 1, convention, **options)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_rounding_hides_is_no_bug(monkeypatch, compared, dtype):
    """A unit that is 1e-14 too large: 45 units of rounding of float64, less than a long sum in another order makes."""

    def hardly(layer, own, x, *, ctx):
        y = x @ own["weight"] + own["bias"]
        return y * (1 + 1e-14 * (torch.arange(4) == 2)) if layer.units == 4 else y

    monkeypatch.setitem(TORCH_LAYERS._table, Dense, hardly)
    comparison = compared(dtype=dtype, epochs=10, **PLAIN)
    assert comparison.steps == 30
    assert {found.kind for found in comparison.divergences} <= {"rounding", "no signal"}
