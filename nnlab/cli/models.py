"""`nnlab models`: which ONNX models are there, which could be fetched, and one's own."""

import json as json_module
import sys
from pathlib import Path
from typing import Any

import click

from nnlab.cli.completing import completing, fetchable
from nnlab.cli.main import terminate_as_interrupt
from nnlab.cli.nearest_group import NearestGroup
from nnlab.cli.output import echo, echo_line
from nnlab.cli.places import PATH, models_path_option
from nnlab.core.errors import UsageError
from nnlab.core.registry import did_you_mean, nearest


@click.group("models", cls=NearestGroup)
def command() -> None:
    """Lists ONNX models, fetches known ones, adds one's own.

    Models are looked for by name in the folder of models, then in the cache.
    """


@command.command("list")
@models_path_option
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def list_(models_path: str, json: bool, debug: bool) -> None:
    """Lists the models that are there, and those that can be fetched: size, licence, where from."""
    rows = listing(models_path)
    if json:
        click.echo(json_module.dumps({"schema_version": 1, "models": rows}, indent=2))
        return
    for title, there in (("here", True), ("can be fetched with `nnlab models fetch NAME`", False)):
        some = [row for row in rows if (row["path"] is not None) == there and (there or row["url"])]
        if some:
            echo(f"{title}:")
        for row in some:
            size = _size(row["bytes"])
            about = f"{row['title']} ({row['licence']})" if row["title"] else ""
            checked = "" if there or row["checksum"] else "  no checksum is published: needs --unverified"
            where = row["path"] if there else f"{row['url']}{checked}"
            echo_line(f"  {row['name']:<22} {size:>8}  {about}".rstrip())
            echo_line(f"  {'':<22} {'':>8}  {where}")
    if not rows:
        echo("no models")


@command.command("fetch")
@click.argument("names", nargs=-1, metavar="NAME...", shell_complete=completing(fetchable))
@click.option("--unverified", is_flag=True, help="also where no checksum is published")
@click.option("-q", "--quiet", is_flag=True, help="no progress")
@click.option("--json", "json", is_flag=True, help="one JSON document")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def fetch_(names: tuple[str, ...], unverified: bool, quiet: bool, json: bool, debug: bool) -> None:
    """Fetches models from their publishers into the cache, and holds them against their checksums.

    nnlab models fetch u2net
    """
    from nnlab.onnx.catalogue.catalogue import catalogue
    from nnlab.onnx.catalogue.fetch import fetch

    terminate_as_interrupt()
    if not names:
        raise UsageError("no model named", where="nnlab models fetch", hint="see nnlab models list")
    for name in names:
        if name not in catalogue():
            near = nearest(name, list(catalogue())) or list(catalogue())
            hint = f"{did_you_mean(near)} your own file: nnlab models add NAME FILE"
            raise UsageError("no such model in the catalogue", where=name, hint=hint)
    rows = []
    for name in names:
        progress = None if quiet or not sys.stderr.isatty() else _Bar(name)
        path, fetched = fetch(catalogue()[name], unverified=unverified, progress=progress)
        rows.append({"name": name, "path": str(path), "fetched": fetched})
        if not json:
            echo_line(f"{name}: {path}" if fetched else f"{name}: already there, and whole: {path}")
    if json:
        click.echo(json_module.dumps({"schema_version": 1, "models": rows}, indent=2))


@command.command("add")
@click.argument("name")
@click.argument("path", type=PATH)
@click.option("--force", is_flag=True, help="replace one of this name")
@click.option("--debug", is_flag=True, help="a traceback with an error")
def add_(name: str, path: str, force: bool, debug: bool) -> None:
    """Keeps a copy of an ONNX file under a name of its own, after reading it for faults.

    nnlab models add my_model model.onnx
    """
    from nnlab.onnx.catalogue.fetch import add

    echo_line(f"{name}: {add(name, Path(path), force=force)}")


def listing(models_path: str) -> list[dict[str, Any]]:
    """Every model that is there, then those of the catalogue that are not."""
    from nnlab.onnx.catalogue.catalogue import catalogue, entry_of
    from nnlab.onnx.catalogue.files import find_model, known_models

    rows = []
    for name in known_models(models_path):
        path, entry = find_model(name, models_path), entry_of(name)
        about = (entry.title, entry.licence, entry.url, entry.checksum) if entry else ("", "", "", "")
        rows.append(_row(name, str(path), path.stat().st_size, about))
    there = {row["name"] for row in rows}
    for entry in catalogue().values():
        if entry.name not in there:
            about = (entry.title, entry.licence, entry.url, entry.checksum)
            rows.append(_row(entry.name, None, entry.file_bytes or None, about))
    return rows


def _row(name: str, path: str | None, size: int | None, about: tuple[str, str, str, str]) -> dict[str, Any]:
    title, licence, url, checksum = about
    return {
        "name": name,
        "path": path,
        "bytes": size,
        "title": title,
        "licence": licence,
        "url": url or None,
        "checksum": checksum or None,
    }


def _size(size: int | None) -> str:
    """Bytes as people read them."""
    if size is None:
        return ""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"


class _Bar:
    """One line on a terminal that says how far a fetch is."""

    def __init__(self, name: str):
        self.name = name

    def __call__(self, have: int, total: int) -> None:
        share = f" of {_size(total)}" if total else ""
        end = "\n" if have == total else ""
        print(f"\r{self.name}: {_size(have)}{share}   ", end=end, file=sys.stderr, flush=True)
