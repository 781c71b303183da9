"""Credentials written in the clear inside other texts: only forms that cannot be anything else.

The texts themselves are never kept: what looks for credentials holds only the names of what it found.
Formats: IAM user guide, "Understanding unique ID prefixes"; RFC 7468 for private keys.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator

from hipaa_guard.facts.values import Incomplete, PartialJson, PartialText, Reference, Unknown, Value

_FORMS = (
    # Amazon's documentation ends its made-up keys in EXAMPLE and EXAMPLEKEY.
    (
        "an AWS access key id",
        re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)(?![A-Z2-7]{9}EXAMPLE)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    ),
    (
        "an AWS secret access key",
        re.compile(
            r"(?i:secret_?access_?key|aws_?secret_?key)[\"']?\s*[:=]\s*[\"']?"
            r"(?![A-Za-z0-9/+]{30}EXAMPLEKEY)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"
        ),
    ),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")),
)
_GENERATED = {
    "aws_iam_access_key": ("secret", "id", "ses_smtp_password_v4"),
    "tls_private_key": ("private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"),
}
_MAY_BE_SECRET = re.compile(
    r"password|secret|token|private|key|credential|auth|result|content|value|body|json|rendered|data|text|output",
    re.IGNORECASE,
)
_LARGEST = 1 << 20
"""Bytes looked at after decompression."""


def credentials_in(value: Value) -> list[str]:
    """The names of the credentials that a text certainly holds; `Incomplete` where a part of it is not known."""
    found: list[str] = []
    unknown: Unknown | None = None
    for part in _parts(value):
        if isinstance(part, Reference) and _generated(part):
            found.append(f"{part.attribute} of {part.address}")
        elif isinstance(part, Unknown):
            # Where a resource's endpoint or ARN stands, no credential does.
            if not isinstance(part, Reference) or _MAY_BE_SECRET.search(part.attribute):
                unknown = part if unknown is None else unknown
        else:
            found.extend(name for name, form in _FORMS if form.search(part))
    names = list(dict.fromkeys(found))
    return names if unknown is None else Incomplete(names, unknown)


def credentials_in_base64(value: Value) -> list[str]:
    """As `credentials_in`, for a text that may be encoded as base64 and compressed, as user data is."""
    return credentials_in(_decoded(value) if isinstance(value, str) else value)


def credentials_in_variables(variables: Value) -> list[str]:
    """As `credentials_in`, for a map of names to texts: ``"an AWS access key id in AWS_ACCESS_KEY_ID"``."""
    if variables is None:
        return []
    if isinstance(variables, Unknown):
        return Incomplete([], variables)
    found: list[str] = []
    unknown: Unknown | None = None
    for name, value in variables.items():
        names = credentials_in(f"{name}={value}" if isinstance(value, str) else value)
        if isinstance(names, Incomplete):
            unknown, names = names.unknown if unknown is None else unknown, names.seen
        found.extend(f"{each} in {name}" for each in names)
    return found if unknown is None else Incomplete(found, unknown)


def _parts(value: Value) -> Iterator[str | Unknown]:
    if value is None:
        return
    if isinstance(value, PartialText):
        yield from value.parts
    elif isinstance(value, PartialJson):
        yield from _leaves(value.document)
    elif isinstance(value, Unknown):
        yield value
    else:
        yield str(value)


def _leaves(value: Value) -> Iterator[str | Unknown]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from [f"{name}={part}"] if isinstance(part, str) else _leaves(part)
    elif isinstance(value, list):
        seen: Iterable[Value] = value.seen if isinstance(value, Incomplete) else value
        for part in seen:
            yield from _leaves(part)
        if isinstance(value, Incomplete):
            yield value.unknown
    else:
        yield from _parts(value)


def _generated(part: Reference) -> bool:
    """Whether the reference is to an attribute that holds a credential which Terraform itself makes."""
    return any(f"{type}." in f"{part.address}." and part.attribute in names for type, names in _GENERATED.items())


def _decoded(text: str) -> str:
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text
    if data[:2] == b"\x1f\x8b":
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, _LARGEST)
        except zlib.error:
            return text
    return data.decode("utf-8", "replace")
