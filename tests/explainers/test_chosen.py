import pytest

from nnlab.core.errors import UsageError
from nnlab.explainers.base import EXPLAINERS
from nnlab.explainers.chosen import chosen


def test_each_method_takes_its_own_options() -> None:
    cam, occlusion = chosen(["grad-cam", "Occlusion"], {"layer": "conv_2", "window": "6"})
    assert cam.options() == {"layer": "conv_2"} and occlusion.options()["window"] == 6


def test_all_are_all() -> None:
    assert [type(each) for each in chosen(["all"], {})] == list(EXPLAINERS)
    assert len(chosen(["Occlusion", "occlusion"], {})) == 1


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(UsageError) as error:
        chosen(["GradCan", "Occlusion"], {"steps": "3", "window": "-1", "baseline": "white"})
    lines = str(error.value).split("\n")
    assert lines[0] == "--method=GradCan: unknown explainer 'GradCan'; did you mean GradCam?"
    assert "Occlusion.window: must be at least 0, got -1" in lines
    assert "Occlusion.baseline: 'white' is not one of its values; there are black, mean, blur" in lines
    assert lines[-1] == "--steps: is an option of no method that was chosen; add --method=IntegratedGradients"
