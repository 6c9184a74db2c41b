"""Rows of an image's places, wide enough for NumPy to be quick."""

from math import gcd

WIDE = 512
"""Values of a row at most: NumPy goes along long rows in a third of the time. Rows of 1,024 were as slow as short ones:
what is read and what is written then lie whole pages apart."""


def places_in_a_row(places: int, channels: int, wide: int = WIDE) -> int:
    """How many places, channel beside channel, may be taken for one row of a matrix: a power of two of them, as many as
    are not too wide, and divide what there is."""
    return gcd(places, 1 << max(0, (wide // channels).bit_length() - 1))
