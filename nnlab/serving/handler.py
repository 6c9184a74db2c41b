"""One connection: its requests read within bounds, each handed to what answers, the reply sent."""

import io
import logging
import socket
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol, cast

from nnlab.core.printing import printable
from nnlab.serving.address import require_own
from nnlab.serving.bounds import Bounds
from nnlab.serving.exchange import HEADERS, App, Refusal, Reply, Request
from nnlab.serving.timed import Timed

LOG = logging.getLogger("nnlab.serving")

LINGER_S = 2.0
"""How long what a refused sender still sends is thrown away: it reads why only if its connection is not cut off."""


class Listening(Protocol):
    """The server, as one connection sees it.

    Options:  host: as it was named.  ending: whether no further request is waited for.
    """

    app: App
    bounds: Bounds
    host: str
    ending: bool

    @property
    def crowded(self) -> bool:
        """Whether connections are closed after each reply, so that others get their turn."""
        ...

    def waiting(self, connection: socket.socket) -> None:
        """A connection has nothing asked."""
        ...

    def busy(self, connection: socket.socket) -> None:
        """A connection has asked something."""
        ...

    def note(self, line: str, status: int, seconds: float) -> None:
        """A request was answered."""
        ...


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with connections that stay open."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nnlab", ""
    disable_nagle_algorithm = True  # a reply waits for nothing
    wbufsize = -1  # head and body of a reply go out as one

    def setup(self) -> None:
        """Reads against the clock."""
        super().setup()
        self._listening = cast(Listening, self.server)
        self.rfile.close()
        self._timed = Timed(self.connection)
        self.rfile = io.BufferedReader(self._timed)
        self._unread = 0

    def handle_one_request(self) -> None:
        """Waits for a request and answers it."""
        bounds = self._listening.bounds
        self._timed.idle(bounds.idle_s, then=bounds.head_s)
        self._listening.waiting(self.connection)
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        if self._unread:
            self.close_connection = True
            self._linger()

    def parse_request(self) -> bool:
        """As it is; from here on the server waits for the answer when it ends."""
        self._listening.busy(self.connection)
        return super().parse_request()

    def handle_expect_100(self) -> bool:
        """A body is asked for when it is read: of one that is refused nothing is sent."""
        return True

    def do_GET(self) -> None:
        """Answers."""
        began = time.perf_counter()
        reply = self._reply()
        self._send(reply)
        self._note(reply.status, time.perf_counter() - began)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET

    def _reply(self) -> Reply:
        try:
            self._unread = self._length()
            require_own(self.headers, self._listening.host)
            method = "GET" if self.command == "HEAD" else self.command
            return self._listening.app(Request(method, self.path, self.headers, self._body))
        except Refusal as refusal:
            return refusal.reply
        except (ConnectionError, TimeoutError):
            raise
        except Exception:  # whatever it is, the others are answered
            LOG.exception("a request was not answered")
            return Refusal(500, "the server failed; its own messages say why").reply

    def _length(self) -> int:
        """Of the body. Raises Refusal: where it is not said, or too large."""
        said = self.headers.get_all("Content-Length") or []
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refusal(411, "send the body whole, with its length (Content-Length): chunks are not taken")
        if not said:
            return 0
        if len(set(said)) > 1 or not (said[0].isascii() and said[0].isdigit() and len(said[0]) < 20):
            self.close_connection = True
            raise Refusal(400, f"no length of a body: Content-Length: {', '.join(said)}")
        return int(said[0])

    def _body(self) -> bytes:
        most, length = self._listening.bounds.body, self._unread
        if length > most:
            raise Refusal(413, f"the body has {length:,} bytes, and {most:,} are the most that is taken")
        if not length:
            return b""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        self._timed.within(self._listening.bounds.body_s)
        try:
            body = self.rfile.read(length)
        except TimeoutError:
            seconds = self._listening.bounds.body_s
            raise Refusal(408, f"the body was not there within {seconds:g} s") from None
        if len(body) < length:
            raise ConnectionError("the sender went away")
        self._unread = 0
        return body

    def _send(self, reply: Reply) -> None:
        self.connection.settimeout(self._listening.bounds.reply_s)
        if self._unread or reply.parts is not None or self._listening.crowded or self._listening.ending:
            self.close_connection = True
        self.send_response(reply.status)
        for name, value in {**HEADERS, **reply.headers, "Content-Type": reply.media_type}.items():
            self.send_header(name, value)
        if reply.parts is None:
            self.send_header("Content-Length", str(len(reply.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            for part in (reply.body,) if reply.parts is None else reply.parts:
                self.wfile.write(part)
                self.wfile.flush()
        self.wfile.flush()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What http.server itself refuses (no HTTP, a method that nobody knows), as JSON."""
        self.close_connection = True
        self.command, self.request_version = self.command or "", "HTTP/1.1"  # neither is known of what is no request
        words = message or HTTPStatus(code).phrase
        self._send(Refusal(code, words[:1].lower() + words[1:]).reply)
        self._note(code, 0.0)

    def _linger(self) -> None:
        """Says that no more is sent, and throws away what comes, for a moment."""
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self._timed.within(LINGER_S)
            while self.rfile.read1(1 << 16):
                pass
        except (OSError, ValueError):
            pass

    def _note(self, status: int, seconds: float) -> None:
        line = printable(f"{self.command} {self.path if hasattr(self, 'path') else ''}"[:200])
        self._listening.note(line, status, seconds)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `_note` has said it."""
