"""What the resolution lab writes: its document, its pictures, its page."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.labs.engine import Finished
from nnlab.labs.page import LabPage, Part, Said, lab_page
from nnlab.labs.plan import Plan
from nnlab.labs.resolution.sizes import Suggested
from nnlab.labs.resolution.sweep import Sweep
from nnlab.labs.resolution.tested import Conclusion
from nnlab.labs.resolution.tune import Tune
from nnlab.labs.study_folder import REPORT, StudyFolder
from nnlab.tracking.canvas import if_drawn
from nnlab.tracking.judged import Judge
from nnlab.tracking.pages.page import folded, table
from nnlab.tracking.pages.pictures import Picture
from nnlab.tracking.size_curves import Curve, Shown, Upright, draw

FIGURE = "figures/sizes.png"

WORDS = (
    "lost, won: pictures that the run as it is alone, that this alone is right about; p by the exact McNemar test. "
    "Statistics anew: BatchNorm's, averaged in one pass over the training pictures at that size."
)


def write_sweep(found: Sweep, plan: Plan, finished: Finished, folder: StudyFolder) -> None:
    """Writes everything of a sweep."""
    folder.write_document(plan.lab, found.document())
    curves = [Curve("running statistics", [(line.size[0], line.running.figure) for line in found.lines])]
    anew = [(line.size[0], line.precise.figure) for line in found.lines if line.precise is not None]
    curves += [Curve("statistics anew", anew)] if anew else []
    _draw(folder, curves, found.judge, _uprights(found.subject.size[0], found.suggested), found.chance)
    made = LabPage(
        f"{found.subject.trained.run.name} at other sizes",
        "nnlab resolution sweep",
        _cards(found.sentences()),
        found.head(),
        found.rows(),
        _pictures(folder),
        words=WORDS,
    )
    folder.write(REPORT, lab_page(made, plan, finished, str(folder.folder)))


def write_tune(found: Conclusion, plan: Plan, finished: Finished, folder: StudyFolder) -> None:
    """Writes everything of tuning."""
    tune = found.tune
    folder.write_document(plan.lab, {**tune.document(), "test": found.document(), "sentences": found.sentences()})
    modes = dict.fromkeys(line.mode for line in tune.lines)
    curves = [Curve(mode, [(x.size[0], x.running.figure) for x in tune.lines if x.mode == mode]) for mode in modes]
    _draw(folder, curves, tune.judge, _uprights(tune.subject.size[0], tune.suggested), tune.chance)
    parts = [*_pictures(folder), Part("tensors", "What moved, tensor by tensor", [_tensors(tune)])]
    made = LabPage(
        f"{tune.subject.trained.run.name}, tuned",
        "nnlab resolution tune",
        _cards(found.sentences()),
        tune.head(),
        tune.rows(),
        parts,
        words=WORDS,
    )
    folder.write(REPORT, lab_page(made, plan, finished, str(folder.folder)))


def _cards(sentences: Sequence[str]) -> list[Said]:
    return [Said("What was found", tuple(sentences))]


def _uprights(own: int, found: Suggested) -> list[Upright]:
    """Where the run was trained, and the sizes that its crops suggest."""
    marks = [Upright(own, "its own size")]
    if found.linear < 1:
        marks.append(Upright(found.by_linear[0], f"linear sigma {found.linear:.2f}"))
        marks.append(Upright(found.by_area[0], f"area {found.area:.2f}"))
    return marks


def _draw(
    folder: StudyFolder, curves: Sequence[Curve], judge: Judge, uprights: Sequence[Upright], chance: float | None
) -> None:
    path = folder.folder / FIGURE
    with if_drawn(path):
        draw(path, curves, uprights, Shown(f"dev {judge.title}", chance=chance, is_share=judge.is_share))


def _pictures(folder: StudyFolder) -> list[Part]:
    path: Path = folder.folder / FIGURE
    if not path.exists():
        return []
    drawn = Picture.of(path.read_bytes())
    shown = "the dev figure over the size of the pictures"
    return [] if drawn is None else [Part("picture", "Over the size", [drawn.as_sheet(shown)])]


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _tensors(tune: Tune) -> str:
    """For every line: what might change and what did."""
    head = {"tensor": False, "values": True, "may change": False, "changed": False}
    tables = []
    for line in tune.lines:
        rows = [
            [tensor["name"], f"{tensor['values']:,}", _yes(tensor["may_change"]), _yes(tensor["changed"])]
            for tensor in line.result["tensors"]
        ]
        tables.append(folded(line.name, table(head, rows)))
    return "".join(tables)
