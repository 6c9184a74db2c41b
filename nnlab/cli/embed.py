"""`nnlab embed`: the vectors that a run, or an ONNX model, gives pictures."""

from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.embedding import embedder, embedding_options
from nnlab.cli.left_out import exit_code, tell_left_out
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.output import echo
from nnlab.cli.places import PATH, datasets_path_option
from nnlab.core.errors import UsageError
from nnlab.core.printing import printable


@click.command("embed")
@click.argument("model", metavar="RUN|MODEL", shell_complete=RUN_NAMES, type=PATH)
@click.argument("paths", nargs=-1, metavar="PATH...", type=PATH)
@click.option("--output", metavar="FILE", required=True, type=PATH, help="vectors.npz, or vectors.csv")
@embedding_options
@datasets_path_option
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(model: str, paths: tuple[str, ...], output: str, **flags: Any) -> int:
    """Writes the vector of each picture: alike are those whose vectors have a large product, which is their cosine.

    RUN is a run of --task=Embedding; MODEL an ONNX file, or a model's name, that gives numbers. PATH is a file, a
    folder (with all that lies in it) or a dataset.

    \b
    nnlab embed latest photos/ --output=vectors.npz     arrays vectors (pictures, numbers), sources, model
    nnlab embed vectors.onnx photos/ --output=vectors.csv
    """
    from nnlab.cli.infer_progress import watching
    from nnlab.data.pictures import pictures
    from nnlab.experiment.embedded.vectors_file import refuse_ending

    terminate_as_interrupt()
    messages_to(lambda line: None, lambda line: click.echo(line, err=True))
    refuse_ending(output)
    if not paths:
        raise UsageError("no pictures named", where="nnlab embed", hint="add files, folders or a dataset")
    found = pictures(paths, flags["datasets_path"])
    made = embedder(model, flags)
    with watching(len(found), quiet=flags["quiet"]) as progress:
        vectors = made.embed(found, progress, tell_left_out)
    vectors.write(Path(output))
    count, channels = vectors.vectors.shape
    echo(f"{printable(output)}: {count} vector{'' if count == 1 else 's'} of {channels} numbers")
    return exit_code(failed=made.failed > 0, starved=made.starved > 0)
