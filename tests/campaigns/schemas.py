"""Models drawn from the definitions of ONNX's operators, through everything that nnlab does with a file.

    python tests/campaigns/schemas.py --minutes=15 --seed=1              until the time is over
    python tests/campaigns/schemas.py --count=100 --seed=7               so many, as the tests do
    python tests/campaigns/schemas.py --tame --count=20000               what runs without a helper process alone
    python tests/campaigns/schemas.py --operator=Mean --count=200        one operator alone
    python tests/campaigns/schemas.py --show=1234 --seed=1               one again, with its traceback

A finding is whatever is no error of one line: another exception, a process that dies, one that does not end. With
--tame a finding is also what onnx or onnxruntime does not survive in this process: its operator is not tame then.
"""

import argparse
import random
import sys
from collections.abc import Callable
from typing import Any

from schema_models import drawn_model, inputs_of, schemas  # beside this script
from watching import Trial, campaign

SECONDS = 40.0
"""For one model: the helper process is started for some."""

LIMIT = 4.0
"""Seconds that nnlab itself allows what may not end."""


def tried(model: Any, rng: random.Random) -> str:
    """Reads, describes, judges and runs a model. What came of it; raises whatever is a finding."""
    from nnlab.core.errors import NnlabError
    from nnlab.onnx.file.read import model_of
    from nnlab.onnx.limits import held_bytes, limited

    said = []
    with limited(memory=held_bytes() + 2**28, turns=2000, seconds=LIMIT):
        try:
            view = model_of(model.SerializeToString(), where="drawn.onnx")
        except NnlabError as error:
            return one_line(error)
        inputs = inputs_of(model, rng)
        for step in steps(view, inputs):
            try:
                step()
                said.append("ran")
            except NnlabError as error:
                said.append(one_line(error))
    return "ran" if "ran" in said[1:] else "refused"


def steps(view: Any, inputs: Any) -> list[Callable[[], Any]]:
    """What the commands do: show, verify, diff, infer on each engine."""
    from nnlab.onnx.backends.engines import OFFERED, load
    from nnlab.onnx.examine.describe import describe
    from nnlab.onnx.examine.judge import judge
    from nnlab.onnx.examine.lockstep import lockstep

    return [
        lambda: describe(view),
        lambda: judge(view, inputs),
        lambda: list(lockstep(view, inputs, ("numpy", "onnxruntime"))),
        lambda: list(lockstep(view, inputs, ("numpy", "reference"))),
        *(lambda engine=engine: load(view, engine).run(inputs) for engine in OFFERED),
    ]


def one_line(error: Exception) -> str:
    """Whether it was foreseen. Raises AssertionError: when its text is not one line."""
    text = str(error)
    assert len(text.splitlines()) == 1, text
    assert len(text) < 3000, f"{len(text)} characters"
    return "unforeseen" if "is not a sound model" in text else "refused"


def survived(model: Any, rng: random.Random) -> str:
    """onnx's own functions and onnxruntime on a model, here."""
    from nnlab.onnx.apart.tame import is_tame
    from nnlab.onnx.apart.tasks import TASKS

    if not is_tame(model):
        return "not tame"
    data = model.SerializeToString()
    inputs = inputs_of(model, rng)
    calls: list[tuple[str, tuple[Any, ...]]] = [
        ("infer_shapes", (data, {"data_prop": True})),
        ("infer_shapes", (data, {"check_type": True, "strict_mode": True})),
        ("check", (data,)),
        ("open_kept", (data, 1)),
        ("run_kept", (inputs, False, None)),
        ("onnxruntime", (data, inputs, [value.name for value in model.graph.output])),
    ]
    ran = False
    for task, values in calls:
        try:
            TASKS[task](*values)
            ran = ran or task == "onnxruntime"
        except Exception:  # said, not crashed
            if task == "open_kept":
                return "refused"
    return "ran" if ran else "refused"


def prepare(options: argparse.Namespace) -> Trial:
    """The trial of a number: the operators in turns."""
    from nnlab.onnx.apart.tame import TAME

    chosen = [schema for schema in schemas() if not options.operator or schema.name == options.operator]
    if options.tame:
        chosen = [schema for schema in chosen if schema.name in TAME and not schema.domain]

    random.Random(options.seed).shuffle(chosen)

    def trial(number: int, seed: int) -> str:
        schema = chosen[number % len(chosen)]
        rng = random.Random(f"{seed}/{number}/{schema.name}")
        try:
            return (survived if options.tame else tried)(drawn_model(schema, rng), rng)
        except Exception as error:
            error.add_note(schema.name)
            raise

    return trial


def main() -> int:
    """Runs; exit 1 when something was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--operator", default="", help="this one alone")
    parser.add_argument("--tame", action="store_true", help="tame operators, in this process")
    return campaign(parser, prepare, seconds=SECONDS)


if __name__ == "__main__":
    sys.exit(main())
