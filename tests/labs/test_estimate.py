"""What a plan will take, told before it is run."""

from nnlab.labs.estimate import Estimate, estimated
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


def test_what_the_first_repeat_reads_and_keeps_is_not_read_again(plan_of: MakePlan) -> None:
    plan = plan_of("a", "b", repeats=3)
    found = {"a": {"wall_s": 10.0, "cpu_s": 9.0, "read_once": {"wall_s": 4.0, "cpu_s": 3.0}}, "b": {"wall_s": 1.0}}
    estimate = Estimate(plan, found, calibration_s=0.5)
    assert (estimate.whole("wall_s"), estimate.whole("cpu_s")) == (30 - 8 + 3, 27 - 6)
