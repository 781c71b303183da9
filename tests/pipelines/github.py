"""A local server that speaks the calls of GitHub by which comments on a pull request are listed, added and changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "the-token-of-the-run"
BOT = "github-actions[bot]"


class GitHub:
    """Comments on pull request 7 of clinic/infra, and what was asked of them.

    ``refuses`` has by method the status that is answered instead; ``writes_as`` is who has the token.
    """

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.refuses: dict[str, int] = {}
        self.writes_as = BOT
        self.url = ""

    def add(self, body: str, login: str = BOT) -> dict[str, Any]:
        comment = {"id": 1000 + len(self.comments), "body": body, "user": {"login": login, "type": "Bot"}}
        self.comments.append(comment)
        return comment

    def answer(self, method: str, url: str, token: str, content: dict[str, Any]) -> tuple[int, object]:
        path, query = urlsplit(url).path, {name: int(value[0]) for name, value in parse_qs(urlsplit(url).query).items()}
        self.asked.append(f"{method} {url}")
        if token != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        if method in self.refuses:
            return self.refuses[method], {"message": "Resource not accessible by integration"}
        if path == "/repos/clinic/infra/issues/7/comments":
            if method == "POST":
                return 201, self.add(content["body"], self.writes_as)
            start = (query.get("page", 1) - 1) * query.get("per_page", 30)
            return 200, self.comments[start : start + query.get("per_page", 30)]
        one = re.fullmatch(r"/repos/clinic/infra/issues/comments/(\d+)", path)
        known = [comment for comment in self.comments if one and comment["id"] == int(one[1])]
        if method == "PATCH" and known:
            known[0]["body"] = content["body"]
            return 200, known[0]
        return 404, {"message": "Not Found"}


@contextmanager
def serving() -> Iterator[GitHub]:
    """The server, while the block runs."""
    github = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def _speak(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            content = json.loads(self.rfile.read(size)) if size else {}
            token = self.headers.get("Authorization", "")
            status, answer = github.answer(self.command, self.path, token, content)
            data = json.dumps(answer).encode()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", f"{github.url}/elsewhere")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _speak  # noqa: N815 - names of the standard library

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        github.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield github
        finally:
            server.shutdown()
            thread.join()
