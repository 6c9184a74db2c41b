"""Arrays of a program as a dataset."""

import gc
import pickle
from typing import Any

import numpy as np
import pytest

from nnlab.core.errors import DataError
from nnlab.core.truth import Label, Values
from nnlab.data.describe import described
from nnlab.data.find import find
from nnlab.data.own_arrays import Arrays, held, is_arrays, offer
from nnlab.data.readers.class_folders import ClassFolders
from nnlab.data.readers.targets_csv import TargetsCsv

X = np.arange(6 * 4 * 5, dtype=np.uint8).reshape(6, 4, 5)
Y = np.array([0, 1, 0, 1, 2, 2])


def indexes(arrays: Arrays) -> list[int]:
    return [sample.truth.index for sample in arrays.source().samples if isinstance(sample.truth, Label)]


def test_whole_numbers_are_classes_and_name_themselves() -> None:
    source = Arrays(X, Y).source()
    assert source.names == ("0", "1", "2") and [s.source for s in source.samples][:2] == ["x#0", "x#1"]
    assert source.samples[0].pixels is not None and source.samples[0].pixels.shape == (4, 5, 1)
    assert indexes(Arrays(X, [-1, 1, -1, 1, 7, 7])) == [0, 1, 0, 1, 2, 2]
    assert Arrays(X, [-1, 1, -1, 1, 7, 7]).source().names == ("-1", "1", "7")


def test_names_are_given_by_number_or_said_by_y() -> None:
    assert Arrays(X, Y, classes=("a", "b", "c", "d")).source().names == ("a", "b", "c", "d")
    texts = ["b", "a", "b", "a", "c", "c"]
    assert Arrays(X, texts).source().names == ("a", "b", "c") and indexes(Arrays(X, texts)) == [1, 0, 1, 0, 2, 2]
    ordered = Arrays(X, np.array(texts, object), classes=("c", "b", "a"))
    assert ordered.source().names == ("c", "b", "a") and indexes(ordered) == [1, 2, 1, 2, 0, 0]


def test_floats_are_a_regression_s_numbers() -> None:
    arrays = Arrays(X, Y / 2, values=("half",))
    assert arrays.is_regression and arrays.source().names == ("half",)
    assert arrays.source().samples[1].truth == Values((0.5,))
    two = Arrays(X, np.stack([Y, Y * 2.0], axis=1))
    assert two.source().names == ("value_0", "value_1") and two.source().samples[4].truth == Values((2.0, 4.0))
    assert Arrays(X, Y).source(Values).samples[1].truth == Values((1.0,))  # whole numbers where numbers are asked for
    with pytest.raises(DataError, match=r"y has numbers \(float64\), not classes"):
        arrays.source(Label)


def test_uint8_is_used_where_it_lies() -> None:
    x = np.zeros((3, 4, 5, 3), np.uint8)
    arrays = Arrays(x, [0, 1, 0])
    assert all(np.shares_memory(sample.pixels, x) for sample in arrays.source().samples)
    first = arrays.name
    x[1, 2, 3] = 7
    assert arrays.name != first  # its content is another


def test_numbers_of_both_ranges_and_channels_first() -> None:
    unit = Arrays(X / 255, Y).source().samples[3].pixels
    assert np.array_equal(unit, X[3][..., None]) and np.array_equal(Arrays(X * 1.0, Y).source().samples[3].pixels, unit)
    first = Arrays(np.zeros((6, 3, 8, 9)), Y).source().samples[0].pixels
    assert first is not None and first.shape == (8, 9, 3)
    assert Arrays(X > 60, Y).source().samples[5].pixels.max() == 255


def test_partitions() -> None:
    arrays = Arrays(X, Y, dev=(X[:2], Y[:2]), test=(X[2:5], Y[2:5]))
    source = arrays.source()
    assert source.partitions == {"training": "x", "dev": "dev", "test": "test"} and len(arrays) == 11
    assert [s.source for s in source.samples if s.partition == "test"] == ["test#0", "test#1", "test#2"]
    assert repr(arrays) == "Arrays(x 6 x 4 x 5 x 1, dev 2 x 4 x 5 x 1, test 3 x 4 x 5 x 1; 3 classes: 0, 1, 2)"


