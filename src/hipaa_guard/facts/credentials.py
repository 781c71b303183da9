"""Credentials written in the clear inside other texts.

A credential is recognised by a form that nothing else has, or by the name that a literal is assigned to
(``DB_PASSWORD``). Texts are never kept: a result holds only names of the credentials that were found. So sensitive
values may be opened here.
Formats: IAM user guide, "Understanding unique ID prefixes"; RFC 7468 for private keys; RFC 3986, userinfo of a URL.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator

from hipaa_guard.facts.secrets import SecretText, revealed
from hipaa_guard.facts.values import Incomplete, PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import regex

_GAP = "\ue006"
"""Placeholder for an unknown part of a text: a private-use character, as in policies."""

_FORMS = (
    ("an AWS access key id", regex(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")),
    (
        "an AWS secret access key",
        regex(r"(?i:secret_?(?:access_?)?key)\\?[\"']?(?:\s*[:=]\s*|\s+)\\?[\"']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"),
    ),
    ("a private key", regex(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----")),
)
_LOGIN = regex(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/:@\"'<>]{0,200}:([^\s/@\"'<>]{1,200})@")

# The last words of names of credentials: DB_PASSWORD, clientSecret. A name with further words says where a credential
# is kept or how it is treated: SECRET_ARN, TOKEN_URL, PASSWORD_MIN_LENGTH.
_NAME = regex(
    r"(?:(?<![A-Za-z])|(?<=[a-z0-9])(?=[A-Z])|(?<![nN][oO])(?=(?i:password)))"
    r"(?:(?P<password>(?i:password|passwd|passphrase|pwd|pass))|(?P<secret>(?i:secret))|(?P<token>(?i:token))"
    r"|(?P<key>(?i:(?:api|auth|secret|access|private)[_-]?key)))"
    r"(?i:[_-]?(?:base|value|\d{1,2}))?(?![A-Za-z0-9_-])"
)
_CALLED = {"password": "a password", "secret": "a secret", "token": "a token", "key": "a secret key"}

_QUOTED = r"\\?(?P<q>[\"'])(?P<quoted>[^\"'\\\s]{1,500})\\?(?P=q)"
_BARE = r"(?P<bare>(?![=-])[^\s\"'`;&|<>()\[\]{},$\\]{1,500})"
# How a literal may follow such a name, and the text that the line must have before the name.
_GIVEN = (
    # NAME=value
    (regex(""), regex(rf"={_BARE}(?=[\s;&\"']|$)")),
    # NAME = "value", "NAME": "value"
    (regex(""), regex(rf"\\?[\"']?\]?[ \t]*(?:=>|:=|=|:)[ \t]*{_QUOTED}")),
    # NAME: value
    (regex(r"^[\s-]*[\w.-]*$"), regex(rf"[ \t]*:[ \t]+{_BARE}[ \t]*(?=[\r\n]|$)")),
    # define('NAME', 'value')
    (regex(r"define\(\s*[\"'][\w-]*$"), regex(rf"[\"']\s*,\s*{_QUOTED}")),
    # --name value
    (regex(r"(?:^|\s)--[\w-]*$"), regex(rf"[ \t]+(?:{_QUOTED}|(?![\w-]+=){_BARE}(?=[\s;&]|$))")),
)
_LINE = 200
"""Number of characters before a name that are looked at."""

# Values that are no credential: they say where one is, or are replaced later.
_POINTER = regex(
    r"arn:|[.~]{0,2}/|\$[\w({]|`|\{|<|%[({A-Za-z]|\*+$"  # ARNs, paths and parameters; shell variables, templates; masks
    r"|[A-Za-z][\w+.-]*://"  # a URL; one with a password is found by its form
    r"|(?i:ssm|vault|secretsmanager|secret|kms|env|file|op|sm|param|parameter):"
    r"|[a-z][a-z_.-]*(?:/[a-z][a-z0-9_.-]*)+$"  # prod/records/db, the name of a secret
    r"|AQ[IE]CA[HB]"  # encrypted by KMS
)
_FLAGS = frozenset(
    {"true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "0", "1"}
    | {"enabled", "disabled", "required", "optional"}
)

_GENERATED = {
    "aws_api_gateway_api_key": ("value",),
    "aws_cognito_user_pool_client": ("client_secret",),
    "aws_iam_access_key": ("secret", "ses_smtp_password_v4"),  # its id alone gives no access
    "tls_private_key": ("private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"),
}
_MAY_BE_SECRET = regex(
    r"password|secret|token|key|credential|auth|result|content|value|body|json|rendered|data|text|output",
    re.IGNORECASE,
)
_LARGEST = 1 << 20
"""Maximum bytes that are looked at after decompression."""


def credentials_in(value: Value) -> list[str]:
    """The names of the credentials that a text certainly holds; `Incomplete` where a part of the text is unknown."""
    return _found(_parts("", revealed(value)))


def credentials_in_base64(value: Value) -> list[str]:
    """As `credentials_in`, for a text that may be encoded as base64 and compressed, as user data is."""
    value = revealed(value)
    return credentials_in(_decoded(value) if isinstance(value, str) else value)


def credentials_in_variables(variables: Value) -> list[str]:
    """As `credentials_in`, for a map of names to texts: ``"an AWS access key id in AWS_ACCESS_KEY_ID"``."""
    if variables is None:
        return []
    if isinstance(variables, SecretText):  # even the names are secret
        return credentials_in(variables)
    if isinstance(variables, Unknown):
        return Incomplete([], variables)
    found: list[str] = []
    unknown: Unknown | None = None
    for name, value in variables.items():
        names = _found(_parts(name, revealed(value)))
        if isinstance(names, Incomplete):
            unknown, names = names.unknown if unknown is None else unknown, names.seen
        found.extend(f"{each} in {name}" for each in names)
    return found if unknown is None else Incomplete(found, unknown)


def _found(parts: Iterable[tuple[str, str | Unknown]]) -> list[str]:
    """The names of the credentials in pairs of a name, which may be empty, and the text assigned to it."""
    found: list[str] = []
    unknown: Unknown | None = None
    for name, part in parts:
        if isinstance(part, Reference) and _generated(part):
            found.append(f"{part.attribute} of {part.address}")
        elif isinstance(part, Unknown):
            # A reference to an endpoint or ARN is no credential.
            if not isinstance(part, Reference) or _MAY_BE_SECRET.search(part.attribute):
                unknown = part if unknown is None else unknown
        else:
            formed = _by_form(f"{name}={part}")
            # A key that was found by its form is not reported again by its name.
            found += formed + [kind for kind in _by_name(name, part) if not formed or kind != _CALLED["key"]]
    names = list(dict.fromkeys(found))
    return names if unknown is None else Incomplete(names, unknown)


def _by_form(text: str) -> list[str]:
    found = [name for name, form in _FORMS if form.search(text)]
    if any(_is_literal(login[1]) for login in _LOGIN.finditer(text)):
        found.append("a URL with a password")
    return found


def _by_name(name: str, text: str) -> list[str]:
    """The kinds of credentials by name: of the whole text, by its own name, or of literals assigned inside of it."""
    own = _NAME.search(name)
    if own is not None and own.end() == len(name) and _is_literal(text.strip()):
        return [_CALLED[str(own.lastgroup)]]
    return [_CALLED[str(word.lastgroup)] for word in _NAME.finditer(text) if _is_given_a_literal(word)]


def _is_given_a_literal(word: re.Match[str]) -> bool:
    text, start = word.string, word.start()
    line = text[max(0, start - _LINE) : start].rpartition("\n")[2]
    for before, after in _GIVEN:
        given = after.match(text, word.end()) if before.search(line) else None
        if given is not None:
            values = given.groupdict()
            return _is_literal(values.get("quoted") or values.get("bare") or "")
    return False


def _is_literal(value: str) -> bool:
    """Whether a value assigned to the name of a credential is one: fully known, and no pointer to another place."""
    return bool(value) and _GAP not in value and value.lower() not in _FLAGS and _POINTER.match(value) is None


def _parts(name: str, value: Value) -> Iterator[tuple[str, str | Unknown]]:
    """The texts in a value, with placeholders for their unknown parts, and the unknown values."""
    if isinstance(value, PartialText):
        yield name, "".join(part if isinstance(part, str) else _GAP for part in value.parts)
        yield from ((name, part) for part in value.parts if isinstance(part, Unknown))
    elif isinstance(value, PartialJson):
        yield from _parts(name, value.document)
    elif isinstance(value, Unknown):
        yield name, value
    elif isinstance(value, dict):
        for inner, part in value.items():
            yield from _parts(str(inner), part)
    elif isinstance(value, list):
        for part in value.seen if isinstance(value, Incomplete) else value:
            yield from _parts(name, part)
        if isinstance(value, Incomplete):
            yield name, value.unknown
    elif value is not None:
        yield name, str(value)


def _generated(part: Reference) -> bool:
    """Whether a reference is to an attribute with a credential that Terraform itself generates."""
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
