"""The `nnlab` command: a group that imports a command only when it is called, and says errors in one line."""

import importlib
import os
import signal
import sys
import traceback
from typing import Any

import click

from nnlab import __version__
from nnlab.cli.streams import lenient_streams, lost_results
from nnlab.core.errors import NnlabError
from nnlab.core.printing import printable
from nnlab.core.processes import OUT_OF_MEMORY
from nnlab.core.registry import advice
from nnlab.training.interrupts import ENDINGS

COMMANDS: dict[str, tuple[str, str]] = {
    "train": ("nnlab.cli.train", "Train one or several experiments; each leaves a run folder."),
    "lr": ("nnlab.cli.lr", "Find a learning rate: a range test with a picture and a suggestion."),
    "infer": ("nnlab.cli.infer", "Say what pictures show, by a trained run or an ONNX model; cut objects out."),
    "embed": ("nnlab.cli.embed", "Write the vectors of pictures, by a run or an ONNX model."),
    "similar": ("nnlab.cli.similar", "Find the pictures of a gallery that are most like others."),
    "explain": ("nnlab.cli.explain", "Show which places of a picture a run's answer came from."),
    "evaluate": ("nnlab.cli.evaluate", "Score a run on labelled pictures: figures, confusions, mistakes."),
    "report": ("nnlab.cli.report", "Write a run's page; or several runs on one, and whether one is better."),
    "runs": ("nnlab.cli.runs", "List, show, compare and delete runs; keep some from being deleted."),
    "serve": ("nnlab.cli.serve", "Answer over HTTP, on this machine, what pictures show."),
    "models": ("nnlab.cli.models", "List ONNX models, fetch known ones, add one's own."),
    "model": ("nnlab.cli.model", "Show a network layer by layer: shapes, parameters, multiply-adds, memory."),
    "scale": ("nnlab.cli.scale", "Make a network larger by three factors: what that costs, and whether it pays."),
    "resolution": (
        "nnlab.cli.resolution",
        "Find the size at which a network that learnt from crops is best used; tune it for another.",
    ),
    "bench": ("nnlab.cli.bench", "Measure the same training on several backends and image libraries."),
    "study": ("nnlab.cli.study", "Say what a bigger model, a bigger picture, another seed costs, and whether it pays."),
    "sweep": ("nnlab.cli.sweep", "Train what a plan proposes, here or on several machines, and say which is best."),
    "compare": ("nnlab.cli.compare", "Train on two backends in lockstep; or say whether one of two runs is better."),
    "export": ("nnlab.cli.export", "Write a run as an ONNX file, verified on every engine first."),
    "quantize": (
        "nnlab.cli.quantize",
        "Write a run, or an ONNX file, with weights and values of 8 bits; tell what it costs.",
    ),
    "ladder": ("nnlab.cli.ladder", "Time every way a trained network can answer here, and tell what each loses."),
    "onnx": ("nnlab.cli.onnx", "Show an ONNX file; verify it on every engine; find the node where two engines part."),
    "check": ("nnlab.cli.check", "Hold every component's gradient against differences, without training."),
    "data": (
        "nnlab.cli.data",
        "List, check and show datasets; compare image libraries on them; draw sets that nnlab makes.",
    ),
    "docs": ("nnlab.cli.docs", "Run what pages claim, and check that they say what was measured."),
    "components": ("nnlab.cli.components", "List every registered component and its options."),
    "completion": ("nnlab.cli.completion", "Print what teaches bash, zsh or fish to complete nnlab's words."),
    "doctor": ("nnlab.cli.doctor", "Say what is installed, what is missing and how to get it."),
}
"""Every command: the module whose `command` it is, and its line in `nnlab --help` (so help imports none of them)."""


SYNONYMS: dict[str, str] = {
    "train": "fit learn run finetune fine-tune",
    "infer": "predict inference classify detect segment",
    "explain": "attribute grad-cam gradcam saliency interpret why",
    "embed": "embedding embeddings vectors features encode",
    "similar": "search nearest retrieve neighbours neighbors lookalike",
    "evaluate": "test eval score",
    "report": "page html dashboard",
    "serve": "server http api deploy",
    "lr": "lr-find lrfind lr_find lr-finder range-test",
    "check": "gradcheck gradient-check gradients validate",
    "bench": "benchmark time profile",
    "study": "lab ablation ablate",
    "sweep": "tune tuning optimize optimise hyperopt hpo grid grid-search optuna search-cv",
    "compare": "diff parity",
    "export": "save convert freeze",
    "data": "dataset datasets draw",
    "components": "list layers optimizers losses",
    "models": "download fetch zoo",
    "runs": "ls history experiments rm remove clean",
    "model": "summary torchinfo network architecture",
    "scale": "efficientnet compound compound-scaling grow",
    "resolution": "fixres fix-res sigma crop-size",
    "doctor": "info env versions",
}
"""What the commands are called elsewhere: told to who types it."""

