"""Who made the value that is not finite, in which pass, from which files."""

import warnings

import numpy as np
import pytest

from nnlab.checks.finite import FiniteWatch, finite
from nnlab.core.batch import Batch
from nnlab.testing.batches import labelled


def _batch(samples: int = 4) -> Batch:
    names = [f"{i}.png" for i in range(samples)]
    return labelled(np.ones((samples, 3), np.float32), np.eye(samples, dtype=np.float32), names)


FINE = np.ones((4, 2), np.float32)


def _bad(row: int, value: float = np.nan) -> np.ndarray:
    array = FINE.copy()
    array[row, 1] = value
    return array


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_bad_value_anywhere_is_found(dtype: type, value: float) -> None:
    for place in (0, 500, 999):
        array = np.zeros((10, 100), dtype)
        assert finite(array)
        array.reshape(-1)[place] = value
        assert not finite(array)
        assert not finite(array.T)


def test_large_but_sound_values_are_no_false_alarm() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert finite(np.full((100, 100), 3e38, np.float32))
        assert finite(np.full((100, 100), 1e308))
        assert finite(np.full((3, 3), -1e-45, np.float32))
        assert finite(np.zeros((0, 3)))


def test_the_first_layer_that_shows_it_in_forward_is_its_maker() -> None:
    watch = FiniteWatch(_batch())
    watch("dense_1", "forward", FINE)
    watch("relu", "forward", _bad(2, np.inf))
    watch("dense_2", "forward", _bad(2))
    assert watch.found is not None
    assert (watch.found.node, watch.found.what, watch.found.found) == ("relu", "forward", "infinity")
    assert watch.found.files == ("2.png",)
    assert (watch.found.count, watch.found.size, watch.found.samples) == (1, 8, 4)


def test_bad_inputs_are_the_datas_fault() -> None:
    batch = _batch()
    batch.inputs[3, 0] = np.nan
    watch = FiniteWatch(batch)
    watch("dense_1", "forward", _bad(3))
    assert watch.found is not None
    assert (watch.found.node, watch.found.files) == ("input", ("3.png",))


def test_in_backward_the_reader_made_what_its_input_gets() -> None:
    watch = FiniteWatch(_batch(), {"dense_1": ("relu",), "relu": ("dense_2",)})
    for node in ("dense_1", "relu", "dense_2"):
        watch(node, "forward", FINE)
    watch("CrossEntropy", "loss", FINE)
    watch("dense_2", "backward", FINE)
    watch("dense_2", "gradient weight", FINE)
    watch("relu", "backward", _bad(1))
    assert watch.found is not None
    assert (watch.found.node, watch.found.what, watch.found.files) == ("dense_2", "backward", ("1.png",))


def test_a_gradient_that_several_readers_add_up_names_them_all() -> None:
    watch = FiniteWatch(_batch(), {"shared": ("left", "right")})
    watch("shared", "backward", _bad(0))
    assert watch.found is not None
    assert watch.found.node == "left or right"


def test_without_a_wiring_a_chain_is_taken_for_granted() -> None:
    watch = FiniteWatch(_batch())
    watch("CrossEntropy", "loss", FINE)
    watch("dense_2", "backward", FINE)
    watch("dense_1", "backward", _bad(1))
    assert watch.found is not None
    assert watch.found.node == "dense_2"


def test_loss_and_parameter_gradients_name_their_own_node() -> None:
    loss = FiniteWatch(_batch())
    loss("CrossEntropy", "loss", _bad(0))
    assert loss.found is not None
    assert (loss.found.node, loss.found.files) == ("CrossEntropy", ("0.png",))
    gradient = FiniteWatch(_batch())
    gradient("dense_1", "gradient weight", np.full((4, 2), np.nan, np.float32))
    assert gradient.found is not None
    assert gradient.found.node == "dense_1"
    assert len(gradient.found.files) == 4  # a sum over samples: the whole batch, although it has four rows too


@pytest.mark.parametrize(("value", "name"), [(0.0, "0"), (1.0, "1")])
def test_exact_ends_are_found_where_a_logarithm_follows(value: float, name: str) -> None:
    watch = FiniteWatch(_batch())
    watch("relu", "forward", np.zeros((4, 2), np.float32))  # zeros are sound elsewhere
    watch("softmax", "forward", FINE * 0.5)
    probabilities = FINE * 0.5
    probabilities[2, 0] = value
    watch("CrossEntropy", "logarithm", probabilities)
    assert watch.found is not None
    assert (watch.found.node, watch.found.what, watch.found.found) == ("softmax", "logarithm", name)
    assert watch.found.files == ("2.png",)


def test_a_sound_step_finds_nothing() -> None:
    watch = FiniteWatch(_batch())
    for what in ("forward", "logarithm", "loss", "backward", "gradient weight"):
        watch("node", what, FINE * 0.5)
    assert watch.found is None


def test_message_and_record_say_what_and_from_which_files() -> None:
    watch = FiniteWatch(_batch())
    watch("softmax", "forward", np.full((4, 2), np.nan))
    assert watch.found is not None
    assert "NaN in its output (8 of 8 values, 4 of 4 samples: 0.png, 1.png, 2.png, ...)" in str(watch.found)
    record = watch.found.record()
    assert record["kind"] == "instability"
    assert record["files"] == ["0.png", "1.png", "2.png", "3.png"]
    assert (record["files_in_all"], record["samples"]) == (4, 4)


def test_record_of_a_large_batch_names_a_few_files_and_counts_them() -> None:
    watch = FiniteWatch(_batch(500))
    watch("softmax", "forward", np.full((500, 2), np.nan))
    assert watch.found is not None
    record = watch.found.record()
    assert len(record["files"]) == 20
    assert record["files_in_all"] == 500
