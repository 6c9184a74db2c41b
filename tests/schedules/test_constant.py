from nnlab.schedules.constant import Constant


def factors(schedule, epochs):
    return [schedule.factor(epoch, epochs) for epoch in range(epochs)]


def test_it_stays():
    assert factors(Constant(), 3) == [1, 1, 1]
