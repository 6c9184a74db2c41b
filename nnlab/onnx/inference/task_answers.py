"""What a task says of pictures, as people are told it."""

from collections.abc import Sequence
from typing import Protocol

from nnlab.core.placement import Placement
from nnlab.core.sure import all_sure
from nnlab.core.truth import Truth
from nnlab.core.types import Pixels
from nnlab.data.images.base import ImageLibrary
from nnlab.onnx.inference.answer import Answer, answer_of
from nnlab.onnx.inference.brought_back import brought_back
from nnlab.tasks.base import Task


class Seen(Protocol):
    """A picture that was prepared for a network."""

    @property
    def pixels(self) -> Pixels:
        """Those that the input was made of, (height, width, channels) uint8."""
        ...

    @property
    def placement(self) -> Placement:
        """Where the picture's own pixels went; asked where answers are of places."""
        ...


def shown_of(task: Task, said: Sequence[Truth], least: float | None) -> Sequence[Truth]:
    """What of a task's answers is shown.  Options:  least: the score from which on; None: as the task has it."""
    return task.shown(said) if least is None else all_sure(said, least)


def task_answers(
    task: Task, shown: Sequence[Truth], pictures: Sequence[Seen], labels: Sequence[str], lib: ImageLibrary
) -> list[Answer]:
    """An answer for each picture, in its own pixels.

    Options:  shown: of as many samples, or more: pictures are the first.  labels: names of the classes.
    """
    answers = []
    for place, picture in enumerate(pictures):
        answer = answer_of(shown[place].of_pixels(picture.pixels, lib), shown, place, labels)
        answers.append(brought_back(answer, picture.placement, lib) if task.answer.moves else answer)
    return answers
