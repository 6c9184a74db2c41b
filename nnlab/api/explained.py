"""`run.explain`: which places of a picture a run's answer came from, as arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nnlab.api.pictures import Given, given
from nnlab.core.errors import DataError
from nnlab.core.types import Array, Pixels
from nnlab.data.pictures import Picture
from nnlab.experiment.explaining.files import overlaid
from nnlab.experiment.explaining.subject import Seen, Subject, run_subject
from nnlab.explainers.base import Explainer
from nnlab.explainers.chosen import chosen
from nnlab.explainers.randomised import Likeness, likeness_to_random


@dataclass(frozen=True, eq=False)
class Explained:
    """How much each pixel of a picture speaks for a score; a notebook shows it drawn over the picture.

    Options:  method: which one found it out.  answer: the class that the run answers with.  asked: the class, or the
              value, that is explained.  score: its score.  probability: of a class.
              likeness: to the maps of random weights; None where that was not asked, or nothing speaks for the score.
              facts: what the method says of itself.  warning: why it is to be trusted less.
              source: the picture's file.  png: the overlay as a file.
    Shapes:   weights: (height, width) of the picture, below 0 what speaks against;  overlay: (height, width, 3) uint8
    """

    weights: Array
    overlay: Pixels
    method: str
    answer: str
    asked: str
    score: float
    probability: float | None
    likeness: Likeness | None
    source: str | None
    png: bytes = field(repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict)
    warning: str | None = None

    def __repr__(self) -> str:
        held = "" if self.likeness is None else f"; {self.likeness.words}"
        return f"Explained({self.asked} by {self.method}: score {self.score:.4g}{held})"

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        return self.png


def explained(
    folder: Path, pictures: Any, method: str, asked: str | None, options: Mapping[str, Any], *, check: bool
) -> Explained | list[Explained]:
    """What one method says of a picture, or of several. Raises as `Run.explain` says."""
    found, alone = given(pictures)
    explainers = chosen([method], options)
    subject = replace(run_subject(str(folder)), option="asked")
    for explainer in explainers:
        explainer.refuse(subject.network, subject.shape)
    subject.chosen(asked)
    made = [_explained(subject, explainer, each, asked, check) for each in found for explainer in explainers]
    return made[0] if alone and len(made) == 1 else made


def _explained(subject: Subject, explainer: Explainer, one: Given, asked: str | None, check: bool) -> Explained:
    seen = _seen(subject, one)
    answer = subject.answered(seen, asked)
    said = explainer.explain(subject.network, answer.question)
    weights = seen.placement.looked_up(said.weights)
    overlay = overlaid(seen.photo, weights, explainer, subject.library)
    held = check and bool(said.weights.any())
    return Explained(
        weights,
        overlay,
        type(explainer).__name__,
        answer.answer,
        answer.explained,
        answer.score,
        answer.probability,
        likeness_to_random(explainer, subject.network, answer.question, said.weights) if held else None,
        one.source,
        subject.library.png(subject.library.image(overlay)),
        said.facts,
        said.warning,
    )


def _seen(subject: Subject, one: Given) -> Seen:
    name = one.source or "the array"
    picture = one.picture
    if not isinstance(picture, Picture):
        picture = Picture(Path(name), name, name, rows=picture[None])
    try:
        return subject.seen(picture)
    except DataError as error:
        raise DataError(error.what, where=name, hint=error.hint) from error
