"""Sessions of onnxruntime: opened, run, and what they say. Its library is imported when one is opened."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.core.errors import MissingError
from nnlab.core.install import install_line
from nnlab.onnx.apart.endless import watched
from nnlab.onnx.places import one_line

ERRORS_ONLY = 4
"""Of onnxruntime's levels of logging, the one at which it leaves stderr alone: what it raises is said by us."""


EXACT_SUMS = ("session.x64quantprecision", "1")
"""Products of 8 bits are added up in 32. As it comes, on x64 processors without VNNI, it adds pairs of them up in 16
bits, which cuts large sums off: of a network of 25,000 weights the probabilities were 0.48 away instead of 0.006."""


def require_onnxruntime() -> Any:
    """The library. Raises MissingError: with the line that installs it, where it is not there or cannot be loaded."""
    try:
        import onnxruntime
    except (ImportError, OSError) as error:
        raise MissingError(
            "onnxruntime is not installed", where="--engine=onnxruntime", hint=f"type: {install_line('onnxruntime')}"
        ) from error
    return onnxruntime


def open_session(data: bytes, *, threads: int, plain: bool = False) -> Any:
    """A session of a model's bytes. Options:  plain: nothing in it is rearranged."""
    library = require_onnxruntime()
    options = library.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = ERRORS_ONLY
    options.add_session_config_entry(*EXACT_SUMS)
    if plain:
        options.graph_optimization_level = library.GraphOptimizationLevel.ORT_DISABLE_ALL
    return library.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def run_session(
    session: Any,
    inputs: Mapping[str, Any],
    wanted: Sequence[str] | None = None,
    *,
    loops: bool,
    where: str | None = None,
) -> Sequence[Any]:
    """The outputs of a session, all or those that are wanted.

    Options:  loops: whether the model has a Loop, so that it may never end.
    Raises:  DataError: it did not end in time.  What onnxruntime raises, else.
    """
    names = None if wanted is None else list(wanted)
    if not loops:
        return list(session.run(names, dict(inputs)))
    with watched(require_onnxruntime().RunOptions()) as run:
        try:
            return list(session.run(names, dict(inputs), run.options))
        except Exception as error:
            if run.ended:
                raise run.error(where) from error
            raise


def reason(error: Exception) -> str:
    """What it says, in one line without the name of its error class and the place in its sources."""
    text = one_line(error).rpartition(" : ")[2]
    newest = re.search(r"official support for domain (\S+) is till opset (\d+)", text)
    if newest:
        return f"it knows the operators of {newest[1]} up to version {newest[2]}"
    return _without_place(text) or type(error).__name__


def _without_place(text: str) -> str:
    """What follows "/a/file.cc:12 its::Type its::function(int, const std::function<void(int)>&) const "."""
    place = re.match(r"/\S+:\d+ ", text)
    deep, opened = 0, False
    for index, letter in enumerate(text if place else ""):
        deep += (letter == "(") - (letter == ")")
        opened = opened or letter == "("
        if opened and deep == 0 and letter == " ":  # the brackets of its arguments are closed
            return text[index:].removeprefix(" const ").strip()
    return text
