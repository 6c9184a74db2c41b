"""What a plan will take, told before it is run."""

from nnlab.labs.estimate import estimated
from tests.labs.conftest import MakePlan
from tests.labs.counting import COMMAND


def test_each_configuration_is_measured_once_and_counts_for_its_repeats(plan_of: MakePlan) -> None:
    found = estimated(plan_of("a", "dies", "fails", "b", repeats=2), COMMAND)
    assert (found.whole("wall_s"), found.whole("cpu_s")) == (8.0, 12.0)
    assert found.seconds == {"a": 2.0, "b": 2.0}
    assert found.unknown["fails"] == "a.png: is empty"
    assert found.unknown["dies"].startswith("its process was ended by SIGKILL")
    document = found.document()
    assert [cell["cell"] for cell in document["cells"]] == ["a", "dies", "fails", "b"] * 2
    assert document["whole"]["peak_memory_mb"] == 4.0
