import numpy as np
import pytest

from nnlab.core.batch import Batch, Target
from nnlab.core.truth import Label, Mask
from nnlab.core.truths import Labels, Rows


def batch(**changes) -> Batch:
    """Four samples and two heads, of which one weighs its places."""
    targets = {
        "class": Target(np.eye(4)),
        "map": Target(np.arange(16.0).reshape(4, 2, 2), np.arange(4.0).reshape(4, 1, 1)),
    }
    fields = {"targets": targets, "truths": Labels(np.arange(4)), "sources": list("abcd")} | changes
    return Batch(np.arange(8.0).reshape(4, 2), **fields)


@pytest.mark.parametrize("rows", [[2, 0], np.array([2, 0])], ids=["list", "array"])
def test_taken_samples_keep_all_that_belongs_to_them(rows) -> None:
    part = batch().take(rows)
    assert len(part) == 2
    np.testing.assert_array_equal(part.inputs, [[4.0, 5.0], [0.0, 1.0]])
    np.testing.assert_array_equal(part.targets["class"].value, [[0, 0, 1, 0], [1, 0, 0, 0]])
    np.testing.assert_array_equal(part.targets["map"].value[:, 0, 0], [8.0, 0.0])
    np.testing.assert_array_equal(part.targets["map"].weight[:, 0, 0], [2.0, 0.0])
    assert part.targets["class"].weight is None
    assert isinstance(part.truths, Labels) and list(part.truths) == [Label(2), Label(0)]
    assert part.sources == ["c", "a"]


def test_what_is_taken_is_a_copy() -> None:
    whole = batch(truths=Rows(np.arange(4.0).reshape(4, 1)))
    part = whole.take([0, 1, 2, 3])
    for array in (part.inputs, part.targets["map"].value, part.targets["map"].weight, part.truths.numbers):
        array += 100
    assert whole.inputs.max() == 7 and whole.targets["map"].value.max() == 15
    assert whole.targets["map"].weight.max() == 3 and whole.truths.numbers.max() == 3


def test_a_batch_may_have_no_truths_no_sources_and_no_targets() -> None:
    part = Batch(np.arange(4.0).reshape(4, 1), {}).take([3])
    assert (part.inputs.tolist(), part.targets, part.truths, part.sources) == ([[3.0]], {}, (), ())


def test_nothing_can_be_taken() -> None:
    part = batch().take(np.array([], np.intp))
    assert (len(part), len(part.truths), len(part.sources)) == (0, 0, 0)
    assert part.targets["class"].value.shape == (0, 4)


def test_truths_that_are_no_one_array_are_taken_by_their_places() -> None:
    masks = tuple(Mask(np.full((2, 2), i)) for i in range(4))
    assert batch(truths=masks).take(np.array([3, 1])).truths == (masks[3], masks[1])


def test_another_dtype_is_that_of_inputs_targets_and_weights() -> None:
    whole = batch()
    single = whole.astype(np.float32)
    targets = single.targets.values()
    assert single.inputs.dtype == np.float32
    assert {target.value.dtype for target in targets} == {np.dtype(np.float32)}
    assert single.targets["map"].weight.dtype == np.float32 and single.targets["class"].weight is None
    assert single.truths is whole.truths and single.sources is whole.sources
    assert whole.inputs.dtype == np.float64 and whole.targets["map"].weight.dtype == np.float64
    np.testing.assert_array_equal(single.targets["map"].value, whole.targets["map"].value)


def test_the_same_dtype_copies_nothing() -> None:
    whole = batch()
    same = whole.astype(np.float64)
    assert same.inputs is whole.inputs
    assert all(same.targets[head] is target for head, target in whole.targets.items())


def test_a_weight_of_another_dtype_than_its_value_is_converted() -> None:
    target = Target(np.eye(2, dtype=np.float32), np.ones((2, 1))).astype(np.float32)
    assert (target.value.dtype, target.weight.dtype) == (np.float32, np.float32)


def test_a_mixed_target_is_the_mixture_of_both() -> None:
    mixed = Target(np.eye(3)).mixed(np.array([1, 2, 0]), 0.75)
    np.testing.assert_array_equal(mixed.value, [[0.75, 0.25, 0], [0, 0.75, 0.25], [0.25, 0, 0.75]])
    assert mixed.weight is None
    single = Target(np.eye(3, dtype=np.float32), np.ones((3, 1), np.float32)).mixed(np.array([1, 2, 0]), 0.7)
    assert single.value.dtype == single.weight.dtype == np.float32


def test_a_mixed_target_weighs_each_part_as_it_was_weighed() -> None:
    """Any loss that is linear in w y (cross-entropy) is then the mixture of both samples' losses."""
    value, weight = np.eye(3), np.array([[4.0], [1.0], [0.0]])
    mixed = Target(value, weight).mixed(np.array([1, 2, 2]), 0.25)
    np.testing.assert_allclose(mixed.weight[:, 0], [1.75, 0.25, 0])
    np.testing.assert_allclose(mixed.value.sum(axis=1), [1, 1, 0])
    expected = 0.25 * weight * value + 0.75 * (weight * value)[[1, 2, 2]]
    np.testing.assert_allclose(mixed.weight * mixed.value, expected)
    whole = Target(np.arange(16.0).reshape(4, 2, 2), np.arange(4.0).reshape(4, 1, 1)).mixed(np.arange(4), 0.5)
    np.testing.assert_allclose(whole.value[1:], np.arange(4.0, 16.0).reshape(3, 2, 2))
    assert whole.weight.shape == (4, 2, 1)


@pytest.mark.parametrize("shape", [(4, 1), (4, 1, 1, 1), (4, 3, 2, 1)])
def test_what_a_batch_counts_does_not_hang_on_how_its_weights_are_laid(shape: tuple[int, ...]) -> None:
    weight = np.broadcast_to(np.arange(4.0).reshape(4, *[1] * (len(shape) - 1)), shape)
    value = np.ones((4, *shape[1:-1], 2)) if len(shape) > 2 else np.eye(4)
    assert batch(targets={"map": Target(value, weight)}).amount == pytest.approx(6, rel=1e-15)
    assert batch(targets={"map": Target(value)}).amount == 4
