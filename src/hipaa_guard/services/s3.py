"""Amazon S3: buckets, with everything that AWS attaches to them separately, and the account's public access block."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.policy_document import PolicyDocument, symbol
from hipaa_guard.facts.readings import Block, Derived, Listing, Singleton, View, ask, derived, first
from hipaa_guard.facts.resource import Record, Resource, fact
from hipaa_guard.facts.values import Incomplete, Undecided, Unknown, Value, some

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")
_EVERYONE = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
_LOG_DELIVERY = ("http://acs.amazonaws.com/groups/s3/LogDelivery",)
_PUBLIC_CANNED_ACLS = ("public-read", "public-read-write", "authenticated-read")


class PublicAccessBlock(Record):
    """The four switches of S3 Block Public Access."""

    __slots__ = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")

    block_public_acls: bool
    block_public_policy: bool
    ignore_public_acls: bool
    restrict_public_buckets: bool

    def off(self) -> list[str]:
        """The names of the switches that are off. One that is off is not hidden by one that is not known.

        Raises:
            Undecided: none is known to be off, and one is not known.

        """
        off, unknown = [], None
        for name in self.__slots__:
            try:
                if not getattr(self, name):
                    off.append(name)
            except Undecided as error:
                unknown = error
        if unknown is not None and not off:
            raise unknown
        return off


def _declared_block(prefix: str) -> Callable[[View], Value]:
    """The four switches of a Terraform resource; the provider leaves out means false."""

    def read(view: View) -> Value:
        blocks = view.linked(prefix) if prefix else [view]
        found = blocks.seen if isinstance(blocks, Incomplete) else blocks
        if not found:
            return blocks.unknown if isinstance(blocks, Incomplete) else None
        return {name: _flag(found[0].get(name)) for name in PublicAccessBlock.__slots__}

    return read


def _flag(value: Value) -> Value:
    return False if value is None else value


def _block(switches: dict[str, Value]) -> PublicAccessBlock:
    return PublicAccessBlock(**{name: _truth(switches[name]) for name in PublicAccessBlock.__slots__})


def _truth(value: Value) -> Value:
    return value if isinstance(value, bool | Unknown) else str(value).lower() == "true"


def _answered_block(configuration: dict[str, Value] | None) -> Value:
    if configuration is None:
        return None
    return {
        "block_public_acls": configuration.get("BlockPublicAcls", False),
        "block_public_policy": configuration.get("BlockPublicPolicy", False),
        "ignore_public_acls": configuration.get("IgnorePublicAcls", False),
        "restrict_public_buckets": configuration.get("RestrictPublicBuckets", False),
    }


def _inline_versioning(view: View) -> Value:
    """The deprecated inline block: ``enabled = true`` means Enabled, false leaves versioning off."""
    enabled = view.get("versioning.enabled")
    if enabled is None or isinstance(enabled, Unknown):
        return enabled
    return "Enabled" if _truth(enabled) else None


def _acl_reaches(groups: tuple[str, ...], canned_acls: tuple[str, ...]) -> Callable[[View], Value]:
    """Whether a declared ACL (canned, or a list of grants) grants something to one of the groups."""

    def read(view: View) -> Value:
        canned = first_set(view.get("aws_s3_bucket_acl.acl"), view.get("acl"))
        if isinstance(canned, Unknown):
            return canned
        if canned is not None:
            return canned in canned_acls
        grants = first_set(view.get("aws_s3_bucket_acl.access_control_policy.grant"), view.get("grant"))
        if grants is None or isinstance(grants, Unknown):
            return grants
        return some(lambda uri: uri in groups, _every_uri(grants))

    return read


def _answered_acl(groups: tuple[str, ...]) -> Derived:
    def reaches(grants: list[dict[str, Value]] | None) -> bool:
        return any(grant.get("Grantee", {}).get("URI") in groups for grant in grants or [])

    return derived(reaches, ask("s3.get_bucket_acl", "Grants", Bucket="{Name}"))


def _every_uri(grants: Value) -> list[Value]:
    """The groups that the grants of an ACL name; `Incomplete` where some are not known."""
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
            uri = each if isinstance(each, Unknown) else each.get("uri")
            if isinstance(uri, Unknown):
                unknown = uri if unknown is None else unknown
            elif uri is not None:
                found.append(uri)
    return found if unknown is None else Incomplete(found, unknown)


def first_set(*values: Value) -> Value:
    """The first value that is not None; an unknown one counts as set."""
    return next((value for value in values if value is not None), None)


def _implied_ownership(view: View) -> Value:
    """What an ACL tells of ownership: S3 refuses one where ACLs are off, unless it says no more than "private"."""
    separate = view.linked("aws_s3_bucket_acl")
    if isinstance(separate, Incomplete) and not separate.seen:
        return separate.unknown
    canned = view.get("acl")
    if bool(separate) or view.get("grant"):
        return "ObjectWriter"
    if canned is None or isinstance(canned, Unknown):
        return canned
    return None if canned in ("private", "bucket-owner-full-control") else "ObjectWriter"


def _inline_mfa_delete(view: View) -> Value:
    needed = view.get("versioning.mfa_delete")
    if needed is None or isinstance(needed, Unknown):
        return needed
    return "Enabled" if _truth(needed) else None


def _declared_lock(view: View) -> Value:
    """Whether Object Lock is on, by the bucket itself or by a resource of its own, which says so by being there."""
    separate = view.linked("aws_s3_bucket_object_lock_configuration")
    found = separate.seen if isinstance(separate, Incomplete) else separate
    inside = [view.get("object_lock_enabled"), view.get("object_lock_configuration.object_lock_enabled")]
    answers: list[Value] = [*(True for _ in found), *inside]
    if isinstance(separate, Incomplete):
        answers = Incomplete(answers, separate.unknown)
    return some(lambda answer: str(answer).lower() in ("enabled", "true"), answers)


def _statuses(view: View) -> Value:
    """Of each replication rule, whether it is in force."""
    rules = first_set(
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


class Bucket(Resource):
    """An S3 bucket."""

    terraform = Block("aws_s3_bucket", joined_by="bucket", name="bucket")
    aws = Listing(
        "s3.list_buckets",
        "Buckets[]",
        arn="arn:{partition}:s3:::{Name}",
        region="{BucketRegion}",
        name="Name",
        scope="account",
    )

    versioning: str | None = fact(
        terraform=first("aws_s3_bucket_versioning.versioning_configuration.status", _inline_versioning),
        unset=None,
        aws=ask("s3.get_bucket_versioning", "Status", Bucket="{Name}"),
    )
    """``Enabled``, ``Suspended``, or None where it was never turned on (Terraform also says ``Disabled``)."""

    mfa_delete: str | None = fact(
        terraform=first("aws_s3_bucket_versioning.versioning_configuration.mfa_delete", _inline_mfa_delete),
        unset=None,
        aws=ask("s3.get_bucket_versioning", "MFADelete", Bucket="{Name}"),
    )

    policy: PolicyDocument | None = fact(
        terraform=first("aws_s3_bucket_policy.policy", "policy"),
        unset=None,
        parse=PolicyDocument.parse,
        aws=ask("s3.get_bucket_policy", "Policy", Bucket="{Name}", absent="NoSuchBucketPolicy"),
    )

    encryption_algorithm: str | None = fact(
        terraform=first(
            "aws_s3_bucket_server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm",
            "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm",
        ),
        unset="AES256",  # S3 encrypts every new object with SSE-S3 since January 2023 where nothing else is set
        aws=ask(
            "s3.get_bucket_encryption",
            "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm",
            Bucket="{Name}",
            absent="ServerSideEncryptionConfigurationNotFoundError",
        ),
    )
    """``AES256``, ``aws:kms`` or ``aws:kms:dsse``."""

    encryption_key: str | None = fact(
        terraform=first(
            "aws_s3_bucket_server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
            "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
        ),
        unset=None,
        aws=ask(
            "s3.get_bucket_encryption",
            "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
            Bucket="{Name}",
            absent="ServerSideEncryptionConfigurationNotFoundError",
        ),
    )
    """The KMS key of ``aws:kms``; None means the AWS managed key ``aws/s3``."""

    public_access_block: PublicAccessBlock | None = fact(
        terraform=_declared_block("aws_s3_bucket_public_access_block"),
        unset=None,
        parse=_block,
        aws=derived(
            _answered_block,
            ask(
                "s3.get_public_access_block",
                "PublicAccessBlockConfiguration",
                Bucket="{Name}",
                absent="NoSuchPublicAccessBlockConfiguration",
            ),
        ),
    )

    acl_is_public: bool = fact(
        terraform=_acl_reaches(_EVERYONE, _PUBLIC_CANNED_ACLS), unset=False, aws=_answered_acl(_EVERYONE)
    )
    """Whether the ACL grants something to everyone, or to everyone with any AWS account."""

    acl_takes_logs: bool = fact(
        terraform=_acl_reaches(_LOG_DELIVERY, ("log-delivery-write",)), unset=False, aws=_answered_acl(_LOG_DELIVERY)
    )
    """Whether the ACL lets S3 write access logs into the bucket."""

    log_target: str | None = fact(
        terraform=first("aws_s3_bucket_logging.target_bucket", "logging.target_bucket"),
        unset=None,
        aws=ask("s3.get_bucket_logging", "LoggingEnabled.TargetBucket", Bucket="{Name}"),
    )
    """The bucket that server access logs are delivered to."""

    object_lock: bool = fact(
        terraform=_declared_lock,
        unset=False,
        parse=lambda value: value if isinstance(value, bool | Unknown) else value == "Enabled",
        aws=ask(
            "s3.get_object_lock_configuration",
            "ObjectLockConfiguration.ObjectLockEnabled",
            Bucket="{Name}",
            absent="ObjectLockConfigurationNotFoundError",
        ),
    )

    object_ownership: str | None = fact(
        terraform=first("aws_s3_bucket_ownership_controls.rule.object_ownership", _implied_ownership),
        unset=None,  # S3 sets BucketOwnerEnforced on buckets made since April 2023; nothing in the code keeps it so
        aws=ask(
            "s3.get_bucket_ownership_controls",
            "OwnershipControls.Rules[0].ObjectOwnership",
            Bucket="{Name}",
            absent="OwnershipControlsNotFoundError",
        ),
    )
    """``BucketOwnerEnforced`` turns ACLs off. None leaves them on in older buckets, as ``ObjectWriter`` does."""

    replication: list[str] | None = fact(
        terraform=_statuses,
        unset=None,
        aws=ask(
            "s3.get_bucket_replication",
            "ReplicationConfiguration.Rules[].Status",
            Bucket="{Name}",
            absent="ReplicationConfigurationNotFoundError",
        ),
    )
    """The status of each rule that copies objects to other buckets: ``Enabled`` or ``Disabled``."""

    def names(self) -> tuple[str, ...]:
        """The texts that policies name the bucket by: its ARN, as text and as reference."""
        origin = self.origin
        if origin.arn is not None:
            return (origin.arn,)
        names = [symbol(origin.address, "id"), symbol(origin.address, "bucket"), origin.name]
        arns = [f"arn:{partition}:s3:::{name}" for partition in PARTITIONS for name in names]
        return (symbol(origin.address, "arn"), *arns)

    def receives_logs(self, targets: set[str], unknown: Unknown | None) -> bool:
        """Whether the bucket takes in the access logs of others, which name `targets`; ``unknown`` is one not known.

        Raises:
            Undecided: nothing known says so, but something that is not known may.

        """
        origin = self.origin
        names = {origin.name, symbol(origin.address, "id"), symbol(origin.address, "bucket")}
        if not names.isdisjoint(targets) or self.acl_takes_logs:
            return True
        if unknown is not None:
            raise Undecided(unknown)
        return False


def log_target_of(bucket: Bucket) -> Value:
    """Where a bucket's access logs go, for another bucket: what is read so is no evidence of a finding on that one."""
    return bucket.peek(Bucket.facts["log_target"])


class AccountPublicAccess(Resource):
    """The Block Public Access settings of a whole account."""

    terraform = Block("aws_s3_account_public_access_block")
    aws = Singleton("account", arn="arn:{partition}:s3:::account/{account}")

    public_access_block: PublicAccessBlock | None = fact(
        terraform=_declared_block(""),
        unset=None,
        parse=_block,
        aws=derived(
            _answered_block,
            ask(
                "s3control.get_public_access_block",
                "PublicAccessBlockConfiguration",
                AccountId="{account}",
                absent="NoSuchPublicAccessBlockConfiguration",
                scope="account",
            ),
        ),
    )
