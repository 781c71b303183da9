"""Credentials that are known by the name that a literal is assigned to: ``DB_PASSWORD=...``, ``--token ...``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hipaa_guard.facts.values import PartialText
from hipaa_guard.lean import regex

GAP = "\ue006"
"""Placeholder for an unknown part of a text: a private-use character, as in policies."""

# The last words of names of credentials: DB_PASSWORD, clientSecret. A name with further words says where a credential
# is kept or how it is treated: SECRET_ARN, TOKEN_URL, PASSWORD_MIN_LENGTH.
_NAME = regex(
    r"(?:(?<![A-Za-z])|(?<=[a-z0-9])(?=[A-Z])|(?<![nN][oO])(?=(?i:password|passwd))|(?<=DB|PG|MY)(?=PASS))"
    r"(?:(?P<password>(?i:password|passwd|passphrase|passcode|pwd|pass|pw))|(?P<secret>(?i:secret))"
    r"|(?P<token>(?i:token))|(?P<key>(?i:(?:api|auth|secret|access|private|account|app|shared|license)[_-]?key))"
    r"|(?P<cipher>(?i:(?:encryption|signing|master|hmac|jwt|session|crypt|cipher)[_-]?key)))"
    r"(?i:[_-]?(?:base|value|plain|text|string|prod|dev|test|staging|live|\d{1,2}))?(?![A-Za-z0-9_-])"
)
_CALLED = {
    "password": "a password",
    "secret": "a secret",
    "token": "a token",
    "key": "a secret key",
    "cipher": "a secret key",
}

_QUOTED = r"\\?(?P<q>[\"'])(?P<quoted>[^\"'\\\s]{1,500})\\?(?P=q)"
_CODE = r"(?:[A-Za-z_]\w*(?:\.\w+)+|(?i:password|passwd|token|secret|key|pw|pwd))[ \t;]*(?:[\r\n#]|$)"
_BARE = r"(?P<bare>(?![=-])[^\s\"'`;&|<>()\[\]{},$\\]{1,500})"
# How a literal may follow such a name, and the text that the line must have before the name.
_GIVEN = (
    # NAME=value
    (regex(""), regex(rf"={_BARE}(?=[\s;&\"']|$)")),
    # NAME='value', as a shell reads it: all between single quotes is literal, a value may have spaces
    (regex(r"(?:^|[\s;&])[\w-]*$"), regex(r"='(?P<quoted>[^'\n]{1,500})'")),
    (regex(r"(?:^|[\s;&])[\w-]*$"), regex(r"=\"(?P<quoted>[^\"$`\n]{1,500})\"")),
    # NAME = "value", "NAME": "value"
    (regex(""), regex(rf"\\?[\"']?\]?[ \t]*(?:=>|:=|=|:)[ \t]*{_QUOTED}")),
    # NAME: value
    (regex(r"^[\s-]*[\w.-]*$"), regex(rf"[ \t]*:[ \t]+{_BARE}[ \t]*(?=[\r\n#]|$)")),
    # NAME = value, in settings files; a name of code is none
    (regex(r"^[ \t]*[\w.-]*$"), regex(rf"[ \t]+=[ \t]+(?!{_CODE}){_BARE}[ \t]*(?=[\r\n#;]|$)")),
    # 'NAME: value', a header of a request
    (regex(r"[\"'][\w-]*$"), regex(rf":[ \t]*{_BARE}(?=[\"'])")),
    # define('NAME', 'value'), [Environment]::SetEnvironmentVariable("NAME", "value", "Machine")
    (regex(r"(?:define|SetEnvironmentVariable)\(\s*[\"'][\w-]*$"), regex(rf"[\"']\s*,\s*{_QUOTED}")),
    # --name value, -Name value
    (regex(r"(?:^|\s)--?[\w-]*$"), regex(rf"[ \t]+(?:{_QUOTED}|(?![\w-]+=){_BARE}(?=[\s;&]|$))")),
    # <name>value</name>
    (regex(r"<[\w.-]*$"), regex(r">(?P<bare>[^<>\s]{1,500})</")),
    # NAME value, in Dockerfiles and of setx
    (regex(r"(?:^|\s)(?:ENV|ARG|setx)[ \t]+[\w-]*$"), regex(rf"[ \t]+(?:{_QUOTED}|{_BARE}(?=[\s;&]|$))")),
)
_BEFORE = 20
"""Number of characters before "token" that may say that it is no login."""
_LINE = 200
"""Number of characters before a name that are looked at."""

# Values that are no credential: they say where one is, or are replaced later.
_POINTER = regex(
    r"arn:|[.~]{0,2}/|[A-Za-z]:\\|\$[\w({:]|`|\{|<|%[({A-Za-z]|\*+$|\?$"  # ARNs, paths; variables, templates; masks
    r"|[A-Za-z][\w+.-]*://"  # a URL; one with a password is found by its form
    r"|(?i:ssm|vault|secretsmanager|secret|kms|env|file|op|sm|param|parameter|awsssm|awssecret|ref|sops):"
    r"|(?i:aws:|resolve:|ENC\[|!(?:Ref|Sub|GetAtt|ImportValue|vault)\b|@Microsoft\.KeyVault|Fn::)"
    r"|(?:process\.env|os\.environ|ENV|env|System\.getenv|getenv|var|local|data|module|each)[.\[(]"
    r"|[A-Z]?[a-z][a-z_.-]*(?:/[A-Z]?[a-z][a-z0-9_.-]*)+$"  # prod/records/db, the name of a secret
    r"|rds!(?:db|cluster)-"  # the name that RDS gives to the secret of a master user
    r"|[\w.-]+\.(?:pem|key|txt|json|ya?ml|env|crt|cer|p12|pfx|jks|conf|cfg|ini|properties)$"
    r"|(?i:sha\d{1,3}|md5)[:$-]|\{S?SHA"  # hashes; those of crypt begin with $
    r"|AQ[IE]CA[HB]"  # encrypted by KMS
    r"|mrk-[0-9a-f]{32}$|alias/"  # a KMS key
)
_PLACEHOLDER = regex(
    r"(?i:x{3,}|\.{3,}|-+|_+|#+|change[-_ ]me.*|replace[-_ ]?(?:me|this|with).*|(?:your|insert|enter|put)[-_ ].*"
    r"|my[-_](?:password|secret|token)|add[-_ ].*[-_ ]here|.*[-_ ]goes[-_ ]here|.*[-_]here|to[-_]?do|tbd|fixme"
    r"|placeholder|dummy|redacted|masked|hidden|example|sample|sensitive|unset|n/?a|__\w+__|@@?\w+@@?|\[\w+\])"
)
_FLAGS = frozenset(
    {"true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "0", "1"}
    | {"enabled", "disabled", "required", "optional"}
)
# For names of secrets, tokens and keys, also these: words that name one, and a count. A password may be anything.
_WORDS = regex(r"[a-z]+(?:[-_.][a-z]+)+|\d{1,6}")
# Words before "token" with which it names a place in a list, or a request that may be made once.
_NO_LOGIN = regex(r"(?i:creation|idempotency|next|page|pagination|continuation|starting)[_-]?$")
_UUID = regex(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def with_gaps(text: PartialText) -> str:
    """The known parts of a text, with a placeholder for each that is not."""
    return "".join(part if isinstance(part, str) else GAP for part in text.parts)


def is_literal(value: str) -> bool:
    """Whether a value assigned to the name of a credential is one: fully known, and no pointer to another place."""
    return (
        bool(value)
        and GAP not in value
        and value.lower() not in _FLAGS
        and _POINTER.match(value) is None
        and _PLACEHOLDER.fullmatch(value) is None
    )


def own_name(name: str, value: str) -> str | None:
    """The kind of credential that a value is by its name; None for a name of no credential, or a value that is none."""
    word = _NAME.search(name)
    while word is not None and word.end() != len(name):
        word = _NAME.search(name, word.end())
    return None if word is None or not _is_one(word, value.strip()) else _CALLED[str(word.lastgroup)]


def assigned(text: str) -> Iterator[str]:
    """The kinds of credentials that are assigned to their names inside of a text."""
    for word in _NAME.finditer(text):
        if _is_given_one(word):
            yield _CALLED[str(word.lastgroup)]


def _is_given_one(word: re.Match[str]) -> bool:
    text, start = word.string, word.start()
    line = text[max(0, start - _LINE) : start].rpartition("\n")[2]
    for before, after in _GIVEN:
        given = after.match(text, word.end()) if before.search(line) else None
        if given is not None:
            values = given.groupdict()
            return _is_one(word, values.get("quoted") or values.get("bare") or "")
    return False


def _is_one(word: re.Match[str], value: str) -> bool:
    if not is_literal(value):
        return False
    kind = word.lastgroup
    if kind == "token" and _NO_LOGIN.search(word.string[max(0, word.start() - _BEFORE) : word.start()]):
        return False
    if kind != "password" and _WORDS.fullmatch(value):
        return False
    return kind != "cipher" or (len(value) >= 8 and _UUID.fullmatch(value) is None)
