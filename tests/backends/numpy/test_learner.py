"""NumpyLearner: steps that learn, scores that disturb nothing, chance that belongs to the step."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from threadpoolctl import ThreadpoolController

from nnlab.backends.numpy.learner import NumpyLearner
from nnlab.checks.finite import FiniteWatch
from nnlab.checks.gradients import check_gradients
from nnlab.core.batch import Batch
from nnlab.core.errors import UsageError
from nnlab.core.heads import OUTPUT
from nnlab.core.rng import Rng
from nnlab.core.types import Array, Shape
from nnlab.core.workspace import Workspace
from nnlab.kernels.product import WORTH_THREADS
from nnlab.losses.cross_entropy import CrossEntropy
from nnlab.models.base import Model
from nnlab.models.n_layers import NLayers
from nnlab.models.one_layer import OneLayer
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.optimizer import Optimizer
from nnlab.testing.batches import labelled, one_head

DEFAULT = NLayers(layers=(12,), dropout_rate=0.2)


def learner(model: Model = DEFAULT, dtype: type = np.float32, **optimizer: Any) -> NumpyLearner:
    graph = model.graph((4, 5, 1), one_head(3)).build((4, 5, 1), rng=Rng(0), dtype=dtype)
    driver = Optimizer(Adam(), **{"learning_rate": 0.01, **optimizer})
    return NumpyLearner(graph, loss=CrossEntropy(), optimizer=driver, threads=1)


def batch(dtype: type = np.float32, samples: int = 24, seed: int = 5) -> Batch:
    """Three classes that differ in which rows are bright, under noise."""
    generator = Rng(seed).generator()
    labels = generator.integers(0, 3, samples)
    x = 0.3 * generator.random((samples, 4, 5, 1))
    x[np.arange(samples), labels] += 0.5
    return labelled(x.astype(dtype), np.eye(3, dtype=dtype)[labels], [f"{i}.png" for i in range(samples)])


def learn(who: NumpyLearner, steps: int, at: Batch | None = None, **options: Any) -> list[float]:
    data = at or batch(who.graph.dtype.type)
    return [who.learn(data, rng=Rng(0).at("step", i), epoch=i, epochs=steps, **options).loss for i in range(steps)]


def assert_same(one: Mapping[str, Array], other: Mapping[str, Array]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert value.dtype == other[name].dtype
        np.testing.assert_array_equal(value, other[name], err_msg=name)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("model", [DEFAULT, OneLayer(), NLayers(layers=(8, 8), batch_norm=False, activation="Tanh")])
def test_steps_reduce_the_loss_and_the_classes_are_learnt(model: Model, dtype: type) -> None:
    who = learner(model, dtype, learning_rate=0.03)
    losses = learn(who, 80)
    assert losses[-1] < 0.3 * losses[0]
    data = batch(dtype, seed=6)
    assert np.mean(who.predict(data.inputs)[OUTPUT].argmax(1) == data.targets[OUTPUT].value.argmax(1)) > 0.9
    assert all(value.dtype == dtype for value in who.state().values())


def test_a_step_gives_probabilities_loss_penalty_and_seconds() -> None:
    who = learner(weight_decay=0.1)
    weights = [p.value.copy() for p in who.graph.parameters if p.penalised]
    data = batch()
    result = who.learn(data, rng=Rng(0), epoch=0, epochs=1)
    assert result.outputs[OUTPUT].shape == (24, 3) and result.outputs[OUTPUT].dtype == np.float32
    np.testing.assert_allclose(result.outputs[OUTPUT].sum(axis=1), 1, rtol=1e-6)
    picked = result.outputs[OUTPUT][np.arange(24), data.targets[OUTPUT].value.argmax(1)]
    assert result.loss == pytest.approx(-np.log(picked.astype(np.float64)).mean(), rel=1e-5)
    assert result.penalty == pytest.approx(
        0.05 * sum(float((w.astype(np.float64) ** 2).sum()) for w in weights), rel=1e-5
    )
    assert set(result.seconds) == {"forward", "backward", "update"} and min(result.seconds.values()) > 0


def test_what_a_step_gave_outlives_the_next() -> None:
    who = learner()
    first = who.learn(batch(), rng=Rng(0), epoch=0, epochs=9).outputs[OUTPUT]
    kept = first.copy()
    learn(who, 3)
    who.evaluate(batch())
    np.testing.assert_array_equal(first, kept)


def test_evaluate_and_predict_and_probe_change_nothing() -> None:
    """Two runs, one of which is scored and checked between its steps, stay equal to the last bit."""
    plain, busy = learner(weight_decay=0.01), learner(weight_decay=0.01)
    data, other = batch(), batch(samples=7, seed=8)
    for i in range(6):
        rng = Rng(0).at("step", i)
        before = busy.state()
        busy.evaluate(other)
        busy.predict(other.inputs)[OUTPUT]
        busy.probe(data, rng=rng).gradients()
        assert_same(before, busy.state())
        one, two = (who.learn(data, rng=rng, epoch=0, epochs=1) for who in (plain, busy))
        assert (one.loss, one.penalty) == (two.loss, two.penalty)
        np.testing.assert_array_equal(one.outputs[OUTPUT], two.outputs[OUTPUT])
    assert_same(plain.state(), busy.state())
    assert_same(plain.optimizer_state(), busy.optimizer_state())


def test_a_score_and_a_check_in_the_middle_of_a_step_disturb_nothing() -> None:
    plain, busy = learner(), learner()
    data, other = batch(), batch(samples=40, seed=8)

    def interrupt(node: str, what: str, array: Array) -> None:
        busy.evaluate(other)
        busy.probe(other, rng=Rng(0)).value()

    assert learn(plain, 3, data) == learn(busy, 3, data, watch=interrupt)
    assert_same(plain.state(), busy.state())


def test_a_step_moves_the_running_statistics_once() -> None:
    who = learner(NLayers(layers=(12,)))
    data = batch()
    features = data.inputs.reshape(24, 20) @ who.state()["dense_1.weight"]
    who.learn(data, rng=Rng(0), epoch=0, epochs=1)
    moved = who.state()
    np.testing.assert_allclose(moved["batch_norm_1.running_mean"], 0.1 * features.mean(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(
        moved["batch_norm_1.running_variance"], 0.9 + 0.1 * features.var(axis=0, ddof=1), rtol=1e-5
    )


def test_evaluation_has_no_dropout_and_uses_running_statistics() -> None:
    who = learner()
    learn(who, 5)
    data = batch()
    whole = who.evaluate(data)
    alone = np.concatenate([who.predict(data.inputs[i : i + 1])[OUTPUT] for i in range(len(data))])
    np.testing.assert_allclose(alone, whole.outputs[OUTPUT], rtol=1e-5)  # products of other shapes round differently
    np.testing.assert_array_equal(whole.outputs[OUTPUT], who.predict(data.inputs)[OUTPUT])
    assert set(whole.seconds) == {"evaluate"}


def test_a_watched_run_equals_an_unwatched_one_and_sees_every_tensor() -> None:
    plain, watched = learner(), learner()
    seen: list[tuple[str, str]] = []
    assert learn(plain, 4) == learn(watched, 4, watch=lambda node, what, array: seen.append((node, what)))
    assert_same(plain.state(), watched.state())
    nodes = {node.name for node in watched.graph.nodes}
    learning = {"dense_1", "batch_norm_1", "activation_1", "dropout_1", "output", "output_batch_norm", "softmax"}
    assert {node for node, what in seen if what == "forward"} == nodes
    assert {node for node, what in seen if what == "backward"} == learning == nodes - {"flatten"}
    assert {f"{node}.{what.split()[1]}" for node, what in seen if what.startswith("gradient")} == {
        parameter.name for parameter in watched.graph.parameters
    }
    assert {("CrossEntropy", "loss"), ("CrossEntropy", "logarithm")} <= set(seen)
    assert len(seen) == 4 * len(set(seen))


def test_dropout_masks_belong_to_the_step() -> None:
    def first_loss(place: int) -> float:
        return learner().learn(batch(), rng=Rng(0).at("step", place), epoch=0, epochs=1).loss

    assert first_loss(1) == first_loss(1) != first_loss(2)


def test_threads_change_no_bit() -> None:
    model = NLayers(layers=(4000,))  # large enough that the update is shared
    one, two = learner(model), learner(model)
    one.optimizer.threads, two.optimizer.threads = 1, 2
    assert learn(one, 3) == learn(two, 3)
    assert_same(one.state(), two.state())


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped() -> None:
    whole, first, second = learner(), learner(), learner(NLayers(layers=(12,), dropout_rate=0.2))
    learn(whole, 6)
    data = batch()
    for i in range(6):
        who = first if i < 3 else second
        if i == 3:
            second.load_state(first.state())
            second.load_optimizer_state(first.optimizer_state())
        who.learn(data, rng=Rng(0).at("step", i), epoch=i, epochs=6)
    assert_same(whole.state(), second.state())
    assert_same(whole.optimizer_state(), second.optimizer_state())


def test_state_is_a_copy_and_a_wrong_one_is_refused() -> None:
    who = learner()
    kept = who.state()
    learn(who, 1)
    assert not np.array_equal(kept["dense_1.weight"], who.state()["dense_1.weight"])
    with pytest.raises(UsageError, match=r"dense_1.weight"):
        learner(OneLayer()).load_state({**kept, "output.bias": np.zeros(3)} | {"output.weight": np.zeros((20, 3))})


class Noting(Workspace):
    """Notes the largest array that was asked for."""

    largest = 0

    def empty(self, shape: Shape, dtype: npt.DTypeLike) -> Array:
        lent = super().empty(shape, dtype)
        self.largest = max(self.largest, lent.nbytes)
        return lent


def test_steps_stop_borrowing_more_memory_and_never_copy_the_batch() -> None:
    who = learner(NLayers(layers=(4,)))
    who._workspace = memory = Noting()
    data = batch(samples=3000)
    sizes = []
    for i in range(3):
        who.learn(data, rng=Rng(i), epoch=0, epochs=1)
        sizes.append(memory.nbytes)
    small = batch(samples=10)
    who.learn(small, rng=Rng(9), epoch=0, epochs=1)
    assert sizes[0] == sizes[1] == sizes[2] == memory.nbytes
    assert 0 < memory.largest < data.inputs.nbytes


def test_readers_and_count_come_from_the_graph() -> None:
    who = learner(OneLayer())
    assert who.readers() == {"input": ("flatten",), "flatten": ("output",), "output": ()}
    assert who.parameter_count == 20 * 3 + 3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_check_passes_in_the_middle_of_training(dtype: type) -> None:
    who = learner(dtype=dtype, weight_decay=0.01)
    learn(who, 5)
    report = check_gradients(who.probe(batch(dtype), rng=Rng(0).at("step", 5)), Rng(1))
    assert not report.failed and report.worst_distance <= 1e-7
    assert {verdict.parameter for verdict in report.verdicts} == {p.name for p in who.graph.parameters}


def test_values_that_overflow_are_reported_by_the_watch_not_by_warnings() -> None:
    """Warnings are errors here, also in the threads that share the update."""
    model = NLayers(layers=(5000,), batch_norm=False, fused=True)
    who, data = learner(model, learning_rate=1e38), batch()
    who.optimizer.threads = 2
    huge = replace(data, inputs=data.inputs * np.float32(1e38))
    found = FiniteWatch(huge, who.readers())
    for i in range(3):
        who.learn(huge, rng=Rng(i), epoch=0, epochs=3, watch=found)
    assert found.found is not None and not np.isfinite(who.evaluate(huge).outputs[OUTPUT]).all()


def test_a_step_is_the_same_on_any_number_of_threads() -> None:
    """Sizes whose products are cut, along their depth and along a side, and updates that are shared."""
    generator = Rng(7).generator()
    x = generator.random((96, 3000), dtype=np.float32)
    data = labelled(x, np.eye(3, dtype=np.float32)[generator.integers(0, 3, 96)], [str(i) for i in range(96)])
    states = []
    for threads in (1, 2, 5):
        graph = NLayers(layers=(200,)).graph((3000,), one_head(3)).build((3000,), rng=Rng(0), dtype=np.float32)
        who = NumpyLearner(graph, loss=CrossEntropy(), optimizer=Optimizer(Adam()), threads=threads)
        learn(who, 2, data)
        states.append(who.state())
    assert WORTH_THREADS < 96 * 3000 * 200
    assert_same(states[0], states[1])
    assert_same(states[0], states[2])


def test_blas_has_one_thread_in_every_pass() -> None:
    seen = list[int]()

    def look(node: str, what: str, array: Array) -> None:
        seen.extend(pool["num_threads"] for pool in ThreadpoolController().select(user_api="blas").info())

    who = learner()
    who.learn(batch(), rng=Rng(0), epoch=0, epochs=1, watch=look)
    assert seen and set(seen) == {1}


def test_after_the_first_steps_and_scores_nothing_is_allocated_and_nothing_stays_lent() -> None:
    who, memory = learner(), []
    for _ in range(4):
        learn(who, 2)
        who.evaluate(batch())
        who.predict(batch(samples=7).inputs)
        assert who._workspace.lent == 0
        memory.append([(id(block), block.nbytes) for block in who._workspace._arena._blocks])
    assert memory[0] == memory[1] == memory[2] == memory[3] != []


def test_a_score_amid_a_step_needs_no_memory_of_its_own_and_disturbs_nothing() -> None:
    plain, watched, scores = learner(), learner(), []

    def watch(node: str, what: str, array: Array) -> None:
        scores.append(watched.evaluate(batch(seed=9)).loss)

    assert learn(plain, 2) == learn(watched, 2, watch=watch)
    assert_same(plain.state(), watched.state())
    assert len(set(scores)) == 2  # nothing moves before a step's gradients are there
