"""What any baseline must do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.baselines.base import BASELINES, Baseline
from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import Truth
from nnlab.core.truths import taken
from nnlab.core.types import Array
from nnlab.models.auto_encoder import AutoEncoder
from nnlab.models.graph import Graph
from nnlab.tasks.base import Task
from nnlab.testing.arrays import untouched
from nnlab.testing.hold import run
from nnlab.testing.task_trial import TaskTrial
from nnlab.testing.truths import IN_SHAPE, NAMES
from nnlab.tracking.files import to_json
from nnlab.tracking.predictions import told

LONGEST = 19
"""Of a name: what the table of a run has room for."""


@dataclass(frozen=True, eq=False)
class BaselineTrial:
    """The baselines of a task, tried on samples of which this is true.

    Options:  truths: as a TaskTrial has them.  names: what they speak of.  network: what they stand beside; None: one
              that gives what it is given, through a code.
    Shapes:   inputs: (samples, height, width, channels); None: noise of 8 x 6 x 3
    """

    cls: type[Task]
    truths: Sequence[Truth] | None = None
    inputs: Array | None = None
    names: Sequence[str] = NAMES
    network: Any = None

    def samples(self) -> tuple[Task, Array, Sequence[Truth]]:
        """The fitted task, inputs, truths."""
        truths = TaskTrial(self.cls, self.truths).asked()[1] if self.truths is None else self.truths
        noise = np.random.default_rng(4).random((len(truths), *IN_SHAPE), dtype=np.float32)
        return self.cls().fitted(self.names, truths), noise if self.inputs is None else self.inputs, truths

    def fitted(self) -> list[Baseline]:
        """Every baseline, made anew and fitted."""
        task, inputs, truths = self.samples()
        made = BASELINES.of(self.cls)(task, self.names, self.network or _network())
        for baseline in made:
            baseline.fit(inputs, truths)
        return list(made)


def _network() -> Graph:
    heads = {OUTPUT: Head((None, None, IN_SHAPE[-1]), "values")}
    return AutoEncoder(code=3, hidden=()).graph(IN_SHAPE, heads).build(IN_SHAPE, rng=None, dtype=np.float32)


def it_has_a_name_of_its_own(trial: BaselineTrial) -> None:
    """Names are short and differ; each says what it does."""
    made = trial.fitted()
    names = [baseline.name for baseline in made]
    assert made and len(set(names)) == len(names), names
    for baseline in made:
        assert 0 < len(baseline.name) <= LONGEST and baseline.name == baseline.name.lower(), baseline.name
        assert baseline.about, baseline.name


def it_answers_with_truths(trial: BaselineTrial) -> None:
    """One for each sample, of the task's kind, which files can hold."""
    task, inputs, truths = trial.samples()
    for baseline in trial.fitted():
        answers = baseline.answers(inputs)
        assert len(answers) == len(truths), baseline.name
        assert all(isinstance(answer, type(task).answer) for answer in answers), baseline.name
        for answer in answers:
            to_json(told(answer, trial.names))


def answers_are_each_sample_s_own(trial: BaselineTrial) -> None:
    """An answer does not depend on the samples that are asked about with it."""
    _, inputs, truths = trial.samples()
    places = list(range(len(truths)))[1::2]
    for baseline in trial.fitted():
        whole, part = baseline.answers(inputs), baseline.answers(inputs[places])
        for alone, among in zip(part, taken(whole, places), strict=True):
            for ours, theirs in zip(vars(alone).values(), vars(among).values(), strict=True):
                if theirs is not None:  # 1e-4: a product of fewer rows is summed in another order, in float32
                    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4, err_msg=baseline.name)


def the_same_samples_give_the_same_answers(trial: BaselineTrial) -> None:
    """Nothing is left to chance."""
    _, inputs, _ = trial.samples()
    for once, again in zip(trial.fitted(), trial.fitted(), strict=True):
        for ours, theirs in zip(once.answers(inputs), again.answers(inputs), strict=True):
            assert to_json(told(ours, trial.names)) == to_json(told(theirs, trial.names)), once.name


def inputs_are_only_read(trial: BaselineTrial) -> None:
    """Nothing given is written to."""
    _, inputs, _ = trial.samples()
    kept = inputs.copy()
    for baseline in trial.fitted():
        baseline.answers(inputs)
    untouched("inputs", [inputs], [kept])


BASELINE_CHECKS: tuple[Callable[[BaselineTrial], None], ...] = (
    it_has_a_name_of_its_own,
    it_answers_with_truths,
    answers_are_each_sample_s_own,
    the_same_samples_give_the_same_answers,
    inputs_are_only_read,
)
"""Every check of a task's baselines."""


def check_baselines(cls: type[Task], **trial: Any) -> None:
    """Runs every check on the baselines of a task. Raises AssertionError: naming the check and what is wrong.

    Options:  trial: as a BaselineTrial has them.
    """
    run(BASELINE_CHECKS, BaselineTrial(cls, **trial), cls.__name__)
