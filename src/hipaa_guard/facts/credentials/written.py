"""Secrets that source writes down: whether a value that is a secret by its place holds one or takes it from elsewhere.

The value of a secret, a password of a database or a secure parameter is searched at every depth. One literal that is
certainly a secret decides, whatever stands beside it. A literal in a document (JSON) is one by its form, or by the name
that it has there; the name of a user or a host, an address and a placeholder are none.
"""

from __future__ import annotations

import base64
import binascii
from enum import Enum, auto

from hipaa_guard.facts.credentials import in_text
from hipaa_guard.facts.credentials.assignments import own_name, with_gaps
from hipaa_guard.facts.credentials.documents import document_of, leaves_of
from hipaa_guard.facts.secrets import SecretText, revealed, secrets_in
from hipaa_guard.facts.values import Cause, Encoded, PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import regex

_LATER = (Cause.AFTER_APPLY, Cause.DATA_SOURCE)

# Values that stand for a secret which somebody sets later.
_PLACEHOLDER = regex(
    r"(?i:changeme|changeit|change[-_ ]?(?:me|this|it).*|replace[-_ ]?(?:me|this|with).*|fill[-_ ]?(?:me|in).*"
    r"|(?:set|managed|updated|rotated|provided)[-_ ](?:me|later|manually|outside|elsewhere|by|in|out)\b.*"
    r"|to[-_ ]be[-_ ].*|(?:your|insert|enter|put)[-_ ].*|.*[-_ ]here|placeholder.*|dummy|todo|tbd|fixme|redacted|masked"
    r"|unset|empty|initial|example|sample|n/?a|none|null|nil|undefined|true|false|\{\}|\[\]"
    r"|x{3,}|\*+|\.{3,}|-+|_+|\?+|<[^<>]*>|\{\{[^{}]*\}\}|\$\{[^{}]*\}|%\w+%|__\w+__)"
)
# Values that say where a secret is. A URL with a password is found by its form before.
_ELSEWHERE = regex(
    r"arn:[\w-]+:|[A-Za-z][\w+.-]*://|\{\{resolve:|(?i:ssm|vault|secretsmanager|awsssm|awssecret|op|sops):|rds!(?:db|cluster)-"
    r"|-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----(?![\s\S]*PRIVATE KEY)"
)
_WORDS = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Last words of names in the document of a secret that are not known elsewhere, and words before them that take it back.
_SECRETS = regex(
    "keys?|credentials?|creds|salt|pepper|seed|pin|otp|auth|bearer|pat|psk|cookie|passwords|secrets|tokens|hmac|passkey"
)
_OPEN_KEYS = regex("public|partition|sort|primary|foreign|kms|object|cache|index|s3")
# Last words of names that say whose a secret is, where it is used, and how.
_DETAILS = regex(
    "user(?:name|id)?|users|login|account|hosts?|hostname|servers?|address(?:es)?|endpoints?|ports?|engine|db|dbname"
    "|database|schema|catalog|region|zone|ur[li]s?|email|mail|issuer|audience|scopes?|algorithm|alg|type|protocol|driver"
    "|ssl|sslmode|tls|mode|timeout|charset|encoding|name|ids?|identifier|version|description|environment|env|stage|arns?"
    "|cert|certificate|fingerprint|date|created|expires|expiry|days|enabled|path|bucket|table|topic|queue|domain|realm"
    "|tenant|client|role|method|format|size|length|max|min|count|warehouse|instance|cluster|masterarn|clientid|tenantid"
    "|db(?:instance|cluster)identifier"
)
_GENERATED = regex(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[^\s]{12,}|[0-9a-f]{32,}")
_PLAIN = regex(
    r"[A-Za-z]+(?:[ _./:@-][A-Za-z]+)*|[\d.:/T Z-]+|[a-z]{2}(?:-[a-z]+)+-\d[a-z]?|[a-z]+-[0-9a-f]{8,17}"
    r"|[\w-]+(?:\.[\w-]+){2,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_KEEPS_ONE = regex(r"(?i:password|secret|token|key|credential|result|content|value|body|json)")


class _Leaf(Enum):
    """The kind of a value inside a document."""

    WRITTEN = auto()
    """A secret, in the clear."""
    HARMLESS = auto()
    TAKEN = auto()
    """A secret that is made or read elsewhere."""
    OTHER = auto()
    """Words under a name that says neither."""
    DOUBTFUL = auto()
    """As `OTHER`, with digits or signs as a secret has."""


def secret_written(value: Value) -> bool | Unknown:
    """Whether source writes the secret that a value is by its place; None and an empty text are no secret."""
    given_later = next((each for each in secrets_in(value) if not each.written), None)
    return _judged(revealed(value)) if given_later is None else given_later


def secret_written_in_base64(value: Value) -> bool | Unknown:
    """As `secret_written`, for bytes in base64."""
    value = value if isinstance(value, SecretText) and not value.written else revealed(value)
    if not isinstance(value, str):
        return secret_written(value)
    try:
        return secret_written(base64.b64decode("".join(value.split()), validate=True).decode())
    except UnicodeDecodeError:
        return True
    except (binascii.Error, ValueError):
        return secret_written(value)


def credential_written(name: str, value: Value) -> bool | Unknown:
    """Whether a setting of a name, which need not be a secret, holds a credential in the clear, by its form or name."""
    value = revealed(value) if all(each.written for each in secrets_in(value)) else value
    document = document_of(value)
    leaves = [(name, name, value)] if document is None else leaves_of(document, name)
    unknown: Unknown | None = None
    for key, _, part in leaves:
        leaf = part.content if isinstance(part, Encoded) else part
        if isinstance(leaf, Unknown) and not _is_later(leaf):
            unknown = leaf if unknown is None else unknown
        if isinstance(leaf, str | PartialText) and not _is_placeholder(leaf) and _holds_one(key, leaf):
            return True
    return False if unknown is None else unknown


def _judged(value: Value) -> bool | Unknown:
    document = document_of(value)
    if document is None:
        return _of_whole(value)
    kinds = [_of_leaf(name, last, leaf) for name, last, leaf in leaves_of(document)]
    known = {kind for kind in kinds if isinstance(kind, _Leaf)}
    if _Leaf.WRITTEN in known:
        return True
    unknown = next((kind for kind in kinds if isinstance(kind, Unknown)), None)
    if unknown is not None:
        return Unknown(f"it is not known which part is secret: {unknown.reason}", unknown.cause)
    if _Leaf.DOUBTFUL in known or (_Leaf.OTHER in known and _Leaf.TAKEN not in known):
        return Unknown("it is not known whether a part of the value is secret, by its name and form")
    return False


def _of_whole(value: Value) -> bool | Unknown:
    """Of a value that is no document: the secret itself."""
    if value is None or isinstance(value, bool):
        return False
    if isinstance(value, Encoded):
        return _judged(value.content)
    if isinstance(value, PartialText):
        return _of_partial(value)
    if isinstance(value, Unknown):
        return False if _is_later(value) else value
    text = str(value).strip()
    if _is_placeholder(text):
        return False
    return bool(in_text("", text)) or _ELSEWHERE.match(text) is None


def _of_partial(text: PartialText) -> bool | Unknown:
    if _holds_one("", text):
        return True
    unknowns = [part for part in text.parts if isinstance(part, Unknown)]
    written = "".join(part for part in text.parts if isinstance(part, str)).strip()
    if all(map(_is_later, unknowns)) and (not written or any(map(_keeps_one, unknowns))):
        return False
    return Unknown(f"it is not known which part is secret: {text.reason}", text.cause)


def _of_leaf(name: str, last: str, value: Value) -> _Leaf | Unknown:
    """Of a value in a document, under the path `name` that ends with the key `last`."""
    if value is None or isinstance(value, bool):
        return _Leaf.HARMLESS
    if isinstance(value, Encoded):
        return _of_leaf(name, last, value.content)
    if isinstance(value, Unknown):
        return _of_unknown(name, last, value)
    text = str(value).strip()
    if _is_placeholder(text):
        return _Leaf.HARMLESS
    if _holds_one(name, text):
        return _Leaf.WRITTEN
    if _ELSEWHERE.match(text):
        return _Leaf.HARMLESS
    if _names_a_secret(name):
        return _Leaf.WRITTEN
    if _is_detail(last) or not isinstance(value, str):
        return _Leaf.HARMLESS
    if _PLAIN.fullmatch(text):
        return _Leaf.OTHER
    return _Leaf.WRITTEN if _GENERATED.fullmatch(text) else _Leaf.DOUBTFUL


def _of_unknown(name: str, last: str, value: Unknown) -> _Leaf | Unknown:
    parts = value.parts if isinstance(value, PartialText) else (value,)
    if isinstance(value, PartialText) and _holds_one(name, value):
        return _Leaf.WRITTEN
    unknowns = [part for part in parts if isinstance(part, Unknown)]
    named = _names_a_secret(name)
    if _is_detail(last) and not named:
        return _Leaf.HARMLESS
    if not all(map(_is_later, unknowns)):
        return value
    written = "".join(part for part in parts if isinstance(part, str)).strip()
    return value if named and written and not any(map(_keeps_one, unknowns)) else _Leaf.TAKEN


def _is_placeholder(value: Value) -> bool:
    """Whether a text is empty, or stands for a secret that somebody sets later."""
    text = value.strip() if isinstance(value, str) else None
    return text is not None and (not text or _PLACEHOLDER.fullmatch(text) is not None)


def _holds_one(name: str, value: str | PartialText) -> bool:
    """Whether the known parts of a text certainly hold a credential."""
    return bool(in_text(name, with_gaps(value) if isinstance(value, PartialText) else value))


def _is_later(value: Unknown) -> bool:
    """Whether another resource makes a value, or a data source reads it: then it is not in source."""
    if isinstance(value, PartialText):
        return all(part.strip() == "" if isinstance(part, str) else _is_later(part) for part in value.parts)
    return isinstance(value, Reference) or (not isinstance(value, PartialJson) and value.cause in _LATER)


def _keeps_one(value: Unknown) -> bool:
    """Whether what a value refers to is made to be a secret, or holds one."""
    return any(_KEEPS_ONE.search(each.rpartition(".")[2]) for each in value.references)


def _names_a_secret(name: str) -> bool:
    if own_name(name, "any literal") is not None:
        return True
    words = _words(name)
    return bool(words) and _SECRETS.fullmatch(words[-1]) is not None and not _is_open_key(words)


def _is_open_key(words: list[str]) -> bool:
    return words[-1] in ("key", "keys") and any(map(_OPEN_KEYS.fullmatch, words[-2:-1]))


def _is_detail(key: str) -> bool:
    words = [word for word in _words(key) if not word.isdigit()]
    return bool(words) and (_is_open_key(words) or any(map(_DETAILS.fullmatch, (words[-1], "".join(words)))))


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]
