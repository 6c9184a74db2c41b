"""A picture in the body of a request: the body itself, or the file of a form."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from nnlab.core.printing import printable
from nnlab.serving.exchange import Refusal, Request

FORM = "multipart/form-data"
MOST_PARTS = 16
"""Fields of a form; a picture needs one."""

SEND = "send a picture as the body, or as the one file of a form (multipart/form-data)"


@dataclass(frozen=True, eq=False)
class Field:
    """A field of a form. Options:  filename: of a file; None for what is none."""

    name: str
    filename: str | None
    content: bytes


def picture_of(request: Request) -> tuple[bytes, str]:
    """The picture's bytes, and what it is called. Whatever else the media type says, a body is a picture.

    Raises:  Refusal: 400, where there is none or several; as `Request.read`.
    """
    body = request.read()
    if request.headers.get_content_type() != FORM:
        if not body:
            raise Refusal(400, f"no picture in it; {SEND}")
        return body, "body"
    files = [field for field in fields(body, request.headers) if field.filename is not None]
    if len(files) != 1 or not files[0].content:
        found = f"{len(files)} files" if len(files) != 1 else "an empty file"
        raise Refusal(400, f"{found} in the form; {SEND}")
    return files[0].content, printable(files[0].filename or files[0].name)


def fields(body: bytes, headers: Message) -> Iterator[Field]:
    """What a form holds, in its order.

    body = --B CRLF part CRLF --B CRLF part ... CRLF --B--      part = headers CRLF CRLF content

    Raises:  Refusal: 400, for what is no form.
    Source:  RFC 7578; RFC 2046, section 5.1.1.
    """
    boundary = headers.get_boundary()
    if not boundary or len(boundary) > 70 or not boundary.isascii():
        raise Refusal(400, "a form without a boundary")
    mark = b"--" + boundary.encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + mark, MOST_PARTS + 1)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        what = f"more than {MOST_PARTS} fields" if len(pieces) > MOST_PARTS + 1 else "a form that is cut short"
        raise Refusal(400, what)
    for piece in pieces[1:-1]:
        head, found, content = piece.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
        about = HeaderParser().parsestr(head.decode("utf-8", "replace"))
        name = about.get_param("name", header="content-disposition")
        if not found or not isinstance(name, str):
            raise Refusal(400, "a field of the form has no name")
        yield Field(name, about.get_filename(), content)
