"""RandomCrop: what a strength does to it."""

from nnlab.data.steps.random_crop import RandomCrop


def test_a_strength_weakens_the_padding_or_where_a_size_is_given_the_probability() -> None:
    plain, sized = RandomCrop(padding=4), RandomCrop(padding=4, size=(32, 32))
    half = plain.at_strength(0.5)
    assert (half.padding, half.probability) == (2, 1)
    half = sized.at_strength(0.5)
    assert (half.padding, half.probability, half.size) == (4, 0.5, (32, 32))
