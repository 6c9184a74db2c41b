"""`nnlab data`: lists the datasets, checks and shows them, and draws the sets that nnlab makes."""

import json as json_module
import sys
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import completing, drawable
from nnlab.cli.counted_line import CountedLine
from nnlab.cli.data_check import check
from nnlab.cli.data_diff import diff
from nnlab.cli.data_pack import pack_command
from nnlab.cli.data_robustness import robustness_command
from nnlab.cli.data_show import show
from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.output import echo, echo_line
from nnlab.cli.places import PATH, datasets_path_option
from nnlab.core.component import make as make_component
from nnlab.core.errors import DataError, NnlabError, UsageError, as_one
from nnlab.core.printing import printable
from nnlab.core.registry import did_you_mean, nearest


@click.group("data", cls=NearestGroup)
def command() -> None:
    """Lists the datasets, checks one, shows samples as training sees them, compares libraries, draws and packs sets."""


command.add_command(check)
command.add_command(diff)
command.add_command(pack_command)
command.add_command(robustness_command)
command.add_command(show)


@command.command("list")
@datasets_path_option
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("--debug", is_flag=True, help="a traceback with an error")
@click.pass_context
def list_(ctx: click.Context, datasets_path: str, json: bool, debug: bool) -> None:
    """Lists every dataset: its classes, images, size on disk, title, and where it is.

    A dataset is a folder of class folders: DIR/<name>/<class>/<image>; or of images, with tables (targets.csv) or
    folders (masks/) beside them; or arrays: a .npz file, or a folder with MNIST's or CIFAR's files; or tar shards.
    """
    from nnlab.data.makers.catalogue import catalogue

    folder = Path(datasets_path)
    chosen = ctx.get_parameter_source("datasets_path") is not click.core.ParameterSource.DEFAULT
    if chosen and not folder.is_dir():  # away from the repository the default is missing, and that is all right
        raise DataError("no such folder of datasets", where=datasets_path, hint="check --datasets-path")
    entries = catalogue(folder)
    if json:
        rows = [{**vars(entry), "folder": str(entry.folder) if entry.folder else None} for entry in entries]
        click.echo(json_module.dumps({"schema_version": 1, "datasets": rows}, indent=2))
        return
    rows_of_text: list[tuple[str, ...]] = [("name", "classes", "images", "size", "where", "title")]
    for entry in entries:
        where = str(entry.folder) if entry.folder else f"can be drawn: {entry.make}"
        about = f"not read: {entry.problem}" if entry.problem else entry.title
        if entry.left_out:
            about += f"{' ' if about else ''}({_count(entry.left_out)} other files are left out)"
        rows_of_text.append(
            (entry.name, _count(entry.classes), _count(entry.images), _size(entry.size_bytes), where, about)
        )
    echo(_table(rows_of_text))


class _Make(click.Command):
    """`nnlab data make`, with the options of every set there is, which are asked for when it is called."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own flags, then those of sets."""
        from nnlab.core.component import options_of
        from nnlab.data.makers.base import MAKERS

        own = super().get_params(ctx)
        known = {parameter.name for parameter in own}
        for cls in MAKERS:
            for offered in options_of(cls):
                if offered.name not in known:
                    flag = f"--{offered.name.replace('_', '-')}"
                    text = f"{cls.dataset()}: {offered.help}  [default: {offered.shown_default}]"
                    own.insert(3, click.Option([flag, offered.name], metavar="NUMBER", help=text))
                    known.add(offered.name)
        return own


