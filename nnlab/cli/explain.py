"""`nnlab explain`: which places of a picture a run's answer came from."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.completing import RUN_NAMES, completing
from nnlab.cli.left_out import exit_code, tell_left_out
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.places import PATH, datasets_path_option
from nnlab.core.component import Option, options_of, type_name
from nnlab.core.errors import UsageError
from nnlab.explainers.base import EXPLAINERS

if TYPE_CHECKING:
    from nnlab.experiment.explaining.explain import Explaining

OUTPUT = "explained"
"""The folder that files are written to by default."""


def _flags_of_methods() -> Iterator[tuple[str, str, str]]:
    """Name, metavar and help of every option that a method has; one that several have is one flag."""
    owners: dict[str, list[tuple[str, Option]]] = {}
    for cls in EXPLAINERS:
        for offered in options_of(cls):
            owners.setdefault(offered.name, []).append((cls.__name__, offered))
    for name, own in owners.items():
        first = own[0][1]
        metavar = first.metavar or "|".join(map(str, first.choices or ())) or type_name(first.type).upper()
        said = {offered.help for _, offered in own}
        words = next(iter(said)) if len(said) == 1 else "; ".join(f"{cls}: {offered.help}" for cls, offered in own)
        defaults = {offered.shown_default for _, offered in own} - {"None"}
        if len(defaults) == 1:
            words += f"  [{next(iter(defaults))}]"
        elif defaults:
            words += f"  [{', '.join(f'{cls} {offered.shown_default}' for cls, offered in own)}]"
        yield name, metavar, words


def method_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A flag for every option of every method."""
    for name, metavar, words in reversed(list(_flags_of_methods())):
        command = click.option(f"--{name.replace('_', '-')}", name, metavar=metavar, help=words)(command)
    return command


@click.command("explain")
@click.argument("paths", nargs=-1, metavar="PATH...", type=PATH)
@click.option(
    "--run", metavar="RUN", type=PATH, shell_complete=RUN_NAMES, help="a run: its folder, latest, or an exp-id"
)
@click.option(
    "--method",
    default="GradCam",
    show_default=True,
    metavar=f"{'|'.join(EXPLAINERS.names())}|all",
    shell_complete=completing(lambda: [*EXPLAINERS.names(), "all"]),
    help="how it is found out; several with commas",
)
@click.option("--worst", type=click.IntRange(1), metavar="N", help="the N pictures that the run was most wrong about")
@click.option("--class", "class_", metavar="NAME", help="the class that is asked about  [the one that it answers]")
@click.option("--value", metavar="NAME", help="of a regression: the value that is asked about  [the first]")
@method_options
@click.option("--check/--no-check", default=True, help="hold each map against those of random weights  [on]")
@click.option("--cascade", is_flag=True, help="the same node by node, the weights drawn anew from the last on")
@click.option("--output", default=OUTPUT, show_default=True, metavar="DIR", type=PATH, help="where files are written")
@click.option("--json", "json", is_flag=True, help="one JSON document on stdout instead of text")
@click.option("--engine", default="numpy", show_default=True, metavar="numpy|torch", help="what computes")
@click.option("--threads", type=click.IntRange(0), default=0, help="for the arithmetic; 0 for all cores")
@datasets_path_option
@click.option("--data-loader", metavar="Vips|ImageMagick|Pillow", help="image library  [default: the run's own]")
@click.option("-q", "--quiet", is_flag=True, help="no progress, and nothing about files")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(paths: tuple[str, ...], **flags: Any) -> int:
    """Shows which places of a picture a run's answer came from, drawn over the picture.

    PATH is a file, a folder (with all that lies in it), or a dataset. Each picture gets an overlay and its numbers as
    a PNG file of 16 bits, for each method; each map is held against those of the same network with random weights.

    \b
    nnlab explain --run=runs/latest cat.jpg
    nnlab explain --run=runs/latest --method=all --class=dog photos/ --output=why
    nnlab explain --run=runs/latest --worst=20
    """
    terminate_as_interrupt()
    if flags["run"] is None:
        raise UsageError("say which one is asked: --run=RUN", where="nnlab explain")
    if not paths and flags["worst"] is None:
        hint = "add files, folders, a dataset, or --worst=20"
        raise UsageError("no pictures named", where="nnlab explain", hint=hint)
    if paths and flags["worst"] is not None:
        raise UsageError("are the run's own pictures", where="--worst", hint="leave out either these or the paths")
    from nnlab.cli.explain_results import about, show
    from nnlab.cli.infer_progress import watching
    from nnlab.data.pictures import pictures
    from nnlab.experiment.explaining.files import document
    from nnlab.experiment.explaining.worst import worst

    messages_to(lambda line: None, lambda line: click.echo(line, err=True))
    explaining = _explaining(flags)
    subject = explaining.subject
    found = pictures(paths or worst(subject.run, subject.data, flags["worst"]), flags["datasets_path"])
    rows = []
    with watching(len(found), quiet=flags["quiet"]) as progress:
        for row in explaining.rows(found, progress):
            if row.error is not None:
                tell_left_out(row.source, row.error)
            rows.append(row)
    content = document(rows, about(flags, subject))
    by = Path(content["run"]).name
    explaining.finish(content, f"{len(found)} picture{'s' if len(found) > 1 else ''} by {by}")
    show(rows, content, subject, flags)
    return exit_code(failed=bool(explaining.failed), starved=any(row.starved for row in rows))


def _explaining(flags: Mapping[str, Any]) -> "Explaining":
    """What explains, as the flags say it. Raises UsageError or Mistakes: what methods and names are wrong."""
    from nnlab.experiment.explaining.explain import Explaining
    from nnlab.experiment.explaining.subject import run_subject
    from nnlab.explainers.chosen import chosen

    said = {name: flags[name] for name, _, _ in _flags_of_methods() if flags[name] is not None}
    explainers = chosen([name for name in flags["method"].split(",") if name], said)
    subject = run_subject(
        flags["run"], engine=flags["engine"], threads=flags["threads"], data_loader=flags["data_loader"]
    )
    return Explaining(
        subject,
        explainers,
        asked=_asked(flags, subject.noun),
        check=flags["check"],
        cascading=flags["cascade"],
        output=Path(flags["output"]),
    )


def _asked(flags: Mapping[str, Any], noun: str) -> str | None:
    """The class or value that is asked about. Raises UsageError: for the one where the run has the other."""
    named: dict[str, str | None] = {"class": flags["class_"], "value": flags["value"]}
    for word, name in named.items():
        if name is not None and word != noun:
            what = f"this run answers with a {noun}, not with a {word}"
            raise UsageError(what, where=f"--{word}={name}", hint=f"type --{noun}=NAME")
    return named.get(noun)
