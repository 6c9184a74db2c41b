"""Running cases of the suite with onnx's own runner, which decides what counts as passed."""

import os
import tempfile
import unittest
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from nnlab.onnx.suite.engines import engine


def run_case(name: str, engine_name: str) -> str | None:
    """Runs one case on an engine: None if it passed, else why not, in one line."""
    test = _tests(engine_name)[f"{name}_cpu"]
    try:
        with _quiet():
            test(None)
    except unittest.SkipTest as skipped:
        return f"skipped ({skipped})"
    except Exception as error:  # a failed comparison, or whatever the engine could not do
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return f"{type(error).__name__}: {'; '.join(lines[:4])}"[:300]
    return None


def failures(names: Iterable[str], engine_name: str) -> dict[str, str]:
    """The cases among these that do not pass, with the reason."""
    found = {name: run_case(name, engine_name) for name in names}
    return {name: reason for name, reason in found.items() if reason is not None}


@cache
def _tests(engine_name: str) -> dict[str, Any]:
    """onnx's test functions over an engine, by name."""
    from onnx.backend.test import BackendTest

    with catch_warnings():
        simplefilter("ignore")  # onnx draws some cases by dividing by zero
        runner = BackendTest(engine(engine_name), __name__)
    return {name: test for cls in runner.test_cases.values() for name, test in vars(cls).items() if callable(test)}


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings about numbers; what the runner writes beside its models goes to a folder that is removed."""
    before = os.environ.get("ONNX_MODELS")
    with tempfile.TemporaryDirectory(prefix="nnlab-onnx-") as folder, catch_warnings(), np.errstate(all="ignore"):
        simplefilter("ignore")
        os.environ["ONNX_MODELS"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["ONNX_MODELS"]
            else:
                os.environ["ONNX_MODELS"] = before
