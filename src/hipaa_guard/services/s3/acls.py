"""Access control lists of buckets, as Terraform declares them and as S3 answers them: whom they grant access.

The functions serve both providers: an argument that one of them lacks is never set in its resources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import Incomplete, joined, some
from hipaa_guard.facts.readings import Derived, View, ask, derived
from hipaa_guard.facts.values import ANY_ACCOUNT, Existing, Reference, Undecided, Unknown, Value, other_account

EVERYONE = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
LOG_DELIVERY = ("http://acs.amazonaws.com/groups/s3/LogDelivery",)
PUBLIC_ACLS = (
    *("public-read", "public-read-write", "authenticated-read"),
    *("PublicRead", "PublicReadWrite", "AuthenticatedRead"),
)
LOG_ACLS = ("log-delivery-write", "LogDeliveryWrite")
OWNERS_ACLS = ("private", "Private", "BucketOwnerFullControl")
# Values that the AWS provider (5.100) accepts for a bucket, and CloudFormation's (AWS::S3::Bucket), read 2026-11-30.
CANNED = one_of(
    *("private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "log-delivery-write"),
    *("Private", "PublicRead", "PublicReadWrite", "AuthenticatedRead", "AwsExecRead", "LogDeliveryWrite"),
    *("BucketOwnerRead", "BucketOwnerFullControl"),
)
_CANNED_OF_OBJECTS = one_of(
    *("private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read"),
    *("bucket-owner-read", "bucket-owner-full-control"),
)
"""S3 user guide, "Canned ACL"."""
GROUPS = one_of(*EVERYONE, *LOG_DELIVERY)
"""The groups that a grant can name (S3 user guide, "Access control list overview")."""
_OF_AWS = frozenset(
    {
        # Of CloudFront's standard logs, and of those in China (CloudFront developer guide, "Standard logging (legacy)")
        "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
        "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
        # EC2, whom the canned ACL aws-exec-read lets read the bundle of an image
        "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c",
    }
)
"""Canonical user ids of accounts of AWS."""
_OBJECTS = ("aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy")
_ID_OF_AWS = "aws_cloudfront_log_delivery_canonical_user_id"
OWNER_NOT_KNOWN = Unknown("the canonical user id of the bucket's owner is not known")
_BY_EMAIL = "the account of an e-mail address"


def canned_acl(view: View) -> Value:
    """The canned ACL of a bucket; None where there is none."""
    return CANNED.admit(first_set(view.get("aws_s3_bucket_acl.acl"), view.get("acl"), view.get("access_control")))


def declared_reach(groups: tuple[str, ...], canned_acls: tuple[str, ...]) -> Callable[[View], Value]:
    """Whether a declared ACL (canned, or a list of grants) grants any access to one of the groups."""

    def read(view: View) -> Value:
        canned = canned_acl(view)
        if isinstance(canned, Unknown):
            return canned
        if canned is not None:
            return canned in canned_acls
        grants = _grants(view)
        if grants is None or isinstance(grants, Unknown):
            return grants
        return some(lambda uri: uri in groups, _told(grants, lambda grantee: GROUPS.admit(grantee.get("uri"))))

    return read


def declared_outsiders(view: View) -> Value:
    """The accounts besides the owner's and those of AWS that a declared list of grants names."""
    canned = canned_acl(view)
    if canned is not None:  # none of these names an account of a customer
        return canned if isinstance(canned, Unknown) else None
    grants = _grants(view)
    if grants is None or isinstance(grants, Unknown):
        return grants
    owner = view.get("aws_s3_bucket_acl.access_control_policy.owner.id")
    return _told(grants, lambda grantee: _outsider(grantee, owner))


def answered_reach(groups: tuple[str, ...]) -> Derived:
    """Whether the ACL of a live bucket grants any access to one of the groups."""

    def reaches(grants: list[dict[str, Value]] | None) -> bool:
        uris = [GROUPS.admit(grant.get("Grantee", {}).get("URI")) for grant in grants or []]
        return some(lambda uri: uri is not None and uri in groups, uris)

    return derived(reaches, ask("s3.get_bucket_acl", "Grants", Bucket="{Name}"))


def answered_outsiders() -> Derived:
    """The accounts besides the owner's and those of AWS that the ACL of a live bucket names."""

    def outsiders(owner: str | None, grants: list[dict[str, Value]] | None) -> Value:
        ids = [grant.get("Grantee", {}).get("ID") for grant in grants or []]
        if owner is None and any(ids):
            return Unknown("S3 did not say who owns the bucket")
        return [each for each in dict.fromkeys(ids) if each is not None and each != owner and each not in _OF_AWS]

    return derived(
        outsiders,
        ask("s3.get_bucket_acl", "Owner.ID", Bucket="{Name}"),
        ask("s3.get_bucket_acl", "Grants", Bucket="{Name}"),
    )


