import numpy as np

from nnlab.core.sure import all_sure
from nnlab.core.truth import Boxes, Label


def test_boxes_from_a_score_on_are_kept_and_what_has_no_scores_stays() -> None:
    corners = np.arange(12.0).reshape(3, 4)
    said = Boxes(corners, np.array([2, 0, 1]), np.array([0.9, 0.5, 0.4]), np.array([8.0, 6.0]))
    truth, label = Boxes(corners, np.array([2, 0, 1])), Label(1)
    kept, same, other = all_sure([said, truth, label], 0.5)
    assert isinstance(kept, Boxes) and kept.labels.tolist() == [2, 0] and kept.size is said.size
    assert (
        kept.corners.tolist() == corners[:2].tolist() and kept.scores is not None and kept.scores.tolist() == [0.9, 0.5]
    )
    assert same is truth and other is label
