"""Rows of an image's places, wide enough for NumPy to be quick."""

WIDE = 512
"""Values of a row at most: NumPy goes along long rows in a third of the time. Rows of 1,024 were as slow as short ones:
what is read and what is written then lie whole pages apart."""


def places_in_a_row(places: int, channels: int) -> int:
    """How many places, channel beside channel, may be taken for one row of a matrix: as many as are not too wide, and
    divide what there is."""
    count = 1
    while places % (2 * count) == 0 and 2 * count * channels <= WIDE:
        count *= 2
    return count
