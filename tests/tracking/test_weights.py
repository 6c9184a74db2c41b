import os

import numpy as np
import pytest
from safetensors.numpy import save_file

from nnlab.core.errors import DataError
from nnlab.tracking.weights import read_weights, write_weights


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_come_back_to_the_last_bit_even_views_and_single_numbers(tmp_path, dtype):
    whole = np.random.default_rng(0).standard_normal((4, 6)).astype(dtype)
    write_weights(tmp_path / "w.safetensors", {"view": whole.T[::2], "one": np.array(3), "none": whole[:0]})
    tensors, about = read_weights(tmp_path / "w.safetensors")
    assert (tensors["view"].shape, tensors["view"].dtype) == ((3, 4), dtype)
    np.testing.assert_array_equal(tensors["view"], whole.T[::2])
    assert (tensors["one"].shape, int(tensors["one"]), tensors["none"].shape) == ((), 3, (0, 6))
    assert about == {}


def test_a_file_cut_short_is_named(tmp_path):
    path = tmp_path / "w.safetensors"
    write_weights(path, {"a": np.ones(100)})
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DataError, match="not a whole safetensors file") as caught:
        read_weights(path)
    assert caught.value.where == str(path)


def test_another_program_s_file_is_refused(tmp_path):
    save_file({"a": np.ones(3)}, tmp_path / "w.safetensors")
    with pytest.raises(DataError, match="weights that nnlab did not write"):
        read_weights(tmp_path / "w.safetensors")


def test_a_newer_schema_is_refused(tmp_path):
    save_file({"a": np.ones(3)}, tmp_path / "w.safetensors", {"nnlab": '{"schema_version": 3}'})
    with pytest.raises(DataError, match="weights of a newer nnlab"):
        read_weights(tmp_path / "w.safetensors")


def test_a_file_of_an_earlier_nnlab_has_no_checksum_and_is_read(tmp_path):
    save_file({"a": np.ones(3)}, tmp_path / "w.safetensors", {"nnlab": '{"schema_version": 1, "epoch": 4}'})
    tensors, about = read_weights(tmp_path / "w.safetensors")
    assert (tensors["a"].tolist(), about) == ([1, 1, 1], {"epoch": 4})


def test_no_flipped_bit_gets_through(tmp_path):
    path = tmp_path / "w.safetensors"
    write_weights(path, {"a": np.arange(3, dtype=np.float32), "b": np.array(7)}, {"classes": ["a", "b"], "epoch": 12})
    whole, noticed = path.read_bytes(), 0
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        with pytest.raises(DataError) as caught:
            read_weights(path)
        noticed += "checksum" in str(caught.value)
    assert noticed >= 8 * (3 * 4 + 8)  # those in the values, which are sound otherwise


@pytest.mark.parametrize(
    "document",
    ["", "[]", "{}", "7", '{"schema_version": "1"}', '{"schema_version": 0}', '{"schema_version": true}', "[" * 10**5,
     '{"schema_version": 2}', '{"schema_version": 2, "crc32": 7}'],
)  # fmt: skip
def test_what_the_file_says_of_itself_has_to_be_what_it_should(tmp_path, document):
    save_file({"a": np.ones(3)}, tmp_path / "w.safetensors", {"nnlab": document})
    with pytest.raises(DataError, match="is damaged"):
        read_weights(tmp_path / "w.safetensors")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "w.safetensors")
    with pytest.raises(DataError, match="a named pipe, not a file"):
        read_weights(tmp_path / "w.safetensors")
