"""What a shell offers when Tab is pressed: names of components, datasets and runs, the words of an option."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from nnlab.core.component import type_name
from nnlab.core.folders import DATASETS

if TYPE_CHECKING:
    from nnlab.experiment.settings import Setting

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def completing(words: Callable[[], Iterable[str]], *, files: bool = False) -> Completer:
    """Offers those of the words that begin as what was typed, in any case; files too, or where no word begins so."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        typed = incomplete.lower()
        found = [CompletionItem(word) for word in words() if word.lower().startswith(typed)]
        # the files first: at their mention bash forgets the words before it, and looks for files if none follow
        return [CompletionItem(incomplete, type="file"), *found] if files or not found else found

    return complete


def words_of(setting: "Setting") -> list[str]:
    """What may stand after a setting's flag, as far as it is known."""
    from nnlab.experiment.settings import NAMED  # with all of training behind it, which infer does not need

    if setting.key in NAMED:
        return NAMED[setting.key].names()
    if setting.key == "dataset":
        return datasets()
    if setting.key == "weights":
        return runs()
    if setting.key in ("image_steps", "augment"):
        from nnlab.data.steps.base import STEPS, RandomImageStep

        return [step.__name__ for step in STEPS if issubclass(step, RandomImageStep) == (setting.key == "augment")]
    found = [str(choice) for offered in setting.kinds for choice in offered.choices or ()]
    return found or (["true", "false"] if type_name(setting.option.type) == "bool" else [])


def datasets() -> list[str]:
    """The names of the sets that are here, or can be drawn."""
    from nnlab.data.makers.base import MAKERS

    here = [entry.name for entry in Path(DATASETS).glob("*") if entry.is_dir()]
    return sorted({*here, *(maker.dataset() for maker in MAKERS)})


def runs() -> list[str]:
    """The folders of runs, `latest` and the newest first; then the names that mean one of them."""
    from nnlab.tracking.names import RUN_FILE, exp_id, folder_of_runs

    folder = folder_of_runs()
    names = sorted((entry.name for entry in folder.glob("*") if (entry / RUN_FILE).is_file()), reverse=True)
    ids = sorted({exp_id(name) for name in names} - {""})
    return [*(str(folder / name) for name in names), *ids, *names]


def models() -> list[str]:
    """The names of the ONNX models that are here or in the catalogue."""
    from nnlab.onnx.catalogue.catalogue import catalogue
    from nnlab.onnx.catalogue.files import known_models

    return sorted({*known_models("models"), *catalogue()})


def drawable() -> list[str]:
    """The names of the sets that nnlab draws."""
    from nnlab.data.makers.base import MAKERS

    return [maker.dataset() for maker in MAKERS]


def fetchable() -> list[str]:
    """The names of the ONNX models that can be fetched."""
    from nnlab.onnx.catalogue.catalogue import catalogue

    return list(catalogue())


RUN_NAMES: Any = completing(runs, files=True)
MODEL_NAMES: Any = completing(models, files=True)
