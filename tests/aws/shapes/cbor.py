"""Values in CBOR, as the protocol of Smithy sends them."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Any


def cbor(value: Any) -> bytes:
    """A value as CBOR (RFC 8949)."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case float():
            return b"\xfb" + struct.pack(">d", value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case datetime():
            return _head(6, 1) + cbor(value.timestamp())
        case dict():
            return _head(5, len(value)) + b"".join(cbor(key) + cbor(each) for key, each in value.items())
        case _:
            return _head(4, len(value)) + b"".join(map(cbor, value))


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    return bytes([major << 5 | 27]) + struct.pack(">Q", number)
