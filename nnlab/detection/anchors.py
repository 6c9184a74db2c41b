"""Boxes as changes of anchors: at every place of a map some boxes that stand ready, each with its scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from nnlab.core.batch import Target
from nnlab.core.component import option
from nnlab.core.errors import DataError
from nnlab.core.heads import Head
from nnlab.core.truth import Boxes
from nnlab.core.types import Array, Shape
from nnlab.detection.anchor_boxes import anchors_on, assigned, corners_of, decoded, encoded
from nnlab.detection.anchor_sizes import clustered
from nnlab.detection.base import BOX_HEADS, LEAST, BoxHeads
from nnlab.kernels.box_suppression import Kind, Suppression
from nnlab.kernels.sigmoid import log_odds, sigmoid
from nnlab.losses.base import Loss, Term
from nnlab.losses.generalized_iou import GeneralizedIoU
from nnlab.losses.robust import MeanAbsoluteError

BoxLoss = Literal["absolute", "giou"]

PRIOR = 0.01
"""The score that a network begins with everywhere: of many anchors few are to be sure."""

SPREAD = (0.1, 0.1, 0.2, 0.2)
"""Of what anchors that match are changed by: a network begins with numbers around 0 of a size of 1."""

CANDIDATES = 1000
"""Of a picture, before suppression: the surest, and those that are as sure as the last of them."""


@BOX_HEADS.register
@dataclass(kw_only=True, eq=False)
class Anchors(BoxHeads):
    """At every place stand boxes of some sizes, the anchors; each has a score for every class and a change to it.

    scores = 1 of its class where an anchor is to say a box; elsewhere 0, or how much it overlaps one (see below)
    change = ((cx - ax) / aw, (cy - ay) / ah, log(w / aw), log(h / ah)) of the box that it is to say
    back: the surest, changed, without those that overlap a surer one of their class (kernels/box_suppression.py)

    The sizes are found by k-means, with IoU, from the boxes of the training samples. An anchor is to say the box that
    it overlaps most, from `anchor_overlap` on; each box has the anchor most like it besides, so that none is left out.
    One that overlaps a box by `anchor_ignored` or more and is not to say it is asked for that overlap, not for 0: by
    GaussianFocal, with its (1 - y)^beta, it hardly counts.

    Shapes:  of anchor k: scores_k: (batch, rows, columns, classes), log-odds; change_k: (batch, rows, columns, 4)
    Options:  stride: pixels from one place to the next.  anchors: how many sizes.  box_loss: of the changes.
              box_share: what it counts beside that of the scores.  suppression: what happens to boxes around one thing.
    Source:  Liu et al., "SSD: single shot multibox detector", 2016; Lin et al., "Focal loss for dense object
             detection", 2017; Redmon and Farhadi, "YOLO9000: better, faster, stronger", 2017 (the sizes).
    """

    stride: int = option(4, "pixels from one place of the maps to the next", low=1)
    anchors: int = option(3, "sizes of anchors, found among the boxes of the training samples", low=1, high=100)
    anchor_overlap: float = option(0.5, "intersection over union from which an anchor says a box", above=0, high=1)
    anchor_ignored: float = option(
        0.4, "overlap from which an anchor is not asked to say that nothing is there", low=0, high=1
    )
    box_loss: BoxLoss = option("absolute", "of the boxes that anchors say: of their numbers, or of overlap (giou)")
    box_share: float = option(10.0, "how much the loss of anchors' boxes counts beside that of their scores", low=0)
    suppression: Kind = option("hard", "of boxes that overlap a surer one of their class: dropped, or less sure for it")
    suppression_overlap: float = option(0.5, "what boxes of two things may overlap, by anchors", low=0, high=1)

    sizes: Array | None = field(init=False, repr=False, default=None)  # (anchors, 2), shares of width and height

    def fitted(self, boxes: Sequence[Boxes]) -> "Anchors":
        """With sizes, as shares of their pictures, whatever these are resized to."""
        shares = shares_of(boxes)
        if not len(shares):
            what = "no training sample has a box, among which the sizes of anchors are found"
            raise DataError(what, where="Detection", hint="--boxes-by=Centres needs none")
        return self._with(clustered(shares, self.anchors))

    @property
    def in_operators(self) -> bool:
        """Whether boxes are dropped: no operator makes them less sure."""
        return self.suppression == "hard"

    @property
    def record(self) -> Mapping[str, Any]:
        """The sizes."""
        return {} if self.sizes is None else {"anchors": self.sizes.tolist()}

    def restored(self, record: Mapping[str, Any]) -> "Anchors":
        """With those sizes."""
        found = record.get("anchors")
        return self if found is None else self._with(np.array(found, np.float64).reshape(-1, 2))

    def _with(self, sizes: Array) -> "Anchors":
        other = replace(self)
        other.sizes = sizes
        return other

    @property
    def _shares(self) -> Array:
        """The sizes; before any are found, as a check of the network has it, some of every kind."""
        if self.sizes is not None:
            return self.sizes
        return np.repeat(np.geomspace(0.1, 0.5, self.anchors)[:, None], 2, axis=1)

    def heads(self, classes: int, in_shape: Shape) -> Mapping[str, Head]:
        """Scores and changes of each size."""
        scores = Head((None, None, classes), "values", (1.0,) * classes, (log_odds(PRIOR),) * classes, self.stride)
        change = Head((None, None, 4), "values", SPREAD, (0.0,) * 4, self.stride)
        return {
            name: head
            for number in range(len(self._shares))
            for name, head in ((f"scores_{number + 1}", scores), (f"change_{number + 1}", change))
        }

    def on(self, rows: int, columns: int) -> Array:
        """The anchors of a map of so many places.  Shapes:  result: (rows, columns, anchors, 4), cx, cy, w, h"""
        whole = np.array([columns, rows]) * self.stride
        return anchors_on(rows, columns, self.stride, self._shares * whole)

    def targets(self, boxes: Sequence[Boxes], shapes: Mapping[str, Shape]) -> Mapping[str, Target]:
        """The maps; changes count where an anchor is to say a box."""
        rows, columns, classes = shapes["scores_1"]
        anchors = self.on(rows, columns)
        flat = anchors.reshape(-1, 4)
        scores = np.zeros((len(boxes), len(flat), classes), np.float32)
        change = np.zeros((len(boxes), len(flat), 4), np.float32)
        weight = np.zeros((len(boxes), len(flat), 1), np.float32)
        for number, own in enumerate(boxes):
            said, nearest, overlap = assigned(own.corners, corners_of(flat), self.anchor_overlap)
            near = ((overlap >= self.anchor_ignored) & (overlap > 0)).nonzero()[0]
            scores[number, near, own.labels[nearest[near]]] = np.minimum(overlap[near], 1 - 1e-6)
            change[number, near] = encoded(own.corners[nearest[near]], flat[near])
            places = (said >= 0).nonzero()[0]
            scores[number, places] = 0
            scores[number, places, own.labels[said[places]]] = 1
            change[number, places] = encoded(own.corners[said[places]], flat[places])
            weight[number, places] = 1
        found: dict[str, Target] = {}
        for size in range(anchors.shape[2]):
            asked, changed, counts = (
                np.ascontiguousarray(part.reshape(len(boxes), *anchors.shape[:-1], -1)[:, :, :, size])
                for part in (scores, change, weight)
            )
            found |= {f"scores_{size + 1}": Target(asked), f"change_{size + 1}": Target(changed, counts)}
        return found

    def answers(self, outputs: Mapping[str, Array]) -> tuple[Boxes, ...]:
        """The boxes that are sure enough and stand for themselves."""
        count = len(outputs) // 2
        z = np.stack([outputs[f"scores_{number + 1}"] for number in range(count)], axis=3)
        change = np.stack([outputs[f"change_{number + 1}"] for number in range(count)], axis=3)
        rows, columns = z.shape[1:3]
        anchors = self.on(rows, columns).reshape(-1, 4)
        most = np.array([columns, rows] * 2) * self.stride
        pairs = zip(z.reshape(len(z), -1, z.shape[-1]), change.reshape(len(z), -1, 4), strict=True)
        return tuple(self._answer(scores, t, anchors, most) for scores, t in pairs)

    def _answer(self, z: Array, t: Array, anchors: Array, most: Array) -> Boxes:
        least = log_odds(LEAST)
        if z.size > CANDIDATES:
            least = max(least, np.partition(z, z.size - CANDIDATES, axis=None)[z.size - CANDIDATES])
        places, labels = (z >= least).nonzero()
        scores = sigmoid(z[places, labels].astype(np.float64))
        corners = np.clip(decoded(t[places].astype(np.float64), anchors[places]), 0, most)
        suppress = Suppression(
            kind=self.suppression, overlap=self.suppression_overlap, most=self.most_boxes, least=LEAST
        )
        kept, left = suppress(corners, labels, scores)
        return Boxes(corners[kept], labels[kept], left)

    def terms(self, loss: Loss) -> Mapping[str, Term]:
        """The chosen loss of the scores, and that of the changes, of each size."""
        of_boxes: Loss = GeneralizedIoU(form="changes") if self.box_loss == "giou" else MeanAbsoluteError()
        count = len(self._shares)
        return {
            name: term
            for number in range(count)
            for name, term in (
                (f"scores_{number + 1}", Term(loss, 1 / count)),
                (f"change_{number + 1}", Term(of_boxes, self.box_share / count)),
            )
        }


def shares_of(boxes: Sequence[Boxes]) -> Array:
    """Widths and heights as shares of their pictures; of pictures whose size nobody says, as far as boxes reach.

    Shapes:  result: (boxes, 2), all above 0
    """
    reach = np.max([own.corners[:, 2:].max(axis=0) for own in boxes if len(own.corners)] or [[1.0, 1.0]], axis=0)
    parts = [(own.corners[:, 2:] - own.corners[:, :2]) / (reach if own.size is None else own.size) for own in boxes]
    shares = np.concatenate([np.zeros((0, 2)), *parts])
    kept: Array = shares[(shares > 0).all(axis=1)]
    return kept
