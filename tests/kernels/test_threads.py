"""One thread for small products, and the former number afterwards."""

import subprocess
import sys
from threading import Event, Thread, get_ident
from types import ModuleType

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from nnlab.kernels import threads
from nnlab.kernels.threads import at_most_threads, in_threads, one_blas_thread


def blas_threads() -> list[int]:
    return [pool["num_threads"] for pool in ThreadpoolController().select(user_api="blas").info()]


def test_products_run_on_one_thread_within_it_and_as_before_after_it() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        assert before and set(before) == {2}
        with pytest.raises(ZeroDivisionError), one_blas_thread():
            assert set(blas_threads()) == {1}
            np.ones(1) / (1 // 0)
        assert blas_threads() == before


def test_products_of_any_thread_run_on_one_whoever_set_the_libraries_first() -> None:
    """threadpoolctl 3.8 has OpenBLAS set by the first thread alone: one behind it worked, and spun, on all cores."""
    inside: list[list[int]] = []

    def product() -> None:
        with one_blas_thread():
            inside.append(blas_threads())

    with threadpool_limits(limits=2, user_api="blas"):
        with one_blas_thread():
            pass
        thread = Thread(target=product)
        thread.start()
        thread.join()
        assert [set(found) for found in inside] == [{1}]
        assert set(blas_threads()) == {2}


LATE = """
import numpy
from threadpoolctl import ThreadpoolController
from nnlab.kernels.threads import one_blas_thread

def pools():
    return ThreadpoolController().select(user_api="blas")

with one_blas_thread():
    pass
early = len(pools().info())
with one_blas_thread():
    import scipy.linalg
    with one_blas_thread():
        inside = pools().info()
for library in pools().lib_controllers:
    library.set_num_threads(2)
with one_blas_thread():
    again = pools().info()
after = pools().info()
for found in (inside, again, after):
    print(len(found) - early, *sorted({pool["num_threads"] for pool in found}))
"""


def test_a_library_that_is_loaded_later_is_held_too() -> None:
    """As by scikit-learn, which brings scipy's OpenBLAS: in a new process, because here it may be loaded already."""
    pytest.importorskip("scipy")
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True)
    inside, again, after = (line.split() for line in done.stdout.splitlines())
    if inside[0] == "0":
        pytest.skip("this scipy shares NumPy's BLAS")
    assert (inside, again, after) == (["1", "1"], ["1", "1"], ["1", "2"])


def test_libraries_are_looked_up_again_only_when_modules_were_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    with one_blas_thread():
        monkeypatch.setattr(threads, "ThreadpoolController", lambda: pytest.fail("looked up again"))
        with one_blas_thread():
            pass
        monkeypatch.setitem(sys.modules, "nnlab_made_up", ModuleType("nnlab_made_up"))
        with pytest.raises(pytest.fail.Exception, match="looked up again"), one_blas_thread():
            pass
    assert threads._ONE._inside == 0


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
