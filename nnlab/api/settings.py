"""`nnlab.settings`: every keyword of `nnlab.train`."""

from dataclasses import dataclass

from nnlab.api.spoken import as_passed
from nnlab.core.component import type_name
from nnlab.core.notebook import shown, table
from nnlab.core.registry import normalised
from nnlab.experiment.settings import CHOICES
from nnlab.experiment.settings import settings as every_setting


@dataclass(frozen=True)
class Keyword:
    """One setting.

    Options:  owners: the components that have it; empty where it does not depend on a choice.
    """

    name: str
    section: str
    type: str
    default: str
    help: str
    owners: tuple[str, ...] = ()


class Keywords(tuple[Keyword, ...]):
    """Settings, as a table."""

    def __repr__(self) -> str:
        rows = [
            (row.name, row.default, row.help + (f" ({', '.join(row.owners)})" if row.owners else "")) for row in self
        ]
        widths = [max((len(row[place]) for row in rows), default=0) for place in (0, 1)]
        return "\n".join(
            f"{name:<{widths[0]}}  {default:<{min(24, widths[1])}}  {help}" for name, default, help in rows
        )

    def _repr_html_(self) -> str:
        """The table, as a notebook shows it."""
        rows = [(row.name, row.default, row.help, ", ".join(row.owners)) for row in self]
        return shown(f"{len(self)} settings", table(("keyword", "default", "what it is", "of"), rows, words=4))


def settings(words: str = "") -> Keywords:
    """The keywords of `nnlab.train`, with their defaults.

    Options:  words: only those in whose name, help or components all of these stand: "rate", "SmallCnn dropout".
    """
    rows = [
        Keyword(choice.section, choice.section, " or ".join(choice.registry.names()), choice.default, choice.help)
        for choice in CHOICES.values()
    ]
    for each in every_setting():
        offered = each.option
        rows.append(
            Keyword(
                each.key,
                each.section,
                type_name(offered.type),
                offered.shown_default,
                as_passed(offered.help),
                each.owners,
            )
        )
    wanted = [normalised(word) for word in words.split()]
    texts = {row: normalised(" ".join((row.name, row.help, row.type, *row.owners))) for row in rows}
    return Keywords(row for row in rows if all(word in texts[row] for word in wanted))
