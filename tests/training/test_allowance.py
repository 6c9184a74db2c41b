from nnlab.training.allowance import Allowance


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_what_took_a_second_is_done_again_after_a_hundred_at_one_percent():
    clock = Clock()
    allowance = Allowance(0.01, clock)
    assert allowance.allows()
    with allowance.spent():
        clock.now += 0.75
    with allowance.spent():
        clock.now += 0.25
    clock.now = 99.9
    assert not allowance.allows()
    clock.now = 100.0
    assert allowance.allows()
    assert allowance.allows()  # nothing was spent since then
