"""Average precision of random boxes, held against pycocotools.

.venv/bin/python tests/campaigns/average_precision.py 1000
"""

import contextlib
import io
import sys
from collections.abc import Iterable

import numpy as np

from nnlab.core.truth import Boxes
from nnlab.core.types import Array
from nnlab.metrics.average_precision import AveragePrecision, MeanAveragePrecision

SQUARE = np.array([0.0, 0, 8, 8])


def boxes(corners: Array, labels: Array, scores: Array | None = None) -> Boxes:
    return Boxes(np.asarray(corners, float).reshape(-1, 4), labels, scores)


def case(chance: np.random.Generator) -> tuple[list[Boxes], list[Boxes]]:
    """Some pictures with truths, and answers near them and elsewhere; in eighths of a pixel, so that no sum rounds."""
    answers, truths = [], []
    classes = int(chance.integers(1, 4))
    for _ in range(int(chance.integers(1, 5))):
        many = int(chance.integers(0, 7))
        low = chance.integers(0, 320, (many, 2)) / 8
        true = np.concatenate([low, low + chance.integers(8, 160, (many, 2)) / 8], axis=1)
        labels = chance.integers(0, classes, many)
        near = true[chance.integers(0, many, 9)] if many else np.tile(SQUARE, (9, 1))
        near = near + chance.integers(-24, 25, near.shape) / 8
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 0.125)
        scores = chance.integers(0, 12, len(near)) / 16  # many are equal
        said = chance.integers(0, classes, len(near))
        count = int(chance.integers(0, 10))
        answers.append(boxes(near[:count], said[:count], scores[:count]))
        truths.append(boxes(true, labels))
    return answers, truths


def by_pycocotools(answers: list[Boxes], truths: list[Boxes]) -> tuple[float, float, float]:
    """AP, AP50, AP75; NaN where no picture has a truth."""
    from pycocotools import coco, cocoeval

    def rows(all_boxes: list[Boxes]) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for image, each in enumerate(all_boxes):
            for place, (box, label) in enumerate(zip(each.corners, each.labels.tolist(), strict=True)):
                x0, y0, x1, y1 = box.tolist()
                row = {"id": len(found) + 1, "image_id": image + 1, "category_id": label + 1, "iscrowd": 0,
                       "bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0)}  # fmt: skip
                found.append(row if each.scores is None else row | {"score": float(each.scores[place])})
        return found

    with contextlib.redirect_stdout(io.StringIO()):
        images = [{"id": image + 1} for image in range(len(truths))]
        true = coco.COCO()
        categories = [{"id": label + 1} for label in range(3)]
        true.dataset = {"images": images, "categories": categories, "annotations": rows(truths)}
        true.createIndex()
        said = coco.COCO()
        said.dataset = {"images": images, "categories": categories, "annotations": rows(answers)}
        said.createIndex()
        judged = cocoeval.COCOeval(true, said, "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    figures = [float(figure) for figure in judged.stats[:3]]
    return tuple(figure if figure >= 0 else float("nan") for figure in figures)  # type: ignore[return-value]


def differing(trials: Iterable[int]) -> list[str]:
    """Of these trials, each the same every time, what is not alike."""
    found = []
    for trial in trials:
        answers, truths = case(np.random.default_rng(trial))
        expected = by_pycocotools(answers, truths)
        metrics = (MeanAveragePrecision(), AveragePrecision(), AveragePrecision(iou=0.75))
        for metric, figure in zip(metrics, expected, strict=True):
            metric.update(answers, truths)
            value = metric.compute()
            if not np.isclose(value, figure, rtol=1e-12, atol=0, equal_nan=True):  # sums in another order
                found.append(f"trial {trial}: {metric.figure_title} is {value}, and {figure} by pycocotools")
    return found


if __name__ == "__main__":
    lines = differing(range(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
    print("\n".join(lines) or "all alike")
    sys.exit(bool(lines))
