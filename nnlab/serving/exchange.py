"""What is asked over HTTP, and what is said: nothing here knows of sockets."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import unquote

JSON = "application/json"
HTML = "text/html; charset=utf-8"
EVENTS = "text/event-stream"

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every reply says to browsers: keep nothing, tell no other page where this one is, hand it to none."""


@dataclass(frozen=True, eq=False)
class Request:
    """A request whose body is still to be read.

    Options:  target: as the request line has it.  read: gives the body, once. Raises Refusal: too large, too slow.
    """

    method: str
    target: str
    headers: Message
    read: Callable[[], bytes]

    @cached_property
    def path(self) -> str:
        """Without what stands after a question mark."""
        return unquote(self.target.partition("?")[0])


@dataclass(frozen=True, eq=False)
class Reply:
    """What is answered.

    Options:  parts: sent one after the other as they come, after which the connection is closed; None: `body` is all.
    """

    status: int
    body: bytes = b""
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    parts: Iterable[bytes] | None = None


class App(Protocol):
    """What answers requests; called on several threads at once."""

    def __call__(self, request: Request) -> Reply:
        """The reply. Raises Refusal: there is none but why."""
        ...


class Refusal(Exception):
    """A request that is not answered, in one line and the status that says whose fault it is."""

    def __init__(self, status: int, what: str, *, headers: Mapping[str, str] | None = None):
        self.status, self.what, self.headers = status, what, headers or {}
        super().__init__(what)

    @property
    def reply(self) -> Reply:
        """It as JSON: {"schema_version": 1, "error", "status"}."""
        return as_json({"schema_version": 1, "error": self.what, "status": self.status}, self.status, self.headers)


def as_json(document: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A document as a reply."""
    return Reply(status, f"{json.dumps(document, allow_nan=False)}\n".encode(), headers=headers or {})


def require_method(request: Request, *allowed: str) -> None:
    """Raises Refusal: 405, for a request by another method."""
    if request.method not in allowed:
        there = ", ".join(allowed)
        raise Refusal(405, f"{request.path} takes {there}, not {request.method}", headers={"Allow": there})
