import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.kernels import groups
from nnlab.kernels.bands import PARTS
from nnlab.kernels.groups import GROUP_BYTES, SMALL_BYTES, groups_of, image_groups, over_groups, over_images
from nnlab.kernels.threads import at_most_threads


@given(st.integers(0, 5000), st.integers(1, 1 << 20))
def test_groups_are_all_items_once_and_in_order(count, item_bytes):
    parts = groups_of(count, item_bytes)
    assert len(parts) <= PARTS
    cuts = [group for part in parts for group in part]
    assert [i for group in cuts for i in range(group.start, group.stop)] == list(range(count))
    for group in cuts:
        assert (group.stop - group.start) * item_bytes <= max(GROUP_BYTES, SMALL_BYTES) + item_bytes


def test_what_is_small_is_one_group():
    assert groups_of(100, SMALL_BYTES // 100) == ((slice(0, 100),),)
    assert sum(map(len, groups_of(64, SMALL_BYTES // 64))) == SMALL_BYTES // GROUP_BYTES


@given(st.integers(1, 9), st.integers(1, 40), st.integers(1, 1 << 18))
def test_groups_of_images_are_all_rows_of_all_samples_once(samples, rows, row_bytes):
    seen = np.zeros((samples, rows), int)
    for part in image_groups(samples, rows, row_bytes):
        for group in part:
            seen[group] += 1
    assert (seen == 1).all()


def test_a_sample_larger_than_a_group_is_cut_into_rows():
    parts = image_groups(2, 8, GROUP_BYTES // 2)
    assert [group for part in parts for group in part][:2] == [
        (slice(0, 1), slice(0, 2)),
        (slice(0, 1), slice(2, 4)),
    ]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_every_item_is_worked_on_once_on_any_number_of_threads(threads, monkeypatch):
    done = np.zeros((11, 7), int)
    monkeypatch.setattr(groups, "SMALL_BYTES", 1)
    monkeypatch.setattr(groups, "GROUP_BYTES", 16)
    groups_of.cache_clear()
    image_groups.cache_clear()
    made = []

    def add(samples, rows, memory):
        memory[:] = 1
        done[samples, rows] += memory[: done[samples, rows].size].reshape(done[samples, rows].shape)

    def memory(samples, rows):
        made.append(samples * rows)
        return np.empty(samples * rows, int)

    with at_most_threads(threads):
        over_images(add, 11, 7, 8, memory)
        over_images(lambda samples, rows: done[samples, rows].__iadd__(1), 11, 7, 8)
        over_groups(lambda group: done[group].__iadd__(1), 11, 56)
    groups_of.cache_clear()
    image_groups.cache_clear()
    assert (done == 3).all()
    assert 1 <= len(made) <= threads


def test_an_error_in_a_group_is_raised():
    def fail(group):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        over_groups(fail, 64, SMALL_BYTES)
