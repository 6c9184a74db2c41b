"""Key points: targets of each form of heads, what is hidden, and answers back again."""

import numpy as np
import pytest

from nnlab.core.context import Context
from nnlab.core.heads import OUTPUT
from nnlab.core.truth import Points
from nnlab.losses.mean_squared_error import MeanSquaredError
from nnlab.metrics.points import MeanDistance, Pck
from nnlab.tasks.keypoints import AS_PIXELS, NEAR, PLACES, SEEN, TOWARDS, Keypoints, mean_points

NAMES = ("nose", "tail")
TRUTHS = (
    Points(np.array([[10.3, 20.9], [37.0, 3.2]]), np.array([True, True])),
    Points(np.array([[5.5, 30.1], [np.nan, np.nan]]), np.array([True, False])),
)
SHAPES = {"heatmap": {OUTPUT: (8, 10, 2)}, "offset": {NEAR: (8, 10, 2), TOWARDS: (8, 10, 4)},
          "direct": {PLACES: (4,), SEEN: (2,)}}  # fmt: skip
FORMS = list(SHAPES)


def given_back(task):
    """What a network gives that gives its targets."""
    return {name: target.value for name, target in task.targets(TRUTHS, SHAPES[task.head]).items()}


@pytest.mark.parametrize("head", FORMS)
def test_heads_have_the_shapes_and_the_stride(head):
    heads = Keypoints(head=head).heads(NAMES, (32, 40, 1))
    assert heads.keys() == SHAPES[head].keys()
    for name, shape in SHAPES[head].items():
        assert heads[name].fits(shape, (32, 40, 1)) and heads[name].kind == "values"
        assert heads[name].stride == (None if head == "direct" else 4)


def test_direct_places_begin_in_the_middle_of_the_picture():
    head = Keypoints(head="direct").heads(NAMES, (32, 40, 1))[PLACES]
    assert (head.centre, head.spread) == ((20, 16, 20, 16), (10, 8, 10, 8))
    assert Keypoints(head="direct").heads(NAMES, (1280,))[PLACES].centre == ()  # a row says nothing of width and height


@pytest.mark.parametrize("head", FORMS)
def test_targets_given_back_are_the_places(head):
    answers = Keypoints(head=head).answers(given_back(Keypoints(head=head)))
    for answer, truth in zip(answers, TRUTHS, strict=True):
        np.testing.assert_allclose(answer.places[truth.seen], truth.places[truth.seen], atol=0.01)  # a hundredth pixel
        assert answer.seen[truth.seen].all()
        assert answer.scores[truth.seen].min() > 0.7


def test_a_bump_is_at_its_cell_by_hand():
    target = Keypoints(sigma=2.0, stride=4).targets(TRUTHS, SHAPES["heatmap"])[OUTPUT]
    # the centre of column 2, row 5 is at (10, 22): 0.3 and 1.1 pixels off, in cells 0.075 and 0.275
    assert target.value[0, 5, 2, 0] == pytest.approx(np.exp(-(0.075**2 + 0.275**2) / 8), rel=1e-6)


def test_offsets_are_in_radii_from_each_cell():
    targets = Keypoints(head="offset", radius=2.0).targets(TRUTHS, SHAPES["offset"])
    assert targets[NEAR].value[0, 5, 2, 0] == 1
    np.testing.assert_allclose(targets[TOWARDS].value[0, 5, 2, :2], [0.075 / 2, -0.275 / 2], rtol=1e-5)
    outside = targets[NEAR].value == 0
    assert not targets[TOWARDS].weight[np.repeat(outside, 2, axis=-1)].any()


@pytest.mark.parametrize("head", FORMS)
def test_what_is_hidden_has_no_weight_and_no_gradient(head):
    task = Keypoints(head=head)
    for name, target in task.targets(TRUTHS, SHAPES[head]).items():
        predicted = np.random.default_rng(0).standard_normal(target.value.shape)
        _, gradient = MeanSquaredError()(predicted, target.astype(np.float64), Context())
        weight = np.broadcast_to(1.0 if target.weight is None else target.weight, target.value.shape)
        by_point = (2, -1, 2, weight.shape[-1] // 2)
        assert np.isfinite(target.value).all()
        if name == SEEN:
            assert (weight == 1).all() and target.value[1].tolist() == [1, 0]  # this is what can be known
            continue
        for each in (weight, gradient):
            seen, hidden = each.reshape(by_point)[1, :, 0], each.reshape(by_point)[1, :, 1]
            assert seen.any() and not hidden.any()


def test_the_direct_form_weighs_sureness_by_pixels():
    terms = Keypoints(head="direct").terms(MeanSquaredError())
    assert (terms[PLACES].share, terms[SEEN].share) == (1, AS_PIXELS**2)


def test_what_is_not_sure_is_not_seen():
    heights = np.zeros((1, 3, 3, 2), np.float32)
    heights[0, 1, 1] = [0.19, 0.6]
    (answer,) = Keypoints(least_score=0.2).answers({OUTPUT: heights})
    assert answer.seen.tolist() == [False, True] and answer.scores.tolist() == pytest.approx([0.19, 0.6])
    assert np.isfinite(answer.places).all()  # where it would be is said all the same, and judged


def test_metrics_the_chosen_one_first_none_twice():
    task = Keypoints()
    assert list(task.metrics(MeanDistance())) == ["distance", "pck_10", "pck_5", "oks"]
    assert list(task.metrics(Pck(radius=5.0))) == ["pck_5", "distance", "pck_10", "oks"]


def test_mistakes_are_mean_distances_of_what_can_be_seen():
    said = (
        Points(np.array([[13.3, 24.9], [37.0, 3.2]]), np.array([True, True])),
        Points(np.array([[np.nan, np.nan], [0.0, 0.0]]), np.array([False, True])),
    )
    assert Keypoints().mistakes(said, TRUTHS).tolist() == [pytest.approx(2.5), np.inf]


def test_the_mean_place_is_of_those_that_can_be_seen():
    mean = mean_points(TRUTHS)
    np.testing.assert_allclose(mean.places, [[7.9, 25.5], [37, 3.2]])
    assert mean.scores.tolist() == [1, 0.5]
    assert len(Keypoints().guesses(TRUTHS)) == 2
