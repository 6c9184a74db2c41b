"""Image steps as text: the same steps as their classes make, and one line for what cannot be."""

import pytest

from nnlab.core.errors import UsageError
from nnlab.data.options import DataOptions
from nnlab.data.pipeline import augmentation_steps, preparation_steps
from nnlab.data.steps.rotate import Rotate
from nnlab.data.steps.written import plain_step, random_step, separated


@pytest.mark.parametrize(
    ("texts", "steps"),
    [
        (("Noise", "Rotate:max_degrees=3"), ("Noise", "Rotate:max_degrees=3")),
        (("Noise,Rotate:max_degrees=3",), ("Noise", "Rotate:max_degrees=3")),
        (("A:x=1", "y=2"), ("A:x=1,y=2",)),  # split at the comma, as a variable's text is
        (("A:x=0.5,1.5,B,C:y=-1,2,z=3",), ("A:x=0.5,1.5", "B", "C:y=-1,2,z=3")),  # a range is no step
        (("A:x=1,y=2,B,C:z=3,w=4",), ("A:x=1,y=2", "B", "C:z=3,w=4")),
        ((), ()),
    ],
)
def test_texts_hold_one_step_or_several(texts: tuple[str, ...], steps: tuple[str, ...]) -> None:
    assert separated(texts) == steps


def test_a_text_means_the_step_with_these_options() -> None:
    step = random_step("rotate: max_degrees = 10")
    assert isinstance(step, Rotate) and step.max_degrees == 10


@pytest.mark.parametrize(
    ("text", "step_of", "says"),
    [
        ("Rotat", random_step, "unknown image step 'Rotat'; did you mean Rotate"),
        ("mixup:alpha=0.2", random_step, "Mixup mixes minibatches, and is a setting of its own; use --mixup=ALPHA"),
        ("ColorJitter", random_step, "unknown image step 'ColorJitter'; did you mean Brightness or Contrast or Hue or"),
        ("Trim", random_step, "Trim has no chance: it belongs to --image-steps"),
        ("Rotate", plain_step, "Rotate is random: use --augment"),
        ("Rotate:10", random_step, "must be NAME:option=value,option=value, got 'Rotate:10'"),
        ("Rotate:angle=10", random_step, "angle: Rotate has no such option; it has probability, max_degrees"),
        ("Rotate:probability=1.5", random_step, "Rotate.probability: must be at most 1, got 1.5"),
        ("Rotate:max_degrees=400", random_step, "Rotate.max_degrees: must be at most 180, got 400"),
    ],
)
def test_what_is_no_such_step_is_one_line(text: str, step_of, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        step_of(text)
    assert str(caught.value).startswith(says)


def test_they_follow_the_steps_of_the_flags() -> None:
    options = DataOptions(
        rot_angle=5, augment=("Noise:intensity=0.1",), image_steps=("AdaptiveInvert",), grayscale=True
    )
    assert [type(step).__name__ for step in augmentation_steps(options)] == ["Rotate", "Noise"]
    assert [type(step).__name__ for step in preparation_steps(options)][-2:] == ["Grayscale", "AdaptiveInvert"]


def test_a_strength_scales_them_all() -> None:
    options = DataOptions(rot_angle=8, augment=("Noise:intensity=0.1",), augmentation_strength=0.25)
    rotate, noise = augmentation_steps(options)
    assert rotate.options() == {"probability": 1.0, "max_degrees": 2.0}
    assert noise.options() == {"probability": 1.0, "intensity": 0.025}
    assert augmentation_steps(DataOptions(rot_angle=8, augmentation_strength=0)) == ()


def test_mistakes_name_the_flag() -> None:
    with pytest.raises(UsageError, match="--augment=Nois: unknown image step 'Nois'; did you mean Noise"):
        DataOptions(augment=("Nois",))
