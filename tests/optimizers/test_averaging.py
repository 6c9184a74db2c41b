import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.core.parameter import Buffer, Parameter
from nnlab.optimizers.adam import Adam
from nnlab.optimizers.averaging import kept_share
from nnlab.optimizers.constant import Constant
from nnlab.optimizers.optimizer import Optimizer


def moved(optimizer, steps):
    """A weight that every step makes smaller by one, from 3, and a buffer that is what it was before."""
    w, buffer = Parameter("w", np.array([3.0])), Buffer("b", np.array([0.0]))
    for _ in range(steps):
        buffer.value[:] = w.value
        w.zero_grad()
        w.add(np.ones(1))
        optimizer.step([w], epoch=0, epochs=1, others=[buffer])
    return optimizer.held()


def test_the_share_grows_with_the_run_up_to_what_is_asked_for():
    assert [kept_share(0.999, step) for step in (1, 8, 8990, 8991, 10**6)] == [2 / 11, 0.5, 8991 / 9000, 0.999, 0.999]
    assert kept_share(0.1, 1) == 0.1


def test_an_average_by_hand_begins_as_the_first_weights():
    held = moved(Optimizer(Constant(), learning_rate=1.0, ema=0.2), 2)
    # shares 2/11 and 0.2: 2/11 * 3 + 9/11 * 2 = 24/11, then 0.2 * 24/11 + 0.8 * 1
    assert held["w/average"] == pytest.approx([0.2 * 24 / 11 + 0.8], rel=1e-15)
    assert held["b/average"] == pytest.approx([0.2 * 3 + 0.8 * 2], rel=1e-15)  # a buffer's begins with its first value


def test_without_it_there_is_no_average_and_weights_move_the_same():
    plain, averaged = (moved(Optimizer(Adam(), ema=ema), 5) for ema in (0.0, 0.9))
    assert {name for name in averaged if name not in plain} == {"w/average", "b/average"}
    assert all(np.array_equal(plain[name], averaged[name]) for name in plain)


def test_what_was_saved_goes_on_to_the_bit():
    whole, first, second = (Optimizer(Adam(), ema=0.9) for _ in range(3))
    w, other = (Parameter("w", np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)) for _ in range(2))
    rows = np.random.default_rng(0).standard_normal((6, 2, 2)).astype(np.float32)
    for step, row in enumerate(rows):
        if step == 3:
            second.load_state({name: np.array(array, order="C") for name, array in first.state().items()})
        for optimizer, parameter in ((whole, w), (first if step < 3 else second, other)):
            parameter.zero_grad()
            parameter.add(row)
            optimizer.step([parameter], epoch=0, epochs=1)
    assert {name: array.tobytes() for name, array in whole.held().items()} == {
        name: array.tobytes() for name, array in second.held().items()
    }


def test_an_average_that_nobody_asked_for_or_of_another_shape_is_refused():
    saved = moved(Optimizer(Constant(), ema=0.9), 1)
    with pytest.raises(UsageError, match="average: does not belong"):
        Optimizer(Constant()).load_state(saved)
    optimizer = Optimizer(Constant(), ema=0.9)
    optimizer.load_state({**saved, "w/average": np.zeros(2)})
    with pytest.raises(UsageError, match=r"w/average: saved with shape \(2,\)"):
        moved(optimizer, 1)
