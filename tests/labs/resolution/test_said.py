"""What is said of running statistics and of such as are taken anew."""

from nnlab.labs.resolution.said import about_statistics
from nnlab.tracking.judged import Judge

SHARE = Judge("accuracy", "accuracy", is_share=True)


def test_more_than_two_points_are_told() -> None:
    lines = {"32": (0.825, 0.858), "40": (0.875, 0.858), "48": (0.5, None)}
    (said,) = about_statistics(lines, SHARE)  # the figures of one run with momentum 0.99 and 0.9
    assert "more than 2 points: 32 (+3.3 points anew)." in said and "40" not in said


def test_nothing_to_tell() -> None:
    assert about_statistics({"32": (0.80, 0.82)}, SHARE) == []
    assert about_statistics({"32": (8.0, 4.0)}, Judge("mae", "MAE")) == []
