"""Stages that run at once, with bounded queues between them."""

import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.core import stages
from nnlab.core.stages import Stage, staged


def each(function: Any) -> Any:
    return lambda some: [function(one) for one in some]


@given(
    count=st.integers(0, 30),
    most=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    waiting=st.integers(0, 3),
    wait_s=st.sampled_from([0.0, 0.001]),
)
def test_everything_comes_once_in_its_order_whatever_the_queues(
    count: int, most: list[int], waiting: int, wait_s: float
) -> None:
    parts = [Stage(str(n), each(lambda one: one + 1), most=n, wait_s=wait_s, waiting=waiting) for n in most]
    assert list(staged(range(count), parts)) == [one + len(most) for one in range(count)]
    assert all(stage.done == count for stage in parts)


def test_stages_run_at_once() -> None:
    """The first waits for what the second does of an earlier thing: alone it would wait for ever."""
    second = threading.Event()

    def one(number: int) -> int:
        assert number == 0 or second.wait(10)
        return number

    def two(number: int) -> int:
        second.set()
        return number

    assert list(staged([0, 1], [Stage("one", each(one)), Stage("two", each(two))])) == [0, 1]


def test_what_is_held_at_once_is_bounded() -> None:
    asked: list[int] = []

    def things() -> Iterator[int]:
        for number in range(1000):
            asked.append(number)
            yield number

    stage = Stage("one", each(lambda one: one), most=2, waiting=1)
    given_back = staged(things(), [stage])
    assert next(given_back) == 0
    time.sleep(0.05)
    assert len(asked) <= 2 * (2 + 1) + 3  # in the queue and in hand, one behind it, one on its way to it, the given one
    given_back.close()  # type: ignore[attr-defined]


def test_a_batch_waits_for_more_but_not_for_ever() -> None:
    sizes: list[int] = []

    def counted(some: Sequence[Any]) -> Sequence[Any]:
        sizes.append(len(some))
        return some

    def slow() -> Iterator[int]:
        for number in range(4):
            time.sleep(0.02)
            yield number
        time.sleep(0.3)
        yield 4

    assert list(staged(slow(), [Stage("all", counted, most=4, wait_s=30)])) == [0, 1, 2, 3, 4]
    assert sizes == [4, 1]
    sizes.clear()
    assert list(staged(slow(), [Stage("all", counted, most=99, wait_s=0.2)])) == [0, 1, 2, 3, 4]
    assert len(sizes) >= 2


@pytest.mark.parametrize("where", ["things", "first", "last"])
def test_what_fails_is_raised_behind_what_came_before_it(where: str) -> None:
    def things() -> Iterator[int]:
        yield from range(5)
        if where == "things":
            raise ValueError("things")
        yield from range(5, 1000)

    def failing(name: str) -> Any:
        def work(number: int) -> int:
            if name == where and number == 5:
                raise ValueError(name)
            return number

        return each(work)

    found: list[Any] = []
    with pytest.raises(ValueError, match=where):
        gather(found, staged(things(), [Stage("a", failing("first")), Stage("b", failing("last"))]))
    assert found == [0, 1, 2, 3, 4]


def test_what_a_stage_had_in_hand_is_let_go_of_when_it_fails() -> None:
    """Or a stage before it would wait for ever for what this takes, and the whole for that stage."""

    class Thing:
        pass

    gone = threading.Event()

    def waiting(number: int) -> Any:
        thing = Thing()
        if number == 0:
            weakref.finalize(thing, gone.set)
        elif not gone.wait(10):
            raise TimeoutError("the first thing is still there")
        return thing

    def failing(thing: Thing) -> None:
        raise ValueError("the second stage")

    with pytest.raises(ValueError, match="the second stage"):
        list(staged(range(3), [Stage("a", each(waiting)), Stage("b", each(failing))]))
    assert gone.is_set()


def gather(found: list[Any], things: Iterator[Any]) -> None:
    for thing in things:
        found.append(thing)


def test_nothing_goes_on_when_nobody_asks_for_more() -> None:
    done: list[int] = []

    def work(number: int) -> int:
        done.append(number)
        return number

    given_back = staged(iter(int, 1), [Stage("a", each(work)), Stage("b", each(lambda one: one))])
    next(given_back)
    given_back.close()  # type: ignore[attr-defined]
    so_far = len(done)
    time.sleep(0.02)
    assert len(done) == so_far
    assert not [thread for thread in threading.enumerate() if thread.name in ("nnlab-a", "nnlab-b", "nnlab-source")]


def test_without_threads_the_caller_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    class Few(threading.Thread):
        started = 0

        def start(self) -> None:
            Few.started += 1
            if Few.started > 1:
                raise RuntimeError("can't start new thread")
            super().start()

    monkeypatch.setattr(stages, "Thread", Few)
    parts = [Stage("a", each(lambda one: one + 1), most=3), Stage("b", each(lambda one: 2 * one))]
    assert list(staged(range(7), parts)) == [2 * (one + 1) for one in range(7)]
    assert parts[0].done == parts[1].done == 7
    assert parts[0].per_second > 0
