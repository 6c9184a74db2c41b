"""The order in which nodes run, and what a wiring cannot be."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.models.order import in_order, last_read


def test_a_chain_given_in_order_stays_in_order() -> None:
    assert in_order({"c": ("input",), "a": ("c",), "b": ("a",)}, "input") == ["c", "a", "b"]


def test_a_node_may_read_one_that_is_added_later() -> None:
    order = in_order({"sum": ("left", "right"), "right": ("input",), "left": ("right",)}, "input")
    assert order == ["right", "left", "sum"]


def test_the_output_comes_last_wherever_it_was_given() -> None:
    order = in_order({"out": ("a", "b"), "a": ("input",), "b": ("input",)}, "input")
    assert order[-1] == "out"


@pytest.mark.parametrize(
    ("wiring", "where", "says"),
    [
        ({}, None, "no nodes"),
        ({"a": ("imput",)}, "'a'", "did you mean input"),
        ({"a": ("a",)}, "'a'", "circle"),
        ({"behind": ("b",), "b": ("a",), "a": ("b",)}, "'b'", "circle"),
        ({"a": ("input",), "side": ("a",), "b": ("a",)}, "'side'", "output, 'b'"),
    ],
    ids=["empty", "dangling", "reads itself", "circle, not the one behind it", "unused"],
)
def test_a_wrong_wiring_names_the_node(wiring: dict[str, tuple[str, ...]], where: str | None, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        in_order(wiring, "input")
    assert says in str(caught.value)
    if where:
        assert caught.value.where is not None and where in caught.value.where


def test_a_head_need_not_be_read_and_may_be() -> None:
    wiring = {"a": ("input",), "side": ("a",), "b": ("a",)}
    assert in_order(wiring, "input", ["side", "b"]) == ["a", "side", "b"]
    assert in_order({**wiring, "c": ("side", "b")}, "input", ["c", "side"]) == ["a", "side", "b", "c"]
    with pytest.raises(UsageError, match="node 'b': nobody reads its output") as caught:
        in_order(wiring, "input", ["side"])
    assert caught.value.hint == "connect it to the output, 'side', or leave it out"


def test_of_those_that_may_run_the_first_that_was_given_does() -> None:
    wiring = {"d": ("c",), "b": ("input",), "c": ("input", "input"), "a": ("b", "d")}
    assert in_order(wiring, "input") == ["b", "c", "d", "a"]


def test_ten_thousand_nodes_given_backwards_are_put_in_order() -> None:
    names = [f"n{i}" for i in range(10_000)]  # where every step looks through all that wait, this takes minutes
    wiring = {name: (before,) for before, name in zip(["input", *names], names, strict=False)}
    assert in_order(dict(reversed(wiring.items())), "input") == names


def test_an_output_is_last_read_by_the_last_to_run_of_its_readers() -> None:
    wiring = {"a": ("input",), "b": ("a",), "c": ("a", "a"), "d": ("b", "c")}
    assert last_read(wiring, ["d"]) == {"a": ["input"], "b": [], "c": ["a"], "d": ["b", "c"]}
    assert last_read(wiring, ["b", "d"])["d"] == ["c"]  # an output of the network stays
