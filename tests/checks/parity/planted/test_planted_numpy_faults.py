"""Faults planted in the hand-written engine: torch is right then, and the two part where the fault is."""

from typing import Any

import numpy as np
import pytest

from nnlab.kernels.product import add_product
from nnlab.kernels.sums import column_sums
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.softmax import Softmax
from nnlab.layers.tanh import Tanh
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.penalty import Penalty
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.momentum import Momentum
from nnlab.optimizers.optimizer import Optimizer
from nnlab.optimizers.rms_prop import RMSProp

FIRST = "dense_1.weight"
PLAIN = {"batch_norm": False, "activation": "Tanh"}
CLIP = {"clip_norm": 0.1, "optimizer": "Constant", "learning_rate": 0.1}
MOMENTUM = {"optimizer": "Momentum"}


def one_sample_left_out(self, dy, cache, ctx):
    add_product(self.weight, cache[1:].T, dy[1:])
    if self.shift is not None:
        self.shift.add(column_sums(dy))
    return (dy @ self.weight.value.T,)


def bias_from_the_last_unit(self, dy, cache, ctx):
    add_product(self.weight, cache.T, dy)
    sums = column_sums(dy)
    sums[-1] = sums[0]
    self.shift.add(sums)
    return (dy @ self.weight.value.T,)


def weights_not_transposed_back(self, dy, cache, ctx):
    """dx from W flipped."""
    add_product(self.weight, cache.T, dy)
    if self.shift is not None:
        self.shift.add(column_sums(dy))
    return (dy @ self.weight.value.T[:, ::-1],)


def gamma_gradient_uncentred(self, dy, cache, ctx):
    self.gamma.add(np.einsum("nf,nf->f", dy, cache.centred))
    self.beta.add(column_sums(dy))
    dbeta, dgamma = column_sums(dy), np.einsum("nf,nf->f", dy, cache.centred) * cache.inverse
    dx = dy - dbeta / cache.values - cache.centred * cache.inverse * dgamma / cache.values
    return (dx * self.gamma.value * cache.inverse,)


def mean_forgotten_in_backward(self, dy, cache, ctx):
    self.gamma.add(np.einsum("nf,nf->f", dy, cache.centred) * cache.inverse)
    self.beta.add(column_sums(dy))
    dgamma = np.einsum("nf,nf->f", dy, cache.centred) * cache.inverse
    return ((dy - cache.centred * cache.inverse * dgamma / cache.values) * self.gamma.value * cache.inverse,)


def statistics_the_other_way_round(self, cache):
    if cache.training:
        unbiased = cache.variance * (cache.values / (cache.values - 1))
        for buffer, seen in ((self.running_mean, cache.mean), (self.running_variance, unbiased)):
            buffer.value *= 1 - self.momentum
            buffer.value += self.momentum * seen


def statistics_of_one_feature_stand_still(self, cache):
    before = self.running_variance.value[1]
    OBSERVE(self, cache)
    self.running_variance.value[1] = before


def variance_of_one_more_value(self, cache):
    OBSERVE(self, cache._replace(values=cache.values + 1))


OBSERVE = BatchNorm.observe


def squared_slope(self, dy, cache, ctx):
    return (np.where(cache > 0, dy, dy * self.alpha**2),)


def always_one(self, dy, cache, ctx):
    return (dy.copy(),)


def without_the_square(self, dy, cache, ctx):
    return (dy * (1 - cache),)


def sigmoid_of_y(self, dy, cache, ctx):
    return (dy * cache * (1 - cache) * cache,)


def softmax_diagonal_alone(self, dy, cache, ctx):
    return (dy * cache * (1 - cache),)


def mask_is_not_used(self, dy, cache, ctx):
    return (dy.copy(),)


