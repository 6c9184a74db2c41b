"""What options of a run need that not every installation has."""

from importlib.util import find_spec

from nnlab.core.errors import MissingError
from nnlab.core.install import install_line
from nnlab.experiment.options import RunOptions

NEEDS = {"tensorboard": "tensorboard", "profiling": "pyinstrument"}
"""The package that an option needs; the extra that brings it has the option's name."""


def require_extras(run: RunOptions) -> None:
    """Raises MissingError: when what options need is not installed, with the line that installs it."""
    missing = {option: package for option, package in NEEDS.items() if getattr(run, option) and not find_spec(package)}
    if missing:
        raise MissingError(
            f"{' and '.join(missing.values())} {'is' if len(missing) == 1 else 'are'} not installed",
            where=", ".join(f"--{option}" for option in missing),
            hint=f"type: {install_line(','.join(missing))}",
        )