@pytest.mark.parametrize(
    ("x", "y", "more", "says"),
    [
        (X, Y[:5], {}, "x has 6 pictures, and there are 5 entries of y; each picture needs one entry"),
        (X[:0], Y[:0], {}, "x has no pictures"),
        (X, np.eye(3, dtype=int)[Y], {}, "y has the shape 6 x 3"),
        (X, [None] * 6, {}, "y has the type object"),
        (X, [0.5, np.nan, 1, 2, 3, 4], {}, r"y is nan at \[1\]"),
        (X, Y, {"classes": ("a", "b")}, "y has 2, and the 2 classes are 0 to 1"),
        (X, Y, {"classes": ("a", "b", "a")}, "classes has 'a' twice"),
        (X, list("abcabd"), {"classes": ("a", "b", "c")}, "y has 'd', which is not among the classes"),
        (X, Y / 2, {"values": ("a", "b")}, "y has 1 numbers a picture, and values names 2"),
        (np.full((6, 4, 5), np.inf), Y, {}, "x has NaN or infinite values, first in picture 0"),
        (X * 1.0 - 1, Y, {}, "x has values of -1 to 118"),
        (np.full((6, 4, 5), 1.2), Y, {}, "x has values up to 1.2, which are neither"),
        (X * 1j, Y, {}, "x has the type complex128"),
        (np.zeros((6, 4)), Y, {}, "x has the shape 6 x 4;"),
        ([X[0], X[1, :2]], Y[:2], {}, "x cannot be an array"),
        (X, [[1], [1, 2], [1], [1], [1], [1]], {}, "y cannot be an array"),
        (X, Y, {"test": X}, r"test must be a pair of pictures and what is true of them; test=\(x, y\)"),
        (X, Y, {"test": (X, Y / 2)}, "y is of one kind in one partition and of another in another"),
        (X, Y, {"dev": (X, Y[:1])}, "dev has 6 pictures, and there are 1 entries of y"),
    ],
)
def test_what_is_wrong_is_said(x: Any, y: Any, more: dict[str, Any], says: str) -> None:
    with pytest.raises(DataError, match=f"^nnlab.Arrays: {says}"):
        Arrays(x, y, **more)


def test_a_name_means_them_as_long_as_they_are_there() -> None:
    arrays = Arrays(X, Y)
    name = offer(arrays)
    assert is_arrays(name) and not is_arrays("numbers") and held(name) is arrays
    assert find(name, "datasets") is find(name, "elsewhere", ClassFolders())
    assert find(name, "datasets", TargetsCsv()).names == ("value",)
    assert described(name, "datasets").recommended == {}
    assert Arrays(X.copy(), list(Y)).name == name == pickle.loads(pickle.dumps(arrays)).name
    named = [Arrays(X, Y, classes=classes) for classes in (("a", "b", "c"), ["a", "b", "c"], np.array(["a", "b", "c"]))]
    assert len({each.name for each in named}) == 1  # a list in one session, a tuple in the next
    assert Arrays(X, Y, classes=(10, 20, 30)).source().names == ("10", "20", "30")
    assert named[0].name != name and Arrays(X[::-1], Y).name != name
    del arrays
    gc.collect()
    with pytest.raises(DataError, match=r"arrays of a Python program.*pass the same arrays: nnlab\.train"):
        find(name, "datasets")


def test_of_several_of_one_content_any_does_as_long_as_one_is_there() -> None:
    first, second = Arrays(X, Y), Arrays(X.copy(), Y)
    name = offer(first)
    assert offer(second) == name
    del second
    gc.collect()
    assert held(name) is first
    second = Arrays(X.copy(), Y)
    offer(second)
    del first
    gc.collect()
    assert held(name) is second


def test_classes_may_be_bytes() -> None:
    texts = np.array(["é".encode(), b"b"])[Y % 2]
    assert Arrays(X, texts).source().names == ("b", "é")
    for classes in (("é", "b"), (b"b", "é".encode())):
        arrays = Arrays(X, texts, classes=classes)
        assert arrays.source().names == tuple(each if isinstance(each, str) else each.decode() for each in classes)
        assert [arrays.source().names[index].encode() for index in indexes(arrays)] == texts.tolist()