LAYER_FAULTS: list[tuple[type, str, Any, dict[str, Any], str, str | None]] = [
    (Dense, "backward", one_sample_left_out, PLAIN, "output gradient weight", None),
    (Dense, "backward", bias_from_the_last_unit, PLAIN, "output gradient bias", None),
    (Dense, "backward", weights_not_transposed_back, PLAIN, "activation_1 backward", None),
    (BatchNorm, "backward", gamma_gradient_uncentred, {}, "output_batch_norm gradient gamma", None),
    (BatchNorm, "backward", mean_forgotten_in_backward, {}, "output backward", None),
    (BatchNorm, "observe", statistics_the_other_way_round, {}, "batch_norm_1.running_mean", "BatchNormMomentum"),
    (BatchNorm, "observe", statistics_of_one_feature_stand_still, {}, "batch_norm_1.running_variance", None),
    (BatchNorm, "observe", variance_of_one_more_value, {}, "batch_norm_1.running_variance", None),
    (LeakyReLU, "backward", squared_slope, {}, "batch_norm_1 backward", None),
    (LeakyReLU, "backward", always_one, {}, "batch_norm_1 backward", None),
    (Tanh, "backward", without_the_square, PLAIN, "dense_1 backward", None),
    (Sigmoid, "backward", sigmoid_of_y, {"activation": "Sigmoid"}, "batch_norm_1 backward", None),
    (Softmax, "backward", softmax_diagonal_alone, {}, "output_batch_norm backward", None),
    (Dropout, "backward", mask_is_not_used, {**PLAIN, "dropout_rate": 0.3}, "activation_1 backward", None),
]


@pytest.mark.parametrize(
    ("cls", "method", "fault", "options", "tensor", "convention"),
    LAYER_FAULTS,
    ids=[f"{fault[0].__name__}-{fault[2].__name__}" for fault in LAYER_FAULTS],
)
def test_fault_in_a_layer(monkeypatch, found, cls, method, fault, options, tensor, convention):
    monkeypatch.setattr(cls, method, fault)
    found(tensor, 1, convention, **options)


def test_fault_in_a_forward(monkeypatch, found):
    plain = Dense.forward

    def forward(self, *xs, ctx):
        y, cache = plain(self, *xs, ctx=ctx)
        y[-1, 0] += 1e-4  # one unit of the last sample
        return y, cache

    monkeypatch.setattr(Dense, "forward", forward)
    found("dense_1 forward", 1, None, **PLAIN)


def test_a_mask_that_is_drawn_in_float64(monkeypatch, found):
    plain = Dropout.forward

    def forward(self, *xs, ctx):
        if not ctx.training or self.rate == 0:
            return plain(self, *xs, ctx=ctx)
        mask = (ctx.generator().random(xs[0].shape) >= self.rate) / (1 - self.rate)
        return (xs[0] * mask).astype(xs[0].dtype), mask.astype(xs[0].dtype)

    monkeypatch.setattr(Dropout, "forward", forward)
    found("dropout_1 forward", 1, None, dropout_rate=0.3, **PLAIN)


@pytest.mark.parametrize(
    ("cls", "options", "change", "tensor", "convention"),
    [
        (CrossEntropy, {}, lambda loss, dp, n: (loss, dp * n), "loss gradient", None),
        (CrossEntropy, {}, lambda loss, dp, n: (loss, -dp), "loss gradient", None),
        (CrossEntropy, {}, lambda loss, dp, n: (loss / n, dp / n), "loss", "LossReduction"),
        (SoftmaxCrossEntropy, {"fused": True}, lambda loss, dp, n: (loss, dp / 2), "loss gradient", None),
    ],
    ids=["not averaged", "uphill", "averaged twice", "halved"],
)
def test_fault_in_a_loss(monkeypatch, found, cls, options, change, tensor, convention):
    plain = cls.__call__

    def call(self, predicted, target, ctx):
        return change(*plain(self, predicted, target, ctx), len(predicted))

    monkeypatch.setattr(cls, "__call__", call)
    found(tensor, 1, convention, **options)


