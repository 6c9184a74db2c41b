import numpy as np
import pytest

from nnlab.tracking.sheet import as_shown, choose_samples, compose, short, to_size


def test_the_surest_mistakes_come_first_and_take_at_most_half(made):
    said = made.predictions([0] * 10, [1] * 5 + [0] * 5)
    said.confidence[:5] = [0.5, 0.9, 0.6, 0.8, 0.7]
    assert choose_samples(said, 4).tolist() == [1, 3, 5, 6]


def test_mistakes_take_the_places_that_right_ones_leave(made):
    said = made.predictions([0] * 6, [1] * 5 + [0])
    assert len(choose_samples(said, 4)) == 4
    assert sorted(choose_samples(said, 40).tolist()) == list(range(6))


def test_right_ones_take_turns_through_the_classes(made):
    said = made.predictions([0, 0, 0, 1, 2], [0, 0, 0, 1, 2])
    assert choose_samples(said, 4).tolist() == [0, 3, 4, 1]


def test_some_samples_are_taken_whole_and_in_their_order(made):
    said = made.predictions([0, 1, 2], [0, 2, 1])
    said.confidence[:] = [0.25, 0.5, 0.75]
    part = said.take(np.array([2, 0]))
    assert (part.actual.tolist(), part.predicted.tolist(), part.confidence.tolist()) == ([2, 0], [1, 0], [0.75, 0.25])


def test_values_from_0_to_1_are_shown_as_they_are():
    images = np.linspace(0.2, 0.7, 6, dtype=np.float32).reshape(1, 2, 3)
    shown = as_shown(images)
    assert shown.shape == (1, 2, 3, 3)
    np.testing.assert_array_equal(shown, np.repeat(images[..., np.newaxis], 3, axis=-1))


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_other_values_are_scaled_to_fit_all_images_alike(channels):
    images = np.full((2, 2, 2, channels), -1, np.float32)
    images[1] = 3
    images[0, 0, 0, 0] = 1
    shown = as_shown(images)
    assert shown.shape == (2, 2, 2, 3)
    assert (shown[0, 1, 1].tolist(), shown[1, 1, 1].tolist(), shown[0, 0, 0, 0]) == ([0] * 3, [1] * 3, 0.5)


def test_what_is_not_finite_can_be_shown():
    assert np.isfinite(as_shown(np.array([[[np.nan, np.inf, -np.inf]]]))).all()


@pytest.mark.parametrize(
    ("wide", "shown"), [(1, 90), (16, 96), (28, 112), (89, 178), (110, 110), (224, 112), (640, 160)]
)
def test_images_get_a_size_to_look_at_by_whole_factors(wide, shown):
    images = np.random.default_rng(0).integers(0, 256, (2, 8, wide, 3), dtype=np.uint8)
    sized = to_size(images)
    assert (sized.shape[2], sized.dtype) == (shown, np.uint8)
    if shown >= wide:
        factor = shown // wide
        np.testing.assert_array_equal(sized[:, ::factor, ::factor], images)
    else:
        assert abs(sized.mean() - images.mean()) < 5  # averages, it does not drop


def test_every_image_is_where_its_caption_says():
    shown = np.stack([np.full((100, 100, 3), value / 8, np.float32) for value in range(6)])
    sheet = compose(shown, 4, framed=np.array([True] + [False] * 5), colour=np.array([1.0, 0.0, 0.0]))
    assert sheet.pixels.shape == (2 * sheet.step_y, 4 * sheet.step_x, 3)
    for i in range(6):
        x, y = sheet.caption(i)
        assert sheet.pixels[y - 10, x + 10].tolist() == [round(i / 8 * 255)] * 3
        assert sheet.pixels[y - 1, x].tolist() == ([255, 0, 0] if i == 0 else [255] * 3)


def test_long_names_are_shortened():
    assert short("a" * 22) == "a" * 22
    assert short("a" * 23) == "a" * 21 + "…"
