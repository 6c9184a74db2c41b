"""`nnlab evaluate`: a trained run scored on labelled pictures."""

import json as json_module
import shlex
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, datasets_path_option
from nnlab.core.printing import printable


@click.command("evaluate")
@click.argument("run", metavar="RUN", type=PATH, shell_complete=RUN_NAMES)
@click.argument("folder", required=False, metavar="[FOLDER]", type=PATH)
@click.option(
    "--partition",
    type=click.Choice(["test", "dev", "training"]),
    default="test",
    show_default=True,
    help="of the run's own dataset, where no folder is named; of a folder that has partitions, that one",
)
@click.option("--engine", metavar="numpy|torch", help="what computes  [the run's own]")
@click.option("--threads", type=click.IntRange(0), default=0, help="for the arithmetic; 0 for all cores")
@click.option("--data-loader", metavar="Vips|ImageMagick|Pillow", help="image library  [the run's own]")
@datasets_path_option
@click.option("--skip-bad-images", is_flag=True, help="leave out files that cannot be read, and list them")
@click.option("--worst", type=click.IntRange(0), default=20, show_default=True, help="mistakes that are listed")
@click.option("--output", metavar="DIR", type=PATH, help="write figures, answers and confusions there")
@click.option("--json", "json", is_flag=True, help="one JSON document on stdout instead of text")
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(run: str, folder: str | None, partition: str, **flags: Any) -> None:
    """Score a run on a labelled folder: figures with their intervals, confusions, mistakes.

    FOLDER is laid out as a dataset for the run's task (a folder of pictures for each class), or is the name of one.
    Without it the test partition of the run's own dataset is scored again, which its openings.jsonl then tells: a
    figure that one has looked at often says less. Nothing else is written but what --output asks for.

    \b
    nnlab evaluate latest photos-of-today/
    nnlab evaluate latest --partition=dev --worst=50
    """
    terminate_as_interrupt()
    from nnlab.cli.evaluate_text import evaluation_text
    from nnlab.cli.infer_progress import watching
    from nnlab.experiment.evaluation.document import document, write
    from nnlab.experiment.evaluation.evaluate import evaluate

    messages_to(lambda line: None, lambda line: echo(line, err=True))
    settings = {"backend": flags["engine"], "data_loader": flags["data_loader"], "threads": flags["threads"]}
    given = {name: value for name, value in settings.items() if value}
    given |= {"skip_bad_images": True} if flags["skip_bad_images"] else {}
    with watching(2, quiet=flags["quiet"]) as progress:
        found = evaluate(
            run,
            folder,
            partition=partition,
            command=typed(run, folder, partition, flags),
            datasets_path=flags["datasets_path"],
            progress=progress,
            **given,
        )
    files = write(found, Path(flags["output"]), flags["worst"]) if flags["output"] is not None else []
    if flags["json"]:
        click.echo(json_module.dumps(document(found, flags["worst"]), indent=2, allow_nan=False))
    else:
        echo(evaluation_text(found, flags["worst"]))
    if files and not flags["quiet"]:
        echo(f"files are in {printable(flags['output'])}", err=True)


def typed(run: str, folder: str | None, partition: str, flags: Any) -> str:
    """The command as the run's openings.jsonl tells it."""
    words = ["nnlab", "evaluate", run, *([folder] if folder is not None else [])]
    words += [f"--partition={partition}"] if partition != "test" else []
    words += [f"--engine={flags['engine']}"] if flags["engine"] else []
    return shlex.join(words)
