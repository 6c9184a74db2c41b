"""`nnlab report STUDY`: the table and the page of a study anew, from what its cells wrote down."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nnlab.cli.study_run import Conclude
from nnlab.cli.study_seeds import concluded as seeds_concluded
from nnlab.cli.study_shown import concluded
from nnlab.cli.sweep_run import concluded as sweep_concluded
from nnlab.core.errors import UsageError
from nnlab.labs.engine import finished
from nnlab.labs.study_folder import REPORT, StudyFolder

SHOWN: dict[str, Callable[[bool], Conclude]] = {
    "study-models": lambda theirs: concluded("model", "nnlab study models", theirs=theirs),
    "study-sizes": lambda theirs: concluded("size", "nnlab study sizes", theirs=theirs),
    "study-seeds": lambda theirs: seeds_concluded,
    "sweep": lambda theirs: sweep_concluded,
}
"""What shows a lab, told whether a published study's own quantities are wanted."""


def shown_again(folders: Sequence[Path], *, theirs: bool) -> tuple[list[dict[str, Any]], str]:
    """Writes each page anew; the documents, and the text.

    Options:  theirs: --like=mas.
    Raises:   DataError: a folder is damaged.  UsageError: of a lab whose page cannot be written anew.
    """
    documents, texts = [], []
    for folder in folders:
        study = StudyFolder(folder)
        if study.lab not in SHOWN:
            hint = f"its page is {folder / REPORT}"
            raise UsageError(f"is a folder of {study.lab}, which is not written anew", where=str(folder), hint=hint)
        plan = study.plan
        document, text = SHOWN[study.lab](theirs)(plan, study, finished(plan, study))
        documents.append({"schema_version": 1, **document})
        texts.append(f"{text}\npage: {folder / REPORT}\n")
    return documents, "\n".join(texts)
