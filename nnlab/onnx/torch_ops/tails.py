"""Functions that are x itself far to the right and 0 far to the left, where torch's own multiply infinity by 0."""

from collections.abc import Callable

import torch

FAR = 1000
"""Beyond it they are that to the last digit of float64."""


def with_tails(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """f(x), whose value and slope are x and 1, or 0 and 0, far out: no infinity, and no square of x, makes a NaN."""
    return torch.where(x > FAR, x, f(x.clamp(-FAR, FAR)))


def gated(x: torch.Tensor, alpha: float) -> torch.Tensor:
    """x s,  s = 1 / (1 + exp(-alpha x)); 0 where s is, and with s as steep as it is where x is infinite: not at all."""
    most = torch.finfo(x.dtype).max
    s = torch.sigmoid((alpha * x).clamp(-most, most))
    return torch.where(s == 0, 0, x) * s
