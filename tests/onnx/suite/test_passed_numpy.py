"""The whole of onnx's suite on the hand-written engine: what passed before passes."""

import onnx
import pytest

from nnlab.onnx.suite.cases import cases
from nnlab.onnx.suite.passed import CHANCE, read_passed
from nnlab.onnx.suite.run import failures

PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_what_passed_before_passes(part: int) -> None:
    assert failures(read_passed("numpy")[part::PARTS], "numpy") == {}


def test_what_did_not_pass_before_still_does_not() -> None:
    """Else the page says less than there is: `python -m nnlab.onnx.suite` writes it anew."""
    names = {case.name for case in cases() if not case.name.startswith(CHANCE)} - set(read_passed("numpy"))
    assert names - failures(sorted(names), "numpy").keys() == set(), "run `python -m nnlab.onnx.suite`"


def test_the_goal_of_the_vision_part_is_met() -> None:
    from nnlab.onnx.suite.vision import OPERATORS_OF_VISION

    vision = {case.name for case in cases() if case.names <= OPERATORS_OF_VISION}
    assert len(vision) >= 810 or onnx.__version__ != "1.23.2"
    assert len(vision & set(read_passed("numpy"))) >= 780
