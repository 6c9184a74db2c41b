"""`nnlab ladder`: how much faster and smaller a trained network can answer, at what loss, and which step bought it."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.lab_command import ending
from nnlab.cli.lab_progress import LabDisplay
from nnlab.cli.looking import FEEDING, feeding_options
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, datasets_path_option, models_path_option, runs_dir_option
from nnlab.cli.quantize import is_model, refuse_feeding_of_a_run
from nnlab.core.errors import NnlabError, UsageError, as_one
from nnlab.core.printing import printable
from nnlab.core.quoting import quoted
from nnlab.core.reading import parsed, read_text
from nnlab.experiment.sources import command_section

if TYPE_CHECKING:
    from nnlab.labs.ladder.plan import Wish
    from nnlab.labs.study_folder import StudyFolder

NAME = "nnlab ladder"

OWN = ("file", "run", "data", "datasets_path", "models_path", "like", "labels")
"""What names the model and its pictures."""


@click.command("ladder")
@click.argument("model", metavar="[RUN|FILE]", type=PATH, required=False, shell_complete=RUN_NAMES)
@click.option("--rungs", metavar="NAMES", help="rungs, engines, int8, all, and -NAME for all but that [all]")
@click.option("--batch", metavar="N,...", help="sizes of batches whose throughput is told [1,2,4,8,16,32]")
@click.option("--threads", type=click.IntRange(1), help="of one operator [1]")
@click.option(
    "--max-drop", metavar="POINTS", type=click.FloatRange(0, 100), help="right answers that int8 may lose [1]"
)
@click.option("--calibration", metavar="PICTURES", type=click.IntRange(1), help="training pictures for int8 [200]")
@click.option("--calls", type=click.IntRange(1), help="of each rung at least, all processes together [200]")
@click.option("--seconds", type=click.FloatRange(0), help="the same in time [3]")
@click.option("--processes", type=click.IntRange(1), help="in which calls take turns, one after the other [3]")
@click.option(
    "--warm-up", metavar="SECONDS", type=click.FloatRange(0), help="of each rung in each process at least [1]"
)
@click.option("--preset", type=click.Choice(["laptop"]), help="a protocol that ends sooner")
@click.option("--show-graph", is_flag=True, help="list every node that a rung took out, and what is there instead")
@click.option("--data", metavar="NAME|DIR", type=PATH, help="pictures for an ONNX file: a dataset or a folder")
@click.option("--labels", metavar="FILE|NAME", type=PATH, help="names of a file's classes, one in each line")
@click.option("--like", metavar="NAME", help="feed it as this model of the catalogue is fed")
@feeding_options
@datasets_path_option
@models_path_option
@runs_dir_option
@click.option("--config", metavar="FILE", type=PATH, help="repeat the ladder of a folder: its config.toml")
@click.option("--resume", metavar="FOLDER", type=PATH, help="go on with a ladder: only cells that are missing are run")
@click.option(
    "--require", metavar="NAMES", default="", help="end with code 6 where these are missing: cuda, compile, cc"
)
@click.option(
    "--budget-minutes", type=click.FloatRange(0, min_open=True), help="stop in time, with what there is by then"
)
@click.option("--dry-run", is_flag=True, help="say which rungs would run, and what it would take")
@click.option("--json", is_flag=True, help="one JSON document on stdout instead of a table")
@click.option("--quiet", "-q", is_flag=True, help="only results and errors")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(model: str | None, **flags: Any) -> int:
    """Time every way in which a trained network can answer here, and tell what each loses. See docs/infer.md.

    RUN is a run folder, such as runs/latest; an ONNX file needs --data. No rung is timed before what it gives is held
    against the float32 file.

    \b
    nnlab ladder runs/latest
    nnlab ladder net.onnx --data=cifar10 --rungs=onnxruntime,int8 --batch=1,8,32
    """
    terminate_as_interrupt()
    screen = LabDisplay(quiet=flags["quiet"])
    messages_to(screen.say, screen.warn)
    from nnlab.labs.ladder.ladder import named
    from nnlab.labs.ladder.subjects import subject_of

    wish, study = _wished(model, flags)
    named(wish)  # mistakes first, before any picture is decoded
    subject = subject_of(wish.subject)
    if flags["dry_run"]:
        from nnlab.cli.ladder_text import plan_text

        echo(plan_text(wish, subject, json=flags["json"]))
        return 0
    return _climbed(wish, subject, study, flags, screen)


def _climbed(
    wish: "Wish", subject: Any, study: "StudyFolder | None", flags: Mapping[str, Any], screen: LabDisplay
) -> int:
    from nnlab.cli.ladder_text import graph_text, table_text
    from nnlab.labs.budget import Budget
    from nnlab.labs.ladder.ladder import climb
    from nnlab.labs.ladder.report import write
    from nnlab.labs.study_folder import StudyFolder
    from nnlab.tracking.files import to_json
    from nnlab.tracking.store import RunStore

    runs_dir = Path(flags["runs_dir"])
    if study is None:
        RunStore.probe(runs_dir)
    study = study or StudyFolder.create(runs_dir, wish.plan(()))
    screen.say(f"ladder in {study.folder}")
    minutes = flags["budget_minutes"]
    with screen.live(wish.plan(())):
        made = climb(wish, subject, study, budget=Budget(None if minutes is None else 60 * minutes), watcher=screen)
    write(made)
    if flags["json"]:
        click.echo(to_json({"schema_version": 1, **made.document()}, indent=2))
    else:
        echo(table_text(made))
        if flags["show_graph"]:
            echo(graph_text(made))
    screen.say(f"page: {study.folder / 'report.html'}")
    required = frozenset(word.strip() for word in flags["require"].split(",") if word.strip())
    return ending(made.finished, required, f"{NAME} --resume={quoted(study.folder)}")


def _wished(model: str | None, flags: Mapping[str, Any]) -> "tuple[Wish, StudyFolder | None]":
    """What is asked for, and the folder that is gone on with. Raises UsageError or Mistakes: all that is wrong."""
    from nnlab.cli.study_run import refuse_other_lab
    from nnlab.labs.plan import refuse_another
    from nnlab.labs.study_folder import CONFIG, StudyFolder

    if flags["resume"] is not None and flags["config"] is not None:
        raise UsageError("a ladder that goes on brings its own", where="--config", hint="leave out one of the two")
    study = None if flags["resume"] is None else StudyFolder(Path(flags["resume"]))
    if study is not None:
        refuse_other_lab(study, NAME)
    config = study.folder / CONFIG if study is not None else flags["config"]
    kept = {} if config is None else command_section(config, "ladder")
    wish = _wish(model, flags, _sound(kept, str(config)))
    if study is not None:
        refuse_another(wish.plan(()), parsed(tomllib.loads, read_text(study.folder / CONFIG)), str(flags["resume"]))
    return wish, study


def _sound(kept: Mapping[str, Any], config: str) -> Mapping[str, Any]:
    """What a configuration says, once its values are such as the flags take. Raises UsageError or Mistakes."""
    types = {param.name or "": param.type for param in command.params}
    types |= {"call_threads": types["threads"], "max_drop": click.FloatRange(0, 1)}  # a share there, points as a flag
    mistakes: list[NnlabError] = [
        UsageError(f"{name} {wrong}, got {printable(str(value))}", where=config)
        for name, value in kept.items()
        if (wrong := _wrong(name, value, types.get(name)))
    ]
    if mistakes:
        raise as_one(mistakes)
    return kept


def _wrong(name: str, value: Any, kind: "click.ParamType[Any] | None") -> str:
    """What is wrong with a value; empty where nothing is. Options:  kind: of the flag of that name."""
    if isinstance(kind, click.IntRange | click.FloatRange):
        wanted = int if isinstance(kind, click.IntRange) else int | float
        if not isinstance(value, wanted) or isinstance(value, bool):
            return "must be a whole number" if wanted is int else "must be a number"
        if not (kind.min or 0) <= value <= (math.inf if kind.max is None else kind.max):
            return f"must be {kind.min} or more" if kind.max is None else f"must be from {kind.min} to {kind.max}"
    if name in {"rungs", "batch"}:
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(type(word) in (str, int) for word in words):
            return "must be a list"
    elif name in OWN and not isinstance(value, str):
        return "must be text"
    return ""


def _wish(model: str | None, flags: Mapping[str, Any], kept: Mapping[str, Any]) -> "Wish":
    """Flags, and below them what a configuration says, and below that the preset's."""
    from nnlab.labs.ladder.plan import Wish
    from nnlab.labs.ladder.presets import PRESETS
    from nnlab.labs.ladder.timing import Protocol

    preset = PRESETS.get(flags["preset"] or "", {})
    mistakes: list[NnlabError] = []

    def said(name: str, default: Any) -> Any:
        value = flags[name]
        return value if value is not None else kept.get(name, preset.get(name, default))

    rungs, sizes = said("rungs", "all"), said("batch", "1,2,4,8,16,32")
    protocol = Protocol(
        int(said("calls", 200)),
        float(said("seconds", 3.0)),
        float(said("warm_up", 1.0)),
        int(said("processes", 3)),
    )
    drop = flags["max_drop"] / 100 if flags["max_drop"] is not None else float(kept.get("max_drop", 0.01))
    wish = Wish(
        subject=_subject(model, flags, kept, mistakes),
        rungs=tuple(rungs.split(",") if isinstance(rungs, str) else map(str, rungs)),
        sizes=_sizes(sizes, mistakes),
        threads=int(flags["threads"] or kept.get("call_threads", 1)),
        max_drop=drop,
        calibration=int(said("calibration", 200)),
        protocol=protocol,
    )
    if mistakes:
        raise as_one(mistakes)
    return wish


