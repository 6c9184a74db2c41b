"""A segmentation's page."""

import json

from nnlab.tracking.report.readings.segmentation import SegmentationReading
from nnlab.tracking.report.recorded import Recorded


class Run:
    """Just its summary."""

    def __init__(self, summary):
        self.summary, self.config, self.metrics = summary, {}, []


def reading(summary):
    recorded = object.__new__(Recorded)
    recorded.run = Run(summary)
    return SegmentationReading(recorded)


def test_classes_stand_in_the_order_in_which_they_are_found():
    own = {"mean_iou": {"sky": 0.9, "<b>": 0.25, "none": None}, "mean_dice": {"sky": 0.95, "<b>": 0.4}}
    own["pixel_accuracy"] = {"sky": 1.0, "<b>": 0.5}
    part = reading({"test": {"per_class": own}})._classes()
    assert part.html.index("&lt;b&gt;") < part.html.index("sky") < part.html.index("none")
    assert "0.250" in part.html and "0.400" in part.html and "0.500" in part.html
    assert "test partition" in part.intro


def test_a_damaged_summary_is_no_error():
    damaged = {"test": {"per_class": {"mean_iou": {"a": "x", "b": []}}}, "dev": 3}
    html = reading(json.loads(json.dumps(damaged)))._classes().html
    assert html.count("<td") >= 10 and "-" in html
    assert "Not recorded" in reading({})._classes().intro


def test_a_picture_s_caption_says_how_much_of_it_each_class_has():
    row = {"predicted": {"cell": 30, "wall": 10, "none": 0}, "actual": {"cell": 20, "wall": 20}}
    caption = reading({}).caption(row)
    assert (caption.title, *caption.lines) == ("cell 75.0%, wall 25.0%", "is cell 50.0%, wall 50.0%")
    assert reading({}).caption({"actual": {"cell": 3}}).title == "cell 100.0%"
    assert reading({}).caption({"actual": {"cell": "x"}, "predicted": [1]}).title == ""