def implied_ownership(view: View) -> Value:
    """The ownership that an ACL implies: where ACLs are off, S3 refuses all ACLs that grant more than "private"."""
    separate = view.linked("aws_s3_bucket_acl")
    if isinstance(separate, Incomplete) and not separate.seen:
        return separate.unknown
    canned = CANNED.admit(first_set(view.get("acl"), view.get("access_control")))
    if bool(separate) or (view.get("grant") and not _is_owners_grant(view)):
        return "ObjectWriter"
    if canned is None or isinstance(canned, Unknown):
        return canned
    return None if canned in OWNERS_ACLS else "ObjectWriter"


def public_object(view: View) -> Value:
    """The address of a declared object in a bucket whose own ACL grants any access to everyone; None: there is none."""
    found: list[str] = []

    def is_public(declared: View) -> bool:
        if _object_is_public(declared):
            found.append(declared.address)
        return bool(found)

    return found[0] if some(is_public, joined(*(view.linked(type, "bucket") for type in _OBJECTS))) else None


def _object_is_public(view: View) -> bool:
    canned = _CANNED_OF_OBJECTS.admit(view.get("acl"))
    if canned is not None:
        return some(lambda acl: acl in PUBLIC_ACLS, [canned])
    grants = view.get("grant")
    return grants is not None and some(
        lambda uri: uri in EVERYONE, _told(grants, lambda grantee: GROUPS.admit(grantee.get("uri")))
    )


def first_set(*values: Value) -> Value:
    """The first value that is not None; an unknown one counts as set."""
    return next((value for value in values if value is not None), None)


def _is_owners_grant(view: View) -> bool:
    """Whether the only grant is full control for the owner, which a state has for every bucket, with ACLs on or off."""
    grants = view.get("grant")
    return (
        isinstance(view.get("arn"), str)
        and isinstance(grants, list)
        and [(one.get("type"), one.get("permissions")) for one in grants] == [("CanonicalUser", ["FULL_CONTROL"])]
    )


def _grants(view: View) -> Value:
    """The grants of a declared ACL; None where there are none, or only the owner's."""
    separate = view.get("aws_s3_bucket_acl.access_control_policy.grant")
    if separate is not None:
        return separate
    return None if _is_owners_grant(view) else view.get("grant")


def _told(grants: Value, tell: Callable[[dict[str, Value]], Value]) -> list[Value]:
    """What is told of each grantee, without None; `Incomplete` if some of it is not known."""
    found: list[Value] = []
    unknown: Unknown | None = None
    try:
        for grantee in _grantees(grants):
            told = grantee if isinstance(grantee, Unknown) else tell(grantee)
            if isinstance(told, Unknown):
                unknown = told if unknown is None else unknown
            elif told is not None:
                found.append(told)
    except Undecided as error:
        unknown = error.unknown if unknown is None else unknown
    return found if unknown is None else Incomplete(found, unknown)


def _grantees(grants: Value) -> Iterator[Value]:
    for grant in grants if isinstance(grants, list) else [grants]:
        grantee = None if isinstance(grant, Unknown) else grant.get("grantee")
        yield from grantee if isinstance(grantee, list) else [grant if grantee is None else grantee]


def _outsider(grantee: dict[str, Value], owner: Value) -> Value:
    """The canonical user id of a grantee, if it is another account's; an `Unknown` where that is not known."""
    email = grantee.get("email_address")
    if isinstance(email, Unknown) and not email.is_set:
        return email  # it may be null, and an id name the grantee
    if email is not None:
        return _BY_EMAIL
    id_ = grantee.get("id")
    if id_ is None or _is_of_aws(id_) or _is_the_same(id_, owner):
        return None
    if isinstance(id_, Existing):
        account = other_account(id_)
        return id_ if account == ANY_ACCOUNT else account
    if isinstance(id_, Unknown):
        return id_
    # Who looks up the id of the owner does not write it down as well.
    if isinstance(owner, str) or (isinstance(owner, Existing) and owner.own):
        return id_
    return OWNER_NOT_KNOWN


def _is_of_aws(id_: Value) -> bool:
    if isinstance(id_, Existing):
        return f".{id_.address}".rpartition(".data.")[2].partition(".")[0] == _ID_OF_AWS
    return isinstance(id_, str) and id_ in _OF_AWS


def _is_the_same(one: Value, other: Value) -> bool:
    """Whether two ids are certainly the same."""
    if isinstance(one, Existing) and isinstance(other, Existing):
        return (one.address, one.attribute) == (other.address, other.attribute)
    if isinstance(one, Reference):
        return one.same_as(other)
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return one is other
    return bool(one == other)
