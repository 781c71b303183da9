"""Public buckets: what opens them to everyone, and the settings of Block Public Access that overrule it.

A bucket is under its own settings and those of its account: S3 takes the most restrictive of both (S3 user guide,
"Blocking public access to your Amazon S3 storage"). BlockPublicPolicy and BlockPublicAcls refuse new policies and ACLs
and leave those there are in force. The other two act on those there are: RestrictPublicBuckets leaves a public policy
in force for the account itself and for services of AWS, IgnorePublicAcls makes public ACLs void.
"""

from collections.abc import Callable, Iterable

from hipaa_guard.authoring import Inventory, every, some
from hipaa_guard.facts.values import Incomplete, Undecided
from hipaa_guard.services import s3

OVERRULES_POLICIES, OVERRULES_ACLS = "restrict_public_buckets", "ignore_public_acls"
ACLS_OFF = "BucketOwnerEnforced"
"""The object ownership with which all ACLs are void."""


def is_blocked(setting: str, bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether a setting of Block Public Access is on for a bucket, by itself or by its account.

    Raises:
        Undecided: it is not known to be on, and one of the two is not known.

    """

    def of_account() -> bool:
        accounts = inventory.where(s3.AccountPublicAccess, bucket)
        return some(lambda account: _is_on(setting, account.public_access_block), accounts)

    return _any((lambda: _is_on(setting, bucket.public_access_block), of_account))


def settings_off(bucket: s3.Bucket, inventory: Inventory) -> list[str]:
    """The settings of Block Public Access that are off for a bucket, even if others are not known.

    Raises:
        Undecided: no setting is known to be off, and one is not known.

    """
    off: list[str] = []
    undecided: Undecided | None = None
    for setting in s3.PublicAccessBlock.__slots__:
        try:
            if not is_blocked(setting, bucket, inventory):
                off.append(setting)
        except Undecided as error:
            undecided = undecided or error
    if undecided is not None and not off:
        raise undecided
    return off


def opened_by_policy(bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether the policy of a bucket lets in everyone, and no setting overrules it. Raises `Undecided`."""

    def is_public() -> bool:
        policy = bucket.policy
        return policy is not None and policy.is_public()

    return _all((lambda: not is_blocked(OVERRULES_POLICIES, bucket, inventory), is_public))


def opened_by_acl(bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether the ACL of a bucket lets in everyone, and nothing makes it void. Raises `Undecided`."""
    return _all(
        (
            lambda: bucket.acl_is_public,
            lambda: not is_blocked(OVERRULES_ACLS, bucket, inventory),
            lambda: bucket.object_ownership != ACLS_OFF,
        )
    )


def accounts_let_in_by_acl(bucket: s3.Bucket) -> list[str]:
    """The other accounts that the ACL of a bucket names, as far as they are known; none where it is void.

    Raises:
        Undecided: none is known, and one may be named.

    """
    if not _all((lambda: bool(bucket.acl_outsiders), lambda: bucket.object_ownership != ACLS_OFF)):
        return []
    named = bucket.acl_outsiders or []
    return named.seen if isinstance(named, Incomplete) else named


def _is_on(setting: str, block: s3.PublicAccessBlock | None) -> bool:
    return block is not None and bool(getattr(block, setting))


def _any(tests: Iterable[Callable[[], bool]]) -> bool:
    return some(lambda test: test(), tests)


def _all(tests: Iterable[Callable[[], bool]]) -> bool:
    return every(lambda test: test(), tests)
