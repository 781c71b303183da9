"""An endpoint on a real socket that speaks AWS's JSON protocol, and says what it is told to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached the endpoint."""

    operation: str
    region: str
    params: dict[str, Any]


Says = tuple[int, dict[str, Any]]
"""HTTP status and body."""

THROTTLED: Says = (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})


@dataclass(slots=True)
class Endpoint:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server on this machine, each of whose connections the handler answers in a thread."""
    # Head and body are written apart: else the body waits 40 ms until the other end has said that it has the head.
    handler.disable_nagle_algorithm = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def answering(say: Callable[[Asked], Says]) -> Iterator[Endpoint]:
    """Every request is answered by `say`, one after the other."""
    endpoint = Endpoint()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            scope = re.search(r"Credential=\w+/\d+/([\w-]+)/", self.headers["Authorization"])
            assert scope is not None
            asked = Asked(self.headers["X-Amz-Target"].rpartition(".")[2], scope[1], json.loads(body))
            with lock:
                endpoint.asked.append(asked)
                status, answer = say(asked)
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    with serving(Handler) as endpoint.url:
        yield endpoint
