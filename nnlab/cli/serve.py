"""`nnlab serve`: a trained run, or an ONNX model, answers over HTTP."""

import json as json_module
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.looking import looking_options, model_name, predictor, refuse_feeding_of_a_run
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH
from nnlab.core.errors import UsageError
from nnlab.core.printing import printable

PORT = 8000

AWAKE_S = 0.5
"""How long it sleeps at most before it looks whether a signal came."""


@click.command("serve")
@click.argument("named", metavar="RUN|MODEL", required=False, type=PATH, shell_complete=RUN_NAMES)
@looking_options
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="where it listens")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 for any that is free")
@click.option("--max-body", type=click.IntRange(1, 1024), default=32, show_default=True, help="of a request, in MiB")
@click.option(
    "--max-pixels", type=click.IntRange(1, 100), default=50, show_default=True, help="of a picture, in millions"
)
@click.option("--max-connections", type=click.IntRange(1, 1000), default=16, show_default=True, help="at once")
@click.option("--json", "json", is_flag=True, help="say where it is as one JSON document, on stdout")
@click.option("-v", "--verbose", is_flag=True, help="a line for each request; else for those that are refused")
@click.option("-q", "--quiet", is_flag=True, help="no line for any request")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(named: str | None, **flags: Any) -> int:
    """Answers over HTTP what a picture shows, as `nnlab infer --json` does. Ends with Ctrl-C.

    For programs on this machine: it knows no passwords and no encryption, and is not for the open internet.

    \b
    nnlab serve runs/latest
    curl --data-binary @photo.jpg http://127.0.0.1:8000/predict
    curl --form picture=@photo.jpg http://127.0.0.1:8000/predict
    curl http://127.0.0.1:8000/health
    """
    from nnlab.kernels.threads import one_blas_thread
    from nnlab.serving.address import is_loopback
    from nnlab.serving.bounds import Bounds
    from nnlab.serving.predictions import Predictions
    from nnlab.serving.server import Server

    terminate_as_interrupt()
    flags |= _looks(named, flags)
    refuse_feeding_of_a_run(flags)
    messages_to(lambda line: None, lambda line: echo(line, err=True))
    model = model_name(flags)
    app = Predictions(predictor(flags), model, flags["engine"], flags["top"], flags["max_pixels"] * 1_000_000)
    app.warm()
    bounds = Bounds(body=flags["max_body"] << 20, connections=flags["max_connections"])
    server = Server(app, host=flags["host"], port=flags["port"], bounds=bounds, note=_noting(flags))
    if not is_loopback(flags["host"]):
        what = "whoever reaches this machine may ask; it knows no passwords and is not for the open internet"
        echo(f"nnlab: warning: --host={flags['host']}: {what}", err=True)
    if flags["json"]:
        told = {"schema_version": 1, "url": server.url, "model": model, "engine": flags["engine"]}
        click.echo(json_module.dumps(told))
    echo(f"{Path(model).name} answers at {server.url} (POST /predict, GET /health); Ctrl-C ends", err=True)
    try:
        # on this thread, and for all: OpenBLAS does not hear from others how many threads it may have
        with one_blas_thread(), server:
            while True:  # awake now and then: a signal may have reached another thread
                time.sleep(AWAKE_S)
    except KeyboardInterrupt as interrupt:
        return _ended(interrupt)


def _ended(interrupt: KeyboardInterrupt) -> int:
    from nnlab.training.interrupts import signal_of

    echo("answers no longer", err=True)
    return 128 + (signal_of(interrupt) or signal.SIGINT)


def _looks(named: str | None, flags: Mapping[str, Any]) -> dict[str, str]:
    """Which run or model is meant: a folder, or a run's name, is a run. Raises UsageError: none is said, or several."""
    said = [(f"--{key.replace('_', '-')}", flags[key]) for key in ("run", "onnx_model") if flags[key] is not None]
    if len(said) + (named is not None) != 1:
        what = "say which one answers, a run or an ONNX model" + (", and only one" if said else "")
        raise UsageError(what, where="nnlab serve", hint="such as: nnlab serve runs/latest")
    if named is None:
        return {}
    from nnlab.tracking.names import run_folder

    path = Path(named)
    is_model = path.is_file() or path.suffix == ".onnx"
    is_run = not is_model and (run_folder(named).is_dir() or len(path.parts) != 1)
    return {"run" if is_run else "onnx_model": named}


def _noting(flags: Mapping[str, Any]) -> Any:
    """What says how requests went."""

    def note(line: str, status: int, seconds: float) -> None:
        if not flags["quiet"] and (flags["verbose"] or status >= 400):
            echo(f"{printable(line)}: {status}, {1000 * seconds:.1f} ms", err=True)

    return note
