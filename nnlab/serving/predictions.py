"""`POST /predict`: a picture comes, and what `nnlab infer` says of it goes back."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab import __version__
from nnlab.core.errors import DataError, NnlabError, ResourceError
from nnlab.data.images.header import Header, read_header
from nnlab.data.room import Room
from nnlab.experiment.infer import Predictor
from nnlab.experiment.infer_document import SCHEMA, document
from nnlab.experiment.infer_rows import Result, labels_of
from nnlab.onnx.inference.answer import Answer
from nnlab.serving.exchange import Refusal, Reply, Request, as_json, require_method
from nnlab.serving.forms import picture_of

MOST_PIXELS = 50_000_000
"""Of a picture, by default: more than cameras have, and 600 MB while it is prepared."""


@dataclass(eq=False)
class Predictions:
    """A run or a model that answers requests. Pictures are decoded side by side; the network looks at one at a time, as
    its memory is its own.

    Options:  model, engine: as they are named in replies.  top: classes of a ranking.  most_pixels: of a picture.
    """

    predictor: Predictor
    model: str
    engine: str
    top: int = 3
    most_pixels: int = MOST_PIXELS
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        self._room = Room(self.predictor.library.room())

    def __call__(self, request: Request) -> Reply:
        """GET /health, POST /predict."""
        if request.path == "/health":
            require_method(request, "GET")
            return as_json(self.health())
        if request.path == "/predict":
            require_method(request, "POST")
            return as_json(self.answer(*picture_of(request)))
        raise Refusal(404, f"no {request.path[:80]!r} here: there are GET /health and POST /predict")

    def health(self) -> dict[str, Any]:
        """That it is there, and what it is."""
        return {
            "schema_version": SCHEMA,
            "status": "ok",
            "version": __version__,
            "model": self.model,
            "engine": self.engine,
            "classes": list(self.predictor.labels) or None,
        }

    def warm(self) -> None:
        """Looks at a grey picture, so that the first request waits for nothing that is made once.

        Raises:  what the model raises that no picture can be given to.
        """
        library = self.predictor.library
        self.predictor.predict([library.from_array(np.full((8, 8, 3), 127, np.uint8))])

    def answer(self, encoded: bytes, name: str) -> dict[str, Any]:
        """infer's document of one picture.

        Raises:  Refusal: 413, too many pixels; 422, no picture; 500, the network gives no answer; 503, no room.
        """
        began = time.perf_counter()
        try:
            answer = self._answer(encoded, name)
            result = Result(name, time.perf_counter() - began, answer, labels_of(answer, self.predictor.labels))
        except (ResourceError, MemoryError) as error:
            why = str(error) if isinstance(error, ResourceError) else "out of memory"
            raise Refusal(503, f"{name}: {why}", headers={"Retry-After": "1"}) from error
        except NnlabError as error:
            raise Refusal(500, str(error)) from error
        if result.problem is not None:
            raise Refusal(500, f"{name}: {result.problem}")
        return document([result.row()], self.model, self.engine, top=self.top)

    def _answer(self, encoded: bytes, name: str) -> Answer:
        library = self.predictor.library
        header = self._header(encoded, name)
        with self._room.taken(library.weight(header)):  # until it was looked at: it is in memory for so long
            try:
                image = library.decode(encoded, header, wanted=self.predictor.wanted)
            except DataError as error:
                raise Refusal(422, f"{name}: {error.what}") from error
            with self._turn:
                return self.predictor.predict([image])[0]

    def _header(self, encoded: bytes, name: str) -> Header:
        try:
            header = read_header(encoded)
        except DataError as error:
            raise Refusal(422, f"{name}: {error.what}") from error
        if header.width * header.height > self.most_pixels:
            size = f"{header.width:,} x {header.height:,}"
            raise Refusal(413, f"{name}: {size} pixels, and {self.most_pixels:,} are the most that is taken")
        return header
