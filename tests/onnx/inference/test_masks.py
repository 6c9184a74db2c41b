"""Masks, cut-outs, overlays: known pixels in, known pixels out."""

import numpy as np

from nnlab.data.images.vips import Vips
from nnlab.onnx.inference.masks import TINT, cut_out, mask_of, on_checkerboard, outline, overlay

LIB = Vips()


def test_scores_are_stretched_to_the_full_range_and_to_the_size_of_the_photo() -> None:
    scores = np.array([[-3.0, 1.0], [1.0, 5.0]], np.float32)
    same = mask_of(scores, LIB.image(np.zeros((2, 2, 3), np.uint8)), LIB)
    assert same.dtype == np.uint8
    np.testing.assert_array_equal(same, [[0, 128], [128, 255]])
    assert mask_of(scores, LIB.image(np.zeros((30, 50, 3), np.uint8)), LIB).shape == (30, 50)


def test_equal_scores_are_no_object_and_odd_numbers_no_crash() -> None:
    photo = LIB.image(np.zeros((4, 4, 3), np.uint8))
    assert not mask_of(np.full((2, 2), 7.0), photo, LIB).any()
    assert mask_of(np.array([[np.nan, 0.0], [0.5, np.inf]]), photo, LIB).max() == 255


def test_a_cut_out_is_the_photo_with_the_mask_as_alpha() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (3, 4, 3), dtype=np.uint8)
    mask = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    cut = cut_out(LIB.image(photo), mask, LIB)
    assert cut.shape == (3, 4, 4) and cut.dtype == np.uint8
    np.testing.assert_array_equal(cut[..., :3], photo)
    np.testing.assert_array_equal(cut[..., 3], mask)


def test_what_was_transparent_stays_so() -> None:
    photo = np.full((1, 3, 4), 255, np.uint8)
    photo[0, :, 3] = 0, 128, 255
    cut = cut_out(LIB.image(photo), np.full((1, 3), 200, np.uint8), LIB)
    np.testing.assert_array_equal(cut[0, :, 3], [0, 100, 200])


def test_an_overlay_leaves_the_rest_as_it_is_and_draws_the_outline() -> None:
    photo = np.full((10, 10, 3), 100, np.uint8)
    mask = np.zeros((10, 10), np.uint8)
    mask[3:7, 3:7] = 255
    shown = overlay(LIB.image(photo), mask, LIB)
    assert shown.dtype == np.uint8
    np.testing.assert_array_equal(shown[0, 0], [100, 100, 100])
    np.testing.assert_array_equal(shown[3, 3], TINT)
    assert 100 < shown[4, 4, 0] < TINT[0] and shown[4, 4, 2] < 100


def test_an_outline_is_the_inner_edge_and_the_border_of_the_picture_is_none() -> None:
    inside = np.zeros((5, 5), bool)
    inside[:, 2:] = True
    edge = outline(inside)
    assert edge[:, 2].all() and edge.sum() == 5
    assert outline(inside, width=2).sum() == 10
    assert not outline(np.ones((4, 4), bool)).any()


def test_a_checkerboard_shows_through() -> None:
    cut = np.zeros((16, 16, 4), np.uint8)
    cut[:8, :8] = 10, 20, 30, 255
    shown = on_checkerboard(cut)
    np.testing.assert_array_equal(shown[0, 0], [10, 20, 30])
    np.testing.assert_array_equal(shown[0, 8], [204] * 3)
    np.testing.assert_array_equal(shown[8, 8], [255] * 3)
