"""Mistakes that people make in hand-written networks, planted one by one: a check that ships has to find each.

Every fault says the row that has to fail and a part of what it has to say. The clean parts are held in
test_no_false_alarms.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.checks.findings import Row, judged
from nnlab.checks.layer_checks import layer_findings
from nnlab.checks.loss_checks import loss_findings
from nnlab.checks.model_checks import ModelTrial, trial_findings
from nnlab.checks.optimizer_checks import optimizer_findings
from nnlab.core.context import Context
from nnlab.kernels.softmax import softmax
from nnlab.layers.add import Add
from nnlab.layers.base import Layer
from nnlab.layers.batch_norm import BatchNorm
from nnlab.layers.concat import Concat
from nnlab.layers.dense import Dense
from nnlab.layers.dropout import Dropout
from nnlab.layers.flatten import Flatten
from nnlab.layers.leaky_relu import LeakyReLU
from nnlab.layers.relu import ReLU
from nnlab.layers.sigmoid import Sigmoid
from nnlab.layers.softmax import Softmax
from nnlab.layers.tanh import Tanh
from nnlab.losses.base import Loss
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.losses.l2 import L2
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.losses.softmax_cross_entropy import SoftmaxCrossEntropy
from nnlab.models.base import Model
from nnlab.models.graph import Graph
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW
from nnlab.optimizers.base import UpdateRule
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.momentum import Momentum
from nnlab.optimizers.optimizer import Optimizer
from nnlab.optimizers.rms_prop import RMSProp

# --- layers ----------------------------------------------------------------------------------------------------------


class DenseSwappedAxes(Dense):
    """dx = dy W, which fits when W is square."""

    def backward(self, dy, cache, ctx):
        super().backward(dy, cache, ctx)
        return (dy @ self.weight.value if ctx.needs_dx else None,)

    @classmethod
    def examples(cls):
        return (({"units": 3}, ((3,),)),)


class DenseBiasMean(Dense):
    def backward(self, dy, cache, ctx):
        self.weight.add_product(cache.T, dy)
        if self.shift is not None:
            self.shift.add(dy.mean(axis=0))
        return (dy @ self.weight.value.T if ctx.needs_dx else None,)


class DenseOverwrites(Dense):
    def backward(self, dy, cache, ctx):
        self.weight.zero_grad()
        return super().backward(dy, cache, ctx)


class DenseWrongSign(Dense):
    def backward(self, dy, cache, ctx):
        self.weight.add(-2 * cache.T @ dy)
        return super().backward(dy, cache, ctx)


class DenseBiasForgotten(Dense):
    def backward(self, dy, cache, ctx):
        self.weight.add_product(cache.T, dy)
        return (dy @ self.weight.value.T if ctx.needs_dx else None,)


class DenseLastColumn(Dense):
    """The last unit never learns: one coordinate in hundreds, which only the direction is sure to see."""

    def backward(self, dy, cache, ctx):
        gradient = cache.T @ dy
        gradient[:, -1] = 0
        self.weight.add(gradient)
        return (dy @ self.weight.value.T if ctx.needs_dx else None,)

    @classmethod
    def examples(cls):
        return (({"units": 40, "bias": False}, ((20,),)),)


class DenseStaleInput(Dense):
    """Keeps its input on itself, so another pass in between spoils it."""

    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        self.kept = cache
        return y, cache

    def backward(self, dy, cache, ctx):
        return super().backward(dy, self.kept, ctx)


class BatchNormNoMean(BatchNorm):
    def backward(self, dy, cache, ctx):
        (dx,) = super().backward(dy, cache, ctx)
        if dx is None or not cache.training:
            return (dx,)
        count = dy.size // dy.shape[-1]
        return (dx + self.gamma.value * cache.inverse * dy.reshape(-1, dy.shape[-1]).sum(0) / count,)


class BatchNormAsIfConstant(BatchNorm):
    """In training too, backward takes mean and variance for constants."""

    def backward(self, dy, cache, ctx):
        return super().backward(dy, cache._replace(training=False), ctx)


class BatchNormRunningStatistics(BatchNorm):
    def backward(self, dy, cache, ctx):
        inverse = 1 / np.sqrt(self.running_variance.value + self.epsilon)
        return super().backward(dy, cache._replace(inverse=inverse), ctx)


class BatchNormWrongCount(BatchNorm):
    def backward(self, dy, cache, ctx):
        return super().backward(dy, cache._replace(values=cache.values - 1), ctx)


class BatchNormForgetsEpsilon(BatchNorm):
    """Backward divides by the bare root of the variance: wrong in the sixth digit."""

    def backward(self, dy, cache, ctx):
        return super().backward(dy, cache._replace(inverse=1 / np.sqrt(cache.variance)), ctx)


class BatchNormObservesInForward(BatchNorm):
    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        self.observe(cache)
        return y, cache


class BatchNormScoresBatches(BatchNorm):
    """Has no running statistics in evaluation: a score depends on how samples are batched."""

    def forward(self, *xs, ctx):
        centred = xs[0] - xs[0].reshape(-1, xs[0].shape[-1]).mean(0)
        y, cache = super().forward(*xs, ctx=ctx)
        return (y if ctx.training else centred * self.gamma.value), cache


class DropoutUnscaled(Dropout):
    def backward(self, dy, cache, ctx):
        return (dy if cache is None else dy * (cache > 0),)


class DropoutFreshMask(Dropout):
    def backward(self, dy, cache, ctx):
        if cache is None:
            return (dy,)
        return (dy * (np.random.default_rng(9).random(dy.shape) >= self.rate) / (1 - self.rate),)


class DropoutStaleMask(Dropout):
    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        self.mask = cache
        return y, cache

    def backward(self, dy, cache, ctx):
        return super().backward(dy, self.mask, ctx)


class DropoutWhenScoring(Dropout):
    def forward(self, *xs, ctx):
        return super().forward(*xs, ctx=Context(training=True, rng=ctx.rng, node=ctx.node))


class SoftmaxDiagonal(Softmax):
    def backward(self, dy, cache, ctx):
        return (dy * cache * (1 - cache),)


class SoftmaxOverBatch(Softmax):
    """The wrong axis forward and backward: its gradient is right, and its samples depend on each other."""

    def forward(self, *xs, ctx):
        y = softmax(np.ascontiguousarray(xs[0].T)).T
        return y, y

    def backward(self, dy, cache, ctx):
        return (cache * (dy - (dy * cache).sum(axis=0)),)

    @classmethod
    def examples(cls):
        return (({}, ((5,),)),)


class LeakyAsReLU(LeakyReLU):
    def backward(self, dy, cache, ctx):
        return (dy * (cache > 0),)


class ReLUPassesAll(ReLU):
    def backward(self, dy, cache, ctx):
        return (dy,)


class SigmoidOfInput(Sigmoid):
    """y (1 - y) with x in the place of y."""

    def forward(self, *xs, ctx):
        y, _ = super().forward(*xs, ctx=ctx)
        return y, xs[0]

    def backward(self, dy, cache, ctx):
        return (dy * cache * (1 - cache),)


class TanhNotSquared(Tanh):
    def forward(self, *xs, ctx):
        y = np.tanh(xs[0])
        return y, y

    def backward(self, dy, cache, ctx):
        return (dy * (1 - cache),)


class AddToOne(Add):
    def backward(self, dy, cache, ctx):
        return (dy, *(np.zeros_like(dy) for _ in range(cache - 1)))


class ConcatSwapped(Concat):
    def backward(self, dy, cache, ctx):
        first, second = super().backward(dy, cache, ctx)
        return second, first

    @classmethod
    def examples(cls):
        return (({}, ((4,), (4,))),)


class FlattenOtherOrder(Flatten):
    def backward(self, dy, cache, ctx):
        (dx,) = super().backward(dy, cache, ctx)
        return (None if dx is None else dy.reshape(dx.shape, order="F"),)

    @classmethod
    def examples(cls):
        return (({}, ((3, 4),)),)


class ReLUSpoilsGradient(ReLU):
    """Multiplies dy in place: whoever shares it gets another."""

    def backward(self, dy, cache, ctx):
        (dx,) = super().backward(dy, cache, ctx)
        dy *= 0.5
        return (dx,)


class ReLUTrustsMemory(ReLU):
    """Writes only what is positive into borrowed memory and takes the rest for zero."""

    def forward(self, *xs, ctx):
        y = ctx.empty(xs[0].shape, xs[0].dtype)
        if ctx.workspace is None:
            y.fill(0)
        np.copyto(y, xs[0], where=xs[0] > 0)
        return y, super().forward(*xs, ctx=Context())[1]


class TanhInDoubles(Tanh):
    def forward(self, *xs, ctx):
        y, cache = super().forward(*xs, ctx=ctx)
        return y.astype(np.float64), cache


LAYER_FAULTS: list[tuple[type[Layer], str]] = [
    (DenseSwappedAxes, "x1"),
    (DenseBiasMean, "layer.bias"),
    (DenseOverwrites, "add to layer.weight.grad"),
    (DenseWrongSign, "layer.weight"),
    (DenseBiasForgotten, "layer.bias"),
    (DenseLastColumn, "layer.weight"),
    (DenseStaleInput, "layer.weight"),
    (BatchNormNoMean, "training on (5,): x1"),
    (BatchNormAsIfConstant, "x1"),
    (BatchNormRunningStatistics, "training"),
    (BatchNormWrongCount, "x1"),
    (BatchNormForgetsEpsilon, "training"),
    (BatchNormObservesInForward, "running_mean"),
    (BatchNormScoresBatches, "evaluation"),
    (DropoutUnscaled, "x1"),
    (DropoutFreshMask, "x1"),
    (DropoutStaleMask, "training"),
    (DropoutWhenScoring, "evaluation"),
    (SoftmaxDiagonal, "x1"),
    (SoftmaxOverBatch, "samples scored alone against together"),
    (LeakyAsReLU, "x1"),
    (ReLUPassesAll, "x1"),
    (SigmoidOfInput, "x1"),
    (TanhNotSquared, "x1"),
    (AddToOne, "x2"),
    (ConcatSwapped, "x"),
    (FlattenOtherOrder, "x1"),
    (ReLUSpoilsGradient, "writes into its inputs"),
    (ReLUTrustsMemory, "borrowed memory"),
    (TanhInDoubles, "float64 output"),
]


@pytest.mark.parametrize(("cls", "says"), LAYER_FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_a_layer(cls: type[Layer], says: str) -> None:
    _fails(judged(cls.__name__, "layer", layer_findings(cls)), cls.__name__, says, layer_findings(cls))


# --- losses ----------------------------------------------------------------------------------------------------------


class CrossEntropyOverOne(CrossEntropy):
    """The 1/batch is left out of the gradient."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, dp * len(predicted)


