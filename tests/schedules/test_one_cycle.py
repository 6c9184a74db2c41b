import pytest

from nnlab.schedules.one_cycle import OneCycle


@pytest.mark.parametrize("epochs", [5, 8, 20, 100])
@pytest.mark.parametrize("rise", [0.3, 0.5])
def test_its_factors_are_those_of_torch(epochs, rise):
    torch = pytest.importorskip("torch")
    adam = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        adam, max_lr=1.0, total_steps=epochs, pct_start=rise, div_factor=25, final_div_factor=1e4
    )
    for epoch in range(epochs):
        assert OneCycle(rise=rise).factor(epoch, epochs) == pytest.approx(theirs.get_last_lr()[0], rel=1e-9, abs=1e-12)
        adam.step()
        if epoch + 1 < epochs:
            theirs.step()


def test_by_hand():
    factors = [OneCycle(rise=0.5, first=0.2, final=0).factor(epoch, 6) for epoch in range(6)]
    # the top is epoch 2; epoch 1 is halfway up, and the fall takes three epochs
    assert factors == pytest.approx([0.2, 0.6, 1, 0.75, 0.25, 0], abs=1e-15)


def test_very_short_runs_are_at_the_top_first():
    assert OneCycle().factor(0, 1) == 1
    assert OneCycle().factor(0, 2) == 1
    assert OneCycle().factor(1, 2) == pytest.approx(4e-6)
