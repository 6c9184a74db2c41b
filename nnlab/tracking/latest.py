"""`runs/latest`: a link to the newest run; where links cannot be, a text file that holds its name."""

import logging
from pathlib import Path

from nnlab.core.reading import read_text
from nnlab.tracking.files import draft_name, write_whole, writing

LATEST = "latest"

LOG = logging.getLogger("nnlab")


def point_at(runs_dir: Path, name: str) -> None:
    """Makes `latest` point at this run, in one move. A folder of that name, as copies of runs/ have, is left alone."""
    latest = runs_dir / LATEST
    if latest.is_dir() and not latest.is_symlink():
        LOG.warning("%s is a folder, not a link, and stays as it is: the newest run is %s", latest, runs_dir / name)
        return
    draft = draft_name(latest)
    with writing(latest):
        try:
            draft.symlink_to(name, target_is_directory=True)
        except (OSError, NotImplementedError):
            write_whole(latest, name + "\n")
            return
        try:
            draft.replace(latest)
        finally:
            draft.unlink(missing_ok=True)


def named_by(latest: Path) -> str:
    """What the link, or the file in its place, says. Raises OSError, ValueError: when it cannot be read."""
    return latest.readlink().name if latest.is_symlink() else read_text(latest, most=4096).strip()


def forget(run: Path) -> None:
    """Points `latest` at another run that has a state, if it points at this one, which is gone."""
    latest = run.parent / LATEST
    try:
        if named_by(latest) != run.name:
            return
    except (OSError, ValueError):
        return
    states = run.parent.glob("*/state/checkpoint.safetensors")  # runs, no benchmarks
    others = {name for path in states if not (name := path.parents[1].name).startswith(".")} - {LATEST}
    if others:
        point_at(run.parent, max(others))
    else:
        latest.unlink(missing_ok=True)
