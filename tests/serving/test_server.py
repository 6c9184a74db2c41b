"""What a server takes of whoever asks, and how it ends."""

import json
import socket
import threading
import time

import pytest

from nnlab.core.errors import RunError, UsageError
from nnlab.serving.bounds import Bounds
from nnlab.serving.exchange import Refusal, Reply, Request, as_json
from nnlab.serving.server import Server
from tests.serving.conftest import Caller, Serving


def echo(request: Request) -> Reply:
    """Says what was asked."""
    if request.path == "/fails":
        raise ZeroDivisionError
    if request.path == "/refuses":
        raise Refusal(418, "a teapot")
    return as_json({"method": request.method, "path": request.path, "body": request.read().decode()})


def test_requests_of_one_connection_are_answered_one_after_the_other(serving: Serving) -> None:
    caller = serving(echo)()
    first = caller.ask("GET", "/a%20b?c=d")
    assert (first.status, json.loads(first.body)) == (200, {"method": "GET", "path": "/a b", "body": ""})
    assert first.open and first.headers["content-type"] == "application/json"
    assert first.headers["cache-control"] == "no-store"
    second = caller.ask("POST", "/b", b"hello")
    assert json.loads(second.body) == {"method": "POST", "path": "/b", "body": "hello"}
    caller.send(b"HEAD /c HTTP/1.1\r\nHost: localhost\r\n\r\nGET /d HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert caller._read.readline().split()[1] == b"200"
    while caller._read.readline().strip():
        pass
    third = caller.reply()  # a reply to HEAD has no body
    assert third is not None and json.loads(third.body)["path"] == "/d"


def test_an_error_is_json_with_its_status_and_the_others_are_answered(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    caller = serving(echo)()
    refused = caller.ask("GET", "/refuses")
    assert (refused.status, refused.open) == (418, True)
    assert json.loads(refused.body) == {"schema_version": 1, "error": "a teapot", "status": 418}
    failed = caller.ask("GET", "/fails")
    assert (failed.status, json.loads(failed.body)["status"]) == (500, 500)
    assert b"ZeroDivision" not in failed.body
    assert caller.ask("GET", "/").status == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505),
        (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n" + b"a" * 1001, 413),
    ],
)
def test_what_is_no_request_or_too_large_is_refused_in_one_line_of_json(
    serving: Serving, sent: bytes, status: int
) -> None:
    connect = serving(echo)
    caller = connect()
    caller.send(sent)
    reply = caller.reply()
    assert reply is not None and reply.status == status
    told = json.loads(reply.body)
    assert told["status"] == status and "\n" not in told["error"]
    assert connect().ask("GET", "/").status == 200


def test_a_body_that_is_refused_is_not_asked_for(serving: Serving) -> None:
    caller = serving(echo)()
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    caller.send(head % 5)
    assert caller._read.readline() == b"HTTP/1.1 100 Continue\r\n" and caller._read.readline() == b"\r\n"
    caller.send(b"hello")
    reply = caller.reply()
    assert reply is not None and json.loads(reply.body)["body"] == "hello"
    caller.send(head % 2000)
    reply = caller.reply()
    assert reply is not None and (reply.status, reply.open) == (413, False)


def test_who_sends_a_byte_now_and_then_is_not_waited_for(serving: Serving) -> None:
    connect = serving(echo, Bounds(idle_s=0.4, head_s=0.3, body_s=0.3))
    slow = connect()
    began = time.monotonic()
    slow.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.05):
            try:
                slow.send(b"a")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    reply = slow.reply()
    stop.set()
    thread.join()
    assert reply is not None and (reply.status, reply.open) == (408, False)
    assert time.monotonic() - began >= 0.3
    head = connect()
    head.send(b"GET / HTT")
    assert head.closed()
    idle = connect()
    assert idle.ask("GET", "/").status == 200 and idle.closed()


def test_who_comes_when_there_are_enough_is_told_so(serving: Serving) -> None:
    asked, go = threading.Semaphore(0), threading.Event()

    def slow(request: Request) -> Reply:
        asked.release()
        go.wait(20)
        return as_json({})

    connect = serving(slow, Bounds(connections=2))
    held = [connect(), connect()]
    for caller in held:
        caller.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert asked.acquire(timeout=20)
    one_more = connect().reply()
    assert one_more is not None and (one_more.status, one_more.headers["retry-after"]) == (503, "1")
    assert json.loads(one_more.body)["status"] == 503
    go.set()
    replies = [caller.reply() for caller in held]
    assert [reply and reply.status for reply in replies] == [200, 200]
    closed = [caller for caller, reply in zip(held, replies, strict=True) if reply and not reply.open]
    assert closed and all(caller.closed() for caller in closed)  # others wait for their turn
    assert connect().ask("GET", "/").status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "localhost"}, 200),
        ({"Host": "LOCALHOST:1"}, 200),
        ({"Host": "127.0.0.1"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "localhost.evil.example:80"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": ""}, 403),
        ({"Host": "localhost:80", "Origin": "http://localhost:80"}, 200),
        ({"Host": "localhost:80", "Origin": "http://localhost:81"}, 403),
        ({"Host": "localhost", "Origin": "https://evil.example"}, 403),
        ({"Host": "localhost", "Origin": "null"}, 403),
    ],
)
def test_pages_of_other_sites_do_not_reach_it(serving: Serving, headers: dict[str, str], status: int) -> None:
    assert serving(echo)().ask("POST", "/", b"", **headers).status == status


def test_what_is_being_answered_is_answered_when_it_ends() -> None:
    asked, go = threading.Event(), threading.Event()

    def slow(request: Request) -> Reply:
        asked.set()
        go.wait(5)
        return as_json({})

    server = Server(slow).start()
    caller, idle = Caller(server.port), Caller(server.port)
    caller.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    asked.wait(5)
    ending = threading.Thread(target=server.close)
    ending.start()
    time.sleep(0.05)
    go.set()
    reply = caller.reply()
    ending.join()
    assert reply is not None and (reply.status, reply.open) == (200, False)
    assert caller.closed() and idle.closed()
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", server.port), timeout=1)
    for each in (caller, idle):
        each.close()


def test_a_port_that_is_taken_or_a_host_that_is_none_is_one_error() -> None:
    with Server(echo) as first, pytest.raises(RunError) as error:
        Server(echo, port=first.port)
    assert f"--port={first.port}: cannot listen on 127.0.0.1:{first.port} (address already in use)" in str(error.value)
    with pytest.raises(UsageError, match="no address 'no such host'"):
        Server(echo, host="no such host")
