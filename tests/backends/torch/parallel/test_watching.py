"""Checks of the leader see what every process computes."""

from typing import Any

import numpy as np
import pytest

from nnlab.checks.finite import FiniteWatch
from nnlab.core.context import InPieces
from nnlab.core.rng import Rng

SETTINGS = {"model": "SmallCnn", "flatten": "false", "dropout_rate": 0.3, "weight_decay": 0.1}


def test_a_watch_sees_every_tensor_whole(pair: Any, some: Any) -> None:
    alone, leader, data = pair(**SETTINGS)
    for samples in (7, 1):
        seen: dict[Any, dict[tuple[str, str], np.ndarray]] = {alone: {}, leader: {}}
        for who, there in seen.items():

            def watch(node: str, what: str, array: np.ndarray, there: Any = there) -> None:
                there[node, what] = array.copy()

            who.backprop(some(data, samples), rng=Rng(0), watch=watch)
        assert list(seen[leader]) == list(seen[alone])
        for place, wanted in seen[alone].items():
            assert seen[leader][place].dtype == wanted.dtype
            np.testing.assert_allclose(seen[leader][place], wanted, rtol=0, atol=1e-12, err_msg=str(place))
        assert any(what == "backward" and array.any() for (_, what), array in seen[leader].items())


@pytest.mark.parametrize("row", [0, 6])
def test_a_value_that_is_not_finite_is_found_whoever_has_it(pair: Any, some: Any, row: int) -> None:
    _, leader, data = pair(**SETTINGS | {"batch_norm": "false"})
    batch = some(data, 7)
    batch.inputs[row] = 1e308  # sound itself: what the first layer makes of it is not
    found = FiniteWatch(batch, leader.readers())
    with np.errstate(all="ignore"):
        leader.backprop(batch, rng=Rng(0), watch=InPieces(found))
    assert found.found is not None
    assert (found.found.node, found.found.what) == ("conv_1", "forward")
    assert found.found.files == (batch.sources[row],)


def test_a_watch_that_ends_the_step_leaves_weights_as_they_were_and_no_more_steps(pair: Any, some: Any) -> None:
    from nnlab.core.errors import CheckError, RunError

    _, leader, data = pair(**SETTINGS)
    before = leader.state()

    def stop(*_: Any) -> None:
        raise CheckError("enough")

    with pytest.raises(CheckError):
        leader.backprop(some(data, 7), rng=Rng(0), watch=InPieces(stop))
    assert all(np.array_equal(value, before[name]) for name, value in leader.state().items())
    with pytest.raises(RunError, match="amid a step"):
        leader.evaluate(some(data, 7))
