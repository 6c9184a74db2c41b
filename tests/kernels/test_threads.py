"""One thread for small products, and the former number afterwards."""

from threading import Event, get_ident

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from nnlab.kernels import threads
from nnlab.kernels.threads import at_most_threads, in_threads, one_blas_thread


def blas_threads() -> list[int]:
    """Of the libraries that were there when nnlab first looked: another test may have loaded one since."""
    return [pool["num_threads"] for pool in threads._blas().info()]


def test_products_run_on_one_thread_within_it_and_as_before_after_it() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        assert before and set(before) == {2}
        with pytest.raises(ZeroDivisionError), one_blas_thread():
            assert set(blas_threads()) == {1}
            np.ones(1) / (1 // 0)
        assert blas_threads() == before


def test_blas_stays_on_one_thread_whatever_the_number_of_our_own() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        for threads in (0, 1, 2):
            with at_most_threads(threads):
                assert set(blas_threads()) == {1}


def test_so_many_threads_work_as_were_allowed() -> None:
    for most in (1, 3):
        seen = list[int]()
        with at_most_threads(most):
            in_threads([lambda seen=seen: seen.append(get_ident()) for _ in range(50)])  # type: ignore[misc]
        assert len(seen) == 50 and len(set(seen)) <= most


def test_threads_that_are_still_asleep_when_all_is_done_are_not_waited_for() -> None:
    """The only worker is busy with something else, as on a busy machine: the caller does all pieces and goes on."""
    started, may_end, done = Event(), Event(), list[int]()

    def long() -> None:
        started.set()
        assert may_end.wait(60)

    def caller() -> None:
        assert started.wait(60)
        in_threads([lambda i=i: done.append(i) for i in range(5)], threads=2)  # type: ignore[misc]
        may_end.set()

    in_threads([long, caller], threads=2)
    assert sorted(done) == [0, 1, 2, 3, 4]
