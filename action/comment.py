"""Write the result of a scan as one comment on a pull request. The comment of an earlier run is changed, none is added.

``action.yml`` runs it with the file of ``-o markdown=FILE``. Its first line is a mark: the comment that begins with it,
and that this author wrote, is that of the earlier run. Where the token may not comment, as in a pull request from a
fork, the text goes to the summary of the step. The exit code is always 0: the scan decides whether the job fails.

Needs nothing but Python. The environment gives ``TOKEN``, ``NUMBER`` (of the pull request), ``AUTHOR`` (who writes with
the token) and the variables that GitHub sets.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any

MOST_CHARACTERS = 65_536
"""Of a comment: GitHub refuses a longer one."""

MOST_SUMMARY = 1024 * 1024
"""Bytes of the summary of a step: GitHub drops a longer one."""

_MARK = re.compile(r"<!-- hipaa-guard:[0-9a-f]{12} -->")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_URL = re.compile(r"https?://[\w.:/\[\]-]+", re.ASCII)
_PER_PAGE = 100
_MOST_PAGES = 100
_SECONDS = 30
_MOST_BYTES = 64 * 1024 * 1024
_MAY_NOT = (401, 403, 404)
"""GitHub answers so where a token may not comment, or may not even see the pull request."""

_GONE = 404
"""GitHub answers so where a comment was deleted."""


class NotWrittenError(Exception):
    """The comment was not written. The text says why."""

    def __init__(self, why: str, status: int = 0) -> None:
        super().__init__(why)
        self.status = status


def _opener() -> urllib.request.OpenerDirector:
    """Opens URLs, and follows no redirect: the token would go along, wherever it leads."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
    ):
        opener.add_handler(handler())
    return opener


class Comments:
    """The comments on one pull request."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        api = environment.get("GITHUB_API_URL") or "https://api.github.com"
        repository, number = environment.get("GITHUB_REPOSITORY", ""), environment.get("NUMBER", "")
        if not (_URL.fullmatch(api) and _REPOSITORY.fullmatch(repository) and number.isascii() and number.isdigit()):
            raise NotWrittenError("GITHUB_API_URL, GITHUB_REPOSITORY or NUMBER name no pull request")
        self._of_repository = f"{api.rstrip('/')}/repos/{repository}/issues"
        self._of_pull = f"{self._of_repository}/{number}/comments"
        self._token = environment.get("TOKEN", "")
        self._opener = _opener()

    def find(self, mark: str, author: str) -> int | None:
        """The id of the comment that begins with a mark and has this author; None without one."""
        for comment in self._all():
            user, body, id = comment.get("user"), comment.get("body"), comment.get("id")
            login = user.get("login") if isinstance(user, dict) else None
            if not (isinstance(login, str) and isinstance(body, str) and isinstance(id, int)):
                continue
            if login.lower() == author.lower() and body.startswith(mark):
                return id
        return None

    def change(self, id: int, body: str) -> None:
        """Give a comment another text."""
        self._call("PATCH", f"{self._of_repository}/comments/{id}", {"body": body})

    def add(self, body: str) -> str:
        """Add a comment; its author, empty where GitHub does not say."""
        answer = self._call("POST", self._of_pull, {"body": body})
        user = answer.get("user") if isinstance(answer, dict) else None
        return str(user.get("login") or "") if isinstance(user, dict) else ""

    def _all(self) -> Iterator[dict[str, Any]]:
        for page in range(1, _MOST_PAGES + 1):
            found = self._call("GET", f"{self._of_pull}?per_page={_PER_PAGE}&page={page}")
            if not isinstance(found, list):
                raise NotWrittenError("GitHub's list of comments is none")
            yield from (each for each in found if isinstance(each, dict))
            if len(found) < _PER_PAGE:
                return

    def _call(self, method: str, url: str, content: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked
            url,
            None if content is None else json.dumps(content).encode(),
            {
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "hipaa-guard",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            method=method,
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return json.loads(answer.read(_MOST_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                raise NotWrittenError(f"HTTP {error.code}{_said(error)}", error.code) from None
        except (OSError, HTTPException, ValueError) as error:
            raise NotWrittenError(f"{method} failed: {error}") from None


def _said(error: urllib.error.HTTPError) -> str:
    """The message in a refusal of GitHub, if it has one."""
    try:
        message = json.loads(error.read(_MOST_BYTES)).get("message")
    except (OSError, HTTPException, ValueError, AttributeError):
        return ""
    return f": {message}" if isinstance(message, str) else ""


def write(text: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Write the comment. The commands for the log that tell what was done.

    Raises:
        NotWrittenError: it was not written.

    """
    mark = text.partition("\n")[0].strip()
    if not _MARK.fullmatch(mark):
        raise NotWrittenError("the file is no result of `hipaa-guard scan -o markdown=FILE`")
    body = text + _link(environment)
    if len(body) > MOST_CHARACTERS:
        raise NotWrittenError(f"the text is longer than the {MOST_CHARACTERS:,} characters of a comment")
    comments, author = Comments(environment), environment.get("AUTHOR") or "github-actions[bot]"
    known = comments.find(mark, author)
    if known is not None:
        try:
            comments.change(known, body)
        except NotWrittenError as error:
            if error.status != _GONE:  # else somebody deleted it meanwhile
                raise
        else:
            return
    wrote = comments.add(body)
    if wrote and wrote.lower() != author.lower():
        yield _command(
            "warning", f"{wrote} wrote the comment: without `comment-author: {wrote}` each run adds one more"
        )


