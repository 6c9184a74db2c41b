"""A server in this process, and requests to it as they go over the wire."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from nnlab.serving.bounds import Bounds
from nnlab.serving.exchange import App
from nnlab.serving.server import Server

SMALL = Bounds(body=1000)
"""Times that a busy machine keeps."""


@dataclass
class Answered:
    """A reply. Options:  open: whether the connection stays so."""

    status: int
    headers: dict[str, str]
    body: bytes
    open: bool


class Caller:
    """A connection on which bytes are sent as they are."""

    def __init__(self, port: int):
        self.port = port
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._read = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def reply(self) -> Answered | None:
        """The next reply; None where the connection was closed without one."""
        first = self._read.readline()
        if not first:
            return None
        headers: dict[str, str] = {}
        while line := self._read.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        length = headers.get("content-length")
        body = self._read.read() if length is None else self._read.read(int(length))
        return Answered(int(first.split()[1]), headers, body, headers.get("connection") != "close")

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answered:
        said = {"Host": f"127.0.0.1:{self.port}"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if body or method == "POST":
            said.setdefault("Content-Length", str(len(body)))
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self.send(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        reply = self.reply()
        assert reply is not None
        return reply

    def closed(self) -> bool:
        """Whether the other side has closed it; waits for that."""
        try:
            return self._socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self._read.close()
        self._socket.close()


Serving = Callable[..., Callable[[], Caller]]


@pytest.fixture
def serving() -> Iterator[Serving]:
    """serving(app, bounds) gives what makes connections to it."""
    with ExitStack() as stack:

        def serve(app: App, bounds: Bounds = SMALL) -> Callable[[], Caller]:
            server = stack.enter_context(Server(app, bounds=bounds))

            def connect() -> Caller:
                caller = Caller(server.port)
                stack.callback(caller.close)
                return caller

            return connect

        yield serve
