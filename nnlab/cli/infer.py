"""`nnlab infer`: what a trained run, or an ONNX model, says of pictures."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.left_out import exit_code, tell_left_out
from nnlab.cli.looking import looking_options, model_name, predictor, refuse_feeding_of_a_run
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, datasets_path_option
from nnlab.cli.streams import is_lost
from nnlab.core.errors import UsageError
from nnlab.core.printing import printable

if TYPE_CHECKING:
    from nnlab.data.pictures import Picture
    from nnlab.experiment.infer import Inference
    from nnlab.onnx.inference.answer import Answer

STDIN = "-"

MANY = 10
"""Pictures of which it is told how many were done in a second."""


@click.command("infer")
@click.argument("paths", nargs=-1, metavar="PATH...", type=PATH)
@looking_options
@datasets_path_option
@click.option("--output", metavar="DIR", type=PATH, help="write masks, cut-outs, overlays and a contact sheet there")
@click.option("--watch", metavar="DIR", type=PATH, help="follow a folder: its pictures as they come, until Ctrl-C")
@click.option("--json", "json", is_flag=True, help="one JSON document; with --watch one in each line")
@click.option("--jsonl", "jsonl", is_flag=True, help="a JSON document in each line, as soon as each picture is done")
@click.option("--csv", "csv", is_flag=True, help="a line for each picture, commas between")
@click.option(
    "--batch", type=click.IntRange(1), help="pictures given to the network at once, at most  [its own choice]"
)
@click.option(
    "--max-wait-ms",
    type=click.FloatRange(0),
    default=20.0,
    show_default=True,
    help="how long one waits for others to be given together with",
)
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(paths: tuple[str, ...], output: str | None, watch: str | None, **flags: Any) -> int:
    """Says what pictures show: their class, or where their object is.

    PATH is a file, a folder (with all that lies in it), a dataset, or - for one picture from stdin. A model of one
    mask (u2net) cuts objects out: with --output a mask, a cut-out and an overlay for each picture; from - to stdout.

    \b
    nnlab infer --run=runs/latest photos/
    nnlab infer --onnx-model=u2net car.png --output=cut
    nnlab infer --onnx-model=u2net - < car.png > car-cutout.png
    nnlab infer --run=runs/latest --watch incoming
    nnlab infer --run=runs/latest photos/ --jsonl | head -3
    """
    terminate_as_interrupt()
    _refuse_contradictions(paths, watch, flags)
    if paths == (STDIN,):
        encoded = _stdin()
        return _one(_inference(output, flags), encoded, flags)
    from nnlab.cli.infer_watch import follow
    from nnlab.data.pictures import pictures

    messages_to(lambda line: None, lambda line: click.echo(line, err=True))
    if watch is not None:
        return follow(Path(watch), _inference(output, flags), flags)
    found = pictures(paths, flags["datasets_path"])
    return _all(found, _inference(output, flags), flags)


def _inference(output: str | None, flags: Mapping[str, Any]) -> "Inference":
    """What looks at pictures, as the flags say."""
    from nnlab.experiment.infer import Inference

    looks = predictor(flags)
    if flags["batch"] is not None:
        looks = looks.in_batches(flags["batch"])
    return Inference(looks, None if output is None else Path(output), max_wait_s=flags["max_wait_ms"] / 1000)


def _all(found: "Sequence[Picture]", inference: "Inference", flags: Mapping[str, Any]) -> int:
    """Every picture: a line of each as it is done, or all of them at the end."""
    from nnlab.cli.infer_progress import watching
    from nnlab.cli.infer_results import rates, show, tell

    rows = []
    with (
        watching(len(found), quiet=flags["quiet"]) as progress,
        closing(inference.results(found, progress)) as results,
    ):
        for result in results:
            if result.problem is not None:
                tell_left_out(result.source, result.problem)
            if flags["jsonl"]:
                tell(result.row(), flags)
            else:
                rows.append(result.row())
            if is_lost(sys.stdout):
                return 0
    title = f"{len(found)} picture{'s' if len(found) > 1 else ''} by {Path(model_name(flags)).name}"
    inference.contact_sheet(title, len(found))
    if not flags["jsonl"]:
        show(rows, flags, output=None if inference.output is None else str(inference.output))
    if not flags["quiet"] and len(found) >= MANY:
        echo(rates(inference, len(found)), err=True)
    return exit_code(failed=inference.failed > 0, starved=inference.starved > 0)


def _refuse_contradictions(paths: tuple[str, ...], watch: str | None, flags: Mapping[str, Any]) -> None:
    """Raises UsageError: for flags that cannot stand together, or say too little."""
    if (flags["run"] is None) == (flags["onnx_model"] is None):
        what = "say which one looks: --run=RUN or --onnx-model=NAME"
        raise UsageError(what if flags["run"] is None else f"{what}, not both", where="nnlab infer")
    if watch is not None and paths:
        hint = f"leave out {printable(paths[0])}, or name it without --watch"
        raise UsageError("one folder is followed, and nothing else looked at", where="--watch", hint=hint)
    if watch is not None and flags["csv"]:
        hint = "use --json, which gives a line for each picture"
        raise UsageError("a table of what is still to come has no columns yet", where="--watch --csv", hint=hint)
    if not paths and watch is None:
        raise UsageError(
            "no pictures named", where="nnlab infer", hint="add files, folders, a dataset, - for stdin, or --watch=DIR"
        )
    if STDIN in paths and len(paths) > 1:
        raise UsageError("stdin is one picture, and stands alone", where=STDIN, hint="name the other pictures apart")
    if len(forms := [f"--{form}" for form in ("json", "jsonl", "csv") if flags[form]]) > 1:
        raise UsageError("are forms of one result", where=" ".join(forms), hint="choose one")
    if flags["batch"] is not None and flags["any_size"]:
        what = "pictures of any size are given one at a time"
        raise UsageError(what, where="--batch --any-size", hint="leave --batch out")
    refuse_feeding_of_a_run(flags)


def _stdin() -> bytes:
    """The picture that is piped in. Never waits for a person to type one."""
    if sys.stdin.isatty():
        raise UsageError("nothing is piped in", where=STDIN, hint="such as: nnlab infer ... - < photo.jpg")
    return sys.stdin.buffer.read()


def _one(inference: "Inference", encoded: bytes, flags: Mapping[str, Any]) -> int:
    """stdin to stdout: the cut-out's bytes, or the labels."""
    from nnlab.cli.infer_results import line, show, tell

    bare = not (flags["json"] or flags["jsonl"] or flags["csv"]) and inference.output is None
    result, image = inference.one(encoded, "stdin")
    inference.contact_sheet(f"stdin by {Path(model_name(flags)).name}", 1)
    if result.problem is not None:
        tell_left_out(result.source, result.problem)
    answer = result.answer
    code = exit_code(failed=inference.failed > 0, starved=False)
    if flags["jsonl"]:
        tell(result.row(), flags)
    elif not bare:
        show([result.row()], flags, output=None if inference.output is None else str(inference.output))
    elif code:
        return code
    elif answer is None or (answer.mask is None and answer.class_map is None):
        echo(line(result.row(), flags["top"]))
    elif sys.stdout.isatty():
        raise UsageError("a picture is no text for a terminal", where=STDIN, hint="send it to a file: > cutout.png")
    else:
        sys.stdout.buffer.write(_picture(answer, image, inference))
    return code


def _picture(answer: "Answer", image: Any, inference: "Inference") -> bytes:
    """The cut-out of a mask, or a class map as it is, as a PNG file."""
    import numpy as np

    from nnlab.onnx.inference.masks import cut_out

    library = inference.predictor.library
    if answer.mask is not None:
        return library.png(library.image(cut_out(image, answer.mask, library)))
    return library.png(library.image(np.asarray(answer.class_map)[:, :, None]))
