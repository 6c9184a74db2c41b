"""Where torch computes, and the way to it and back."""

import os

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from nnlab.backends.base import Engine  # noqa: E402
from nnlab.backends.torch.devices import (  # noqa: E402
    array_of,
    column_major,
    device_of,
    one_thread,
    refuse_amp,
    require_compiler,
    tensor_of,
    use_threads,
)
from nnlab.core.errors import MissingError, UsageError  # noqa: E402
from nnlab.core.machine import usable_cores  # noqa: E402


def test_auto_takes_cuda_where_there_is_one(monkeypatch):
    for there in (True, False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert device_of(Engine()).type == ("cuda" if there else "cpu")
        assert device_of(Engine(device="cpu")).type == "cpu"


def test_a_wish_for_cuda_that_cannot_be_met_is_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(MissingError, match=r"--device=cuda: .*CUDA.*; type --device=cpu") as caught:
        device_of(Engine(device="cuda"))
    assert caught.value.exit_code == 6


def test_threads_are_those_asked_for_or_every_core():
    before = torch.get_num_threads()
    try:
        use_threads(Engine(threads=3))
        assert torch.get_num_threads() == 3
        use_threads(Engine())
        assert torch.get_num_threads() == usable_cores()
    finally:
        torch.set_num_threads(before)


def test_one_thread_is_left_behind_also_after_an_error():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        with pytest.raises(ZeroDivisionError), one_thread():
            assert torch.get_num_threads() == 1
            1 / 0  # noqa: B018
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_amp_is_for_float32():
    refuse_amp(Engine(amp=True), np.dtype(np.float32))
    refuse_amp(Engine(), np.dtype(np.float64))
    with pytest.raises(UsageError, match="--amp: is for float32 models") as caught:
        refuse_amp(Engine(amp=True), np.dtype(np.float64))
    assert caught.value.exit_code == 2


@pytest.mark.skipif(os.name == "nt", reason="an executable is known by its mode")
def test_compile_wants_the_compiler_that_torch_would_call(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CXX", "our-g++")
    require_compiler(Engine())
    with pytest.raises(MissingError, match=r"--compile: torch finds no C\+\+ compiler \(our-g\+\+\); type: ") as caught:
        require_compiler(Engine(compile=True))
    assert caught.value.exit_code == 6
    (tmp_path / "our-g++").touch(mode=0o755)
    require_compiler(Engine(compile=True))


def test_an_array_is_not_copied_on_the_way_there_and_back():
    array = np.arange(6.0).reshape(2, 3)
    tensor = tensor_of(array, torch.device("cpu"))
    tensor[0, 0] = 7
    assert array[0, 0] == 7 and np.shares_memory(array_of(tensor), array)


def test_an_array_that_may_only_be_read_is_copied():
    array = np.zeros(3)
    array.flags.writeable = False
    tensor = tensor_of(array, torch.device("cpu"))
    tensor += 1
    np.testing.assert_array_equal(array, 0)


def test_bfloat16_comes_back_as_float32():
    array = array_of(torch.tensor([1.5, -2.0], dtype=torch.bfloat16, requires_grad=True))
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, [1.5, -2])


def test_column_major_moves_memory_and_no_value():
    matrix = torch.arange(6.0).reshape(2, 3)
    turned = column_major(matrix)
    assert turned.stride() == (1, 2) and torch.equal(turned, matrix)
    vector = torch.arange(3.0)
    assert column_major(vector) is vector
