"""One thread for small products, and the former number afterwards."""

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from nnlab.kernels.threads import one_blas_thread


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