def _link(environment: Mapping[str, str]) -> str:
    """A line that leads to the summary of the run, which has all that was found; empty where there is no run."""
    server, repository, run = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if not (_URL.fullmatch(server) and _REPOSITORY.fullmatch(repository) and run.isascii() and run.isdigit()):
        return ""
    url = f"{server.rstrip('/')}/{repository}/actions/runs/{run}"
    return f"\n[The summary of the run]({url}) has all that was found.\n"


def into_summary(text: str, why: NotWrittenError, file: str) -> str:
    """Append to the summary of the step what the comment would have said; a sentence on what was done.

    The text is folded: the summary of the scan's own step has it in full.
    """
    reason = _plain(str(why)).replace("<", "&lt;").replace("@", "@<!-- -->").replace("[", "\\[").replace("`", "\\`")
    head = f"**hipaa-guard could not comment on the pull request** ({reason}).{_forks(why)}\n\n"
    whole = f"{head}<details><summary>What the comment would say</summary>\n\n{text}\n</details>\n\n"
    try:
        path = Path(file)
        room = MOST_SUMMARY - (path.stat().st_size if path.exists() else 0)
        fits = next((each for each in (whole, head) if len(each.encode("utf-8", "backslashreplace")) <= room), "")
        with path.open("a", encoding="utf-8", errors="backslashreplace") as summary:
            summary.write(fits)
    except OSError as error:
        return f"The summary could not be written either: {error.strerror or error}."
    return "The summary of the job has the result instead."


def _forks(why: NotWrittenError) -> str:
    if why.status not in _MAY_NOT:
        return ""
    return " The token may not: it needs `pull-requests: write`, and one of a pull request from a fork never has it."


def _command(kind: str, text: str) -> str:
    return f"::{kind} title=hipaa-guard::{_plain(text).replace('%', '%25')}"


def _plain(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)[:1000]


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    """Write the file that the arguments name as the comment, or else into the summary of the step."""
    text = ""
    try:
        text = Path(arguments[0]).read_text(encoding="utf-8")
        for command in write(text, environment):
            print(command)  # noqa: T201 - the log of the job
    except (OSError, UnicodeDecodeError, IndexError) as error:
        print(_command("warning", f"there is no result to comment with: {error}"))  # noqa: T201
    except NotWrittenError as error:
        done = into_summary(text, error, environment.get("GITHUB_STEP_SUMMARY", os.devnull))
        kind = "notice" if error.status in _MAY_NOT else "warning"
        print(_command(kind, f"the comment was not written ({error}).{_forks(error)} {done}"))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
