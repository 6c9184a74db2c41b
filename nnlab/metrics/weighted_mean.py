"""A mean over batches that is the mean over their samples."""


class WeightedMean:
    """The mean of batch figures (losses), each counted as often as its batch has samples.

    mean = sum_b samples_b value_b / sum_b samples_b
    """

    def __init__(self) -> None:
        self._total = 0.0
        self._samples = 0

    def reset(self) -> None:
        """Forgets every batch."""
        self._total, self._samples = 0.0, 0

    def update(self, value: float, samples: int) -> None:
        """Takes in one batch's figure."""
        self._total += value * samples
        self._samples += samples

    def compute(self) -> float:
        """The mean over all samples since `reset`; NaN before the first."""
        return self._total / self._samples if self._samples else float("nan")
