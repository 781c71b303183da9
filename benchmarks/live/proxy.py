"""A loopback proxy before a simulated AWS: counts calls, delays them as distance does, and keeps the answers.

``python -m benchmarks.live.proxy UPSTREAM-PORT FILE`` writes its own port to the file, and serves until it is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import re
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.live.naming import Call

HOST = "127.0.0.1"
OWN = "/_proxy/"
"""Paths that the proxy answers itself: ``counts``, and ``next``, which forgets the counts and sets the delays."""
_SCOPE = re.compile(r"Credential=[^/]*/\d+/([^/]+)/([^/]+)/")
_NOT_HANDED_ON = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})
_LACKED = "UnsupportedOperation"
_REST_XML = frozenset({"cloudfront", "route53", "s3"})


@dataclass
class Delays:
    """Seconds from a request to its answer: regions of one continent are near."""

    near: float = 0.0
    far: float = 0.0

    def to(self, region: str) -> float:
        return self.near if region.startswith("us-") else self.far


@dataclass(frozen=True)
class Kept:
    """An answer, ready to be written."""

    name: str
    answer: bytes


@dataclass
class State:
    """What the proxy knows. Only the thread of its loop touches it."""

    upstream: int
    delays: Delays = field(default_factory=Delays)
    calls: Counter[str] = field(default_factory=Counter)
    passed_on: int = 0
    """Calls that the simulated AWS had to answer."""
    in_flight: int = 0
    peak: int = 0
    kept: dict[Call, Kept] = field(default_factory=dict)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8))

    def counts(self) -> dict[str, Any]:
        calls = dict(sorted(self.calls.items()))
        return {"calls": calls, "passed_on": self.passed_on, "peak_in_flight": self.peak}

    def next(self, delays: Delays) -> None:
        """Begin to count anew. The answers are kept."""
        self.delays = delays
        self.calls.clear()
        self.passed_on = self.peak = 0


class Connection(asyncio.Protocol):
    """One connection of a client, which sends its next request when it has the answer to the last."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, blank, rest = self._received.partition(b"\r\n\r\n")
        if not blank:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self._received = rest[length:]
        method, url, _ = first.split(" ", 2)
        if url.startswith("http://"):  # as clients ask that take this for their HTTP proxy
            url = "/" + url.split("/", 3)[3]
        if url.startswith(OWN):
            self._own(url.removeprefix(OWN), rest[:length])
        else:
            self._serve(_call(method, url, headers, rest[:length]), headers, url)

    def _own(self, what: str, body: bytes) -> None:
        if what == "next":
            self._state.next(Delays(**json.loads(body)))
        self._transport.write(_written(200, [], json.dumps(self._state.counts()).encode()))

    def _serve(self, call: Call, headers: dict[str, str], url: str) -> None:
        state, loop = self._state, asyncio.get_running_loop()
        state.in_flight += 1
        state.peak = max(state.peak, state.in_flight)
        due = loop.time() + state.delays.to(call.region)
        kept = state.kept.get(call)
        if kept is not None:
            loop.call_at(due, self._answer, kept)
            return
        state.passed_on += 1
        asked = loop.run_in_executor(state.pool, _asked, state.upstream, call, url, headers)
        asked.add_done_callback(lambda done: self._passed_on(call, done.result(), due))

    def _passed_on(self, call: Call, kept: Kept, due: float) -> None:
        if ":Generate" not in kept.name:  # the answer changes until the report is made
            self._state.kept[call] = kept
        asyncio.get_running_loop().call_at(due, self._answer, kept)

    def _answer(self, kept: Kept) -> None:
        self._state.calls[kept.name] += 1
        self._state.in_flight -= 1
        self._transport.write(kept.answer)


def _call(method: str, url: str, headers: dict[str, str], body: bytes) -> Call:
    scope = _SCOPE.search(headers.get("authorization", ""))
    region, service = (scope[1], scope[2]) if scope else ("", "")
    path, _, query = url.partition("?")
    return Call(service, region, method, path, query, headers.get("x-amz-target", ""), body)


def _asked(port: int, call: Call, url: str, headers: dict[str, str]) -> Kept:
    """What the simulated AWS answers; where it breaks down, or has no such operation, an error that AWS might give.

    Clients would wait and try again for its own, which says nothing of them.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    try:
        connection.putrequest(call.method, url, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(call.body or None)
        response = connection.getresponse()
        body = response.read()
        html = (response.getheader("content-type") or "").startswith("text/html")
        if response.status >= 500 or (response.status == 404 and html and not body.startswith(b"<?xml")):
            return Kept(call.name, lacking(call))
        own = [(name, value) for name, value in response.getheaders() if name.lower() not in _NOT_HANDED_ON]
        return Kept(call.name, _written(response.status, own, b"" if call.method == "HEAD" else body))
    except (OSError, http.client.HTTPException):
        return Kept(call.name, lacking(call))
    finally:
        connection.close()


def lacking(call: Call) -> bytes:
    """The answer that an operation is not supported, in the form of its protocol; clients do not repeat the call."""
    error = f"<Error><Code>{_LACKED}</Code><Message>The simulated AWS lacks it.</Message></Error>"
    if call.service == "ec2":
        error = f"<Response><Errors>{error}</Errors><RequestID>0</RequestID></Response>"
    elif call.service != "s3":
        error = f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>"
    if call.service in _REST_XML or call.action:
        return _written(400, [("Content-Type", "text/xml")], error.encode())
    said = json.dumps({"__type": _LACKED, "message": "The simulated AWS lacks it."}).encode()
    return _written(400, [("Content-Type", "application/json"), ("x-amzn-ErrorType", _LACKED)], said)


def _written(status: int, headers: list[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode("latin-1") + body


async def serve(upstream: int, file: Path) -> None:
    """Serve for ever; the file has the port once connections are taken."""
    state = State(upstream)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(state), HOST, 0, backlog=1024)
    part = file.with_suffix(".part")
    part.write_text(str(server.sockets[0].getsockname()[1]))
    part.rename(file)
    await server.serve_forever()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live.proxy", description=__doc__)
    parser.add_argument("upstream", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--core", type=int, help="the one processor to run on")
    options = parser.parse_args(arguments)
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    asyncio.run(serve(options.upstream, options.file))
    return 0


if __name__ == "__main__":
    sys.exit(main())
