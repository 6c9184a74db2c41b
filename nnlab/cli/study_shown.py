"""What a study of models or sizes says at its end."""

from collections.abc import Mapping
from typing import Any

from nnlab.cli.study_run import Conclude, table_text
from nnlab.labs.engine import Finished
from nnlab.labs.plan import Plan
from nnlab.labs.studies.report import sentences, studied, write
from nnlab.labs.study_folder import StudyFolder
from nnlab.tracking.several.words import headline, method

TITLES = {"model": "What a bigger network costs", "size": "What a bigger picture costs"}
"""Of the pages, by what the table's first column is called."""


def concluded(lead: str, command: str, *, theirs: bool = False) -> Conclude:
    """What writes its page and its document, and gives the document and the table's text.

    Options:  lead: what the table's first column is called.  theirs: whether a published study's are too.
    """

    def conclude(plan: Plan, folder: StudyFolder, finished: Finished) -> tuple[Mapping[str, Any], str]:
        study = studied(plan, folder, finished, lead, theirs=theirs)
        write(study, TITLES[lead], command)
        table = study.table
        if table is None:
            return study.document(), "no cell came to its end\n"
        said = [f"{headline(found)}: {method(found)}" for found in table.verdicts if found is not None]
        return study.document(), table_text(lead, list(table.head()), table.rows(), [*said, *sentences(table)])

    return conclude
