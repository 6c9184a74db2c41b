"""Where points are without a network: the mean place, and the nearest picture."""

import numpy as np

from nnlab.baselines.keypoints import MeanPlace, NearestFrame
from nnlab.core.truth import Points

FLAT = np.zeros((3, 2, 2, 1), np.float32) + np.array([0.1, 0.5, 0.9], np.float32)[:, None, None, None]
TRUTHS = (
    Points(np.array([[0.0, 0], [10, 10]]), np.array([True, True])),
    Points(np.array([[4.0, 2], [np.nan, np.nan]]), np.array([True, False])),
    Points(np.array([[8.0, 4], [20, 30]]), np.array([True, True])),
)


def test_the_mean_is_of_the_samples_in_which_a_point_can_be_seen():
    mean = MeanPlace()
    mean.fit(FLAT, TRUTHS)
    (answer,) = mean.answers(FLAT[:1])
    assert answer.places.tolist() == [[4, 2], [15, 20]] and answer.seen.all()


def test_the_nearest_picture_s_points_are_said_a_hidden_one_at_its_mean_place():
    nearest = NearestFrame()
    nearest.fit(FLAT, TRUTHS)
    new = np.stack([np.full((2, 2, 1), value, np.float32) for value in (0.75, 0.0, 0.45)])
    answers = nearest.answers(new)
    assert [answer.places[0].tolist() for answer in answers] == [[8, 4], [0, 0], [4, 2]]
    assert answers[2].places[1].tolist() == [15, 20] and answers[2].seen.tolist() == [True, False]


def test_on_the_mice_it_is_what_the_specification_measured(shared_data):
    """labs.md, last 19 frames: mean place 61.0 px, nearest frame 17.4; by their pixels at 320 x 240."""
    from nnlab.baselines.beside import beside
    from nnlab.data.options import DataOptions
    from nnlab.data.pipeline import load, survey
    from nnlab.data.readers.keypoints_csv import KeypointsCsv
    from nnlab.metrics.points import MeanDistance
    from nnlab.tasks.keypoints import Keypoints
    from nnlab.training.scoring import Judgement

    options = DataOptions(
        dataset=str(shared_data / "keypoints_mouse"), resize=(320, 240), grayscale=True, flatten=False, split="order",
        partitions={"training": 0.8, "dev": 0.0, "test": 0.2}, disk_cache=False,
    )  # fmt: skip
    data = load(options, outline=survey(options, reader=KeypointsCsv()))
    found = beside(data, Judgement.by(Keypoints(), MeanDistance()), None)
    assert (found["partition"], found["samples"], found["fitted_on"]) == ("test", 19, 74)
    figures = {row["name"]: row["distance"] for row in found["rows"]}
    assert (
        abs(figures["mean place"] - 61.0) < 0.05 and abs(figures["nearest picture"] - 17.4) < 0.05
    )  # one digit is said
