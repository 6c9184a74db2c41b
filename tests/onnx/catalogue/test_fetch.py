"""Models fetched from a server of our own: whole, cut off, wrong, gone on with."""

import hashlib
import io
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from nnlab.core.errors import DataError, RunError, UsageError
from nnlab.onnx.catalogue.catalogue import Entry
from nnlab.onnx.catalogue.fetch import _NoLessSafe, add, fetch
from nnlab.onnx.catalogue.files import cache_folder


def model_bytes() -> bytes:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 3]) for name in "xy"]
    padding = helper.make_tensor("padding", TensorProto.FLOAT, [3000], [0.5] * 3000)
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "tiny", value[:1], value[1:], [padding])
    made: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8
    ).SerializeToString()
    return made


BODY = model_bytes()
SHA = f"sha256:{hashlib.sha256(BODY).hexdigest()}"


class Server:
    """What it serves and what it was asked.

    Options:  cut: after how many bytes the connection ends, once.  ranges: whether it can go on in the middle.
    """

    def __init__(self) -> None:
        self.body, self.cut, self.ranges, self.asked = BODY, 0, True, list[str | None]()
        self.length = ""
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                said = self.headers.get("Range")
                server.asked.append(said)
                if self.path.startswith("/to/"):
                    self.send_response(302)
                    self.send_header("Location", urllib.parse.unquote(self.path.removeprefix("/to/")) or self.path)
                    self.end_headers()
                    return
                if self.path != "/tiny.onnx":
                    self.send_error(404)
                    return
                start = int(re.sub(r"\D", "", said)) if said and server.ranges else 0
                if start >= len(server.body):
                    self.send_error(416)
                    return
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", server.length or str(len(server.body) - start))
                self.end_headers()
                self.wfile.write(server.body[start : server.cut or None])
                server.cut = 0

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/tiny.onnx"


