"""Engines by name, and how many threads they have."""

import numpy as np
import pytest

from nnlab.core.errors import UsageError
from nnlab.kernels.threads import in_threads
from nnlab.onnx.backends.engines import OFFERED, known_engine, using


@pytest.mark.parametrize("name", ["onxruntime", "Torch", "", None, 3])
def test_what_is_no_engine_is_refused_with_the_nearest(name: object) -> None:
    with pytest.raises(UsageError, match=r"--engine: no engine .* did you mean "):
        known_engine(name)


def test_every_engine_is_known() -> None:
    assert [known_engine(name) for name in OFFERED] == list(OFFERED)


def test_numpy_keeps_to_the_threads_that_were_said() -> None:
    import threading

    seen: set[int] = set()
    barrier = threading.Barrier(2)

    def one() -> None:
        seen.add(threading.get_ident())

    with using("numpy", 1):
        in_threads([one] * 8)
    assert seen == {threading.get_ident()}
    with using("numpy", 2):  # neither gets on without the other: there are two at once
        in_threads([lambda: barrier.wait(timeout=30), lambda: barrier.wait(timeout=30)])
    assert not barrier.broken


def test_torch_has_the_threads_that_were_said() -> None:
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    try:
        with using("torch", 1):
            assert torch.get_num_threads() == 1
            assert np.asarray(torch.ones(2)).sum() == 2
    finally:
        torch.set_num_threads(before)
