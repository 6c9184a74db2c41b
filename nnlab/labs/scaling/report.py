"""What a search writes: its document, its figure, its page."""

from collections.abc import Mapping
from typing import Any

from nnlab.labs.engine import Finished
from nnlab.labs.page import LabPage, Part, Said, lab_page
from nnlab.labs.plan import Plan
from nnlab.labs.scaling.candidates import Candidates
from nnlab.labs.scaling.opened import Opened
from nnlab.labs.scaling.shown import MEGA, head, rows, sentences
from nnlab.labs.studies import step_cells
from nnlab.labs.study_folder import REPORT, StudyFolder
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.pages.pictures import Picture
from nnlab.tracking.size_curves import Curve, Shown, draw

FIGURE = "figures/cost.png"

WORDS = (
    "cost: multiply-adds of a picture as a multiple of the base's, in brackets how far it is from the target where it "
    "is more than the tolerance. ± is the standard deviation over seeds. Statistics anew: BatchNorm's, averaged in "
    "one pass over the training pictures; by them networks are compared, paired by seed. Against the best: among those "
    f"of the same cost alone. {step_cells.WORDS}"
)


def document(found: Candidates, opened: Opened | None) -> Mapping[str, Any]:
    """`scale-search.json`, and what --json prints."""
    search, chosen = found.grid.search, found.chosen
    return {
        "figure": found.judge.key,
        "target": search.target,
        "tolerance": search.tolerance,
        "rows": found.document(),
        "chosen": chosen and chosen.name,
        "winner": chosen.name if chosen and found.has_winner else None,
        "tied": [one.name for one in found.tied],
        "test": opened and {"name": opened.name, "figures": list(opened.figures), "samples": opened.samples},
        "sentences": sentences(found, opened),
    }


def write(found: Candidates, opened: Opened | None, plan: Plan, finished: Finished, folder: StudyFolder) -> None:
    """Writes everything. Raises RunError: when the disk takes no more."""
    folder.write_document(plan.lab, document(found, opened))
    path = folder.folder / FIGURE
    with if_drawn(path):
        _draw(found, folder)
    drawn = Picture.of(path.read_bytes()) if path.exists() else None
    shown = [] if drawn is None else [Part("picture", "Over the cost", [drawn.as_sheet("dev over the multiply-adds")])]
    made = LabPage(
        "Networks made larger by three factors",
        "nnlab scale search",
        [Said("What was found", tuple(sentences(found, opened)))],
        head(found),
        rows(found),
        shown,
        words=WORDS,
    )
    folder.write(REPORT, lab_page(made, plan, finished, str(folder.folder)))


def _draw(found: Candidates, folder: StudyFolder) -> None:
    """Every seed is a point over the millions of multiply-adds."""
    curves = [Curve(one.name, [(one.grown.multiply_adds / MEGA, value) for value in one.anew]) for one in found.found]
    shown = Shown(f"dev {found.judge.title}", "million multiply-adds a picture", is_share=found.judge.is_share)
    draw(folder.folder / FIGURE, curves, (), shown)