@command.command("make", cls=_Make)
@click.argument("names", nargs=-1, metavar="NAME...", shell_complete=completing(drawable))
@click.option("--seed", default="0", show_default=True, metavar="INT", help="where the drawing's chance begins")
@click.option("--images", metavar="INT", help="images in all  [default: that of the set that ships]")
@datasets_path_option
@click.option(
    "--output", metavar="DIR", type=PATH, help="folder to draw into  [default: NAME in the folder of datasets]"
)
@click.option("--force", is_flag=True, help="replace files that are there and differ")
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def make(
    names: tuple[str, ...],
    datasets_path: str,
    output: str | None,
    force: bool,
    json: bool,
    quiet: bool,
    debug: bool,
    **options: str | None,
) -> None:
    """Draws datasets: the same seed gives the same pixels.

    Nothing is written over files that differ, unless with --force; files with the same pixels are left as they are.

    \b
    nnlab data make colors numbers
    nnlab data make shapes --images=20000 --size=96
    """
    from nnlab.data.makers.write import write_dataset

    makers = [_maker(name, options) for name in _known(names)]
    if output is not None and len(makers) > 1:
        raise UsageError("is one folder, but several sets are to be drawn", where="--output", hint="draw one at a time")
    made = []
    for maker in makers:
        name = maker.dataset()
        folder = Path(output) if output is not None else _folder(maker, Path(datasets_path), force=force)
        progress = None if quiet or not sys.stderr.isatty() else CountedLine(f"drawing {name}")
        written = write_dataset(maker, folder, force=force, progress=progress)
        counts = {"new": written.new, "replaced": written.replaced, "same": written.same}
        made.append({"name": name, "folder": str(folder), "seed": maker.seed, "images": maker.images, **counts})
        if not json:
            said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
            echo_line(f"{folder}: {maker.images} images in {maker.contents} (files: {said})")
    if json:
        click.echo(json_module.dumps({"schema_version": 1, "made": made}, indent=2))


def _folder(maker: Any, datasets_path: Path, *, force: bool) -> Path:
    """The folder of the set's name; beside it, where that holds the set as it ships and another drawing of it is asked
    for whose tables say something else: shapes-images20000-size96."""
    from nnlab.data.makers.write import CARD

    folder: Path = datasets_path / maker.dataset()
    usual = type(maker)()
    said = {key: value for key, value in maker.options().items() if value != usual.options()[key]}
    card = folder / CARD
    if force or not said or not maker.names or not card.is_file() or card.read_bytes() != usual.card().encode():
        return folder
    echo(f"{folder} is the set as it ships; this one is drawn beside it", err=True)
    return folder.with_name("-".join([folder.name, *(f"{key}{value}" for key, value in said.items())]))


def _known(names: tuple[str, ...]) -> list[Any]:
    """The makers of these sets, each once."""
    from nnlab.data.makers.base import MAKERS

    drawable = [cls.dataset() for cls in MAKERS]
    if not names:
        raise UsageError("no set named", where="nnlab data make", hint=f"nnlab can draw {', '.join(drawable)}")
    for name in names:
        if name not in MAKERS:
            near = nearest(name, drawable) or drawable
            raise UsageError(f"nnlab draws no set {name!r}", hint=did_you_mean(near))
    return list(dict.fromkeys(MAKERS.get(name) for name in names))


def _maker(cls: Any, options: dict[str, str | None]) -> Any:
    """The maker with the options that were said; a mistake names its flag."""
    try:
        return make_component(cls, {key: value for key, value in options.items() if value is not None})
    except UsageError as error:
        mistakes = [UsageError(m.what, where=_flag(m), hint=m.hint) for m in getattr(error, "mistakes", [error])]
        raise as_one(mistakes) from error


def _flag(mistake: NnlabError) -> str:
    """The flag that a mistake about `Numbers.images` is about: `--images`."""
    return f"--{(mistake.where or '').rpartition('.')[2]}"


def _count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _size(size: int | None) -> str:
    """Bytes as people read them: 340 kB, 2.5 MB."""
    if size is None:
        return "-"
    for unit, divisor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= divisor:
            return f"{size / divisor:.1f} {unit}"
    return f"{size} B"


def _table(rows: list[tuple[str, ...]]) -> str:
    """Columns in line: names and words to the left, counts to the right; no blanks at line ends."""
    rows = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) if 1 <= column <= 3 else cell.ljust(width)
                 for column, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
