"""`nnlab export`: a run to ONNX, verified against its source before it is written."""

import json as json_module
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.core.errors import UsageError
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.core.truth import Label

if TYPE_CHECKING:
    from nnlab.experiment.export import Exported
    from nnlab.experiment.export_c_sample import CSample


@click.command("export")
@click.argument("run", metavar="RUN", type=PATH, shell_complete=RUN_NAMES)
@click.option("--output", metavar="FILE", type=PATH, help="where to write, a file or a folder [RUN/model.onnx]")
@click.option("--part", metavar="encoder|decoder", help="a part of the network alone, where it consists of some")
@click.option("--opset", type=int, help="version of ONNX's operators [17; of an imported graph: its own]")
@click.option("--with-preprocessing", is_flag=True, help="put the images' preparation in front: the input is pixels")
@click.option("--softmax/--no-softmax", default=None, help="end in probabilities, or in logits [as the model does]")
@click.option("--fold-batch-norm", is_flag=True, help="make every BatchNorm part of the layer before it")
@click.option(
    "--decode/--no-decode", default=True, help="what the task makes of the heads too (labels of a mask, ...), or not"
)
@click.option("--dtype", type=click.Choice(["float16", "float32", "float64"]), help="precision [the run's]")
@click.option(
    "--quantize",
    type=click.Choice(["int8"]),
    help="weights and values as integers of 8 bits [as the run was trained]",
)
@click.option(
    "--weight-codes",
    type=click.Choice(["int8", "uint8"]),
    default="int8",
    help="type of weights of 8 bits; uint8 for onnxruntime on processors without VNNI [int8]",
)
@click.option(
    "--calibration",
    metavar="PICTURES",
    type=click.IntRange(min=1),
    default=200,
    help="training pictures that tell the ranges of --quantize, of a run trained without it [200]",
)
@click.option(
    "--c-sample",
    metavar="DIR",
    type=PATH,
    help="a folder: the file, its preparation inside, and a C program with Makefile, input and expected output",
)
@click.option("--json", is_flag=True, help="one JSON document on stdout")
@click.option("--quiet", "-q", is_flag=True, help="only results and errors")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(
    run: str,
    output: str | None,
    part: str | None,
    opset: int | None,
    with_preprocessing: bool,
    softmax: bool | None,
    fold_batch_norm: bool,
    decode: bool,
    dtype: Literal["float16", "float32", "float64"] | None,
    quantize: str | None,
    weight_codes: str,
    calibration: int,
    c_sample: str | None,
    json: bool,
    quiet: bool,
    debug: bool,
) -> None:
    """Write a run's best weights as an ONNX file that gives what the run gives. Exits with 4 when an engine differs.

    RUN is a run folder, such as runs/latest. Before the file is written it runs on onnx's reference evaluator,
    onnxruntime, and nnlab's NumPy and Torch engines, as far as they are installed, on samples of the run's own data.

    \b
    nnlab export runs/latest --with-preprocessing --softmax --output=digits.onnx
    nnlab export runs/latest --c-sample=digits; make -C digits check
    """
    terminate_as_interrupt()
    say = (lambda line: None) if quiet else (lambda line: echo(line, err=True))
    messages_to(say, lambda line: echo(line, err=True))
    from nnlab.experiment.export import export
    from nnlab.onnx.write.export import Form

    form = Form(
        opset=opset,
        dtype=dtype,
        softmax=softmax,
        fold_batch_norm=fold_batch_norm,
        decode=decode,
        weight_codes=weight_codes,
    )
    if c_sample is not None:
        _refuse_beside_c_sample(part, output)
        from nnlab.experiment.export_c_sample import export_c_sample

        made = export_c_sample(run, form, c_sample, quantize=quantize is not None, calibration=calibration)
        _print(made.document() if json else f"{text_of(made.exported)}\n{_of_c_sample(made)}")
        return
    if part is None:
        exported = export(
            run,
            form,
            preprocess=with_preprocessing,
            output=output,
            quantize=quantize is not None,
            calibration=calibration,
        )
    else:
        from nnlab.experiment.export_part import export_part

        if with_preprocessing:
            hint = "leave it out: `nnlab infer` prepares pictures by what the file says of itself"
            raise UsageError("is of the whole network", where="--with-preprocessing", hint=hint)
        if quantize is not None:
            raise UsageError("is of the whole network", where=f"--quantize={quantize}", hint="leave it out")
        exported = export_part(run, part, form, output=output)
    _print(exported.document() if json else text_of(exported))


def _print(said: str | Mapping[str, Any]) -> None:
    """Words, or a document as JSON."""
    click.echo(said if isinstance(said, str) else json_module.dumps(said, indent=2, allow_nan=False))


def _refuse_beside_c_sample(part: str | None, output: str | None) -> None:
    """Raises UsageError: for flags that say something else of the same file."""
    for flag, value in (("--part", part), ("--output", output)):
        if value is not None:
            what = "--c-sample writes the whole network, into its own folder"
            raise UsageError(what, where=f"{flag}={value}", hint="leave out one of the two")


def _of_c_sample(made: "CSample") -> str:
    folder = printable(str(made.folder))
    return f"  a program in C: {', '.join(made.files)}\n  build and try it: make -C {quoted(folder)} check"


def text_of(exported: "Exported") -> str:
    """The same in words."""
    operators = ", ".join(f"{count} {name}" if count > 1 else name for name, count in exported.operators.items())
    engines = ", ".join(f"{name} {value:.1e}" for name, value in exported.verified.engines.items())
    what, samples = "probabilities" if exported.judge.judges is Label else "outputs", exported.verified.samples
    lines = [
        f"{exported.path}",
        f"  opset {exported.opset}: {operators}",
        f"  {what} against the run's on {samples} samples ({exported.samples_from}), at most "
        f"{exported.verified.bound:g} allowed: {engines}",
    ]
    if len(exported.outputs) > 1 or exported.test is None:
        lines += [f"  output {printable(name)}: {about}" for name, about in exported.outputs.items()]
    if exported.test is not None:
        run, file = map(exported.judge.shown, (exported.test.run, exported.test.file))
        lines.append(f"  test {exported.judge.figure_title} {file}, the run's {run}")
    return "\n".join([*lines, *_of_quantized(exported)])


def _of_quantized(exported: "Exported") -> Iterator[str]:
    """What codes of 8 bits cost."""
    if exported.quantized is None:
        return
    yield f"  int8, {exported.quantized}: {exported.path.stat().st_size:,} bytes"
    tested = exported.test
    if tested is not None and (difference := tested.difference) is not None:
        word = {"cannot tell": "no difference that chance does not explain"}.get(word := difference.word(), word)
        yield f"  of {tested.samples} test pictures {tested.lost} lost, {tested.won} won (p {difference.p:.2g}): {word}"
