"""A server for this machine: it listens on threads of its own, takes so much and no more, and ends when it is told."""

import contextlib
import socket
import threading
from collections.abc import Callable
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, cast

from nnlab.serving.address import LOOPBACK, resolved, unbound, url
from nnlab.serving.bounds import Bounds
from nnlab.serving.exchange import App, Refusal
from nnlab.serving.handler import Handler

_WHY = Refusal(503, "too many connections; try again soon").reply.body
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s"
) % (len(_WHY), _WHY)
"""What is sent to whom there is no room for, without waiting for what he asks."""

Note = Callable[[str, int, float], None]
"""Called as note("POST /predict", status, seconds), on several threads."""


class Listener(ThreadingMixIn, TCPServer):
    """The socket and its connections. Options:  host: as it was named.  ending: whether no request is waited for."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, app: App, bounds: Bounds, host: str, port: int, note: Note):
        self.app, self.bounds, self.host, self._note = app, bounds, host, note
        self.ending = False
        self._connections: dict[socket.socket, bool] = {}  # whether a request of it is being answered
        self._changed = threading.Condition()
        self.address_family, number = resolved(host)
        super().__init__((number, port), Handler)

    def note(self, line: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._note(line, status, seconds)

    @property
    def crowded(self) -> bool:
        """Whether connections are closed after each reply, so that others get their turn."""
        return len(self._connections) > self.bounds.connections // 2

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answers on a thread of its own, or says that there are too many."""
        with self._changed:
            full = len(self._connections) >= self.bounds.connections
            if not full:
                self._connections[request] = False
        if full:
            with contextlib.suppress(OSError):
                request.setblocking(False)
                request.send(FULL)
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def waiting(self, connection: socket.socket) -> None:
        """A connection has nothing asked."""
        self._set(connection, False)

    def busy(self, connection: socket.socket) -> None:
        """A connection has asked something."""
        self._set(connection, True)

    def _set(self, connection: socket.socket, asked: bool) -> None:
        with self._changed:
            if connection in self._connections:
                self._connections[connection] = asked
                self._changed.notify_all()

    def shutdown_request(self, request: Any) -> None:
        """Lets go of a connection; there is room for another before its client can know."""
        with self._changed:
            self._connections.pop(request, None)
            self._changed.notify_all()
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is nobody's fault here."""

    def hang_up(self) -> None:
        """Waits a moment for those that are being answered, then closes every connection."""
        with self._changed:
            self._changed.wait_for(lambda: not any(self._connections.values()), self.bounds.grace_s)
            left = list(self._connections)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        with self._changed:
            self._changed.wait_for(lambda: not self._connections, 1.0)


class Server:
    """Answers from `start` to `close`; also as a context manager.

    Options:  app: what answers.  host, port: where; 0 for a port that is free.  flag: that says the port, for errors.
              note: told of every request that was answered.
    Raises:   RunError: nobody can listen there.  UsageError: no such host.
    """

    def __init__(
        self,
        app: App,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        bounds: Bounds | None = None,
        flag: str = "--port",
        note: Note = lambda line, status, seconds: None,
    ):
        try:
            self._listener = Listener(app, bounds or Bounds(), host, port, note)
        except OSError as error:
            raise unbound(error, host, port, flag) from error
        self.port: int = cast(tuple[str, int], self._listener.server_address)[1]
        self.url = url(host, self.port)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.1}, name="nnlab-serving", daemon=True
        )

    def start(self) -> "Server":
        """Begins to answer."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Ends: no new connection, a moment for what is being answered."""
        self._listener.ending = True
        if self._thread.is_alive():
            self._listener.shutdown()
            self._thread.join()
        self._listener.server_close()
        self._listener.hang_up()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
