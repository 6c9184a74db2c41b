"""The average of a run's weights, of which the last ones count most."""

AVERAGE = "average"
"""The name of the slot that it is kept in, beside those of the rule."""


def kept_share(ema: float, step: int) -> float:
    """How much of the average a step keeps:  average = share average + (1 - share) w.

    share = min(ema, (1 + step) / (10 + step))

    The average begins as the first weights, so no bias towards zero has to be taken out of it; but those are drawn by
    chance, and 0.999 would keep a third of them for a thousand steps. So the average is short at first and grows with
    the run: it reaches back about a ninth of the steps until that is as far as `ema` says (from step 9000 on for
    0.999). That, and no correction as Adam's, is what is commonly done; a corrected average would count the first
    weights as much as the last ones until then.

    Options:  step: 1 for the first update.
    Source:  Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; the growing share:
             TensorFlow's ExponentialMovingAverage with num_updates, as Tan and Le, "EfficientNet", 2019, train with it.
    """
    return min(ema, (1 + step) / (10 + step))