def adam_without_square(self, value, grad, slots, *, rate, step, scratch):
    m, v = slots
    m[...] = self.beta1 * m + (1 - self.beta1) * grad
    v[...] = self.beta2 * v + (1 - self.beta2) * abs(grad)
    value -= rate * m / (1 - self.beta1**step) / (np.sqrt(v / (1 - self.beta2**step)) + self.epsilon)


def adam_that_counts_from_zero(self, value, grad, slots, *, rate, step, scratch):
    """The correction of the step before; step 1 keeps its own, as nothing can be divided by zero."""
    PLAIN_ADAM(self, value, grad, slots, rate=rate, step=max(step - 1, 1), scratch=scratch)


def momentum_from_the_old_velocity(self, value, grad, slots, *, rate, step, scratch):
    (v,) = slots
    value -= rate * (v if step > 1 else grad)
    v[...] = self.decay * v + grad


def dampened_momentum(self, value, grad, slots, *, rate, step, scratch):
    (v,) = slots
    v[...] = self.decay * v + (1 - self.decay) * grad
    value -= rate * v


def rms_prop_epsilon_of_one(self, value, grad, slots, *, rate, step, scratch):
    (v,) = slots
    v[...] = self.decay * v + (1 - self.decay) * grad * grad
    value -= rate * grad / (np.sqrt(v) + 1e-3)


PLAIN_ADAM = Adam.update


@pytest.mark.parametrize(
    ("cls", "fault", "options", "tensor", "step", "convention"),
    [
        (Adam, adam_without_square, {}, f"{FIRST} v", 1, None),
        (Adam, adam_that_counts_from_zero, {}, FIRST, 2, None),
        (Momentum, momentum_from_the_old_velocity, MOMENTUM, FIRST, 2, None),
        (Momentum, dampened_momentum, MOMENTUM, f"{FIRST} v", 1, None),
        (RMSProp, rms_prop_epsilon_of_one, {"optimizer": "RMSProp"}, FIRST, 1, None),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_fault_in_a_rule(monkeypatch, found, cls, fault, options, tensor, step, convention):
    monkeypatch.setattr(cls, "update", fault)
    found(tensor, step, convention, **options)


def test_elements_clipped_before_the_length(monkeypatch, found):
    """The right parts in the wrong order."""

    def clip(self, parameters):
        for parameter in parameters:
            np.clip(parameter.grad, -self.clip_value, self.clip_value, out=parameter.grad)
        length = np.sqrt(sum(float((p.grad**2).sum()) for p in parameters))
        for parameter in parameters:
            np.multiply(parameter.grad, min(1.0, self.clip_norm / length), out=parameter.grad)

    monkeypatch.setattr(Optimizer, "_clip", clip)
    found(FIRST, 1, None, clip_value=0.01, **CLIP)


def test_the_longest_single_gradient_is_clipped(monkeypatch, found):
    def clip(self, parameters):
        length = max(float(np.linalg.norm(p.grad)) for p in parameters)
        for parameter in parameters:
            np.multiply(parameter.grad, min(1.0, self.clip_norm / length), out=parameter.grad)

    monkeypatch.setattr(Optimizer, "_clip", clip)
    found(FIRST, 1, None, **CLIP)


def test_a_penalty_that_forgets_its_last_weights(monkeypatch, found):
    plain = Penalty.add_gradient

    def add_gradient(self, parameters):
        plain(self, list(parameters)[:1])

    monkeypatch.setattr(Penalty, "add_gradient", add_gradient)
    found("output.weight m", 1, None, weight_decay=0.1)


def test_a_parameter_that_is_never_moved(monkeypatch, found):
    plain = Optimizer._move

    def move(self, parameter, rate):
        if parameter.name != "output.weight":
            plain(self, parameter, rate)

    monkeypatch.setattr(Optimizer, "_move", move)
    found("output.weight", 1, None, optimizer="Constant")
