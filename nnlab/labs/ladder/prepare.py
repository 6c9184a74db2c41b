"""What rungs are made of, in the lab's folder: the float file, files of 8 bits, samples, test pictures."""

import hashlib
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.core.errors import DataError, NnlabError
from nnlab.core.evenly import evenly
from nnlab.core.types import Array
from nnlab.experiment.answering.subject import CHUNK, Pictures, Subject, batches
from nnlab.experiment.quantize import quantised
from nnlab.tracking.files import to_json, write_whole

if TYPE_CHECKING:
    from nnlab.onnx.write.export import Model

FOLDER = "files"
"""Below the lab's own."""

MODEL = "model.onnx"
"""The float file, in it."""

SAMPLES = 64
"""Real pictures that the parity gate looks at."""


@dataclass(frozen=True)
class Prepared:
    """Files that every process is told of.

    Options:  job: their places, and the digest of what lies there, as a part of every cell's job.
              seconds: that making the files of 8 bits took.  lacking: why there are none; empty where there are.
              tests: how many test pictures there are.
    """

    job: Mapping[str, Any]
    seconds: Mapping[str, float] = field(default_factory=dict)
    lacking: str = ""
    tests: int = 0


def prepared(subject: Subject, folder: Path, *, threads: int, pictures: int, int8: bool) -> Prepared:
    """Writes them.

    Options:  folder: the lab's.  pictures: that tell ranges.  int8: whether files of 8 bits are wanted.
    Raises:   DataError: there are no pictures at all, or one cannot be read.
    """
    place = (folder / FOLDER).absolute()
    content = subject.model.SerializeToString()
    if (place / MODEL).exists() and (place / MODEL).read_bytes() != content:
        shutil.rmtree(place)  # what rungs made of the model that was, and take up where they find it
    place.mkdir(exist_ok=True)
    some = subject.test or subject.training
    if some is None:
        raise DataError("has no pictures", where=subject.name)
    write_whole(place / MODEL, content)
    batch = subject.batch or CHUNK
    samples = evenly(range(len(some.sources)), SAMPLES)
    samples = samples[: len(samples) - len(samples) % (subject.batch or 1)]
    if not samples:
        what = f"takes {subject.batch} pictures at once, and there are {len(some.sources)}"
        raise DataError(what, where=subject.name)
    np.save(place / "samples.npy", _inputs(some, samples, batch))
    np.save(place / "example.npy", some.inputs(samples[: subject.batch or 1]))
    tests = _tests(subject)
    if tests:
        assert subject.test is not None
        np.save(place / "test.npy", _inputs(subject.test, tests, batch))
    made, seconds, lacking = _coded(subject, place, threads, pictures) if int8 else ({}, {}, "")
    digest = hashlib.sha256()
    for name in (MODEL, "samples.npy", *(["test.npy"] if tests else ()), *(f"{name}.onnx" for name in made)):
        digest.update((place / name).read_bytes())
    job = {
        "model": str(place / MODEL),
        "int8": {name: str(path) for name, path in made.items()},
        "folder": str(place),
        "example": str(place / "example.npy"),
        "samples": str(place / "samples.npy"),
        "test": str(place / "test.npy") if tests else None,
        "batch": batch,
        "threads": threads,
        "content": digest.hexdigest()[:16],
    }
    return Prepared(job, seconds, lacking, len(tests))


def _tests(subject: Subject) -> list[int]:
    """The test pictures that are answered, by their places; none where nothing judges answers."""
    if subject.test is None or subject.answers is None:
        return []
    count = len(subject.test.sources)
    return list(range(count - count % (subject.batch or 1)))


def _inputs(pictures: Pictures, places: Sequence[int], batch: int) -> Array:
    parts = [pictures.inputs([places[place] for place in some]) for some in batches(len(places), batch)]
    return np.concatenate(parts)


Int8 = tuple[dict[str, Path], dict[str, float], str]


def _coded(subject: Subject, place: Path, threads: int, pictures: int) -> Int8:
    """The files of 8 bits, and the seconds of each, by their kind; why there are none."""
    from nnlab.onnx.write.quantized.coding import Codes, coded
    from nnlab.onnx.write.quantized.dynamic import dynamic

    began = time.perf_counter()
    try:
        small = quantised(subject, Codes(), method="minmax", pictures=pictures, threads=threads)
    except NnlabError as error:
        return {}, {}, str(error)
    calibrated = time.perf_counter() - began
    forms: Mapping[str, Callable[[], Model]] = {
        "u8s8": lambda: small.model,
        "per-tensor": lambda: coded(small.plain, small.seen.ranges, Codes(per_channel=False, values="int8")),
        "per-channel": lambda: coded(small.plain, small.seen.ranges, Codes(values="int8")),
        "dynamic": lambda: dynamic(small.plain),
    }
    made, seconds = {}, {}
    for name, form in forms.items():
        began = time.perf_counter()
        path = place / f"{name}.onnx"
        write_whole(path, form().SerializeToString())
        seconds[name] = time.perf_counter() - began + (0.0 if name == "dynamic" else calibrated)
        made[name] = path
    write_whole(place / "ranges.json", to_json(dict(small.seen.ranges), indent=2) + "\n")
    return made, seconds, ""
