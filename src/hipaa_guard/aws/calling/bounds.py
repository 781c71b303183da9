"""An end to what AWS, or whatever stands in for it, may send: in time and in size, for a body and for a list."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hipaa_guard.aws.calling.raw_answers import SpoiltAnswerError

BODY_SECONDS = 60.0
"""A body that is not whole by then is given up, however steadily it drips; silence alone ends earlier."""
BODY_BYTES = 64 * 2**20
"""The largest pages of AWS (1,000 users with their policies, a credential report) are a tenth of it."""
CALL_SECONDS = 180.0
"""A request that has no answer by then is given up, wherever it hangs: all bounds of its parts together end earlier."""
LIST_SECONDS = 3600.0
"""A list that took so long to read, the waits for its turn not counted, and has further pages stays in part.

AWS's longest, a million log groups in pages of 50, takes half of it at the ten pages a second that AWS allows.
"""
LIST_BYTES = 512 * 2**20

_PIECE = 2**16


class SlowAnswerError(Exception):
    """A body did not come to its end in time."""


class EndlessListError(Exception):
    """A list has more pages than any of AWS's."""


class BoundedSession:
    """The HTTP session of a client of botocore's, which by itself reads bodies without any end."""

    def __init__(self, session: Any, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = session
        self._clock = clock

    def send(self, request: Any) -> Any:
        """Send a request and read its answer.

        Raises:
            SlowAnswerError: the body is not whole in time.
            SpoiltAnswerError: the body is larger than any of AWS's.

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
