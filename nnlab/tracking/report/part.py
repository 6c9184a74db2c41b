"""A part of a run's page."""

from dataclasses import dataclass

from nnlab.tracking.pages.page import section


@dataclass(frozen=True)
class Part:
    """A part under a heading.

    Options:  anchor: its id, that links lead to.  name: its heading.  html: what stands in it.  intro: what it is, in
              a sentence, text or Html.
    """

    anchor: str
    name: str
    html: str
    intro: str = ""

    @property
    def section(self) -> str:
        """As it stands in the page."""
        return section(self.name, self.html, intro=self.intro, anchor=self.anchor)


def missing(anchor: str, name: str, why: str) -> Part:
    """A part of which the run folder has nothing."""
    return Part(anchor, name, "", intro=f"Not recorded: {why}")
