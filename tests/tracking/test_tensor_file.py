"""Files of arrays, held against the library's own, byte by byte."""

import tracemalloc

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from nnlab.core.errors import RunError
from nnlab.tracking.tensor_file import DTYPES, write_tensors


def arrays(rng):
    found = {f"of {dtype}": (200 * rng.random((3, 4))).astype(dtype) for dtype, _ in DTYPES}
    odd = {
        "one": np.array(7),
        "none": np.zeros((0, 3), np.float32),
        'a "b"\n\\ größe\u2028': np.ones(3),
        "b": np.ones(5, np.int8),
    }
    return found | odd


@pytest.mark.parametrize("metadata", [{"nnlab": '{"a": "größe\\n"}'}, {"k": "v"}, {}])
def test_a_file_is_what_the_library_would_have_written(tmp_path, metadata):
    tensors = arrays(np.random.default_rng(0))
    write_tensors(tmp_path / "w", tensors, metadata)
    assert (tmp_path / "w").read_bytes() == save(tensors, metadata or None)


def test_what_does_not_lie_in_a_row_is_written_as_it_reads(tmp_path):
    whole = np.arange(24, dtype=np.float32).reshape(4, 6)
    write_tensors(tmp_path / "w", {"view": whole.T[::2], "turned": np.asfortranarray(whole)}, {})
    found = load_file(tmp_path / "w")
    np.testing.assert_array_equal(found["view"], whole.T[::2])
    np.testing.assert_array_equal(found["turned"], whole)


def test_memory_holds_one_array_at_most_besides_those_that_are_written(tmp_path):
    each = 4 * 1024 * 1024
    tensors = {str(number): np.zeros(each // 4, np.float32) for number in range(8)}
    tensors["turned"] = np.asfortranarray(np.zeros((1024, 1024), np.float32))
    tracemalloc.start()
    try:
        write_tensors(tmp_path / "w", tensors, {})
        assert tracemalloc.get_traced_memory()[1] < 1.5 * each
    finally:
        tracemalloc.stop()


def test_a_full_disk_leaves_the_old_file(tmp_path, full_disk):
    write_tensors(tmp_path / "w", {"a": np.zeros(3)}, {})
    before = (tmp_path / "w").read_bytes()
    full_disk()
    with pytest.raises(RunError):
        write_tensors(tmp_path / "w", {"a": np.ones(3)}, {})
    assert (tmp_path / "w").read_bytes() == before and len(list(tmp_path.iterdir())) == 1
