"""The set `colors`: its sizes, and that the strongest channel is the class."""

import numpy as np

from nnlab.data.makers.colors import Colors


def test_is_three_classes_of_60_and_every_pixel_says_its_class() -> None:
    maker = Colors()
    assert [sum(d.label == label for d in maker.drawings()) for label in ("red", "green", "blue")] == [60, 60, 60]
    textured = 0
    for drawing in maker.drawings()[::5]:
        image = maker.draw(drawing)
        assert image.shape == (110, 110, 3)
        assert (image.argmax(axis=2) == maker.classes.index(drawing.label)).all()
        textured += np.ptp(image.reshape(-1, 3), axis=0).max() > 0
    assert textured > 0.8 * 36  # where both shades happen to be the same, the picture is of one colour
