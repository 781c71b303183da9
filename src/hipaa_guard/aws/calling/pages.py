"""The pages of one operation, read one by one and joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256 as digest
from typing import Any

from hipaa_guard.aws.calling.bounds import LIST_BYTES, LIST_SECONDS, EndlessListError
from hipaa_guard.aws.calling.clients import Tally
from hipaa_guard.aws.calling.raw_answers import SpoiltAnswerError
from hipaa_guard.aws.planning import operation_quirks

Pages = dict[str, Any]
"""The pages of an answer as one: lists joined, all other members from the first page."""

# Names of the next page's token where botocore has no paginator: in the answer, in the parameters.
_TOKENS = (
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("NextMarker", "NextMarker"),
    ("NextMarker", "Marker"),
    ("Marker", "Marker"),
    ("NextPageToken", "PageToken"),
    ("nextPageToken", "pageToken"),
    ("position", "position"),
)


class MorePagesError(Exception):
    """There are further pages, and no parameter is known to request them."""


class _Joined:
    """Joins pages as they arrive."""

    def __init__(self) -> None:
        self.merged: Pages = {}
        self.count = 0

    def add(self, page: Pages, lists: Sequence[str]) -> None:
        self.count += 1
        page.pop("ResponseMetadata", None)
        if self.count == 1:
            self.merged = page
            return
        for name in lists:
            _extend(self.merged, page, name.split("."))


def _is_empty(value: Any) -> bool:
    """Whether an answer is empty; a list without elements is content."""
    return value is None or (isinstance(value, dict) and all(map(_is_empty, value.values())))


def _extend(into: Pages, page: Pages, path: list[str]) -> None:
    for step in path[:-1]:
        page = page.get(step) or {}
        into = into.setdefault(step, {})
    more = page.get(path[-1])
    if not isinstance(more, list | dict):
        return
    kept = into.get(path[-1])
    if not kept:
        into[path[-1]] = more
    elif isinstance(more, list):
        kept.extend(more)
    else:
        kept.update(more)


class PageReader:
    """Reads an operation page by page; after a failure, another `read` continues where it stopped."""

    def __init__(
        self,
        client: Any,
        method: str,
        params: Mapping[str, Any],
        tally: Tally,
        *,
        first_page: bool = False,
        clock: Callable[[], float],
    ) -> None:
        self.pages = _Joined()
        self._tally = tally
        self._clock = clock
        self._spent = 0.0
        self._first_page = first_page
        self._more = True
        self._client = client
        self._method = method
        self._params = dict(params)
        self._iterator: Any = None
        self._tokens: set[bytes] = set()
        if client.can_paginate(method):
            size = operation_quirks.page_size(client, method, self._params)
            paginator = client.get_paginator(method)
            self._iterator = paginator.paginate(**self._params, PaginationConfig={"PageSize": size} if size else {})
            self._iterator._inject_starting_params(self._params)  # noqa: SLF001 - botocore's own iterator cannot resume

    def read(self) -> None:
        """Request all pages that are still missing, or only the first.

        Raises:
            SpoiltAnswerError: a page is not an answer of AWS.
            EndlessListError: the list does not end.

        """
        ask = getattr(self._client, self._method)
        while self._more:
            began = self._clock()
            page = ask(**self._params)
            self._examine(page)
            more = self._aim_at_next(page) if self._iterator is None else self._aim_at_token(page)
            self._more = more and not self._first_page
            self._spent += self._clock() - began
            if self._more and (self._spent > LIST_SECONDS or self._tally.bytes > LIST_BYTES):
                raise EndlessListError(f"there is no end after {self.pages.count} pages")

    def _examine(self, page: Pages) -> None:
        """Check for left-out lists: one counts as empty only in an answer of AWS itself, which its request id shows.

        The same holds for an empty answer.
        """
        if self._tally.signed:
            return
        if _is_empty({name: value for name, value in page.items() if name != "ResponseMetadata"}):
            raise SpoiltAnswerError("the answer is empty and has no request id of AWS's")
        lists = [] if self._iterator is None else [key.expression for key in self._iterator.result_keys]
        left_out = next((name for name in lists if "." not in name and name not in page), None)
        if left_out is not None:
            raise SpoiltAnswerError(f"the answer has neither {left_out} nor a request id of AWS's")

    def _aim_at_token(self, page: Pages) -> bool:
        """Keep a page as botocore's paginator does. Returns whether there is another; the parameters now request it."""
        token = self._iterator._get_next_token(page)  # noqa: SLF001
        self.pages.add(page, [key.expression for key in self._iterator.result_keys])
        if all(part is None for part in token.values()):
            return False
        self._see(token)
        self._iterator._inject_token_into_kwargs(self._params, token)  # noqa: SLF001
        return True

    def _aim_at_next(self, page: Pages) -> bool:
        """As `_aim_at_token`, where boto3 has no paginator."""
        self.pages.add(page, [name for name, value in page.items() if isinstance(value, list)])
        onward = _onward(self._client, self._method, page)
        if onward is None:
            return False
        token = page[_answered(page)]
        self._see(token)
        self._params[onward] = token
        return True

    def _see(self, token: Any) -> None:
        """Note the token of a further page.

        Raises:
            botocore.exceptions.PaginationError: it leads back to a page that was read before.

        """
        from botocore.exceptions import PaginationError

        seen = digest(repr(token).encode()).digest()
        if seen in self._tokens:
            raise PaginationError(message="The same next token was received twice")
        self._tokens.add(seen)


def _answered(page: Pages) -> str:
    """The name of the page's token, or empty."""
    return next((name for name, _ in _TOKENS if page.get(name) and isinstance(page[name], str)), "")


def _onward(client: Any, method: str, page: Pages) -> str | None:
    """The parameter that requests the next page; None on the last one.

    Raises:
        MorePagesError: the answer says that there are more, and the operation has no parameter to request them.

    """
    answered = _answered(page)
    if not answered:
        return None
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    for name, asked in _TOKENS:
        if name == answered and shape is not None and asked in shape.members:
            return asked
    raise MorePagesError(f"{method} has more pages, and no parameter asks for them")
