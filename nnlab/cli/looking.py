"""The flags that say which run or model looks at pictures, and how it is fed; `infer` and `serve` have them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.completing import MODEL_NAMES, RUN_NAMES
from nnlab.cli.places import PATH, models_path_option
from nnlab.core.errors import UsageError
from nnlab.onnx.backends.engines import OFFERED

if TYPE_CHECKING:
    from nnlab.experiment.infer import Predictor

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


def looking_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The run or the model, what computes, and how a model is fed and read."""
    for option in reversed(LOOKING):
        command = option(command)
    return command


WHO: tuple[Callable[..., Any], ...] = (
    click.option(
        "--run", metavar="RUN", type=PATH, shell_complete=RUN_NAMES, help="a run: its folder, latest, or an exp-id"
    ),
    click.option(
        "--onnx-model",
        metavar="NAME|FILE",
        type=PATH,
        shell_complete=MODEL_NAMES,
        help="an ONNX model: a name such as u2net, or a file",
    ),
)
ENGINE = click.option("--engine", default="numpy", show_default=True, metavar="|".join(OFFERED), help="what computes")
COMPUTING: tuple[Callable[..., Any], ...] = (
    click.option("--threads", type=click.IntRange(0), default=0, help="for the arithmetic; 0 for all cores"),
    models_path_option,
    click.option(
        "--data-loader", metavar="Vips|ImageMagick|Pillow", help="image library  [default: Vips, or the run's own]"
    ),
    click.option(
        "--any-size",
        is_flag=True,
        help="a run looks at pictures as large as they are, without --resize (networks of convolutions alone)",
    ),
    click.option(
        "--tile",
        type=click.IntRange(16),
        metavar="PIXELS",
        help="cut larger pictures into tiles, for less memory: maps are the same, without seams",
    ),
    click.option("--like", metavar="NAME", help="feed it as this model of the catalogue is fed"),
)
OUTPUT_NAME = click.option(
    "--output-name", metavar="NAME", help="the output that is read  [seen from types and shapes]"
)
LOOKING: tuple[Callable[..., Any], ...] = (
    *WHO,
    ENGINE,
    click.option("--top", type=click.IntRange(1), default=3, show_default=True, help="classes that are shown of each"),
    click.option(
        "--score-threshold",
        type=click.FloatRange(0, 1),
        help="boxes that are shown of each: from this score on  [as the run was trained with]",
    ),
    *COMPUTING,
    click.option(
        "--labels",
        metavar="FILE|NAME",
        type=PATH,
        help="names of the classes, one in each line; or imagenet, coco, ...",
    ),
    click.option("--kind", metavar="labels|mask|class-map|objects|numbers", help="what the output is  [seen from it]"),
    OUTPUT_NAME,
    feeding_options,
)
EMBEDDING: tuple[Callable[..., Any], ...] = (ENGINE, *COMPUTING, OUTPUT_NAME, feeding_options)
"""Of what gives vectors, which is named without a flag."""


def predictor(flags: Mapping[str, Any]) -> "Predictor":
    """What looks at the pictures, as the flags say it."""
    if flags["run"] is not None:
        from nnlab.experiment.predict import run_predictor

        made = run_predictor(
            flags["run"],
            engine=flags["engine"],
            threads=flags["threads"],
            data_loader=flags["data_loader"],
            any_size=flags["any_size"],
            tile=flags["tile"],
        )
        return replace(made, least=flags.get("score_threshold"))
    from nnlab.data.images.base import DATA_LOADERS
    from nnlab.onnx.inference.load import read_for_pictures
    from nnlab.onnx.inference.recipe import Said, known_kind

    library = DATA_LOADERS.get(flags["data_loader"] or "Vips")()
    feeding = {name: flags[name] for name in (*(name for name, _, _ in FEEDING), "divide_by_maximum")}
    model = read_for_pictures(
        flags["onnx_model"],
        {name: value for name, value in feeding.items() if value is not None},
        models_path=flags["models_path"],
        like=flags["like"],
        labels=flags["labels"],
        reading=Said(kind=known_kind(flags["kind"]), output=flags["output_name"]),
    ).on(flags["engine"], library, threads=flags["threads"])
    if (least := flags.get("score_threshold")) is not None and model.recipe.task is None:
        raise UsageError("is for runs, and files that nnlab exported", where=f"--score-threshold={least:g}")
    return replace(model, least=least)


def model_name(flags: Mapping[str, Any]) -> str:
    """The model as the user named it; of a run, its folder (latest moves on)."""
    if flags["run"] is None:
        return str(flags["onnx_model"])
    from nnlab.tracking.names import run_folder

    return str(run_folder(flags["run"]).resolve())


def refuse_feeding_of_a_run(flags: Mapping[str, Any]) -> None:
    """Raises UsageError: for flags that say how a model is fed, where a run looks."""
    if flags["run"] is None and (flags["any_size"] or flags["tile"]):
        where = "--any-size" if flags["any_size"] else "--tile"
        raise UsageError("is for runs; a model takes the size that its file says", where=where, hint="leave it out")
    for_models = [name for name, _, _ in FEEDING] + ["divide_by_maximum", "like", "labels", "kind", "output_name"]
    if flags["run"] is not None and (wrong := [name for name in for_models if flags[name] is not None]):
        where = " ".join(f"--{name.replace('_', '-')}" for name in wrong)
        raise UsageError("a run is fed as it was trained", where=where, hint="leave it out, or use --onnx-model")
