"""XML as a tree that knows its lines. No entity is expanded, nothing fetched: a file that declares any is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from nnlab.core.printing import printable

DEEPEST = 32
"""Elements within each other; annotations have four."""

MOST = 1_000_000
"""Elements of a file."""


@dataclass(eq=False)
class Element:
    """An element: its name, the line it begins at, the text in it and its children."""

    name: str
    line: int
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Element"]:
        """Its children of that name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        """The first of them."""
        return next(self.all(name), None)

    def said(self, name: str) -> str | None:
        """The text of the first of them, without blanks around it."""
        found = self.first(name)
        return None if found is None else found.text.strip()


class XmlError(ValueError):
    """What is wrong, and in which line."""

    def __init__(self, what: str, line: int):
        super().__init__(what)
        self.line = line


def parse_xml(data: bytes) -> Element:
    """The outermost element.  Raises XmlError: no sound XML, one that declares entities, too deep or too much."""
    top = Element("", 0)
    stack, count = [top], 0
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) > DEEPEST or count > MOST:
            raise XmlError("is nested too deeply" if len(stack) > DEEPEST else "has too many elements", line())
        element = Element(name, line())
        stack[-1].children.append(element)
        stack.append(element)

    def line() -> int:
        return int(parser.CurrentLineNumber)

    def refuse(*about: object) -> None:
        raise XmlError("declares a document type or entities, which no annotation needs", line())

    def text(said: str) -> None:
        stack[-1].text += said

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: stack.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise XmlError(f"is no XML ({printable(expat.ErrorString(error.code))})", error.lineno) from None
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise error if isinstance(error, XmlError) else XmlError(f"is no XML ({printable(str(error))})", 1) from None
    return top.children[0]
