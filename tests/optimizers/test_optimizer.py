import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.parameter import Parameter
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.adam_w import AdamW
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.exponential_decay import ExponentialDecay
from nnlab.optimizers.momentum import Momentum
from nnlab.optimizers.optimizer import Optimizer
from nnlab.schedules.step import Step


def parameter(value, grad, *, name="w", penalised=True):
    made = Parameter(name, np.array(value, float), penalised=penalised)
    made.add(np.array(grad, float))
    return made


def test_a_step_of_gradient_descent():
    w = parameter([1, 2], [10, -10])
    Optimizer(Constant(), learning_rate=0.1).step([w], epoch=0, epochs=1)
    np.testing.assert_allclose(w.value, [0, 3], rtol=1e-15)


def test_the_schedule_moves_the_rate_by_epoch():
    optimizer = Optimizer(Constant(), learning_rate=1.0, schedule=Step(every=2, decay=0.1))
    rates = [optimizer.rate(epoch, 6) for epoch in range(6)]
    assert rates == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01], rel=1e-14)


def test_a_rule_brings_its_schedule():
    w = parameter([0], [-1])
    Optimizer(ExponentialDecay(decay=0.5), learning_rate=1.0).step([w], epoch=3, epochs=10)
    np.testing.assert_array_equal(w.value, [0.125])


def test_rate_zero_changes_nothing():
    w = parameter([1, 2], [10, -10])
    Optimizer(AdamW(), learning_rate=0.0, weight_decay=0.5).step([w], epoch=0, epochs=1)
    np.testing.assert_array_equal(w.value, [1, 2])


@pytest.mark.parametrize("rate", [float("nan"), float("inf"), -0.1])
def test_a_rate_that_is_no_rate_is_refused(rate):
    with pytest.raises(UsageError, match=r"Optimizer\.learning_rate"):
        Optimizer(Adam(), learning_rate=rate)


def test_clipping_by_norm_is_over_all_parameters_together():
    w, v = parameter([0, 0], [3, 0], name="w"), parameter([0], [4], name="v")
    Optimizer(Constant(), learning_rate=1.0, clip_norm=1.0).step([w, v], epoch=0, epochs=1)
    np.testing.assert_allclose(np.concatenate([w.value, v.value]), [-0.6, 0, -0.8], rtol=1e-15)


def test_a_gradient_whose_square_overflows_is_clipped_too():
    w = Parameter("w", np.zeros(2, np.float32))
    w.add(np.array([3e30, -4e30], np.float32))
    with np.errstate(over="ignore"):  # as the learner has it
        Optimizer(Constant(), learning_rate=1.0, clip_norm=1.0).step([w], epoch=0, epochs=1)
    np.testing.assert_allclose(w.value, np.array([-0.6, 0.8], np.float32), rtol=1e-6)  # float32 has 7 digits


def test_a_short_gradient_is_not_stretched():
    w = parameter([0, 0], [0.3, 0.4])
    Optimizer(Constant(), learning_rate=1.0, clip_norm=1.0).step([w], epoch=0, epochs=1)
    np.testing.assert_array_equal(w.value, [-0.3, -0.4])


def test_clipping_by_value_comes_after_clipping_by_norm():
    w = parameter([0, 0, 0], [3, 4, 0])
    Optimizer(Constant(), learning_rate=1.0, clip_norm=1.0, clip_value=0.7).step([w], epoch=0, epochs=1)
    np.testing.assert_allclose(w.value, [-0.6, -0.7, 0], rtol=1e-15)


def test_decoupled_decay_shrinks_penalised_weights_only_and_before_the_step():
    w, bias = parameter([2.0], [0.0], name="w"), parameter([2.0], [0.0], name="b", penalised=False)
    Optimizer(AdamW(), learning_rate=0.1, weight_decay=0.5).step([w, bias], epoch=0, epochs=1)
    np.testing.assert_allclose(w.value, [2 * (1 - 0.1 * 0.5)], rtol=1e-15)
    np.testing.assert_array_equal(bias.value, [2])


