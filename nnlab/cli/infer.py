"""`nnlab infer`: what a trained run, or an ONNX model, says of pictures."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.completing import MODEL_NAMES, RUN_NAMES
from nnlab.cli.main import report, terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, datasets_path_option, models_path_option
from nnlab.core.errors import DataError, ResourceError, UsageError
from nnlab.onnx.backends.engines import OFFERED

if TYPE_CHECKING:
    from nnlab.experiment.infer import Inference, Predictor
    from nnlab.onnx.inference.answer import Answer

STDIN = "-"

FEEDING = (
    ("resize", "W,H", "size that the model takes, in pixels"),
    ("fit", "stretch|letterbox|crop", "how pictures get that size"),
    ("crop_share", "SHARE", "share of the shorter side that --fit=crop shows; ImageNet: 0.875"),
    ("channels", "rgb|bgr|grey", "order of the colours"),
    ("range", "LOW,HIGH", "what black and white become"),
    ("mean", "X,...", "taken off each channel, after --range"),
    ("std", "X,...", "what each channel is divided by, after --mean"),
    ("layout", "NCHW|NHWC|flat", "order of the axes"),
)
"""Options of the preprocessing that have a flag; what is not said comes from the catalogue, or the model's input."""


def feeding_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags that say how an ONNX model is fed."""
    divide = click.option(
        "--divide-by-maximum/--no-divide-by-maximum", default=None, help="white is the picture's own largest value"
    )
    for name, metavar, text in reversed(FEEDING):
        command = click.option(f"--{name.replace('_', '-')}", name, metavar=metavar, help=text)(command)
    fed: Callable[..., Any] = divide(command)
    return fed


@click.command("infer")
@click.argument("paths", nargs=-1, metavar="PATH...", type=PATH)
@click.option(
    "--run", metavar="RUN", type=PATH, shell_complete=RUN_NAMES, help="a run: its folder, latest, or an exp-id"
)
@click.option(
    "--onnx-model",
    metavar="NAME|FILE",
    type=PATH,
    shell_complete=MODEL_NAMES,
    help="an ONNX model: a name such as u2net, or a file",
)
@click.option("--engine", default="numpy", show_default=True, metavar="|".join(OFFERED), help="what computes")
@click.option("--output", metavar="DIR", type=PATH, help="write masks, cut-outs, overlays and a contact sheet there")
@click.option("--top", type=click.IntRange(1), default=3, show_default=True, help="classes that are shown of each")
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("--csv", "csv", is_flag=True, help="a line for each picture, commas between")
@click.option("--threads", type=click.IntRange(0), default=0, help="for the arithmetic; 0 for all cores")
@models_path_option
@datasets_path_option
@click.option(
    "--data-loader", metavar="Vips|ImageMagick|Pillow", help="image library  [default: Vips, or the run's own]"
)
@click.option("--like", metavar="NAME", help="feed it as this model of the catalogue is fed")
@click.option(
    "--labels", metavar="FILE|NAME", type=PATH, help="names of the classes, one in each line; or imagenet, coco, ..."
)
@click.option("--kind", metavar="labels|mask|class-map|objects|numbers", help="what the output is  [seen from it]")
@click.option("--output-name", metavar="NAME", help="the output that is read  [default: seen from types and shapes]")
@feeding_options
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(paths: tuple[str, ...], output: str | None, **flags: Any) -> int:
    """Says what pictures show: their class, or where their object is.

    PATH is a file, a folder (with all that lies in it), a dataset, or - for one picture from stdin. A model of one
    mask (u2net) cuts objects out: with --output a mask, a cut-out and an overlay for each picture; from - to stdout.

    \b
    nnlab infer --run=runs/latest photos/
    nnlab infer --onnx-model=u2net car.png --output=cut
    nnlab infer --onnx-model=u2net - < car.png > car-cutout.png
    """
    from nnlab.experiment.infer import Inference

    terminate_as_interrupt()
    _refuse_contradictions(paths, flags)
    if paths == (STDIN,):
        encoded = _stdin()
        return _one(Inference(predictor(flags), _folder(output)), encoded, flags)
    from nnlab.cli.infer_progress import watching
    from nnlab.cli.infer_results import model_name, show
    from nnlab.data.pictures import pictures

    messages_to(lambda line: None, lambda line: click.echo(line, err=True))
    found = pictures(paths, flags["datasets_path"])
    inference = Inference(predictor(flags), _folder(output))
    rows = []
    with watching(len(found), quiet=flags["quiet"]) as progress:
        for result in inference.results(found, progress):
            if result.problem is not None:
                report(DataError(result.problem, where=result.source))
            rows.append(result.row())
    title = f"{len(found)} picture{'s' if len(found) > 1 else ''} by {Path(model_name(flags)).name}"
    inference.contact_sheet(title, len(found))
    show(rows, flags, output=output)
    return ResourceError.exit_code if inference.starved else DataError.exit_code if inference.failed else 0


def predictor(flags: Mapping[str, Any]) -> "Predictor":
    """What looks at the pictures, as the flags say it."""
    if flags["run"] is not None:
        from nnlab.experiment.predict import run_predictor

        return run_predictor(
            flags["run"], engine=flags["engine"], threads=flags["threads"], data_loader=flags["data_loader"]
        )
    from nnlab.data.images.base import DATA_LOADERS
    from nnlab.onnx.inference.load import read_for_pictures
    from nnlab.onnx.inference.recipe import Said, known_kind

    library = DATA_LOADERS.get(flags["data_loader"] or "Vips")()
    feeding = {name: flags[name] for name in (*(name for name, _, _ in FEEDING), "divide_by_maximum")}
    return read_for_pictures(
        flags["onnx_model"],
        {name: value for name, value in feeding.items() if value is not None},
        models_path=flags["models_path"],
        like=flags["like"],
        labels=flags["labels"],
        reading=Said(kind=known_kind(flags["kind"]), output=flags["output_name"]),
    ).on(flags["engine"], library, threads=flags["threads"])


def _refuse_contradictions(paths: tuple[str, ...], flags: Mapping[str, Any]) -> None:
    """Raises UsageError: for flags that cannot stand together, or say too little."""
    if (flags["run"] is None) == (flags["onnx_model"] is None):
        what = "say which one looks: --run=RUN or --onnx-model=NAME"
        raise UsageError(what if flags["run"] is None else f"{what}, not both", where="nnlab infer")
    if not paths:
        raise UsageError("no pictures named", where="nnlab infer", hint="add files, folders, a dataset, or - for stdin")
    if STDIN in paths and len(paths) > 1:
        raise UsageError("stdin is one picture, and stands alone", where=STDIN, hint="name the other pictures apart")
    if flags["json"] and flags["csv"]:
        raise UsageError("are two forms of one result", where="--json --csv", hint="choose one")
    for_models = [name for name, _, _ in FEEDING] + ["divide_by_maximum", "like", "labels", "kind", "output_name"]
    if flags["run"] is not None and (wrong := [name for name in for_models if flags[name] is not None]):
        where = " ".join(f"--{name.replace('_', '-')}" for name in wrong)
        raise UsageError("a run is fed as it was trained", where=where, hint="leave it out, or use --onnx-model")


def _folder(output: str | None) -> Path | None:
    return None if output is None else Path(output)


def _stdin() -> bytes:
    """The picture that is piped in. Never waits for a person to type one."""
    if sys.stdin.isatty():
        raise UsageError("nothing is piped in", where=STDIN, hint="such as: nnlab infer ... - < photo.jpg")
    return sys.stdin.buffer.read()


def _one(inference: "Inference", encoded: bytes, flags: Mapping[str, Any]) -> int:
    """stdin to stdout: the cut-out's bytes, or the labels."""
    from nnlab.cli.infer_results import line, model_name, show

    bare = not (flags["json"] or flags["csv"]) and inference.output is None
    result, image = inference.one(encoded, "stdin")
    inference.contact_sheet(f"stdin by {Path(model_name(flags)).name}", 1)
    if result.problem is not None:
        report(DataError(result.problem, where=result.source))
    answer = result.answer
    code = DataError.exit_code if inference.failed else 0
    if not bare:
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
