"""Limits of time and size for answers of AWS, or of a server in its place: for one body and for one list."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hipaa_guard.aws.calling.raw_answers import SpoiltAnswerError

BODY_SECONDS = 60.0
"""Limit for reading one body, however steadily it arrives. A silent connection ends earlier."""
BODY_BYTES = 64 * 2**20
"""Limit for one body, ten times the largest pages of AWS (1,000 users with their policies, a credential report)."""
CALL_SECONDS = 180.0
"""Limit for one request, wherever it hangs. The limits of its parts together are shorter."""
LIST_SECONDS = 3600.0
"""Limit for reading a list, without the time that it waits in the queue. Further pages are then not read.

The longest list of AWS, a million log groups in pages of 50, takes half of it at ten pages a second, AWS's limit.
"""
LIST_BYTES = 512 * 2**20

_PIECE = 2**16


class SlowAnswerError(Exception):
    """A body was not complete in time."""


class EndlessListError(Exception):
    """A list has more pages than any list of AWS."""


class BoundedSession:
    """The HTTP session of a botocore client, with limits. botocore itself reads bodies without any limit."""

    def __init__(self, session: Any, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock

    def send(self, request: Any) -> Any:
        """Send a request and read its answer.

        Raises:
            SlowAnswerError: the body is not complete in time.
            SpoiltAnswerError: the body is larger than any body of AWS.

        """
        request.stream_output = True  # leaves the body to be read here
        response = self._session.send(request)
        try:
            response._content = self._body(response.raw)  # noqa: SLF001 - where botocore keeps it once it is read
        except BaseException:
            response.raw.close()
            raise
        return response

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _body(self, raw: Any) -> bytes:
        until = self._clock() + BODY_SECONDS
        pieces: list[bytes] = []
        size = 0
        while piece := raw.read1(_PIECE, decode_content=False):
            size += len(piece)
            if size > BODY_BYTES:
                raise SpoiltAnswerError(f"more than {BODY_BYTES // 2**20} MiB came")
            if self._clock() > until:
                raise SlowAnswerError(f"the answer was not whole after {BODY_SECONDS:.0f} s")
            pieces.append(piece)
        return b"".join(pieces)