_MEANT = {word: [name] for name, words in SYNONYMS.items() for word in words.split()}


class LazyGroup(click.Group):
    """A click group whose commands are imported when they are called, not when help lists them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest command named when there is none."""
        if args and args[0] not in COMMANDS:
            if ctx.resilient_parsing:  # a shell asks what may follow; it wants no error
                return None, None, []
            hint = advice(args[0], list(COMMANDS), _MEANT.get(args[0].lower(), ()))
            raise click.UsageError(f"no command {printable(args[0])!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the table's lines, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Start with: nnlab train --model=NLayers --optimizer=Adam",
)
@click.version_option(__version__, prog_name="nnlab")
def cli() -> None:
    """A laboratory for neural networks on small computer-vision tasks.

    Results go to stdout, everything else to stderr. `nnlab COMMAND --help` shows a command's options.
    """


def main(argv: list[str] | None = None) -> int:
    """Runs the command line and returns its exit code (see the table in docs/command-line.md)."""
    args = sys.argv[1:] if argv is None else argv
    debug = "--debug" in args or "--debug=true" in args
    _open_closed_streams()
    if "_NNLAB_COMPLETE" in os.environ:  # a shell asks
        importlib.import_module("nnlab.cli.completion")
    before = {number: signal.getsignal(number) for number in ENDINGS}
    try:
        with lenient_streams() as out:
            code = _run(args, debug)
            lost = lost_results(out)
            return code if lost is None or code else _failed(lost, debug)
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def _run(args: list[str], debug: bool) -> int:
    try:
        result: Any = cli.main(args=_as_flags(args), prog_name="nnlab", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except NnlabError as error:
        return _failed(error, debug)
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message())
        return 0
    except click.ClickException as error:
        message = " ".join(error.format_message().split())  # click lists choices in lines
        return _fail(message.removesuffix("."), 2, debug)
    except (KeyboardInterrupt, click.Abort) as interrupt:
        cause = interrupt.__cause__ or interrupt  # click makes an Abort of what terminate_as_interrupt raises
        signum = next(iter(cause.args), signal.SIGINT)
        return _fail("interrupted", 128 + int(signum), debug)
    except MemoryError:
        return _fail(OUT_OF_MEMORY, 1, debug)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        return _fail(f"{name}{error.strerror or error}", 1, debug)


def _as_flags(args: list[str]) -> list[str]:
    """`nnlab help train` as `nnlab train --help`, and `nnlab version` as `nnlab --version`."""
    if args[:1] == ["help"]:
        return [*args[1:], "--help"]
    return ["--version", *args[1:]] if args[:1] == ["version"] else args


def _open_closed_streams() -> None:
    """Gives a stream that the caller closed (`nnlab ... >&-`) the null device: nothing else may get its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123 (open for as long as the process lives)


def report(error: NnlabError | str) -> None:
    """Says an error on stderr, a line for each mistake."""
    # an error's own words have no line ends: those that there are stand between mistakes
    for line in str(error).split("\n") if isinstance(error, NnlabError) else [error]:
        print(f"nnlab: error: {printable(line)}", file=sys.stderr)


def _failed(error: NnlabError, debug: bool) -> int:
    report(error)
    return _traced(error.exit_code, debug)


def _fail(message: str, code: int, debug: bool) -> int:
    report(message)
    return _traced(code, debug)


def _traced(code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    return code


def terminate_as_interrupt() -> None:
    """Lets SIGTERM, and SIGHUP of a terminal that is closed, end a command the way Ctrl-C does: what was recorded stays
    intact, and the exit code is 143 or 129. A SIGHUP that is ignored (`nohup nnlab ...`) stays so."""

    def stop(signum: int, frame: object) -> None:
        raise KeyboardInterrupt(signum)

    for number in ENDINGS:
        if number == signal.SIGTERM or (number != signal.SIGINT and signal.getsignal(number) == signal.SIG_DFL):
            signal.signal(number, stop)
