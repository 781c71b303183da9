"""Customer key: what is stored is under a KMS key that the customer manages, and can take away."""

from hipaa_guard.authoring import LOW, Inventory, Resource, Verdict, failed, judgement, passed
from hipaa_guard.facts.values import Cause, Computed, PartialText, Unknown
from hipaa_guard.judging.encryption import encrypted_with
from hipaa_guard.lean import regex
from hipaa_guard.services import kms

AWS_MANAGED = "the AWS managed key"
"""How a key that AWS manages is named in messages, before its alias: ``the AWS managed key aws/s3``."""

_UNSEEN = "\ue000"
_KEY_ID = r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_LOOKED_UP = "\ue001"
_OF_A_KEY = regex(rf"arn:[^:]*:kms:[^:]*:[^:]*:key/[^{_LOOKED_UP}]+|{_KEY_ID}")
"""The account and the region may be looked up; an id that is may be that of a key of AWS's."""
_OF_AN_ALIAS = regex(r"(arn:[^:]*:kms:[^:]*:[^:]*:)?alias/(?P<name>.*)")
_OF_AWS = "aws/"
"""Alias names that begin so are reserved for AWS (KMS API reference, CreateAlias)."""


@judgement(
    severity=LOW,
    hipaa=("164.312(a)(2)(iv)",),
    why="The policy of a key of AWS cannot be changed, so access to ePHI cannot be cut off at the key.",
)
def customer_managed_key(
    key: str | None, _resource: Resource, inventory: Inventory, *, encrypts: str = "", otherwise: str = ""
) -> Verdict:
    """Told the key as the resource names it (ARN, id, alias, reference), None where it names none.

    `encrypts` names the part that the key encrypts, if not all of the resource, `otherwise` the key that encrypts it
    where none is named.
    """
    if key is None:
        return failed(encrypted_with(otherwise, encrypts) if otherwise else "names no KMS key")
    if is_customer_managed(key, inventory):
        return passed(encrypted_with("a KMS key that the customer manages", encrypts))
    # Keys that AWS manages serve one service each, so the one that is named is the one that is taken otherwise.
    of_aws = otherwise if otherwise.startswith(AWS_MANAGED) else "a KMS key that AWS manages"
    return failed(encrypted_with(of_aws, encrypts))


def is_customer_managed(key: str | None, inventory: Inventory) -> bool:
    """Whether a key, given as the resource names it (ARN, id, alias, reference), is the customer's own.

    None means that the resource names no key, so that AWS uses its own. Source that writes out the ARN or the id of a
    key names one that somebody chose: the keys that AWS manages are reached by leaving the key out, or by their alias.

    Raises:
        Undecided: the key is not known or lies outside what was scanned.

    """
    if key is None:
        return False
    alias = inventory.lookup(kms.Alias, key)
    if alias is not None:
        key = alias.target
    else:
        text = _written(key) or inventory.name_of(key) or ""
        named = _OF_AN_ALIAS.fullmatch(text)
        if named is not None and not _may_be_of_aws(named["name"]):
            return not named["name"].startswith(_OF_AWS)
        if _is_chosen(key, inventory) and _OF_A_KEY.fullmatch(text):
            return True
    found = inventory.find(kms.Key, key)
    return found is not None and found.manager == "CUSTOMER"


def _may_be_of_aws(name: str) -> bool:
    """Whether it is not known if the name of an alias is one of AWS's."""
    known, unseen, _ = name.replace(_LOOKED_UP, _UNSEEN).partition(_UNSEEN)
    return bool(unseen) and len(known) < len(_OF_AWS) and _OF_AWS.startswith(known)


def _is_chosen(key: object, inventory: Inventory) -> bool:
    """Whether source names a key that it does not declare. A state also records the key that AWS took."""
    return not inventory.complete and not isinstance(key, Computed) and inventory.lookup(kms.Key, key) is None


def _written(key: object) -> str:
    """The text of a key that is known in part, with a mark for each part that is not."""
    if not isinstance(key, PartialText):
        return ""
    return "".join(part if isinstance(part, str) else _mark(part) for part in key.parts)


def _mark(part: Unknown) -> str:
    return _LOOKED_UP if part.cause is Cause.DATA_SOURCE else _UNSEEN
