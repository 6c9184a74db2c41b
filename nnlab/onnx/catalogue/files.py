"""Where models lie: by path, or by name in the models' folder and then in the cache."""

from pathlib import Path

from nnlab.core import folders
from nnlab.core.errors import DataError
from nnlab.core.registry import did_you_mean, nearest

SUFFIX = ".onnx"


def find_model(name: str, models_path: str | Path) -> Path:
    """The file that a name or path means.

    A path is taken as it is. A name is looked for as NAME.onnx and NAME/NAME.onnx, then as NAME.onnx in any folder
    there, in the folder of models first.

    Raises:  DataError: when there is none; it says the line that gets one.
    """
    given = Path(name)
    if given.suffix == SUFFIX or len(given.parts) > 1:
        if given.is_file():
            return given
        raise DataError("there is no such file", where=name, hint="check the path, or see `nnlab models list`")
    for folder in (Path(models_path), cache_folder()):
        within = sorted(file for file in folder.glob(f"*/*{SUFFIX}") if file.stem == name)
        for candidate in (folder / f"{name}{SUFFIX}", folder / name / f"{name}{SUFFIX}", *within):
            if candidate.is_file():
                return candidate
    raise DataError(
        f"no model of this name in {models_path} or {cache_folder()}", where=name, hint=_way_out(name, models_path)
    )


def _way_out(name: str, models_path: str | Path) -> str:
    """What to type: the line that fetches a model of the catalogue; the nearest names that are there."""
    from nnlab.onnx.catalogue.catalogue import catalogue

    if name in catalogue() and catalogue()[name].url:
        return f"type: nnlab models fetch {name}"
    near = nearest(name, sorted({*known_models(models_path), *catalogue()}))
    return did_you_mean(near) if near else "see: nnlab models list"


def known_models(models_path: str | Path) -> list[str]:
    """The names of every model that is there."""
    found: set[str] = set()
    for folder in (Path(models_path), cache_folder()):
        found.update(file.stem for file in (*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*/*{SUFFIX}")))
    return sorted(found)


def cache_folder() -> Path:
    """Where fetched models are kept."""
    return folders.cache_dir() / "models"
