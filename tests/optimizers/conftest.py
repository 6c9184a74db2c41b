"""A weight on its own, led by hand."""

import numpy as np
import pytest


@pytest.fixture
def walk():
    """walk(rule, gradients): where a weight that starts at 1 is after each of these gradients, at rate 0.1."""

    def places(rule, gradients):
        value, slots = np.array([1.0]), tuple(np.zeros(1) for _ in rule.slots)
        found = []
        for step, dw in enumerate(gradients, start=1):
            rule.update(value, np.array([dw]), slots, rate=0.1, step=step, scratch=(np.empty(1), np.empty(1)))
            found.append(float(value[0]))
        return found

    return places
