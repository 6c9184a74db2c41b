import numpy as np
import pytest

from nnlab.core.heads import OUTPUT, Head
from nnlab.core.truth import Label
from nnlab.core.truths import Labels
from nnlab.metrics.classes import Classes
from nnlab.tasks.base import TASKS
from nnlab.tasks.classification import Classification


def test_labels_become_one_hot() -> None:
    target = Classification().targets(Labels(np.array([2, 0])), {OUTPUT: (3,)})[OUTPUT].astype(np.float64)
    assert target.value.dtype == np.float64 and target.weight is None
    np.testing.assert_array_equal(target.value, [[0, 0, 1], [1, 0, 0]])


def test_labels_may_come_one_by_one() -> None:
    target = Classification().targets((Label(1), Label(1)), {OUTPUT: (2,)})[OUTPUT]
    np.testing.assert_array_equal(target.value, [[0, 1], [0, 1]])
    assert target.value.dtype == np.float32


def test_a_network_has_to_give_a_value_for_each_class() -> None:
    assert Classification().heads(["a", "b", "c"], (28, 28, 1)) == {OUTPUT: Head((3,), "classes")}


def test_the_answer_is_the_likeliest_class_the_first_of_equals() -> None:
    scores = np.array([[0.2, 0.5, 0.3], [0.4, 0.2, 0.4]], np.float32)
    answers = Classification().answers({OUTPUT: scores})
    assert list(answers) == [Label(1), Label(0)]
    assert answers.scores is scores


@pytest.mark.parametrize("place", [0, 1, 2])
def test_where_a_score_is_no_number_nothing_is_decided(place: int) -> None:
    scores = np.array([[0.2, 0.5, 0.3], [0.2, 0.3, 0.5]])
    scores[0, place] = np.nan
    assert list(Classification().answers({OUTPUT: scores})) == [Label(-1), Label(2)]


def test_the_chosen_metric_is_reported_as_accuracy_whatever_it_is() -> None:
    judge = Classes()
    assert Classification().metrics(judge) == {"accuracy": judge}


def test_guessing_names_the_largest_class_the_first_of_equals() -> None:
    guesses = Classification().guesses(Labels(np.array([2, 1, 2, 1, 0])))
    assert list(guesses) == [Label(1)] * 5


def test_it_goes_by_the_names_of_others_too() -> None:
    assert TASKS.get("classification") is TASKS.get("Classification") is Classification


def test_it_says_how_many_names_there_are() -> None:
    assert Classification().amount(["a", "b"]) == "2 classes"
