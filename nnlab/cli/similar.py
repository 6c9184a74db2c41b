"""`nnlab similar`: the pictures of a gallery that are most like others."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.completing import RUN_NAMES
from nnlab.cli.embedding import embedder, embedding_options
from nnlab.cli.infer_results import write_table
from nnlab.cli.left_out import exit_code, tell_left_out
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.messages import messages_to
from nnlab.cli.places import PATH, datasets_path_option
from nnlab.core.printing import printable

if TYPE_CHECKING:
    from nnlab.experiment.embedded.embed import Embedder
    from nnlab.experiment.embedded.vectors_file import EmbeddedPictures


@click.command("similar")
@click.argument("model", metavar="RUN|MODEL", shell_complete=RUN_NAMES, type=PATH)
@click.argument("queries", nargs=-1, metavar="QUERY...", type=PATH, required=True)
@click.option(
    "--gallery", metavar="PATH", required=True, type=PATH, help="a folder or dataset, or vectors.npz of nnlab embed"
)
@click.option("--top", type=click.IntRange(1), default=5, show_default=True, help="how many of each")
@click.option("--output", metavar="DIR", type=PATH, help="write a contact sheet there")
@embedding_options
@datasets_path_option
@click.option("--json", "as_json", is_flag=True, help="one JSON document")
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def command(model: str, queries: tuple[str, ...], gallery: str, top: int, output: str | None, **flags: Any) -> int:
    """Finds the pictures of a gallery that are most like QUERY, by the cosine of their vectors; never the query itself.

    Nothing is kept between two calls: embed a large gallery once, and name the file.

    \b
    nnlab similar latest photo.jpg --gallery=photos/ --top=5 --output=alike
    nnlab embed latest photos/ --output=photos.npz
    nnlab similar latest photo.jpg --gallery=photos.npz
    """
    from nnlab.data.pictures import pictures
    from nnlab.experiment.embedded.similar import draw, likenesses
    from nnlab.tracking.files import writing

    terminate_as_interrupt()
    messages_to(lambda line: None, lambda line: click.echo(line, err=True))
    asked = pictures(queries, flags["datasets_path"])
    made = embedder(model, flags)
    others = _gallery(gallery, made, flags)
    found = [row for row in likenesses(made.embed(asked, None, tell_left_out), others, top) if row]
    if flags["as_json"]:
        keys = ("rank", "source", "cosine")
        results = [
            {"query": row[0].query, "alike": [{key: getattr(one, key) for key in keys} for one in row]} for row in found
        ]
        document = {"schema_version": 1, "model": model, "gallery": gallery, "results": results}
        click.echo(json.dumps(document, indent=2, allow_nan=False))
    elif found:
        rows = [[one.query, str(one.rank), f"{one.cosine:.4f}", one.source] for row in found for one in row]
        write_table([["query", "rank", "cosine", "picture"], *rows])
    if output is not None and found:
        with writing(Path(output), hint="choose another folder with --output"):
            Path(output).mkdir(parents=True, exist_ok=True)
        sheet = draw(Path(output), found, made.predictor.library)
        if not flags["quiet"]:
            click.echo(f"a sheet of them is {printable(sheet)}", err=True)
    return exit_code(failed=made.failed > 0, starved=made.starved > 0)


def _gallery(path: str, made: "Embedder", flags: Any) -> "EmbeddedPictures":
    """The vectors of a gallery: as its file has them, or made now."""
    from nnlab.cli.infer_progress import watching
    from nnlab.data.pictures import pictures
    from nnlab.experiment.embedded.vectors_file import holds_vectors, read_vectors

    if holds_vectors(Path(path)):
        kept = read_vectors(Path(path))
        if kept.model != made.model:
            click.echo(f"{printable(path)}: made by other weights than {printable(made.name)}'s", err=True)
        return kept
    found = pictures((path,), flags["datasets_path"])
    with watching(len(found), quiet=flags["quiet"]) as progress:
        return made.embed(found, progress, tell_left_out)
