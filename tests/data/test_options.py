import pytest

from nnlab.core.component import make
from nnlab.core.errors import UsageError
from nnlab.data.options import DataOptions


def test_defaults_are_right_and_not_shared() -> None:
    one, other = DataOptions(), DataOptions()
    assert one.partitions == {"training": 0.7, "dev": 0.15, "test": 0.15}
    one.partitions["dev"] = 0.5
    assert other.partitions["dev"] == 0.15


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"partitions": {"training": 0.7, "dev": 0.2, "test": 0.2}}, "--partitions: must add up to 1, got 1.1"),
        ({"partitions": {"training": 0.7, "dev": 0.3}}, "exactly the keys training, dev and test"),
        ({"partitions": {"training": 1.2, "dev": -0.2, "test": 0}}, "dev must be at least 0"),
        ({"partitions": {"training": 0, "dev": 0.5, "test": 0.5}}, "training must be above 0"),
        ({"partitions": {"training": "x", "dev": 0.5, "test": 0.5}}, "training must be a number"),
        ({"partitions": {"training": float("nan"), "dev": 0.5, "test": 0.5}}, "training must be a number"),
        ({"filter_dataset": "1,x"}, "--filter-dataset: must be all, or indices"),
        ({"filter_dataset": "8-5"}, "runs backwards; write 5-8"),
        ({"max_minibatch_size": 0}, "max_minibatch_size: must be at least 1"),
        ({"resize": (0, 5)}, "resize: must be at least 1"),
        ({"rot_angle": float("nan")}, "rot_angle: must be a finite number"),
        ({"noise_intensity": 1.5}, "noise_intensity: must be at most 1"),
        ({"input_range": (1, 0)}, "--input-range: HIGH must be above LOW, got 1,0"),
        ({"input_range": (0.5, 0.5)}, "HIGH must be above LOW, got 0.5,0.5"),
        ({"input_range": (0, float("inf"))}, "input_range: must be a finite number"),
        ({"input_range": (0, 1e30)}, "input_range: must be at most 1e+06"),
        ({"nbr_clones": 0}, "nbr_clones: must be at least 1"),
        ({"workers": -1}, "workers: must be at least 0"),
        ({"prepare": "recomended"}, "did you mean recommended"),
        ({"dataset": " "}, "--dataset: must name a dataset"),
    ],
)
def test_what_cannot_be_right_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        DataOptions(**options)
    assert words in str(caught.value)
    assert caught.value.exit_code == 2


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        DataOptions(filter_dataset="x", partitions={"training": 1})
    assert "--filter-dataset" in str(caught.value) and "--partitions" in str(caught.value)


def test_options_are_made_of_text() -> None:
    options = make(
        DataOptions,
        {"partitions": '{"training":1,"dev":0,"test":0}', "resize": "32,16", "trim": "true", "input_range": "-1,1"},
    )
    assert options.partitions == {"training": 1.0, "dev": 0.0, "test": 0.0}
    assert (options.resize, options.trim, options.input_range) == ((32, 16), True, (-1.0, 1.0))
