"""A leader that fails amid a step: the others wait for what never comes, and nobody waits for them."""

import pytest

pytest.importorskip("torch", reason="torch is not installed (extra [torch])")

from nnlab.backends.torch.parallel.leader import Leader
from nnlab.backends.torch.parallel.team import Lost, Team


class Quiet(Team):
    """A team that says nothing to nobody."""

    def __init__(self) -> None:
        super().__init__(0, 2, connect=lambda: None)
        self.said: list[str] = []

    def tell(self, what: str, arrays: object = None, **facts: object) -> None:
        if not self.is_amid:
            self.said.append(what)
            return
        super().tell(what)


def test_after_an_error_amid_a_step_nothing_is_told_whichever_learner_asks() -> None:
    team, first, second = Quiet(), Leader.__new__(Leader), Leader.__new__(Leader)
    first._team = second._team = team
    with first._all_at("settle"):
        pass
    with pytest.raises(ZeroDivisionError), second._all_at("update"):
        _ = 1 / 0
    for more in (lambda: first._all_at("update").__enter__(), lambda: team.tell("end")):
        with pytest.raises(Lost, match="the other processes were left amid a step"):
            more()
    assert team.said == ["settle", "update"]
