"""`POST /predict` and `GET /health`, without a network behind them."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from nnlab.core.errors import DataError, ResourceError
from nnlab.data.images.base import Image
from nnlab.data.images.vips import Vips
from nnlab.onnx.inference.answer import Answer, scored
from nnlab.serving.predictions import Predictions
from tests.serving.conftest import Caller, Serving

LIB = Vips()


class Brightness:
    """Says how bright a picture is; of red ones nothing but what is wrong."""

    labels, batch, wanted, library = ("dark", "bright"), 1, None, LIB

    def predict(self, images: Sequence[Image]) -> list[Answer]:
        (image,) = images
        pixels = LIB.pixels(image)
        red, green, blue = pixels.reshape(-1, pixels.shape[2])[0, :3].tolist()
        if (red, green, blue) == (255, 0, 0):
            raise DataError("gives boxes", where="the model")
        if (red, green, blue) == (254, 0, 0):
            raise ResourceError("no room", hint="free some")
        share = np.nan if (red, green, blue) == (253, 0, 0) else pixels.mean() / 255
        return [scored(np.array([1 - share, share]))]


def png(red: int, green: int, blue: int, size: int = 8) -> bytes:
    return LIB.png(LIB.image(np.full((size, size, 3), (red, green, blue), np.uint8)))


@pytest.fixture
def caller(serving: Serving) -> Caller:
    return serving(Predictions(Brightness(), "a model", "numpy", top=1, most_pixels=10_000))()


def test_a_picture_is_answered_as_infer_does(caller: Caller) -> None:
    reply = caller.ask("POST", "/predict", png(255, 255, 255))
    told = json.loads(reply.body)
    assert reply.status == 200 and reply.open
    (result,) = told["results"]
    assert result.pop("seconds") > 0
    assert told == {
        "schema_version": 1,
        "model": "a model",
        "engine": "numpy",
        "classes": ["dark", "bright"],
        "results": [
            {
                "source": "body",
                "label": "bright",
                "confidence": 1.0,
                "probabilities": [0.0, 1.0],
                "ranking": [{"label": "bright", "confidence": 1.0}],
                "covered": None,
                "regions": None,
                "output": None,
            }
        ],
        "failed": [],
    }


def test_it_says_that_it_is_there(caller: Caller) -> None:
    told = json.loads(caller.ask("GET", "/health").body)
    assert told["status"] == "ok"
    assert (told["model"], told["engine"], told["classes"]) == ("a model", "numpy", ["dark", "bright"])


@pytest.mark.parametrize(
    ("picture", "status", "why"),
    [
        (b"", 400, "no picture in it; send a picture as the body, or as the one file of a form (multipart/form-data)"),
        (b"text", 422, "body: not an image (it holds text)"),
        (png(0, 0, 0)[:-20], 422, "body: truncated"),
        (png(0, 0, 0, 101), 413, "body: 101 x 101 pixels, and 10,000 are the most that is taken"),
        (png(255, 0, 0), 500, "the model: gives boxes"),
        (png(254, 0, 0), 503, "body: no room; free some"),
        (png(253, 0, 0), 500, "body: the network gives no finite numbers (2 of 2 probabilities are NaN or infinite)"),
    ],
)
def test_what_has_no_answer_says_why(caller: Caller, picture: bytes, status: int, why: str) -> None:
    reply = caller.ask("POST", "/predict", picture)
    told = json.loads(reply.body)
    assert reply.status == told["status"] == status
    assert told["error"].startswith(why)
    assert caller.ask("POST", "/predict", png(9, 9, 9)).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/predict", 405), ("POST", "/health", 405), ("GET", "/", 404), ("GET", "/predict/", 404)],
)
def test_other_addresses_say_what_there_is(caller: Caller, method: str, path: str, status: int) -> None:
    reply = caller.ask(method, path)
    assert reply.status == status
    assert reply.headers.get("allow") == ({"GET": "POST", "POST": "GET"}[method] if status == 405 else None)
    assert status == 405 or b"GET /health and POST /predict" in reply.body
