from nnlab.schedules.exponential_decay import ExponentialDecay


def factors(schedule, epochs):
    return [schedule.factor(epoch, epochs) for epoch in range(epochs)]


def test_the_first_epoch_has_the_full_rate():
    assert factors(ExponentialDecay(decay=0.5), 4) == [1, 0.5, 0.25, 0.125]