class CrossEntropyOfLogits(CrossEntropy):
    """p - y, which is the gradient for the logits."""

    def __call__(self, predicted, target, ctx):
        loss, _ = super().__call__(predicted, target, ctx)
        return loss, (predicted - target) / len(predicted)


class CrossEntropyUphill(CrossEntropy):
    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, -dp


class CrossEntropySum(CrossEntropy):
    """A sum with the gradient of a sum: consistent, and not a mean."""

    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss * len(predicted), dp * len(predicted)


class SoftmaxCrossEntropyOverClasses(SoftmaxCrossEntropy):
    def __call__(self, predicted, target, ctx):
        loss, dz = super().__call__(predicted, target, ctx)
        return loss, dz / predicted.shape[1]


class SquaredErrorHalved(MeanSquaredError):
    def __call__(self, predicted, target, ctx):
        loss, dp = super().__call__(predicted, target, ctx)
        return loss, dp / 2


LOSS_FAULTS: list[tuple[type[Loss], str]] = [
    (CrossEntropyOverOne, "predicted"),
    (CrossEntropyOfLogits, "predicted"),
    (CrossEntropyUphill, "predicted"),
    (CrossEntropySum, "the mean of the samples' losses"),
    (SoftmaxCrossEntropyOverClasses, "predicted"),
    (SquaredErrorHalved, "predicted"),
]


