"""`nnlab quantize`: a run or an ONNX file as a file of 8 bits, its damage told and its test pictures answered."""

import json as json_module
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.looking import FEEDING, feeding_options
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, datasets_path_option, models_path_option
from nnlab.core.errors import UsageError
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted

if TYPE_CHECKING:
    from nnlab.experiment.answering.subject import Subject
    from nnlab.experiment.quantize import QuantisedFile
    from nnlab.onnx.write.quantized.damage import Damage

METHODS = ("minmax", "entropy", "percentile")
CODES = click.Choice(["int8", "uint8"])
SHOWN = 8
"""Rows of the damage that are printed."""


@click.command("quantize")
@click.argument("model", metavar="RUN|FILE", type=PATH, shell_complete=RUN_NAMES)
@click.option("--calibration", metavar="PICTURES", type=click.IntRange(min=1), default=200, show_default=True,
              help="training pictures that tell the ranges")  # fmt: skip
@click.option("--calibrate-on", type=click.Choice(["training", "dev", "test"]), default="training",
              help="their partition; only training is right [training]")  # fmt: skip
@click.option("--method", type=click.Choice(METHODS), default="minmax", show_default=True,
              help="how ranges follow from what was seen")  # fmt: skip
@click.option("--per-channel/--per-tensor", default=True, help="a scale for each output of a weight, or one for all")
@click.option("--weight-codes", type=CODES, default="int8", show_default=True, help="type of weights")
@click.option("--value-codes", type=CODES, default="uint8", show_default=True, help="type of values")
@click.option("--output", metavar="FILE", type=PATH, help="where to write [RUN/int8.onnx, or NAME-int8.onnx]")
@click.option("--data", metavar="NAME|DIR", type=PATH, help="pictures for an ONNX file: a dataset or a folder")
@datasets_path_option
@models_path_option
@click.option("--labels", metavar="FILE|NAME", type=PATH, help="names of a file's classes, one in each line")
@click.option("--like", metavar="NAME", help="feed it as this model of the catalogue is fed")
@feeding_options
@click.option("--threads", type=click.IntRange(0), default=0, help="for the arithmetic; 0 for all cores")
@click.option("--all", "whole", is_flag=True, help="print the damage of every weight and value")
@click.option("--json", is_flag=True, help="one JSON document on stdout")
@click.option("--quiet", "-q", is_flag=True, help="only results and errors")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(model: str, **flags: Any) -> None:
    """Write a run, or an ONNX file, with weights and values of 8 bits; say what that costs. See docs/quantization.md.

    Training pictures tell the ranges, never dev or test. A run brings its own; a file needs --data.

    \b
    nnlab quantize runs/latest --method=entropy
    nnlab quantize net.onnx --data=cifar10 --mean=0.49,0.48,0.45 --std=0.25,0.24,0.26
    """
    terminate_as_interrupt()
    say = (lambda line: None) if flags["quiet"] else (lambda line: echo(line, err=True))
    messages_to(say, lambda line: echo(line, err=True))
    if flags["calibrate_on"] != "training":
        what = "the file would know what it is judged by"
        hint = "calibrate on training pictures: leave it out"
        raise UsageError(what, where=f"--calibrate-on={flags['calibrate_on']}", hint=hint)
    from nnlab.experiment.quantize import quantised, target_of, write
    from nnlab.onnx.write.quantized.coding import Codes

    subject = subject_of(model, flags)
    codes = Codes(per_channel=flags["per_channel"], weights=flags["weight_codes"], values=flags["value_codes"])
    target, threads = target_of(subject, flags["output"]), flags["threads"]
    small = quantised(subject, codes, method=flags["method"], pictures=flags["calibration"], threads=threads)
    made = write(small, target, threads=threads, command=f"nnlab quantize {quoted(model)}")
    if flags["json"]:
        click.echo(json_module.dumps(made.document(), indent=2, allow_nan=False))
        return
    for line in _text(made, None if flags["whole"] else SHOWN):
        click.echo(line)


