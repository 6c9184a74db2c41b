"""What onnx's own cases leave out of operators on shapes, places and texts."""

from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import DataError, ShapeError, UsageError
from nnlab.onnx.ops.base import OPERATORS, made


def run(name: str, *inputs: Any, opset: int = 28, domain: str = "", outputs: int = 1, **attributes: Any) -> Any:
    """The outputs of an operator of the newest class that serves the opset."""
    versions = [since for d, n, since in OPERATORS.keys() if (d, n) == (domain, name)]  # noqa: SIM118  (no mapping)
    cls = OPERATORS.get(domain, name, max(version for version in versions if version <= opset))
    assert cls is not None
    return made(cls, attributes, where="test", outputs=outputs, opset=opset).forward(*inputs)


def ints(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


@pytest.mark.parametrize(
    ("shape", "wanted", "allowzero", "expected"),
    [
        ((2, 3), (0, -1), 0, (2, 3)),
        ((0, 3), (-1, 0), 0, None),
        ((0, 3, 4), (0, -1), 0, (0, 12)),
        ((0, 3), (3, 0), 1, (3, 0)),
        ((), (1, -1), 0, (1, 1)),
    ],
)
def test_reshape_of_empty_tensors(shape: Any, wanted: Any, allowzero: int, expected: Any) -> None:
    if expected is None:
        expected = (0, 3)
    assert run("Reshape", np.zeros(shape), ints(*wanted), allowzero=allowzero).shape == expected


@pytest.mark.parametrize("wanted", [(4,), (-1, 4), (-1, -1), (2, -3)])
def test_reshape_to_what_does_not_fit(wanted: Any) -> None:
    with pytest.raises(ShapeError, match="cannot become"):
        run("Reshape", np.zeros((2, 3)), ints(*wanted))


def test_nothing_given_is_written_to_by_what_scatters() -> None:
    x = np.zeros(3, np.float32)
    x.flags.writeable = False
    y = run("ScatterElements", x, ints(1), np.ones(1, np.float32), reduction="add")
    np.testing.assert_array_equal(y, np.array([0, 1, 0], np.float32))


@pytest.mark.parametrize(("name", "expected"), [("ReduceMax", -np.inf), ("ReduceMin", np.inf), ("ReduceProd", 1)])
def test_reductions_of_nothing(name: str, expected: float) -> None:
    y = run(name, np.zeros((2, 0), np.float32), ints(1))
    assert (y.shape, y.dtype) == ((2, 1), np.float32)
    assert (y == expected).all()


def test_half_precision_is_summed_wider() -> None:
    y = run("ReduceSum", np.ones(4096, np.float16), ints(0))
    assert y.dtype == np.float16
    assert y.item() == 4096  # one after the other in float16 would stay at 2048


def test_the_logarithm_of_large_sums_does_not_overflow() -> None:
    y = run("ReduceLogSumExp", np.array([1000, 1000], np.float32))
    np.testing.assert_allclose(y, [1000 + np.log(2)], rtol=1e-7)


def test_pads_that_cut_and_add() -> None:
    y = run("Pad", np.arange(4), ints(-1, 2), np.array([9]))
    np.testing.assert_array_equal(y, [1, 2, 3, 9, 9])


def test_wrapped_pads_go_round_more_than_once() -> None:
    np.testing.assert_array_equal(run("Pad", np.arange(3), ints(4, 1), mode="wrap"), [2, 0, 1, 2, 0, 1, 2, 0])


def test_the_first_of_equal_ones_wins() -> None:
    x = np.array([1, 3, 3, 2], np.uint8)
    values, places = run("TopK", x, ints(3), outputs=2)
    np.testing.assert_array_equal(values, [3, 3, 2])
    np.testing.assert_array_equal(places, [1, 2, 3])
    assert run("ArgMax", x).item() == 1
    assert run("ArgMax", x, select_last_index=1).item() == 2


def test_split_sizes_that_do_not_add_up() -> None:
    with pytest.raises(ShapeError, match="cannot be cut"):
        run("Split", np.zeros(5), ints(2, 2), outputs=2)


def test_places_of_a_sequence_that_are_not_there() -> None:
    with pytest.raises(UsageError, match="no place 3"):
        run("SequenceInsert", [1, 2], 0, np.array(3))
    with pytest.raises(UsageError, match="no item"):
        run("SequenceErase", [])


def test_sequences_are_not_changed_in_place() -> None:
    given = [1, 2]
    assert run("SequenceInsert", given, 9, np.array(-1)) == [1, 9, 2]
    assert run("SequenceErase", given) == [1]
    assert given == [1, 2]


def test_a_missing_optional_is_said() -> None:
    with pytest.raises(DataError, match="missing"):
        run("OptionalGetElement", None)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a*)*", "((a+)b?)*", "(a|aa)*", r"(a)\1", "(?=a)b"])
def test_patterns_that_may_take_forever_are_refused(pattern: str) -> None:
    with pytest.raises(DataError, match="forever"):
        run("RegexFullMatch", np.array(["a" * 40], object), pattern=pattern)


def test_patterns_fit_whole_texts() -> None:
    texts = np.array([["a@b.org", "a@b.org "], ["", "@b.org"]], object)
    fits = run("RegexFullMatch", texts, pattern=r"[a-z]+@(b|c)\.(org|net)")
    np.testing.assert_array_equal(fits, [[True, False], [False, False]])


def test_what_is_no_pattern_is_said() -> None:
    with pytest.raises(DataError, match="not a pattern"):
        run("RegexFullMatch", np.array(["a"], object), pattern="(")


def test_labels_of_version_1_go_both_ways() -> None:
    texts = np.array(["b", "c", "?"], object)
    more = {"domain": "ai.onnx.ml", "opset": 1, "classes_strings": ["a", "b", "c"]}
    np.testing.assert_array_equal(run("LabelEncoder", texts, **more), [1, 2, -1])
    assert run("LabelEncoder", ints(2, 0, 7), **more).tolist() == ["c", "a", "_Unused"]
