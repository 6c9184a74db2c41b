"""Faults planted around the layers: in the penalty, the objective, the graph and the learner."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.checks.findings import judged
from nnlab.checks.model_checks import ModelTrial, trial_findings
from nnlab.core.context import Context
from nnlab.core.heads import OUTPUT, Head
from nnlab.layers.add import Add
from nnlab.layers.dense import Dense
from nnlab.layers.tanh import Tanh
from nnlab.losses.penalty import Penalty
from nnlab.models.base import Model
from nnlab.models.graph import Graph
from nnlab.models.n_layers import NLayers
from nnlab.models.objective import Objective
from nnlab.testing.batches import forward


class Shortcut(Model):
    """A node that two others read."""

    def graph(self, in_shape: tuple[int, ...], heads: Mapping[str, Head]) -> Graph:
        graph = Graph(emits="logits")
        graph.add("first", Dense(units=5))
        graph.add("bent", Tanh())
        graph.add("second", Dense(units=5), "bent")
        graph.add("sum", Add(), "bent", "second")
        graph.add("output", Dense(units=heads[OUTPUT].channels))
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


def _penalty_gradient_twice(self: Penalty, parameters: Any) -> None:
    for parameter in parameters:
        if parameter.penalised:
            parameter.add(2 * self.weight_decay * parameter.value)


def _penalty_gradient_of_all(self: Penalty, parameters: Any) -> None:
    for parameter in parameters:
        parameter.add(self.weight_decay * parameter.value)


def _last_branch_only(gradients: Any, name: str, dy: Any, ctx: Any) -> None:
    gradients[name] = dy


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
    return _LEARN(self, batch.take(range(len(batch) - 1)), **more)


def _evaluate_and_observe(self: NumpyLearner, batch: Any) -> Any:
    _, tape = forward(self.graph, batch.inputs, Context(training=True))
    self.graph.observe(tape)
    return _EVALUATE(self, batch)


def _predict_as_in_training(self: NumpyLearner, inputs: Any) -> Any:
    y, _ = forward(self.graph, np.concatenate([inputs, inputs * 0.5 + 0.1]), Context(training=True))
    return {OUTPUT: y[: len(inputs)].copy()}


_LEARN, _EVALUATE, _BACKWARD = NumpyLearner.learn, NumpyLearner.evaluate, Graph.backward
_FREE = (("layers", (6,)), ("batch_norm", False))


def _backward_of_all_but_first(self: Graph, dy: Any, tape: Any, ctx: Any, **more: Any) -> Any:
    """The last layer to be reached gets no gradient."""
    result = _BACKWARD(self, dy, tape, ctx, **more)
    self.parameters[0].zero_grad()
    return result


PATCHES = {
    "penalty-left-out": Patch(Penalty, "add_gradient", lambda self, parameters: None, "weight"),
    "penalty-twice": Patch(Penalty, "add_gradient", _penalty_gradient_twice, "weight"),
    "penalty-on-biases": Patch(Penalty, "add_gradient", _penalty_gradient_of_all, "bias", options=_FREE),
    "penalty-not-in-value": Patch(Objective, "penalty_value", lambda self, *names: 0.0, "weight"),
    "fan-out-overwritten": Patch("nnlab.models.passes", "_add", _last_branch_only, "first.", Shortcut, ()),
    "first-layer-skipped": Patch(Graph, "backward", _backward_of_all_but_first, "dense_1.weight"),
    "gradients-not-zeroed": Patch(NumpyLearner, "learn", _learn_without_zero_grad, "step 2 moves"),
    "two-updates": Patch(NumpyLearner, "learn", _learn_twice, "step 1 moves"),
    "last-sample-dropped": Patch(NumpyLearner, "learn", _learn_but_one, "step 1 moves"),
    "score-moves-statistics": Patch(NumpyLearner, "evaluate", _evaluate_and_observe, "a score changes"),
    "predicts-as-in-training": Patch(NumpyLearner, "predict", _predict_as_in_training, "scored alone"),
}


@pytest.mark.parametrize("name", PATCHES)
def test_fault_around_the_layers(monkeypatch: pytest.MonkeyPatch, fails: Any, name: str) -> None:
    patch = PATCHES[name]
    trial = ModelTrial(patch.model, dict(patch.options), decay=0.01)
    assert judged("clean", "model", trial_findings(trial, NumpyLearner)).passed
    target = patch.owner if not isinstance(patch.owner, str) else __import__(patch.owner, fromlist=["_"])
    monkeypatch.setattr(target, patch.method, patch.fault)
    fails(name, trial_findings(trial, NumpyLearner), patch.says)
