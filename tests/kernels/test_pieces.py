from nnlab.kernels.groups import groups_of, image_groups
from nnlab.kernels.images.bands import parts_of
from nnlab.kernels.pieces import cuts, in_small_pieces, kept_cuts, piece_bytes


def test_within_it_every_band_is_a_row_every_group_an_item_and_every_part_a_sample():
    whole = groups_of(5, 8), image_groups(2, 3, 8), parts_of(2, 3, 8)
    with in_small_pieces():
        assert [len(range(5)[group]) for part in groups_of(5, 8) for group in part] == [1] * 5
        assert sum(map(len, image_groups(2, 3, 8))) == 6
        assert [[band.rows for band in part] for part in parts_of(2, 3, 8)] == [
            [slice(0, 1), slice(1, 2), slice(2, 3)]
        ] * 2
    assert (groups_of(5, 8), image_groups(2, 3, 8), parts_of(2, 3, 8)) == whole  # kept apart


def test_kept_cuts_are_made_once_for_each_size_of_pieces():
    asked = []

    @kept_cuts(maxsize=8)
    def cut(size):
        asked.append((size, piece_bytes(100)))
        return piece_bytes(100)

    for _ in range(2):
        assert cut(7) == 100
        with in_small_pieces():
            assert cut(7) == 1
    assert asked == [(7, 100), (7, 1)]
    cut.cache_clear()
    assert cut(7) == 100
    assert len(asked) == 3


def test_parts_are_about_equal_and_none_is_empty():
    assert cuts(7, 3) == [slice(0, 2), slice(2, 4), slice(4, 7)]
    assert cuts(2, 5) == [slice(0, 1), slice(1, 2)]
    assert cuts(4, 0) == [slice(0, 4)]
    assert cuts(0, 3) == []