def subject_of(model: str, flags: Any) -> "Subject":
    """A run, or a file with its data, as the flags say it. Raises UsageError: flags of a file for a run."""
    said = {name: flags[name] for name in (*(name for name, _, _ in FEEDING), "divide_by_maximum")}
    feeding = {name: value for name, value in said.items() if value is not None}
    if not is_model(model, flags["models_path"]):
        from nnlab.experiment.answering.of_run import run_subject

        refuse_feeding_of_a_run(flags, feeding)
        return run_subject(model)
    from nnlab.experiment.answering.of_file import Named, file_subject

    more = {name: flags[name] for name in ("data", "datasets_path", "models_path", "like", "labels")}
    return file_subject(Named(file=model, flags=feeding, **more))


def refuse_feeding_of_a_run(flags: Any, feeding: Mapping[str, Any]) -> None:
    """Raises UsageError: for flags that say which pictures a file is given, and how (feeding)."""
    for_files = [*feeding, *(name for name in ("data", "labels", "like") if flags[name] is not None)]
    if for_files:
        where = " ".join(f"--{name.replace('_', '-')}" for name in for_files)
        hint = "leave it out, or name an ONNX file"
        raise UsageError("a run has its own pictures, and is fed as it was trained", where=where, hint=hint)


def is_model(name: str, models_path: str) -> bool:
    """Whether an ONNX file, or a model's name, is meant, and no run."""
    from nnlab.core.errors import DataError
    from nnlab.onnx.catalogue.files import find_model

    if Path(name).suffix == ".onnx":
        return True
    if Path(name).is_dir():
        return False
    try:
        find_model(name, models_path)
    except DataError:
        return False
    return True


def _text(made: "QuantisedFile", shown: int | None) -> Iterator[str]:
    """What was written, in words."""
    small, large = made.path.stat().st_size, made.float_bytes
    yield printable(str(made.path))
    of = made.made
    origin = "" if of.subject.training is None else f", {printable(of.subject.training.origin)}"
    yield f"  {of.codes.words}; ranges by {of.method} of {of.seen.pictures} pictures{origin}"
    yield f"  {small:,} bytes, {small / large:.2f} of the float file's {large:,}"
    if made.engines:
        apart = ", ".join(f"{name} {value:.1e}" for name, value in made.engines.items())
        yield f"  away from nnlab's own engine, of the largest output: {apart}"
    yield from accuracy_lines(made)
    yield "  damage in dB (signal to noise), the worst first:"
    yield f"    {'alone':>7} {'whole':>7}  what"
    rows = made.damages if shown is None else made.damages[:shown]
    yield from (f"    {_db(row.db)} {_db(row.whole_db)}  {_called(row)}" for row in rows)
    if len(made.damages) > len(rows):
        yield f"    and {len(made.damages) - len(rows)} more (--all)"


def accuracy_lines(made: "QuantisedFile") -> Iterator[str]:
    """What the test pictures say."""
    subject = made.made.subject
    if made.float_answers is None or made.answers is None or subject.judge is None or subject.test is None:
        yield f"  not judged: {printable(subject.why_not) or 'there are no test pictures'}"
        return
    before, after = map(subject.judge.shown, (made.float_answers.figure, made.answers.figure))
    chance = "" if (share := subject.chance()) is None else f" (chance {subject.judge.shown(share)})"
    yield f"  test {subject.judge.figure_title} {after}, of the float file {before}{chance}"
    if (found := made.difference) is not None:
        lost, won, difference = found
        word = {"cannot tell": "no difference that chance does not explain"}.get(word := difference.word(), word)
        yield f"  of {len(subject.test.sources)} test pictures {lost} lost, {won} won (p {difference.p:.2g}): {word}"


def _db(value: float | None) -> str:
    return f"{'-':>7}" if value is None else f"{value:7.1f}"


def _called(row: "Damage") -> str:
    return f"{row.kind} {printable(row.name)}, {row.range[0]:.3g} to {row.range[1]:.3g}"