def _subject(
    model: str | None, flags: Mapping[str, Any], kept: Mapping[str, Any], mistakes: list[NnlabError]
) -> Mapping[str, Any]:
    """The run, or the file with what is said of its pictures."""
    feeding = {n: flags[n] for n in (*(n for n, _, _ in FEEDING), "divide_by_maximum") if flags[n] is not None}
    if model is None:
        own = {name: kept[name] for name in OWN if name in kept}
        if not {"run", "file"} & own.keys():
            mistakes.append(UsageError("no RUN and no FILE is named", where=NAME, hint=f"such as {NAME} runs/latest"))
            return {"run": ""}
        if "run" in own:
            return own
        return {**own, "flags": {n: kept[n] for n in (*(n for n, _, _ in FEEDING), "divide_by_maximum") if n in kept}}
    if is_model(model, flags["models_path"]):
        more = {name: flags[name] for name in ("data", "datasets_path", "models_path", "like", "labels")}
        return {"file": model, **more, "flags": feeding}
    try:
        refuse_feeding_of_a_run(flags, feeding)
    except UsageError as error:
        mistakes.append(error)
    from nnlab.tracking.names import run_folder

    return {"run": str(run_folder(model))}


def _sizes(said: str | Sequence[int], mistakes: list[NnlabError]) -> tuple[int, ...]:
    words = [str(word).strip() for word in (said.split(",") if isinstance(said, str) else said)]
    wrong = [word for word in words if not word.isdecimal() or not 1 <= int(word) <= 4096]
    twice = [word for place, word in enumerate(words) if word in words[:place]]
    for what in (
        *(f"has no size of a batch in {printable(word)!r}: whole numbers from 1 to 4096" for word in wrong),
        *(f"names {word} twice" for word in twice if word not in wrong),
    ):
        mistakes.append(UsageError(what, where="--batch", hint="such as --batch=1,8,32"))
    return tuple(int(word) for word in words if word not in wrong)
