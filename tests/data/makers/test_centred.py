"""The set `centred`: digits of one size in the middle, noise all over, and nothing that says the class elsewhere."""

import numpy as np

from nnlab.data.makers.centred import HEIGHT, NOISE, SIDE, Centred


def test_a_digit_is_in_the_middle_and_of_one_size() -> None:
    maker = Centred(images=200)
    images = np.stack([maker.draw(drawing)[:, :, 0] for drawing in maker.drawings()]).astype(float)
    assert images.shape == (200, SIDE, SIDE)
    mean = images.mean(axis=0)
    margin = int(SIDE / 2 - HEIGHT * 0.8)  # turned and widened, a digit reaches no further
    rim = np.ones((SIDE, SIDE), bool)
    rim[margin:-margin, margin:-margin] = False
    # the mean of 200 pictures has noise of 10 / sqrt(200) = 0.7 left, and the ground, which
    # varies by 14, has 1.0 that is the same everywhere
    assert mean[rim].std() < 1.5 * 0.75 and mean[28:36, 28:36].max() - mean[rim].mean() > 8 * 1.3
    columns, rows = ((mean - mean[rim].mean()).clip(8).sum(axis=axis) for axis in (0, 1))
    for values in (columns, rows):
        assert abs((values * np.arange(SIDE)).sum() / values.sum() - (SIDE - 1) / 2) < 1


def test_noise_is_as_strong_as_it_says() -> None:
    image = Centred().draw(Centred().drawings()[0])
    assert (image[:, :, 0] == image[:, :, 2]).all()
    corner = image[:16, :16, 0].astype(float)
    assert NOISE * 0.75 < corner.std() < NOISE * 1.15  # what is below 0 is cut off


def test_the_same_seed_gives_the_same_pixels() -> None:
    drawing = Centred().drawings()[7]
    assert (Centred().draw(drawing) == Centred().draw(drawing)).all()
    assert (Centred(seed=1).draw(drawing) != Centred().draw(drawing)).any()
