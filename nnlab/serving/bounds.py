"""How much a server takes of whoever asks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """What one request, one sender and all together may take.

    Options:  body: bytes.  connections: at once; whoever comes then is told to try again.
              idle_s: how long a connection may stay open between two requests.
              head_s, body_s: how long all of a request's head, and all of its body, may take to come.
              reply_s: how long a reader may take nothing of a reply.  grace_s: how long a server that ends waits for
              requests that it has begun to answer.
    """

    body: int = 32 << 20
    connections: int = 16
    idle_s: float = 15.0
    head_s: float = 10.0
    body_s: float = 30.0
    reply_s: float = 30.0
    grace_s: float = 5.0
