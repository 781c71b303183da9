"""Public buckets: what opens them to everyone, and the settings of Block Public Access that overrule it.

A bucket is under its own settings and those of its account: S3 takes the most restrictive of both (S3 user guide,
"Blocking public access to your Amazon S3 storage"). BlockPublicPolicy and BlockPublicAcls refuse new policies and ACLs
and leave those there are in force. The other two act on those there are: RestrictPublicBuckets leaves a public policy
in force for the account itself and for services of AWS, IgnorePublicAcls makes public ACLs void.
"""

from collections.abc import Callable, Iterable

from hipaa_guard.authoring import Inventory, PolicyDocument, Statement, every, some
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.values import Undecided, Unknown
from hipaa_guard.services import s3

_FIXING = (
    *("aws:principal", "aws:source", "aws:userid", "aws:vpc"),
    *("s3:dataaccesspoint", "s3:x-amz-server-side-encryption-aws-kms-key-id"),
)
"""How the condition keys begin whose fixed values make a policy "non-public" to S3 (same page, "The meaning of
public"), and others that name callers."""
_EVERYWHERE = ("0.0.0.0/0", "::/0")
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
        return some(
            lambda account: all_of(
                (lambda: _is_for(bucket, account), lambda: _is_on(setting, account.public_access_block))
            ),
            accounts,
        )

    return any_of((lambda: _is_on(setting, bucket.public_access_block), of_account))


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


def is_overruled(policy: PolicyDocument, bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether a policy that lets in everyone is restricted to the account of its bucket, and to services of AWS.

    Raises:
        Undecided: the settings are not known, or S3 may not take the policy for public: it restricts no other.

    """
    return is_blocked(OVERRULES_POLICIES, bucket, inventory) and restricts(policy)


def restricts(policy: PolicyDocument) -> bool:
    """Whether RestrictPublicBuckets, where it is on, restricts a policy that lets in everyone.

    Raises:
        Undecided: S3 may not take the policy for public; then it restricts nothing.

    """
    if some(_is_public_to_s3, policy):
        return True
    raise Undecided(
        Unknown("S3 may take its conditions for fixed values, so that its block does not concern the policy")
    )


def opened_by_policy(bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether the policy of a bucket lets in everyone, and no setting overrules it. Raises `Undecided`."""
    policy = bucket.policy
    return policy is not None and policy.is_public() and not is_overruled(policy, bucket, inventory)


def opened_by_acl(bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether the ACL of a bucket lets in everyone, and nothing makes it void. Raises `Undecided`."""
    return _in_force(lambda: bucket.acl_is_public, bucket, inventory)


def object_opened_by_acl(bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether the ACL of a declared object in a bucket lets in everyone, and nothing makes it void.

    Raises:
        Undecided: that is not known.
        NotVisible: the bucket is live.

    """
    return _in_force(lambda: bucket.public_object is not None, bucket, inventory)


def _in_force(lets_in_everyone: Callable[[], bool], bucket: s3.Bucket, inventory: Inventory) -> bool:
    """Whether an ACL lets in everyone, and no setting of the bucket makes it void. Raises `Undecided`."""
    return all_of(
        (
            lets_in_everyone,
            lambda: not is_blocked(OVERRULES_ACLS, bucket, inventory),
            lambda: bucket.object_ownership != ACLS_OFF,
        )
    )


def accounts_let_in_by_acl(bucket: s3.Bucket) -> list[str]:
    """The other accounts that the ACL of a bucket names, as far as they are known; none where it is void.

    Raises:
        Undecided: none is known, and one may be named.

    """
    if not all_of((lambda: bool(bucket.acl_outsiders), lambda: bucket.object_ownership != ACLS_OFF)):
        return []
    named = bucket.acl_outsiders or []
    return named.seen if isinstance(named, Incomplete) else named


def _is_public_to_s3(statement: Statement) -> bool:
    """Whether S3 certainly takes a statement for public. Raises `Undecided`."""
    return statement.is_public() and not some(_may_be_fixed, statement.conditions)


def _may_be_fixed(condition: Condition) -> bool:
    """Whether S3 may take the values of a condition for fixed ones: without wildcards and policy variables. It does not
    look at conditions with other keys.
    """
    return condition.key.startswith(_FIXING) and not all(
        isinstance(value, str) and ("*" in value or "${" in value or value in _EVERYWHERE) for value in condition.values
    )


def _is_for(bucket: s3.Bucket, settings: s3.AccountPublicAccess) -> bool:
    """Whether settings of an account hold for a bucket, by the account that they name.

    Raises:
        Undecided: it names one, and one of the two accounts is not known.

    """
    named = settings.named_account
    if named is None:
        return True
    own = bucket.origin.own_account
    if own is None:
        label = settings.origin.label
        raise Undecided(Unknown(f"{label} is for {named}; the bucket's account is not known: name it with --account"))
    return str(named) == own


def _is_on(setting: str, block: s3.PublicAccessBlock | None) -> bool:
    return block is not None and bool(getattr(block, setting))


def any_of(tests: Iterable[Callable[[], bool]]) -> bool:
    """Whether one of several tests holds, even if others are not known. Raises `Undecided`."""
    return some(lambda test: test(), tests)


def all_of(tests: Iterable[Callable[[], bool]]) -> bool:
    """Whether all of several tests hold; one that certainly does not decides. Raises `Undecided`."""
    return every(lambda test: test(), tests)
