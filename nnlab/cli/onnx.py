"""`nnlab onnx`: what is in an ONNX file, whether every engine computes it alike, and which node does not."""

import json as json_module
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from nnlab.cli.main import report, terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.output import echo, echo_line
from nnlab.cli.places import PATH, models_path_option
from nnlab.core.errors import ComparisonError, DataError, UsageError


@click.group("onnx", cls=NearestGroup)
def command() -> None:
    """Shows ONNX files, verifies them on every engine, finds the node where two engines part.

    FILE is a path, or the name of a model as in `nnlab infer`.
    """


def common(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and flags that all three have."""
    for decorate in (
        click.option("--debug", is_flag=True, help="a traceback with an error"),
        click.option("--json", "json", is_flag=True, help="one JSON document"),
        click.option("--size", "sizes", multiple=True, metavar="NAME=N,N,...", help="an input's shape; open axes: 1"),
        models_path_option,
        click.argument("file", metavar="FILE", type=PATH),
    ):
        function = decorate(function)
    return function


def tried(function: Callable[..., Any]) -> Callable[..., Any]:
    """The flags of what runs the model."""
    for decorate in (
        click.option("--bound", type=float, metavar="X", help="largest difference, relative to a tensor's largest"),
        click.option("--seed", type=int, default=0, show_default=True, help="where the drawing of inputs begins"),
        click.option("--input", "given", metavar="FILE.npz", type=PATH, help="inputs by name  [default: drawn]"),
    ):
        function = decorate(function)
    return function


@command.command("show")
@common
@click.option("-v", "--verbose", is_flag=True, help="every node, with the shapes of its outputs")
def show(file: str, models_path: str, sizes: tuple[str, ...], json: bool, verbose: bool, debug: bool) -> None:
    """Shows what is in an ONNX file: inputs, outputs, operators and who computes them, weights, work, metadata.

    nnlab onnx show u2netp.onnx
    """
    from nnlab.cli.onnx_text import text_of_description
    from nnlab.onnx.examine.describe import describe

    said = describe(_view(file, models_path), sizes=_sizes(sizes))
    if json:
        click.echo(json_module.dumps(said.document(), indent=2, allow_nan=False))
        return
    echo(text_of_description(said, verbose=verbose))


@command.command("verify")
@common
@tried
@click.option("--engine", "engines", multiple=True, help="this one; repeatable  [default: all that are installed]")
def verify(
    file: str, models_path: str, sizes: tuple[str, ...], json: bool, debug: bool,
    given: str | None, seed: int, bound: float | None, engines: tuple[str, ...],
) -> int:  # fmt: skip
    """Holds an ONNX file against ONNX's rules, and every engine against onnx's reference evaluator.

    The differences are relative to an output's largest number. Exits with 4 when one is too large.

    nnlab onnx verify u2netp.onnx --engine=numpy --input=car.npz
    """
    terminate_as_interrupt()
    from nnlab.cli.onnx_text import text_of_verdict
    from nnlab.onnx.backends.engines import known_engine
    from nnlab.onnx.examine.judge import judge, require

    named = [known_engine(name) for text in engines for name in text.split(",")]
    view = _view(file, models_path)
    with _open_axes_told(view, given, sizes):
        verdict = judge(view, _inputs(view, given, sizes, seed), engines=named or None, bound=_positive(bound))
    echo(json_module.dumps(verdict.document(), indent=2, allow_nan=False) if json else text_of_verdict(verdict))
    try:
        with _open_axes_told(view, given, sizes):
            require(verdict)
    except ComparisonError as error:
        report(error)
        return error.exit_code
    return 0


@command.command("diff")
@common
@tried
@click.option("--engines", default="numpy,torch", show_default=True, metavar="A,B", help="held against A: B")
@click.option("-v", "--verbose", is_flag=True, help="every node, not only those that differ")
@click.option("--all", "whole", is_flag=True, help="go on after the first node that differs")
def diff(
    file: str, models_path: str, sizes: tuple[str, ...], json: bool, debug: bool, given: str | None, seed: int,
    bound: float | None, engines: str, verbose: bool, whole: bool,
) -> int:  # fmt: skip
    """Goes through an ONNX file node by node on two engines, and names the first node that they compute differently.

    Both engines are given the first one's values at every node. Engines: numpy, torch, onnxruntime, reference (onnx's
    evaluator). Exits with 4 at a node that differs by more than rounding.

    nnlab onnx diff u2netp.onnx --engines=numpy,onnxruntime
    """
    terminate_as_interrupt()
    from nnlab.cli.onnx_text import text_of_difference
    from nnlab.onnx.examine.lockstep import lockstep

    pair = _pair(engines)
    view = _view(file, models_path)
    rows = []
    with _open_axes_told(view, given, sizes):
        for row in lockstep(view, _inputs(view, given, sizes, seed), pair, bound=_positive(bound)):
            rows.append(row)
            bad = row.verdict in {"differs", "cannot run"}
            if not json and (verbose or bad):
                echo(text_of_difference(row))
            if bad and not whole:
                break
    first = next((row for row in rows if row.verdict in {"differs", "cannot run"}), None)
    worst = max((row for row in rows if row.verdict == "rounding"), key=lambda row: row.relative, default=None)
    if json:
        known = {"first_difference": first and first.record(), "worst": worst and worst.record()}
        nodes = [row.record() for row in rows if verbose or row.verdict in {"differs", "cannot run"}]
        head = {"schema_version": 1, "path": view.where, "engines": list(pair), "nodes_compared": len(rows)}
        click.echo(json_module.dumps({**head, **known, "nodes": nodes}, indent=2, allow_nan=False))
    elif first is None:
        far = f"; the most: {worst.relative:.1e} at node {worst.node} ({worst.operator})" if worst else ""
        echo_line(f"{len(rows)} nodes: {pair[0]} and {pair[1]} agree to rounding{far}")
    if first is None:
        return 0
    what = f"{pair[1]} parts from {pair[0]} at node {first.node} ({first.operator})"
    report(ComparisonError(what, where=view.where))
    return ComparisonError.exit_code


def _view(file: str, models_path: str) -> Any:
    from nnlab.onnx.catalogue.files import find_model
    from nnlab.onnx.file.read import read_model

    messages_to(lambda line: None, lambda line: click.echo(line, err=True))
    return read_model(find_model(file, models_path))


def _inputs(view: Any, given: str | None, sizes: tuple[str, ...], seed: int) -> Any:
    from nnlab.onnx.examine.samples import drawn, read_inputs

    if given is not None:
        if sizes:
            raise UsageError(
                "the inputs of --input have their own shapes", where="--size", hint="leave one of them out"
            )
        return read_inputs(view, given)
    return drawn(view, sizes=_sizes(sizes), seed=seed)


@contextmanager
def _open_axes_told(view: Any, given: str | None, sizes: tuple[str, ...]) -> Iterator[None]:
    """Within it, an error without a hint of its own names the flags for axes that were drawn as 1."""
    from nnlab.onnx.examine.samples import sizes_to_give

    try:
        yield
    except (ComparisonError, DataError) as error:
        flags = None if given is not None else sizes_to_give(view, _sizes(sizes))
        if flags is None or error.hint is not None:
            raise
        raise type(error)(error.what, where=error.where, hint=f"open axes were taken as 1: type {flags}") from error


def _sizes(texts: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Shapes by input, of texts like `x=1,3,224,224`."""
    found = {}
    for text in texts:
        name, sign, numbers = text.rpartition("=")
        parts = [part.strip() for part in numbers.split(",") if part.strip()]
        if not sign or not name or not all(part.isdecimal() for part in parts):
            raise UsageError(f"{text!r} is no shape", where="--size", hint="write --size=NAME=1,3,224,224")
        found[name] = tuple(map(int, parts))
    return found


def _pair(text: str) -> tuple[str, str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or names[0] == names[1]:
        raise UsageError(f"{text!r} are not two engines", where="--engines", hint="write --engines=numpy,onnxruntime")
    return names[0], names[1]


def _positive(bound: float | None) -> float | None:
    if bound is not None and not bound >= 0:
        raise UsageError(f"{bound} is no bound", where="--bound", hint="a number from 0 upwards")
    return bound