@pytest.mark.parametrize(("cls", "says"), LOSS_FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_a_loss(cls: type[Loss], says: str) -> None:
    _fails(judged(cls.__name__, "loss", loss_findings(cls)), cls.__name__, says, loss_findings(cls))


# --- update rules ----------------------------------------------------------------------------------------------------


class AdamUncorrected(Adam):
    def update(self, value, grad, slots, *, rate, step, scratch):
        super().update(value, grad, slots, rate=rate, step=10**9, scratch=scratch)


class AdamStepFromZero(Adam):
    def update(self, value, grad, slots, *, rate, step, scratch):
        super().update(value, grad, slots, rate=rate, step=step + 1, scratch=scratch)


class AdamEpsilonInside(Adam):
    def update(self, value, grad, slots, *, rate, step, scratch):
        m, v = slots
        m += (1 - self.beta1) * (grad - m)
        v += (1 - self.beta2) * (grad**2 - v)
        value -= rate * m / (1 - self.beta1**step) / np.sqrt(v / (1 - self.beta2**step) + self.epsilon)


class MomentumAgainst(Momentum):
    def update(self, value, grad, slots, *, rate, step, scratch):
        slots[0][...] = self.decay * slots[0] - grad
        value -= rate * slots[0]


class RMSPropSwapped(RMSProp):
    def update(self, value, grad, slots, *, rate, step, scratch):
        slots[0][...] = (1 - self.decay) * slots[0] + self.decay * grad**2
        value -= rate * grad / (np.sqrt(slots[0]) + self.epsilon)


class ConstantSpoilsGradient(Constant):
    def update(self, value, grad, slots, *, rate, step, scratch):
        grad *= rate
        value -= grad


class ConstantByLength(Constant):
    """Divides by the length of what it is given, which may be a slice."""

    def update(self, value, grad, slots, *, rate, step, scratch):
        value -= rate * grad / np.linalg.norm(grad)


RULE_FAULTS: list[tuple[type[UpdateRule], str]] = [
    (AdamUncorrected, "step 1"),
    (AdamStepFromZero, "against the recurrence"),
    (AdamEpsilonInside, "against the recurrence"),
    (MomentumAgainst, "against the recurrence"),
    (RMSPropSwapped, "against the recurrence"),
    (ConstantSpoilsGradient, "writes into the gradient"),
    (ConstantByLength, "slices"),
]


@pytest.mark.parametrize(("cls", "says"), RULE_FAULTS, ids=lambda value: getattr(value, "__name__", ""))
def test_fault_in_an_update_rule(cls: type[UpdateRule], says: str) -> None:
    _fails(judged(cls.__name__, "optimizer", optimizer_findings(cls)), cls.__name__, says, optimizer_findings(cls))


def _clip_each(self: Optimizer, parameters: Any) -> None:
    """Clips every parameter by its own length instead of all by their common one."""
    for parameter in parameters:
        length = float(np.linalg.norm(parameter.grad))
        if self.clip_norm is not None and length > self.clip_norm:
            np.multiply(parameter.grad, self.clip_norm / length, out=parameter.grad)


def _decay_everything(self: Optimizer, parameter: Any, rate: float) -> None:
    parameter.value *= 1 - rate * self.weight_decay
    kept, self.weight_decay = self.weight_decay, 0.0
    _MOVE(self, parameter, rate)
    self.weight_decay = kept


_MOVE = Optimizer._move
_COUPLED = property(lambda self: L2(weight_decay=self.weight_decay))


@pytest.mark.parametrize(
    ("method", "fault", "says"),
    [
        ("_clip", _clip_each, "clip_norm=0.5"),
        ("_move", _decay_everything, "weight_decay=0.1: step 1 of a free weight"),
        ("penalty", _COUPLED, "the decay that joins the objective is 0.1, should be 0"),
    ],
    ids=["clips-each", "decays-biases", "couples-decay"],
)
def test_fault_in_the_optimizer(monkeypatch: pytest.MonkeyPatch, method: str, fault: Any, says: str) -> None:
    monkeypatch.setattr(Optimizer, method, fault)
    _fails(judged("AdamW", "optimizer", optimizer_findings(AdamW)), "AdamW", says, optimizer_findings(AdamW))


# --- objective, graph and learner ------------------------------------------------------------------------------------


class Shortcut(Model):
    """A node that two others read."""

    def graph(self, in_shape: tuple[int, ...], classes: int) -> Graph:
        graph = Graph(emits="logits")
        graph.add("first", Dense(units=5))
        graph.add("bent", Tanh())
        graph.add("second", Dense(units=5), "bent")
        graph.add("sum", Add(), "bent", "second")
        graph.add("output", Dense(units=classes))
        return graph


@dataclass(frozen=True)
class Patch:
    """A method and what is put in its place."""

    owner: Any
    method: str
    fault: Callable[..., Any]
    says: str
    model: type[Model] = NLayers
    options: tuple[tuple[str, Any], ...] = (("layers", (6,)),)


def _penalty_gradient_twice(self: L2, parameters: Any) -> None:
    for parameter in parameters:
        if parameter.penalised:
            parameter.add(2 * self.weight_decay * parameter.value)


def _penalty_gradient_of_all(self: L2, parameters: Any) -> None:
    for parameter in parameters:
        parameter.add(self.weight_decay * parameter.value)


def _last_branch_only(one: Any, other: Any, ctx: Any) -> Any:
    return other


def _learn_without_zero_grad(self: NumpyLearner, batch: Any, **more: Any) -> Any:
    zero_grad, self.graph.zero_grad = self.graph.zero_grad, lambda: None
    try:
        return _LEARN(self, batch, **more)
    finally:
        self.graph.zero_grad = zero_grad


def _learn_twice(self: NumpyLearner, batch: Any, **more: Any) -> Any:
    _LEARN(self, batch, **more)
    return _LEARN(self, batch, **more)


def _learn_but_one(self: NumpyLearner, batch: Any, **more: Any) -> Any:
    """Drops the last sample."""
    return _LEARN(self, type(batch)(batch.inputs[:-1], batch.targets[:-1], batch.sources[:-1]), **more)


def _evaluate_and_observe(self: NumpyLearner, batch: Any) -> Any:
    _, tape = self.graph.forward(batch.inputs, Context(training=True))
    self.graph.observe(tape)
    return _EVALUATE(self, batch)


def _predict_as_in_training(self: NumpyLearner, inputs: Any) -> Any:
    y, _ = self.graph.forward(np.concatenate([inputs, inputs * 0.5 + 0.1]), Context(training=True))
    return y[: len(inputs)].copy()


_LEARN, _EVALUATE, _BACKWARD = NumpyLearner.learn, NumpyLearner.evaluate, Graph.backward
_FREE = (("layers", (6,)), ("batch_norm", False))


def _backward_of_all_but_first(self: Graph, dy: Any, tape: Any, ctx: Any, **more: Any) -> Any:
    """The last layer to be reached gets no gradient."""
    result = _BACKWARD(self, dy, tape, ctx, **more)
    self.parameters[0].zero_grad()
    return result


PATCHES = {
    "penalty-left-out": Patch(L2, "add_gradient", lambda self, parameters: None, "weight"),
    "penalty-twice": Patch(L2, "add_gradient", _penalty_gradient_twice, "weight"),
    "penalty-on-biases": Patch(L2, "add_gradient", _penalty_gradient_of_all, "bias", options=_FREE),
    "penalty-not-in-value": Patch(Objective, "penalty_value", lambda self, *names: 0.0, "weight"),
    "fan-out-overwritten": Patch("nnlab.models.graph", "_sum", _last_branch_only, "first.", Shortcut, ()),
    "first-layer-skipped": Patch(Graph, "backward", _backward_of_all_but_first, "dense_1.weight"),
    "gradients-not-zeroed": Patch(NumpyLearner, "learn", _learn_without_zero_grad, "step 2 moves"),
    "two-updates": Patch(NumpyLearner, "learn", _learn_twice, "step 1 moves"),
    "last-sample-dropped": Patch(NumpyLearner, "learn", _learn_but_one, "step 1 moves"),
    "score-moves-statistics": Patch(NumpyLearner, "evaluate", _evaluate_and_observe, "a score changes"),
    "predicts-as-in-training": Patch(NumpyLearner, "predict", _predict_as_in_training, "scored alone"),
}


@pytest.mark.parametrize("name", PATCHES)
def test_fault_around_the_layers(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    patch = PATCHES[name]
    trial = ModelTrial(patch.model, dict(patch.options), decay=0.01)
    assert judged("clean", "model", trial_findings(trial, NumpyLearner)).passed
    target = patch.owner if not isinstance(patch.owner, str) else __import__(patch.owner, fromlist=["_"])
    monkeypatch.setattr(target, patch.method, patch.fault)
    row = judged(name, "model", trial_findings(trial, NumpyLearner))
    _fails(row, name, patch.says, trial_findings(trial, NumpyLearner))


def _fails(row: Row, name: str, says: str, findings: Any) -> None:
    """The row failed by a finding (not by raising), and one of its findings names the place."""
    assert row.component == name
    assert not row.passed
    assert row.worst_relative_error is not None, row.where
    failed = [finding.where for finding in findings if finding.failed]
    assert any(says in where for where in failed), failed


def test_there_are_enough_faults() -> None:
    assert len(LAYER_FAULTS) + len(LOSS_FAULTS) + len(RULE_FAULTS) + len(PATCHES) + 3 >= 50
