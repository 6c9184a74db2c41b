"""The pictures of a run: those it was most wrong about, some of each confusion, and what the network was given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.core.escaped import escape
from nnlab.tracking.pages.page import folded
from nnlab.tracking.pages.pictures import Captioned, beside, gallery, group, picture_in
from nnlab.tracking.predictions import in_words
from nnlab.tracking.report.part import Part, missing
from nnlab.tracking.report.recorded import PARTITIONS, Recorded, number, words

MOST_WRONG, MOST_CELLS, MOST_SEEN = 40, 240, 64
"""Pictures of each kind that are shown at most."""


@dataclass(frozen=True)
class Caption:
    """What is said of a picture. Options:  lines: below the title.  is_wrong: whether it is framed as a mistake."""

    title: str
    lines: Sequence[str] = ()
    is_wrong: bool = False


Captions = Callable[[Mapping[str, Any]], Caption]
"""What a task says of a row of pictures.jsonl."""

Cell = tuple[str, str, str]
"""Partition, actual, predicted."""


@dataclass(frozen=True)
class Pictures:
    """The pictures that a page has room for, with their captions.

    Options:  wrong: by partition, the one that says most first.
    """

    wrong: Mapping[str, Sequence[Captioned]]
    cells: Mapping[Cell, Sequence[Captioned]]
    seen: Sequence[Captioned]
    refused: int

    @classmethod
    def of(cls, recorded: Recorded, captions: Captions) -> "Pictures":
        """The most wrong ones have the first claim to the room, then those of the confusions, then what was seen."""
        rows = recorded.pictures
        wrong: dict[str, list[Captioned]] = {}
        for row, shown in _pairs(recorded, captions, sorted(_why(rows, "wrong"), key=_rank)[:MOST_WRONG], "wrong"):
            wrong.setdefault(str(row.get("partition")), []).append(shown)
        samples = sorted(_why(rows, "seen"), key=_rank)[:MOST_SEEN]
        seen = [shown for _, shown in _pairs(recorded, captions, samples, "seen")]
        places = sorted(_why(rows, "cell"), key=lambda row: _order(str(row.get("partition"))))[:MOST_CELLS]
        cells: dict[Cell, list[Captioned]] = {}
        for row, shown in _pairs(recorded, captions, places, "cell"):
            cells.setdefault(_cell(row), []).append(shown)
        return cls(wrong, cells, seen, recorded.room.refused)

    @property
    def links(self) -> dict[Cell, str]:
        """Where the pictures of a cell of the table begin."""
        return {cell: shown[0].anchor for cell, shown in self.cells.items()}


def _why(rows: Sequence[Mapping[str, Any]], why: str) -> list[Mapping[str, Any]]:
    return [row for row in rows if row.get("why") == why]


def _rank(row: Mapping[str, Any]) -> tuple[int, float]:
    rank = number(row, "rank")
    return _order(str(row.get("partition"))), rank if rank == rank else float("inf")


def _order(partition: str) -> int:
    return PARTITIONS.index(partition) if partition in PARTITIONS else len(PARTITIONS)


def _cell(row: Mapping[str, Any]) -> Cell:
    return str(row.get("partition")), words(in_words(row.get("actual"))), words(in_words(row.get("predicted")))


def _pairs(
    recorded: Recorded, captions: Captions, rows: Sequence[Mapping[str, Any]], kind: str
) -> list[tuple[Mapping[str, Any], Captioned]]:
    """Each row with its picture, as long as there is room."""
    found = []
    for place, row in enumerate(rows):
        picture = picture_in(recorded.run.folder, row["file"])
        if picture is None or not recorded.room.takes(picture):
            continue
        caption = captions(row)
        own = [*caption.lines, *_figures(row), words(str(row.get("source") or "").rpartition("/")[2], 60)]
        lines = [line for line in own if line]
        found.append((row, Captioned(picture, caption.title, lines, f"{kind}-{place}", caption.is_wrong)))
    return found


def _figures(row: Mapping[str, Any]) -> list[str]:
    """How sure the answer was, and its loss."""
    sure, loss = number(row, "confidence"), number(row, "loss")
    said = [f"sure to {sure:.1%}" if sure == sure else "", f"loss {loss:.4g}" if loss == loss else ""]
    return [" · ".join(filter(None, said))]


def most_wrong(pictures: Pictures, listed: str = "", intro: str = "") -> Part:
    """The mistakes with the highest loss.

    Options:  listed: a table of them, which stands for pictures that are not.  intro: what is said of the pictures,
              where a task has other words.
    """
    name = "What it was most wrong about"
    if not pictures.wrong:
        if not listed:
            return missing("wrong", name, "no mistake has left a picture or an answer.")
        return Part(
            "wrong",
            name,
            listed,
            intro="The answers with the highest loss, or those it was surest of. Their pictures were not recorded.",
        )
    (partition, first), *others = pictures.wrong.items()
    html = [
        gallery(first),
        *(folded(f"the same for {words(other, 20)}", gallery(shown)) for other, shown in others),
        folded("as a table", listed) if listed else "",
    ]
    return Part(
        "wrong",
        name,
        "\n".join(html),
        intro=intro
        or f"The {words(partition, 20)} pictures as the network saw them, the highest loss first: what it "
        "said, what it is, how sure it was, and the file.",
    )


def confused(pictures: Pictures) -> Part | None:
    """Some pictures of each cell of the table, under the anchors that its cells lead to; mistakes first."""
    if not pictures.cells:
        return None
    groups: dict[str, list[str]] = {}
    for cell in sorted(pictures.cells, key=lambda cell: (_order(cell[0]), cell[1] == cell[2])):
        partition, actual, predicted = cell
        what = f"{actual}, found" if actual == predicted else f"{actual} taken for {predicted}"
        groups.setdefault(partition, []).append(group(words(what), gallery(pictures.cells[cell])))
    html = [f"<h3>{escape(words(name, 20))}</h3>{beside(found)}" for name, found in groups.items()]
    left = f" {pictures.refused} pictures are left out, to keep the page small." if pictures.refused else ""
    return Part(
        "pictures",
        "Pictures by what they were taken for",
        "\n".join(html),
        intro=f"Some of each cell of the table above, mistakes first.{left}",
    )


def seen(recorded: Recorded, pictures: Pictures) -> Part:
    """Samples as the network saw them."""
    name = "What the network was given"
    if pictures.seen:
        return Part(
            "seen",
            name,
            gallery(pictures.seen),
            intro="Training samples after preparation and augmentation, as they entered the network.",
        )
    sheet = picture_in(recorded.run.folder, "figures/samples.png")
    if sheet is not None and recorded.room.takes(sheet):
        image = sheet.as_sheet("A sheet of samples with the answers")
        return Part("seen", name, image, intro="Samples after preparation, with what was said of them.")
    return missing("seen", name, "this run kept no pictures of its samples.")
