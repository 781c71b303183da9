"""Readings of Terraform for buckets, where a path is not enough.

The functions serve both providers: an argument that one of them lacks is never set in its resources.
"""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Incomplete, Reference, Unknown, Value, some

SWITCHES = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
PUBLIC_ACLS = (
    *("public-read", "public-read-write", "authenticated-read"),
    *("PublicRead", "PublicReadWrite", "AuthenticatedRead"),
)
LOG_ACLS = ("log-delivery-write", "LogDeliveryWrite")
_OWNERS_ACLS = ("private", "Private", "BucketOwnerFullControl")
# Values that the AWS provider (5.100) accepts for a bucket, and CloudFormation's (AWS::S3::Bucket), read 2026-11-30.
_ACLS = one_of(
    *("private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "log-delivery-write"),
    *("Private", "PublicRead", "PublicReadWrite", "AuthenticatedRead", "AwsExecRead", "LogDeliveryWrite"),
    *("BucketOwnerRead", "BucketOwnerFullControl"),
)
GROUPS = one_of(
    *(f"http://acs.amazonaws.com/groups/{name}" for name in ("global/AllUsers", "global/AuthenticatedUsers")),
    "http://acs.amazonaws.com/groups/s3/LogDelivery",
)
"""The groups that a grant can name (S3 user guide, "Access control list overview")."""
_LOCK = one_of("Enabled")


def truth(value: Value) -> Value:
    """A boolean, which may also be written as text."""
    return value if isinstance(value, bool | Unknown) else str(value).lower() == "true"


def switches(prefix: str) -> Callable[[View], Value]:
    """The four switches of a Terraform resource. A left-out one is false, the provider's default."""

    def read(view: View) -> Value:
        blocks = view.linked(prefix) if prefix else [view]
        found = blocks.seen if isinstance(blocks, Incomplete) else blocks
        if not found:
            return blocks.unknown if isinstance(blocks, Incomplete) else None
        return {name: _flag(found[0].get(name)) for name in SWITCHES}

    return read


def _flag(value: Value) -> Value:
    return False if value is None else value


def inline_versioning(view: View) -> Value:
    """The versioning of the deprecated inline block: ``enabled = true`` means Enabled, false leaves versioning off."""
    enabled = view.get("versioning.enabled")
    if enabled is None or isinstance(enabled, Unknown):
        return enabled
    return "Enabled" if truth(enabled) else None


def acl_reaches(groups: tuple[str, ...], canned_acls: tuple[str, ...]) -> Callable[[View], Value]:
    """Whether a declared ACL (canned, or a list of grants) grants any access to one of the groups."""

    def read(view: View) -> Value:
        canned = _ACLS.admit(_first_set(view.get("aws_s3_bucket_acl.acl"), view.get("acl"), view.get("access_control")))
        if isinstance(canned, Unknown):
            return canned
        if canned is not None:
            return canned in canned_acls
        grants = _first_set(view.get("aws_s3_bucket_acl.access_control_policy.grant"), view.get("grant"))
        if grants is None or isinstance(grants, Unknown):
            return grants
        return some(lambda uri: uri in groups, _every_uri(grants))

    return read


def _every_uri(grants: Value) -> list[Value]:
    """The groups in the grants of an ACL; `Incomplete` if some are not known."""
    blocks = grants.seen if isinstance(grants, Incomplete) else grants
    unknown = grants.unknown if isinstance(grants, Incomplete) else None
    found: list[Value] = []
    for grant in blocks if isinstance(blocks, list) else [blocks]:
        if isinstance(grant, Unknown):
            unknown = grant if unknown is None else unknown
            continue
        grantee = grant.get("grantee")
        named = grantee if isinstance(grantee, list) else [grant if grantee is None else grantee]
        for each in named:
            uri = each if isinstance(each, Unknown) else GROUPS.admit(each.get("uri"))
            if isinstance(uri, Unknown):
                unknown = uri if unknown is None else unknown
            elif uri is not None:
                found.append(uri)
    return found if unknown is None else Incomplete(found, unknown)


def _first_set(*values: Value) -> Value:
    """The first value that is not None; an unknown one counts as set."""
    return next((value for value in values if value is not None), None)


def implied_ownership(view: View) -> Value:
    """The ownership that an ACL implies: where ACLs are off, S3 refuses all ACLs that grant more than "private"."""
    separate = view.linked("aws_s3_bucket_acl")
    if isinstance(separate, Incomplete) and not separate.seen:
        return separate.unknown
    canned = _ACLS.admit(_first_set(view.get("acl"), view.get("access_control")))
    if bool(separate) or (view.get("grant") and not _is_owners_grant(view)):
        return "ObjectWriter"
    if canned is None or isinstance(canned, Unknown):
        return canned
    return None if canned in _OWNERS_ACLS else "ObjectWriter"


def _is_owners_grant(view: View) -> bool:
    """Whether the only grant is full control for the owner, which a state has for every bucket, with ACLs on or off."""
    grants = view.get("grant")
    return (
        isinstance(view.get("arn"), str)
        and isinstance(grants, list)
        and [(one.get("type"), one.get("permissions")) for one in grants] == [("CanonicalUser", ["FULL_CONTROL"])]
    )


def inline_mfa_delete(view: View) -> Value:
    needed = view.get("versioning.mfa_delete")
    if needed is None or isinstance(needed, Unknown):
        return needed
    return "Enabled" if truth(needed) else None


def object_lock(view: View) -> Value:
    """Whether Object Lock is on, in the bucket itself or by the existence of a separate resource."""
    separate = view.linked("aws_s3_bucket_object_lock_configuration")
    found = separate.seen if isinstance(separate, Incomplete) else separate
    of_block = view.get("object_lock_configuration.object_lock_enabled")
    answers: list[Value] = [*(_locked(each) for each in found), view.get("object_lock_enabled"), _LOCK.admit(of_block)]
    if isinstance(separate, Incomplete):
        answers = Incomplete(answers, separate.unknown)
    return some(lambda answer: str(answer).lower() in ("enabled", "true"), answers)


def _locked(configuration: View) -> Value:
    enabled = _LOCK.admit(configuration.get("object_lock_enabled"))
    return True if enabled is None else enabled


def statuses(view: View) -> Value:
    """The status of each replication rule."""
    rules = _first_set(
        view.get("aws_s3_bucket_replication_configuration.rule"), view.get("replication_configuration.rules")
    )
    if rules is None or isinstance(rules, Unknown):
        return rules
    blocks = rules.seen if isinstance(rules, Incomplete) else rules
    unknown = rules.unknown if isinstance(rules, Incomplete) else None
    found = [rule if isinstance(rule, Unknown) else rule.get("status") for rule in blocks]
    unknown = next((status for status in found if isinstance(status, Unknown)), unknown)
    known = [status for status in found if not isinstance(status, Unknown)]
    return known if unknown is None else Incomplete(known, unknown)


def inline_switches(view: View) -> Value:
    """The four switches in the `awscc` provider, inside the bucket."""
    if view.get("public_access_block_configuration") is None:
        return None
    return {name: _flag(view.get(f"public_access_block_configuration.{name}")) for name in SWITCHES}


def inline_log_target(view: View) -> Value:
    """The target of access logs in the `awscc` provider: the bucket itself by default."""
    target = view.get("logging_configuration.destination_bucket_name")
    if target is None and view.get("logging_configuration") is not None:
        return Reference(view.address, "id")
    return target
