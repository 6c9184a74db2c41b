"""Several processes learn what one learns: the same weights, figures and statistics, however samples are shared out."""

from typing import Any

import numpy as np
import pytest

from nnlab.core.batch import Batch
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.models.learner import parts

CLOSE = {"rtol": 0, "atol": 1e-12}
"""In float64, after 20 steps of Adam: sums of the same numbers in another order. Means of means are 0.5 off."""

MLP = {"model": "NLayers", "layers": "12,7", "dropout_rate": 0.3}
CNN = {"model": "SmallCnn", "dropout_rate": 0.3, "flatten": "false"}


def learnt(who: Any, batches: list[Batch], steps: int = 20) -> list[Any]:
    """What so many steps gave."""
    return [who.learn(batches[i % len(batches)], rng=Rng(3).at("step", i), epoch=i, epochs=steps) for i in range(steps)]


def assert_equal_states(one: Any, other: Any, **close: float) -> None:
    for found, wanted in ((one.state(), other.state()), (one.optimizer_state(), other.optimizer_state())):
        assert found.keys() == wanted.keys()
        for name, value in wanted.items():
            assert (found[name].shape, found[name].dtype) == (value.shape, value.dtype), name
            np.testing.assert_allclose(found[name], value, err_msg=name, **(close or CLOSE))


@pytest.mark.parametrize("samples", [(31,), (24, 7, 2)], ids=str)
@pytest.mark.parametrize("model", [MLP, CNN, {**MLP, "batch_norm": "false"}], ids=["MLP", "SmallCnn", "without BN"])
def test_twenty_steps_of_adam(pair: Any, some: Any, model: dict[str, Any], samples: tuple[int, ...]) -> None:
    alone, leader, data = pair(**model)
    batches = [some(data, count, seed) for seed, count in enumerate(samples)]
    before = alone.state()
    wanted, found = learnt(alone, batches), learnt(leader, batches)
    np.testing.assert_allclose([step.loss for step in found], [step.loss for step in wanted], **CLOSE)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one.outputs[OUTPUT], other.outputs[OUTPUT], **CLOSE)
    assert_equal_states(leader, alone)
    assert any(np.abs(value - before[name]).max() > 0.01 for name, value in alone.state().items())  # it has learnt


OTHERWISE = {
    "fewer samples than processes": (1, {**MLP, "batch_norm": "false"}),
    "penalties, clipping, averages": (31, {**MLP, "weight_decay": 0.1, "l1": 0.01, "clip_norm": 0.1, "ema": 0.9}),
    "weighted classes": (13, {**MLP, "class_weights": "balanced"}),
    "losses of pairs": (11, {"task": "Embedding", "loss": "Triplet", "mining": "all", "model": "NLayers"}),
    "rounding to 8 bits": (9, {**CNN, "quantize": "int8"}),
    "little kept": (31, {**CNN, "tuning": "checkpoint"}),
    "channels first": (31, {**CNN, "tuning": "channels-first"}),
    "mixed pictures": (31, {**MLP, "mixup": 0.4}),
}


@pytest.mark.parametrize(("samples", "settings"), OTHERWISE.values(), ids=OTHERWISE)
def test_what_sums_otherwise(pair: Any, some: Any, samples: int, settings: dict[str, Any]) -> None:
    alone, leader, data = pair(**settings)
    batches = [some(data, samples)]
    wanted, found = learnt(alone, batches, 6), learnt(leader, batches, 6)
    np.testing.assert_allclose([step.loss for step in found], [step.loss for step in wanted], **CLOSE)
    np.testing.assert_allclose([step.penalty for step in found], [step.penalty for step in wanted], **CLOSE)
    assert_equal_states(leader, alone)


def test_a_step_that_learns_from_several_batches(pair: Any, some: Any) -> None:
    alone, leader, data = pair(**MLP, weight_decay=0.1)
    batches = [some(data, samples, samples) for samples in (9, 4, 17)]
    for who in (alone, leader):
        for step in range(5):
            for place, (batch, part) in enumerate(zip(batches, parts(batches), strict=True)):
                who.backprop(batch, rng=Rng(0).at(step, place), part=part)
            who.update(epoch=step, epochs=5)
    assert_equal_states(leader, alone)


def test_scores_and_statistics(pair: Any, some: Any) -> None:
    alone, leader, data = pair(**MLP)
    for batch in (some(data, 13), some(data, 1)):
        found, wanted = leader.evaluate(batch, each=True), alone.evaluate(batch, each=True)
        assert found.loss == pytest.approx(wanted.loss, rel=1e-13)
        np.testing.assert_allclose(found.each, wanted.each, **CLOSE)
        np.testing.assert_allclose(leader.predict(batch.inputs)[OUTPUT], alone.predict(batch.inputs)[OUTPUT], **CLOSE)
    moments = {who: who.moments(some(data, 13)) for who in (leader, alone)}
    for node, wanted in moments[alone].items():
        found = moments[leader][node]
        assert found.values == wanted.values == 13
        np.testing.assert_allclose([found.mean, found.variance], [wanted.mean, wanted.variance], **CLOSE)


def test_going_back_and_what_changes_on_the_way(pair: Any, some: Any) -> None:
    alone, leader, data = pair(**CNN, freeze="backbone")
    batch = some(data, 11)
    for who in (alone, leader):
        learnt(who, [batch], 2)
        good = who.state(), who.optimizer_state()
        who.unfreeze()
        learnt(who, [batch], 2)
        who.settle([next(node.name for node in who.definition.nodes if "batch_norm" in node.name)])
        who.load_state(good[0])
        who.slow(1)
        learnt(who, [batch], 3)
    assert_equal_states(leader, alone)


def test_a_wrong_state_is_refused_and_the_others_go_on(pair: Any, some: Any) -> None:
    from nnlab.core.errors import UsageError

    alone, leader, data = pair(**MLP)
    with pytest.raises(UsageError):
        leader.load_state({})
    assert_equal_states(leader, alone)
    learnt(leader, [some(data, 5)], 1)
