"""Where a server is reached, and by which names: pages of other sites must not reach it in a browser's name.

A browser sends what any page tells it to, also to this machine. Two things give that away: the page's own address, in
`Origin`; and where a stranger's name was made to lead here (DNS rebinding), that name, in `Host`. So names are taken
that cannot be a stranger's: numbers, `localhost`, and the one that the server was itself given.
"""

import ipaddress
import socket
from email.message import Message
from urllib.parse import urlsplit

from nnlab.core.errors import RunError, UsageError
from nnlab.serving.exchange import Refusal

LOOPBACK = "127.0.0.1"


def is_loopback(host: str) -> bool:
    """Whether only this machine itself reaches such an address."""
    number = _number(host)
    return number.is_loopback if number else host == "localhost"


def resolved(host: str) -> tuple[socket.AddressFamily, str]:
    """The family and number of a host to listen on. Raises UsageError: there is none of this name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageError(f"no address {host!r} to listen on", where="--host", hint=f"such as {LOOPBACK}") from None
    by_family = {family: str(address[0]) for family, *_, address in reversed(found)}
    for family in (socket.AF_INET, socket.AF_INET6):
        if family in by_family:
            return family, by_family[family]
    raise UsageError(f"{host!r} is no internet address", where="--host", hint=f"such as {LOOPBACK}")


def url(host: str, port: int) -> str:
    """The address that a browser takes. A server on every address of the machine is named by the loopback one."""
    number = _number(host)
    if number is not None and number.is_unspecified:
        host = "::1" if number.version == 6 else LOOPBACK
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def require_own(headers: Message, host: str) -> None:
    """Raises Refusal: for a request that a page of another site may have made. Options:  host: the server's own."""
    said = headers.get_all("Host") or []
    if len(said) != 1:
        raise Refusal(400, "say which host is meant, in one Host header")
    if not _is_own(said[0], host):
        raise Refusal(403, f"this server is not {said[0]!r}: ask it as localhost, or by its number")
    origin = headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != said[0].strip().lower():
        raise Refusal(403, f"pages of {origin} do not ask this server")


def _is_own(said: str, host: str) -> bool:
    """Whichever port it has: it may be reached through another machine's."""
    try:
        name = urlsplit(f"//{said.strip()}").hostname or ""
    except ValueError:
        return False
    return _number(name) is not None or name in ("localhost", host.lower())


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def unbound(error: OSError, host: str, port: int, flag: str) -> RunError:
    """Why a server does not listen there, and what to type."""
    where, hint = f"{flag}={port}", f"choose another, or {flag}=0 for any that is free"
    reason = (error.strerror or str(error)).lower()
    return RunError(f"cannot listen on {host}:{port} ({reason})", where=where, hint=hint)
