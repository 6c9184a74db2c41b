"""Pictures that are opened on the screen, where there is one."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.messages import Say


def open_pictures(pictures: Sequence[Path], say: Say, where: Path) -> bool:
    """Opens them by whatever the desktop shows pictures with; never waits.

    False: there is no display; a line has said where they are.
    """
    if pictures and not has_display():
        say(f"no display to open figures on; they are in {where}")
        return False
    for picture in pictures:
        click.launch(str(picture))
    return True


def has_display() -> bool:
    """Whether there is a desktop."""
    environment: Any = os.environ
    return sys.platform in {"darwin", "win32"} or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
