import sys
import threading
import time

import pytest

from nnlab.data.pool import for_each


@pytest.mark.parametrize("workers", [0, 1, 2, 7])
def test_every_piece_of_work_is_done_once(workers: int) -> None:
    done: list[int] = []
    for_each(100, done.append, workers=workers)
    assert sorted(done) == list(range(100))


def test_nothing_to_do_is_done() -> None:
    for_each(0, lambda index: pytest.fail("called"))


def test_the_first_error_stops_the_others_and_is_raised() -> None:
    done: list[int] = []

    def work(index: int) -> None:
        if index == 5:
            raise ValueError("five")
        time.sleep(0.001)
        done.append(index)

    with pytest.raises(ValueError, match="five"):
        for_each(10_000, work, workers=2)
    assert len(done) < 100


def test_an_interrupt_in_the_callers_thread_stops_the_workers() -> None:
    done: list[int] = []

    def work(index: int) -> None:
        time.sleep(0.002)
        done.append(index)

    def interrupt(count: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        for_each(100_000, work, workers=2, progress=interrupt)
    assert len(done) < 1000
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("nnlab-data")]


def test_progress_is_told_in_the_callers_thread_and_ends_complete() -> None:
    told: list[tuple[int, int]] = []
    threads: set[int] = set()

    def progress(done: int, count: int) -> None:
        told.append((done, count))
        threads.add(threading.get_ident())

    for_each(20, lambda index: time.sleep(0.02), workers=2, progress=progress)
    assert told[-1] == (20, 20)
    assert len(told) > 1
    assert threads == {threading.get_ident()}


def test_a_single_worker_is_the_caller() -> None:
    threads: set[int] = set()
    for_each(3, lambda index: threads.add(threading.get_ident()), workers=1)
    assert threads == {threading.get_ident()}


def test_at_most_one_piece_per_worker_is_in_flight() -> None:
    lock, running, most = threading.Lock(), 0, 0

    def work(index: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.001)
        with lock:
            running -= 1

    for_each(60, work, workers=3)
    assert most <= 3


def test_threads_take_quick_turns_only_while_there_is_work() -> None:
    before = sys.getswitchinterval()
    during: list[float] = []
    for_each(4, lambda index: during.append(sys.getswitchinterval()), workers=2)
    assert max(during) < before
    assert sys.getswitchinterval() == before


def test_the_usual_turns_come_back_when_two_lists_of_work_overlap() -> None:
    """The first to begin is the first to end: the other must not keep its quick turns."""
    before = sys.getswitchinterval()
    both, ended = threading.Barrier(4), threading.Event()

    def first(index: int) -> None:
        both.wait()

    def second(index: int) -> None:
        both.wait()
        ended.wait()

    other = threading.Thread(target=for_each, args=(2, second), kwargs={"workers": 2})
    one = threading.Thread(target=for_each, args=(2, first), kwargs={"workers": 2})
    one.start()
    while sys.getswitchinterval() == before:
        time.sleep(0.001)
    other.start()
    one.join()
    assert sys.getswitchinterval() < before
    ended.set()
    other.join()
    assert sys.getswitchinterval() == before


def test_the_usual_turns_come_back_after_an_error() -> None:
    before = sys.getswitchinterval()

    def fail(index: int) -> None:
        raise ValueError

    with pytest.raises(ValueError):
        for_each(2, fail)
    assert sys.getswitchinterval() == before


@pytest.mark.parametrize("startable", [0, 2])
def test_where_the_system_starts_no_more_threads_those_that_there_are_do_it_all(
    startable: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, started, done, told = threading.Thread.start, [], [], []

    def scarce(self: threading.Thread) -> None:
        if len(started) >= startable:
            raise RuntimeError("can't start new thread")
        started.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", scarce)
    for_each(50, done.append, workers=8, progress=lambda *count: told.append(count))
    assert sorted(done) == list(range(50)) and told[-1] == (50, 50)
