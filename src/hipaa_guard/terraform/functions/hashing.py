"""Hash and crypto functions. Functions with another result at each run stay unknown."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable

from hipaa_guard.facts.values import Cause, Unknown, Value

from .context import CallContext, Function
from .errors import FunctionError
from .filesystem import content
from .signatures import TEXT, call, call_with_context

NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}
IMPURE = ("bcrypt", "plantimestamp", "rsadecrypt", "timestamp", "uuid")


def uuidv5(namespace: str, name: str) -> Value:
    """The UUID of a name within a namespace."""
    try:
        return str(uuid.uuid5(NAMESPACES.get(namespace) or uuid.UUID(namespace), name))
    except ValueError:
        raise FunctionError(f"uuidv5() doesn't support namespace {namespace[:40]!r}") from None


def _hex(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()


def _base64(algorithm: str) -> Callable[[bytes], str]:
    return lambda data: base64.b64encode(hashlib.new(algorithm, data, usedforsecurity=False).digest()).decode()


DIGESTS = {
    "base64sha256": _base64("sha256"),
    "base64sha512": _base64("sha512"),
    "md5": _hex("md5"),
    "sha1": _hex("sha1"),
    "sha256": _hex("sha256"),
    "sha512": _hex("sha512"),
}


def _of_text(digest: Callable[[bytes], str]) -> Function:
    return call(lambda text: digest(text.encode()), TEXT)


def _of_file(digest: Callable[[bytes], str]) -> Function:
    def hashed(context: CallContext, path: str) -> Value:
        data = content(context, path)
        return data if isinstance(data, Unknown) else digest(data)

    return call_with_context(hashed, TEXT)


def _impure(name: str) -> Function:
    return lambda _arguments, _context: Unknown(f"{name}() is not evaluated", Cause.EXPRESSION)


FUNCTIONS: dict[str, Function] = {
    **{name: _of_text(digest) for name, digest in DIGESTS.items()},
    **{f"file{name}": _of_file(digest) for name, digest in DIGESTS.items()},
    **{name: _impure(name) for name in IMPURE},
    "uuidv5": call(uuidv5, TEXT, TEXT),
}