@pytest.fixture
def server(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    serves = Server()
    thread = threading.Thread(target=serves.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield serves
    serves.http.shutdown()
    serves.http.server_close()
    thread.join()


@pytest.fixture
def entry(server: Server) -> Callable[..., Entry]:
    def made(**changed: Any) -> Entry:
        said = {"name": "tiny", "title": "Tiny", "kind": "labels", "licence": "none", "see": "https://example.org"}
        return Entry(**(said | {"url": server.url, "checksum": SHA} | changed))

    return made


def leftovers() -> list[str]:
    return sorted(path.name for path in cache_folder().iterdir()) if cache_folder().is_dir() else []


def test_a_model_is_fetched_once_and_kept_whole(server: Server, entry: Callable[..., Entry]) -> None:
    steps: list[tuple[int, int]] = []
    path, fetched = fetch(entry(), progress=lambda have, total: steps.append((have, total)))
    assert fetched and path == cache_folder() / "tiny.onnx" and path.read_bytes() == BODY
    assert steps[-1] == (len(BODY), len(BODY))
    assert fetch(entry()) == (path, False)
    assert server.asked == [None] and leftovers() == ["tiny.onnx"]


def test_a_wrong_checksum_is_refused_and_nothing_kept(server: Server, entry: Callable[..., Entry]) -> None:
    with pytest.raises(DataError, match=f"has {SHA}, and its publisher says sha256:0+; nothing was kept"):
        fetch(entry(checksum="sha256:" + "0" * 64))
    assert leftovers() == []


def test_md5_is_a_checksum_too(server: Server, entry: Callable[..., Entry]) -> None:
    path, _ = fetch(entry(checksum=f"md5:{hashlib.md5(BODY, usedforsecurity=False).hexdigest()}"))
    assert path.read_bytes() == BODY


def test_a_file_that_is_damaged_in_the_cache_is_fetched_anew(server: Server, entry: Callable[..., Entry]) -> None:
    path, _ = fetch(entry())
    path.write_bytes(BODY[:-1])
    assert fetch(entry()) == (path, True)
    assert path.read_bytes() == BODY


@pytest.mark.parametrize("ranges", [True, False])
def test_what_was_cut_off_is_gone_on_with(server: Server, entry: Callable[..., Entry], ranges: bool) -> None:
    server.cut, server.ranges = 5000, ranges
    with pytest.raises(DataError, match=r"ended after 5,000 of .* to go on, type again: nnlab models fetch tiny"):
        fetch(entry())
    assert leftovers() == [".tiny.onnx.part"]
    path, _ = fetch(entry())
    assert path.read_bytes() == BODY and server.asked[-1] == "bytes=5000-" and leftovers() == ["tiny.onnx"]


def test_a_part_that_is_whole_already_is_taken(server: Server, entry: Callable[..., Entry]) -> None:
    cache_folder().mkdir(parents=True)
    (cache_folder() / ".tiny.onnx.part").write_bytes(BODY)
    path, _ = fetch(entry())
    assert path.read_bytes() == BODY


def test_without_a_checksum_it_has_to_be_asked_for(server: Server, entry: Callable[..., Entry]) -> None:
    with pytest.raises(UsageError, match=r"no checksum is known.*--unverified"):
        fetch(entry(checksum=""))
    assert server.asked == []
    path, _ = fetch(entry(checksum=""), unverified=True)
    assert path.read_bytes() == BODY


def test_what_is_no_model_is_not_kept_even_unverified(server: Server, entry: Callable[..., Entry]) -> None:
    server.body = b"<html>moved</html>" * 10
    with pytest.raises(DataError, match="ONNX"):
        fetch(entry(checksum=""), unverified=True)
    assert leftovers() == []


def test_servers_that_fail_are_one_line(server: Server, entry: Callable[..., Entry]) -> None:
    with pytest.raises(DataError, match="answers 404"):
        fetch(entry(url=server.url.replace("tiny", "other")))
    with pytest.raises(DataError, match="cannot be reached"):
        fetch(entry(url="http://127.0.0.1:9/tiny.onnx"))
    with pytest.raises(DataError, match=r"its publisher's address is not known; .*nnlab models add tiny FILE"):
        fetch(entry(url=""))
    with pytest.raises(DataError, match=r"no address of the web|is not an address of the web"):
        fetch(entry(url="file:///etc/hostname"))
    assert "tiny.onnx" not in leftovers()


@pytest.mark.parametrize("length", ["many", "-5", "1e9", "9" * 30, "\xb2"])
def test_a_length_that_is_none_is_one_line(server: Server, entry: Callable[..., Entry], length: str) -> None:
    server.length = length
    with pytest.raises(DataError, match="says no length that is one") as caught:
        fetch(entry())
    assert len(str(caught.value).splitlines()) == 1


def test_a_length_beyond_any_model_s_is_not_begun_with(server: Server, entry: Callable[..., Entry]) -> None:
    server.length = str(1 << 40)
    with pytest.raises(DataError, match="is larger than 4 GiB"):
        fetch(entry())


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("file:///etc/hostname", "is not allowed|is not followed"),
        ("ftp://127.0.0.1/tiny.onnx", "is not followed"),
        ("", "answers 302 .* infinite loop"),  # to itself
        ("http://127.0.0.1:port/", "cannot be reached"),
    ],
)
def test_redirects_that_lead_nowhere_good_are_one_line(
    server: Server, entry: Callable[..., Entry], target: str, words: str
) -> None:
    url = server.url.replace("tiny.onnx", "to/" + urllib.parse.quote(target, safe=""))
    with pytest.raises(DataError, match=words) as caught:
        fetch(entry(url=url))
    assert len(str(caught.value).splitlines()) == 1
    assert "tiny.onnx" not in leftovers()


def test_a_redirect_on_the_web_is_followed(server: Server, entry: Callable[..., Entry]) -> None:
    url = server.url.replace("tiny.onnx", "to/" + urllib.parse.quote(server.url, safe=""))
    assert fetch(entry(url=url))[1]


def test_from_an_encrypted_connection_none_leads_to_one_that_is_not() -> None:
    handler, request = _NoLessSafe(), urllib.request.Request("https://example.org/a")
    with pytest.raises(urllib.error.URLError, match="is not followed"):
        handler.redirect_request(request, io.BytesIO(), 302, "Found", {}, "http://example.org/a")
    assert handler.redirect_request(request, io.BytesIO(), 302, "Found", {}, "https://example.org/b") is not None


def test_two_at_once_do_not_mix(server: Server, entry: Callable[..., Entry]) -> None:
    fcntl = pytest.importorskip("fcntl")
    cache_folder().mkdir(parents=True)
    with (cache_folder() / ".tiny.onnx.part").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(RunError, match="is being fetched by another process"):
            fetch(entry())


def test_a_local_file_is_taken_over_under_a_name(cache_folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "any.onnx"
    source.write_bytes(BODY)
    path = add("mine", source)
    assert path == cache_folder / "models" / "mine.onnx" and path.read_bytes() == BODY
    with pytest.raises(UsageError, match="there is a model of this name"):
        add("mine", source)
    assert add("mine", source, force=True) == path
    for name in ("", "a/b", "..", ".hidden", "mine.onnx"):
        with pytest.raises(UsageError, match="must be a plain name"):
            add(name, source)
    source.write_bytes(b"text")
    with pytest.raises(DataError, match="ONNX"):
        add("other", source)
    assert leftovers() == ["mine.onnx"]
