"""A picture in the body of a request."""

from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.serving.exchange import Refusal, Request
from nnlab.serving.forms import fields, picture_of


def request(body: bytes, media_type: str | None) -> Request:
    headers = Message()
    if media_type is not None:
        headers["Content-Type"] = media_type
    return Request("POST", "/predict", headers, lambda: body)


def form(*parts: tuple[str, bytes], boundary: str = "xYz") -> bytes:
    joined = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + content + b"\r\n"
        for about, content in parts
    )
    return joined + f"--{boundary}--\r\n".encode()


@pytest.mark.parametrize("kind", [None, "image/png", "application/octet-stream", "application/x-www-form-urlencoded"])
def test_a_body_is_a_picture_whatever_it_is_called(kind: str | None) -> None:
    assert picture_of(request(b"a picture", kind)) == (b"a picture", "body")


def test_the_one_file_of_a_form_is_the_picture() -> None:
    body = form(('name="title"', b"a cat"), ('name="picture"; filename="k\u00e4tzchen.png"', b"\x89PNG\r\n\r\n--x"))
    assert picture_of(request(body, "multipart/form-data; boundary=xYz")) == (
        b"\x89PNG\r\n\r\n--x",
        "k\u00e4tzchen.png",
    )


@given(contents=st.lists(st.binary(max_size=60).filter(lambda data: b"--xYz" not in data), min_size=1, max_size=4))
def test_any_bytes_come_out_as_they_went_in(contents: list[bytes]) -> None:
    body = form(*((f'name="f{place}"; filename="f"', content) for place, content in enumerate(contents)))
    found = list(fields(body, request(b"", "multipart/form-data; boundary=xYz").headers))
    assert [(field.name, field.content) for field in found] == [(f"f{i}", each) for i, each in enumerate(contents)]


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b"", None, "no picture in it"),
        (form(('name="a"', b"text")), "multipart/form-data; boundary=xYz", "0 files in the form"),
        (form(*[('name="a"; filename="a"', b"1")] * 2), "multipart/form-data; boundary=xYz", "2 files in the form"),
        (form(('name="a"; filename="a"', b"")), "multipart/form-data; boundary=xYz", "an empty file"),
        (form(*[('name="a"', b"")] * 17), "multipart/form-data; boundary=xYz", "more than 16 fields"),
        (form(('name="a"; filename="a"', b"1"))[:-10], "multipart/form-data; boundary=xYz", "cut short"),
        (b"nothing", "multipart/form-data; boundary=xYz", "cut short"),
        (b"nothing", "multipart/form-data", "without a boundary"),
        (form(("filename=x", b"1")), "multipart/form-data; boundary=xYz", "has no name"),
    ],
)
def test_what_has_no_picture_or_several_is_refused(body: bytes, kind: str | None, why: str) -> None:
    with pytest.raises(Refusal, match=why) as refusal:
        picture_of(request(body, kind))
    assert refusal.value.status == 400
