"""Credentials written in the clear inside other texts.

A credential is recognised by a form that nothing else has, or by the name that a literal is assigned to
(``DB_KEPT``). Texts are never kept: a result holds only names of the credentials that were found. So sensitive
values may be opened here.
Sources of the formats stand in `forms`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hipaa_guard.facts.credentials.assignments import GAP, assigned, is_literal, own_name, with_gaps
from hipaa_guard.facts.credentials.encoded import decoded, texts_inside
from hipaa_guard.facts.credentials.forms import by_form
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.partial_maps import OpenMap, PartialMap
from hipaa_guard.facts.secrets import SecretText, revealed
from hipaa_guard.facts.values import Cause, Encoded, Existing, PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import regex

_GENERATED = {
    "aws_api_gateway_api_key": ("value",),
    "aws_cognito_user_pool_client": ("client_secret",),
    "aws_ecr_authorization_token": ("authorization_token", "password"),
    "aws_iam_access_key": ("secret", "ses_smtp_password_v4"),  # its id alone gives no access
    "aws_iam_service_specific_credential": ("service_password",),
    "aws_iam_user_login_profile": ("password",),
    "aws_secretsmanager_random_password": ("random_password",),
    "aws_secretsmanager_secret_version": ("secret_binary", "secret_string"),
    "random_password": ("result",),
    "tls_private_key": ("private_key_pem", "private_key_openssh", "private_key_pem_pkcs8"),
}
_STORED = regex(r"(?:^|\.)(?:aws_secretsmanager_secret_version|random_password)\.")
"""Addresses of what holds a secret: a value made from it, for the name of a credential, is that credential."""
_MAY_BE_SECRET = regex(
    r"password|secret|token|key|credential|auth|result|content|value|body|json|rendered|data|text|output",
    re.IGNORECASE,
)
_LOOKED_UP = regex(r"(?:^|\.)data\.(?:aws|awscc)_\w+\.[^.]+\.(.+)$")
_KEPT = "a password"
_ASSIGNED = regex(r"([\w-]{1,100})[\"']?[ \t]*[=:][ \t]*[\"']?$|(?<!\S)--?([\w-]{1,100})[ \t]+[\"']?$")
"""A name, as source assigns a value to it or gives it to a command, at the end of a text."""


def credentials_in(value: Value) -> list[str]:
    """The names of the credentials that a text certainly holds; `Incomplete` where a part of the text is unknown."""
    return _found(_parts("", revealed(value)))


def credentials_in_base64(value: Value) -> list[str]:
    """As `credentials_in`, for a text that may be encoded as base64 and compressed, as user data is."""
    value = revealed(value)
    return credentials_in(decoded(value) if isinstance(value, str) else value)


def credentials_in_variables(variables: Value) -> list[str]:
    """As `credentials_in`, for a map of names to texts: ``"an AWS access key id in AWS_ACCESS_KEY_ID"``."""
    if variables is None:
        return []
    if isinstance(variables, SecretText):  # even the names are secret
        return credentials_in(variables)
    if isinstance(variables, Unknown) and not isinstance(variables, OpenMap | PartialMap):
        return Incomplete([], variables)
    found: list[str] = []
    unknown: Unknown | None = variables if isinstance(variables, Unknown) else None
    for name, value in _entries(variables):
        names = _found(_parts(name, revealed(value)))
        if isinstance(names, Incomplete):
            unknown, names = names.unknown if unknown is None else unknown, names.seen
        found.extend(f"{each} in {name.replace(GAP, '...')}" for each in names)
    return found if unknown is None else Incomplete(found, unknown)


def _found(parts: Iterable[tuple[str, str | Unknown]]) -> list[str]:
    """The names of the credentials in pairs of a name, which may be empty, and the text assigned to it."""
    found: list[str] = []
    unknown: Unknown | None = None
    for name, part in parts:
        if isinstance(part, Reference | Existing) and _generated(part):
            found.append(f"{part.attribute} of {part.address}")
        elif isinstance(part, Unknown) and any(map(_STORED.search, part.references)) and _may_name(name):
            found.append(f"the value of {part.references[0]}")
        elif isinstance(part, Unknown):
            # An endpoint or ARN is no credential, whether it is of a resource or looked up.
            attribute = _attribute(part)
            if attribute is None or _MAY_BE_SECRET.search(attribute):
                unknown = part if unknown is None else unknown
        else:
            found += in_text(name, part)
    names = list(dict.fromkeys(found))
    return names if unknown is None else Incomplete(names, unknown)


def in_text(name: str, text: str) -> list[str]:
    """The names of the credentials in a text, and of the one that it is by its own name, which may be empty."""
    own = own_name(name, text) if name else None
    found = [] if own is None else [own]
    for inner in texts_inside(text):
        formed = list(by_form(f"{name}={inner}" if inner is text else inner, is_literal))
        # A credential that was found by its form is not reported again by its name, which says less.
        found = [each for each in found if not formed or each == _KEPT] + formed
        found += [each for each in assigned(inner) if not own and (not formed or each == _KEPT)]
    return found


def _parts(name: str, value: Value) -> Iterator[tuple[str, str | Unknown]]:
    """The texts in a value, with placeholders for their unknown parts, and the unknown values."""
    if isinstance(value, PartialText):
        yield name, with_gaps(value)
        for before, part in zip(("", *value.parts), value.parts, strict=False):
            if isinstance(part, Unknown):
                yield _name_before(before) or name, part
    elif isinstance(value, PartialJson | Encoded):
        yield from _parts(name, value.document if isinstance(value, PartialJson) else revealed(value.content))
    elif isinstance(value, dict | OpenMap | PartialMap):
        for inner, part in _entries(value):
            yield from _parts(inner, part)
        if isinstance(value, Unknown):
            yield name, value
    elif isinstance(value, Unknown):
        yield name, value
    elif isinstance(value, list):
        for part in value.seen if isinstance(value, Incomplete) else value:
            yield from _parts(name, part)
        if isinstance(value, Incomplete):
            yield name, value.unknown
    elif value is not None:
        yield name, str(value)


def _entries(value: dict[str, Value] | OpenMap | PartialMap) -> Iterator[tuple[str, Value]]:
    """The names in a map with their values, and `GAP` for what is not known of a name."""
    if isinstance(value, PartialMap):
        for name, inner in value.certain():
            yield name if isinstance(name, str) else with_gaps(name), inner
    else:
        yield from (value.known if isinstance(value, OpenMap) else value).items()


def _attribute(part: Unknown) -> str | None:
    """The attribute of a resource, or of something of AWS that is looked up, whose value a part is; None for others."""
    if isinstance(part, Reference):
        return part.attribute
    looked_up = [_LOOKED_UP.search(each) for each in part.references] if part.cause is Cause.DATA_SOURCE else []
    return looked_up[0][1] if len(looked_up) == 1 and looked_up[0] else None


def _name_before(text: str | Unknown) -> str:
    """The name at the end of a text to which the next part is assigned: ``DB_KEPT=``, ``--token "``; empty for none."""
    found = _ASSIGNED.search(text) if isinstance(text, str) else None
    return "" if found is None else found[1] or found[2]


def _may_name(name: str) -> bool:
    """Whether a variable is named as a credential is."""
    return own_name(name, "any literal") is not None


def _generated(part: Reference | Existing) -> bool:
    """Whether a reference is to an attribute with a credential that Terraform itself generates or reads."""
    return any(f"{type}." in f"{part.address}." and part.attribute in names for type, names in _GENERATED.items())
