"""`nnlab data pack`: a dataset as tar shards."""

import json as json_module
import sys
from pathlib import Path

import click

from nnlab.cli.counted_line import CountedLine
from nnlab.cli.output import echo_line
from nnlab.cli.places import PATH, datasets_path_option
from nnlab.cli.whole_number import whole_number
from nnlab.core.errors import UsageError

EACH = 1000
"""Pictures in a shard where nobody says."""


@click.command("pack")
@click.argument("dataset", metavar="DATASET")
@datasets_path_option
@click.option("--output", metavar="DIR", type=PATH, required=True, help="folder for the shards: a new one, or empty")
@click.option("--each", default=str(EACH), show_default=True, metavar="INT", help="pictures in a shard at most")
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def pack_command(
    dataset: str, datasets_path: str, output: str, each: str, json: bool, quiet: bool, debug: bool
) -> None:
    """Packs a dataset into tar shards in WebDataset's layout: its pictures as they are, and beside each its class,
    mask, boxes, points and numbers, whatever its folder says of it. The shards are a dataset for the same tasks.

    \b
    nnlab data pack shapes --output=packed
    nnlab train packed --task=Detection
    """
    from nnlab.data.images.base import DATA_LOADERS
    from nnlab.data.makers.locate import dataset_folder
    from nnlab.data.options import DataOptions
    from nnlab.data.packing import pack
    from nnlab.experiment.place import named_at

    in_one = whole_number(each, "--each", most=1_000_000)
    folder = dataset_folder(*named_at(dataset, datasets_path))
    if Path(output).absolute().is_relative_to(folder.absolute()):
        raise UsageError("lies in the dataset itself", where=f"--output={output}", hint="name a folder elsewhere")
    library = DATA_LOADERS.get(DataOptions().data_loader)()
    progress = None if quiet or not sys.stderr.isatty() else CountedLine(f"packing {folder.name}")
    packed = pack(folder, Path(output), DataOptions(), library, each=in_one, progress=progress)
    if json:
        said = {"folder": str(packed.folder), "pictures": packed.pictures, "shards": packed.shards}
        click.echo(json_module.dumps({"schema_version": 1, **said, "kinds": packed.kinds}, indent=2))
    else:
        shards = "1 shard" if packed.shards == 1 else f"{packed.shards:,} shards"
        echo_line(f"{packed.folder}: {packed.pictures:,} pictures in {shards}, with {', '.join(packed.kinds)}")
