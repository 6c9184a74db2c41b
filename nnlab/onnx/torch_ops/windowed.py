"""What convolution and pooling on torch share: padding that may differ before and after."""

from collections.abc import Sequence

import torch
from torch.nn import functional


def padded(x: torch.Tensor, pads: Sequence[tuple[int, int]], value: float = 0) -> torch.Tensor:
    """x with `value` around its spatial axes; x itself where there is nothing to add."""
    if not any(before or after for before, after in pads):
        return x
    return functional.pad(x, [n for pair in reversed(pads) for n in pair], value=value)


def symmetric(pads: Sequence[tuple[int, int]]) -> bool:
    """Whether each axis has as much before as after, which torch's own operators can pad themselves."""
    return all(before == after for before, after in pads)