def test_coupled_decay_is_left_to_the_objective():
    w = parameter([2.0], [0.0])
    optimizer = Optimizer(Constant(), learning_rate=0.1, weight_decay=0.5)
    optimizer.step([w], epoch=0, epochs=1)
    np.testing.assert_array_equal(w.value, [2])
    assert optimizer.penalty.weight_decay == 0.5
    assert Optimizer(AdamW(), weight_decay=0.5).penalty is None
    assert Optimizer(Adam()).penalty is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_threads_do_not_change_a_bit(dtype):
    def trained(threads):
        generator = np.random.default_rng(0)
        w = Parameter("w", generator.standard_normal((517, 511)).astype(dtype))
        optimizer = Optimizer(AdamW(), weight_decay=0.1, clip_norm=0.5, threads=threads)
        for epoch in range(3):
            w.zero_grad()
            w.add(generator.standard_normal(w.value.shape).astype(dtype))
            optimizer.step([w], epoch=epoch, epochs=3)
        return w.value

    alone = trained(1)
    assert alone.dtype == dtype
    for threads in (2, 5):
        np.testing.assert_array_equal(trained(threads), alone)


def test_resuming_goes_on_as_if_nothing_had_happened():
    def steps(optimizer, w, count):
        for epoch in range(count):
            w.zero_grad()
            w.add(w.value * 2 + epoch)
            optimizer.step([w], epoch=epoch, epochs=9)

    whole, halves = (Parameter("w", np.array([1.0, -2.0])) for _ in range(2))
    optimizer = Optimizer(Adam())
    steps(optimizer, whole, 4)
    steps(optimizer, whole, 4)
    first, second = Optimizer(Adam()), Optimizer(Adam())
    steps(first, halves, 4)
    second.load_state(first.state())
    steps(second, halves, 4)
    np.testing.assert_array_equal(halves.value, whole.value)


def test_state_is_named_and_copied():
    w = parameter([1.0], [1.0])
    optimizer = Optimizer(Adam())
    assert optimizer.state() == {"step": np.asarray(0)}
    optimizer.step([w], epoch=0, epochs=1)
    state = optimizer.state()
    assert sorted(state) == ["step", "w/m", "w/v"]
    assert state["step"] == 1
    state["w/m"][:] = 99
    assert optimizer.state()["w/m"][0] != 99


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("step"), "no step count"),
        (lambda state: state.pop("w/v"), "w/v: is missing from the state of Adam"),
        (lambda state: state.update({"w/x": np.zeros(1)}), "w/x: does not belong to the state of Adam"),
    ],
)
def test_a_state_that_is_not_the_rules_is_refused(change, message):
    w = parameter([1.0], [1.0])
    optimizer = Optimizer(Adam())
    optimizer.step([w], epoch=0, epochs=1)
    state = optimizer.state()
    change(state)
    with pytest.raises(UsageError, match=message):
        Optimizer(Adam()).load_state(state)


def test_a_state_of_another_shape_is_refused():
    optimizer = Optimizer(Momentum())
    optimizer.load_state({"w/v": np.zeros(3), "step": np.asarray(1)})
    with pytest.raises(UsageError, match=r"w/v: saved with shape \(3,\)"):
        optimizer.step([parameter([1.0, 2.0], [0.0, 0.0])], epoch=0, epochs=1)


def test_a_fresh_one_has_the_settings_and_no_memory():
    used = Optimizer(Adam(beta1=0.5), learning_rate=0.5, weight_decay=0.1, clip_norm=2.0, schedule=Step(), threads=2)
    used.step([parameter([1.0], [1.0])], epoch=0, epochs=1)
    fresh = used.fresh()
    assert repr(fresh) == repr(used)
    assert fresh.state() == {"step": np.asarray(0)}
    assert "w/m" in used.state()
