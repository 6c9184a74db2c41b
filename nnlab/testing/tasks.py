"""What any task must do: what is true becomes targets, and outputs become answers again."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnlab.core.component import make
from nnlab.core.context import Context
from nnlab.core.registry import Registry
from nnlab.core.truth import Boxes, Points, Truth
from nnlab.core.truths import taken
from nnlab.data.readers.base import READERS
from nnlab.losses.base import LOSSES
from nnlab.metrics.base import METRICS
from nnlab.models.base import MODELS
from nnlab.models.objective import terms_of
from nnlab.models.one_layer import OneLayer
from nnlab.tasks.base import Task
from nnlab.testing.boxes import plain
from nnlab.testing.hold import run
from nnlab.testing.options import check_options
from nnlab.testing.points import answer_to, hidden_elsewhere, hidden_shown
from nnlab.testing.task_trial import Outputs, TaskTrial, default_terms, figures, judges_of, shapes_of
from nnlab.testing.truths import IN_SHAPE, NAMES, SAMPLES, alike, numbers_of
from nnlab.tracking.files import to_json
from nnlab.tracking.predictions import told


def options_are_explained_and_survive(trial: TaskTrial) -> None:
    """Options are explained, and survive saving and printing."""
    check_options(trial.cls, {})


def what_it_names_is_registered(trial: TaskTrial) -> None:
    """The reader and the components by default that it names are there, and are for it."""
    task = trial.cls()
    assert task.reader in READERS
    assert task.naming and task.amount(NAMES) in (f"3 {task.naming}", task.naming)
    registries: dict[str, Registry[Any]] = {"loss": LOSSES, "accuracy": METRICS, "model": MODELS}
    for section, name in task.defaults.items():
        assert name in registries[section], f"{section}: {name}"
    assert METRICS.get(task.defaults.get("accuracy", "Classes")).judges is task.answer


def targets_are_of_the_heads_and_fit_them(trial: TaskTrial) -> None:
    """There is a target for each head, of its shape, finite; classes are a distribution; weights broadcast."""
    _, _, heads, targets = trial.asked()
    assert targets.keys() == heads.keys() and len(heads)
    for name, shape in shapes_of(heads).items():
        value, weight = targets[name].value, targets[name].weight
        of_vectors = heads[name].kind == "vectors"  # whose targets are identities
        assert heads[name].fits(shape) and value.shape == (SAMPLES, *((1,) if of_vectors else shape))
        assert np.isfinite(value).all()
        if weight is not None:
            each = (*value.shape[:-1], weight.shape[-1])  # of a place, or of each channel of it
            assert np.broadcast_shapes(weight.shape, each) == each and each[-1] in (1, value.shape[-1])
        if heads[name].kind == "classes":
            np.testing.assert_allclose(value.sum(axis=-1), 1, rtol=1e-6)  # a distribution


def heads_do_not_depend_on_whether_truths_are_known(trial: TaskTrial) -> None:
    """A run that only reads weights knows none."""
    task, _, known, _ = trial.asked()
    unknown = task.heads(NAMES, IN_SHAPE)
    assert {name: (head.shape, head.kind) for name, head in known.items()} == {
        name: (head.shape, head.kind) for name, head in unknown.items()
    }
    for head in known.values():
        assert len(head.spread) in (0, head.channels) and len(head.centre) in (0, head.channels)
        assert all(spread > 0 for spread in head.spread)


def perfect_outputs_are_the_truths_again(trial: TaskTrial) -> None:
    """A network that gives what it ought to is answered with what is true."""
    task, truths, _, targets = trial.asked()
    answers = task.answers(trial.perfect(targets))
    assert len(answers) == len(truths)
    assert all(type(answer) is task.answer for answer in answers)
    if task.answer is task.truth:
        np.testing.assert_array_equal(numbers_of(answers, truths), numbers_of(truths))


def perfect_outputs_have_perfect_figures_and_others_have_not(trial: TaskTrial) -> None:
    """Figures of perfect answers are the best there are, and no others are."""
    task, truths, _, targets = trial.asked()
    others = {head: np.roll(output, 1, axis=0) for head, output in trial.perfect(targets).items()}
    assert judges_of(task)
    for judge in judges_of(task):
        metrics = task.metrics(judge)
        assert next(iter(metrics.values())) is judge  # the chosen one judges
        assert all(metric.judges is task.answer for metric in metrics.values())
        best = figures(task, judge, task.answers(trial.perfect(targets)), truths)
        worse = figures(task, judge, task.answers(others), truths)
        for name, metric in metrics.items():
            perfect = (1.0 if metric.better == "higher" else 0.0) if metric.best is None else metric.best
            # of places the float32 of a map is left
            assert best[name] == perfect or abs(best[name] - perfect) < 1e-6, name
            assert worse[name] < perfect if metric.better == "higher" else worse[name] > perfect, name


def outputs_that_are_no_numbers_are_answered_and_not_right(trial: TaskTrial) -> None:
    """NaN is no error: such answers are wrong, or make a figure NaN."""
    task, truths, _, targets = trial.asked()
    outputs = {head: np.full_like(output, np.nan) for head, output in trial.perfect(targets).items()}
    answers = task.answers(outputs)
    assert len(answers) == len(truths)
    for judge in judges_of(task):
        metrics = task.metrics(judge)
        for name, figure in figures(task, judge, answers, truths).items():
            counts = task.truth.moves and figure > 0  # of things that are not found
            wrong = figure == 0 if metrics[name].better == "higher" else counts
            assert wrong or (np.isnan(figure) and not metrics[name].is_share), name


def answers_are_each_sample_s_own(trial: TaskTrial) -> None:
    """An answer does not depend on the other samples."""
    task, _, _, targets = trial.asked()
    outputs = trial.perfect(targets)
    whole = task.answers(outputs)
    part = task.answers({head: output[5:7] for head, output in outputs.items()})
    assert alike(part, whole[5:7])


def targets_are_each_sample_s_own(trial: TaskTrial) -> None:
    """Nor does a target."""
    task, truths, heads, targets = trial.asked()
    places = np.array([7, 0, 7])
    for head, target in task.targets(taken(truths, places), shapes_of(heads)).items():
        np.testing.assert_array_equal(target.value, targets[head].value[places])
    one_by_one = task.targets(tuple(truths), shapes_of(heads))
    for head, target in one_by_one.items():
        np.testing.assert_array_equal(target.value, targets[head].value)


def guesses_look_at_no_picture_and_are_beaten_by_perfect_answers(trial: TaskTrial) -> None:
    """The best guess is the same for all samples."""
    task, truths, _, _ = trial.asked()
    guesses = task.guesses(truths)
    if guesses is None:
        return
    assert len(guesses) == len(truths) and alike(guesses, [guesses[0]] * len(truths))
    judge = make(METRICS.get(task.defaults.get("accuracy", "Classes")), {})
    guessed, best = (next(iter(figures(task, judge, said, truths).values())) for said in (guesses, truths))
    assert guessed < best if judge.better == "higher" else guessed > best


def what_is_wrong_is_none_where_answers_are_right(trial: TaskTrial) -> None:
    """How wrong an answer is: 0 for one that is right, or all alike; in a table of confusions it is on the diagonal."""
    task, truths, _, targets = trial.asked()
    answers = task.answers(trial.perfect(targets))
    wrong, cells = task.mistakes(answers, truths), task.cells(answers, truths)
    assert wrong.shape == (len(truths),) and (wrong >= 0).all()
    assert wrong.max() < 1e-5 or len(set(wrong.tolist())) == 1  # of places the float32 of a map is left
    assert cells is None or (cells.shape == (len(truths), 2) and (cells[:, 0] == cells[:, 1]).all())


def its_loss_is_the_least_for_perfect_outputs(trial: TaskTrial) -> None:
    """Of a network that gives rows, for a task that asks for them, and the loss that is chosen by default."""
    task, _, heads, targets = trial.asked()
    if any(len(head.shape) != 1 for head in heads.values()):
        return  # it asks for maps
    graph = OneLayer().graph(IN_SHAPE, heads)
    terms = terms_of(default_terms(task), graph)
    assert terms.keys() == heads.keys()
    for name, outlet in graph.heads.items():
        assert heads[name].takes(outlet.emits)
        given = trial.perfect(targets)[name] * (50 if outlet.emits == "logits" else 1)  # softmax of 50, 0, 0 is 1, 0, 0
        target = targets[name].astype(np.float32)
        best, gradient = terms[name].loss(given, target, Context())
        worse, _ = terms[name].loss(np.roll(given, 1, axis=0), target, Context())
        assert abs(best) < 1e-6 and worse > 0.1
        assert np.abs(gradient).max() < 1e-6


def truths_and_answers_have_a_form_in_files(trial: TaskTrial) -> None:
    """Truths and answers have a form in predictions.jsonl, by name."""
    task, truths, _, targets = trial.asked()
    for truth, answer in zip(truths, task.answers(trial.perfect(targets)), strict=True):
        said = to_json(told(truth, NAMES))
        if isinstance(truth, Boxes) and isinstance(answer, Boxes):
            assert to_json(told(plain(truth), NAMES)) == to_json(told(plain(answer), NAMES))
            continue
        answered = answer_to(answer, truth) if isinstance(answer, Points) and isinstance(truth, Points) else answer
        assert (said == to_json(told(answered, NAMES))) == (task.answer is task.truth)
        assert "one" in said or "two" in said or "three" in said


def what_is_hidden_is_neither_learnt_nor_judged(trial: TaskTrial) -> None:
    """Wherever a point that cannot be seen is said to be, the targets that count, and the figures, are the same."""
    task, truths, heads, targets = trial.asked()
    if task.truth is not Points:
        return
    elsewhere = hidden_elsewhere(truths)
    other, *shown = (task.targets(each, shapes_of(heads)) for each in (elsewhere, *hidden_shown(truths)))
    for name, target in targets.items():
        counts, again = (np.broadcast_to(1.0 if own.weight is None else own.weight, own.value.shape)
                         for own in (target, other[name]))  # fmt: skip
        of_hidden = shown[0][name].value != shown[1][name].value  # what a hidden point's place would change
        assert not counts[of_hidden].any(), f"{name}: points that are hidden are learnt"
        np.testing.assert_array_equal(again, counts)
        np.testing.assert_array_equal(counts * other[name].value, counts * target.value)
    answers = task.answers({head: np.roll(output, 1, axis=0) for head, output in trial.perfect(targets).items()})
    for judge in judges_of(task):
        assert figures(task, judge, answers, elsewhere) == figures(task, judge, answers, truths)


TASK_CHECKS: tuple[Callable[[TaskTrial], None], ...] = (
    options_are_explained_and_survive,
    what_it_names_is_registered,
    targets_are_of_the_heads_and_fit_them,
    heads_do_not_depend_on_whether_truths_are_known,
    perfect_outputs_are_the_truths_again,
    what_is_wrong_is_none_where_answers_are_right,
    perfect_outputs_have_perfect_figures_and_others_have_not,
    outputs_that_are_no_numbers_are_answered_and_not_right,
    answers_are_each_sample_s_own,
    targets_are_each_sample_s_own,
    guesses_look_at_no_picture_and_are_beaten_by_perfect_answers,
    its_loss_is_the_least_for_perfect_outputs,
    truths_and_answers_have_a_form_in_files,
    what_is_hidden_is_neither_learnt_nor_judged,
)
"""Every check of a task."""


def check_task(cls: type[Task], truths: Sequence[Truth] | None = None, perfect: Outputs | None = None) -> None:
    """Runs every check on a task. Raises AssertionError: naming the check and what is wrong.

    Options:  truths, perfect: as a TaskTrial has them: what to try it with, and how outputs say a target.
    """
    run(TASK_CHECKS, TaskTrial(cls, truths, perfect), cls.__name__)
