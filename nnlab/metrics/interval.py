"""How sure a share of right answers is."""

import math

Z95 = 1.959963984540054
"""Standard deviations within which 95% of a normal distribution lies."""


def wilson(share: float, samples: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson interval of a share that was found in some samples: by default of 95%.

    (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)

    It holds what is true in 95 of 100 drawings, also for few samples and shares near 0 and 1, within which it stays.

    Raises:  ValueError: for no samples.
    Source:  Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    if samples < 1:
        raise ValueError("a share of no samples has no interval")
    spread = z * math.sqrt(share * (1 - share) / samples + z * z / (4 * samples * samples))
    middle, divisor = share + z * z / (2 * samples), 1 + z * z / samples
    low = 0.0 if share == 0 else (middle - spread) / divisor
    high = 1.0 if share == 1 else (middle + spread) / divisor
    return low, high
