"""Amazon S3: buckets with all settings that AWS attaches to them separately, and the account's public access block."""

from __future__ import annotations

from typing import ClassVar, cast

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.policies.document import HERE, PolicyDocument, symbol
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.readings import Block, Listing, Singleton, ask, derived, first, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Fact, Resource, fact
from hipaa_guard.facts.values import Cause, PartialText, Undecided, Unknown, Value
from hipaa_guard.services.s3 import acls, copying, declared
from hipaa_guard.services.s3.access_points import AccessPoint as AccessPoint
from hipaa_guard.services.s3.access_points import PublicAccessBlock as PublicAccessBlock
from hipaa_guard.services.s3.access_points import answered_block, block_of
from hipaa_guard.services.s3.copying import ReplicationRule as ReplicationRule
from hipaa_guard.services.s3.defaults import assumed
from hipaa_guard.services.s3.defaults import only_of_new_buckets as only_of_new_buckets

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")
_NAMES = ("id", "bucket", "bucket_name")
"""The attributes with the name of a bucket, in one provider or the other."""
_AWSCC_ENCRYPTION = "bucket_encryption.server_side_encryption_configuration.server_side_encryption_by_default"


class Retention(Record):
    """How long Object Lock keeps a new version from being deleted or overwritten, if its upload does not say."""

    __slots__ = ("days", "mode")
    allowed: ClassVar = {"mode": one_of("GOVERNANCE", "COMPLIANCE")}

    days: int
    mode: str
    """``COMPLIANCE``, or ``GOVERNANCE``: whoever has s3:BypassGovernanceRetention may delete the version earlier."""


def _retention(value: dict[str, Value]) -> Retention:
    return Retention(**value)


class Bucket(Resource):
    """An S3 bucket."""

    noun = "S3 bucket"
    terraform = Block(
        "aws_s3_bucket",
        "awscc_s3_bucket",
        joined_by="bucket",
        name="bucket",
        awscc_name="bucket_name",
        global_names=True,
        across_accounts=True,
    )
    aws = Listing(
        "s3.list_buckets",
        "Buckets[]",
        arn="arn:{partition}:s3:::{Name}",
        region="{BucketRegion}",
        name="Name",
        scope="account",
    )
    aws_types = ("AWS::S3::Bucket", "s3:bucket")
    security_hub_type = "AwsS3Bucket"

    given_name: str | None = fact(terraform="bucket", awscc="bucket_name", unset=None, aws=listed("Name"))
    """None if the provider generates a name."""

    versioning: str | None = fact(
        terraform=first(
            "aws_s3_bucket_versioning.versioning_configuration.status",
            declared.inline_versioning,
            declared.implied_versioning,
        ),
        awscc=first("versioning_configuration.status", declared.implied_versioning),
        unset=None,
        aws=ask("s3.get_bucket_versioning", "Status", Bucket="{Name}"),
        allowed=one_of("Enabled", "Suspended", "Disabled"),
    )
    """``Enabled``, ``Suspended``, or None if it was never turned on (in Terraform also ``Disabled``)."""

    mfa_delete: str | None = fact(
        terraform=first("aws_s3_bucket_versioning.versioning_configuration.mfa_delete", declared.inline_mfa_delete),
        awscc="aws_s3_bucket_versioning.versioning_configuration.mfa_delete",  # CloudFormation cannot turn it on
        unset=None,
        aws=ask("s3.get_bucket_versioning", "MFADelete", Bucket="{Name}"),
        allowed=one_of("Enabled", "Disabled"),
    )

    policy: PolicyDocument | None = fact(
        terraform=first("aws_s3_bucket_policy.policy", "awscc_s3_bucket_policy.policy_document", "policy"),
        awscc="awscc_s3_bucket_policy.policy_document",
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask("s3.get_bucket_policy", "Policy", Bucket="{Name}", absent="NoSuchBucketPolicy", always=True),
    )

    encryption_algorithm: str | None = fact(
        terraform=first(
            "aws_s3_bucket_server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm",
            "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.sse_algorithm",
        ),
        awscc=f"{_AWSCC_ENCRYPTION}.sse_algorithm",
        unset=assumed("encryption_algorithm"),
        aws=ask(
            "s3.get_bucket_encryption",
            "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm",
            Bucket="{Name}",
            absent="ServerSideEncryptionConfigurationNotFoundError",
        ),
        allowed=one_of("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx", "aws:backup"),
    )
    """``AES256``, ``aws:kms`` or ``aws:kms:dsse``."""

    encryption_key: str | None = fact(
        terraform=first(
            "aws_s3_bucket_server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
            "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
        ),
        awscc=f"{_AWSCC_ENCRYPTION}.kms_master_key_id",
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
        terraform=declared.switches("aws_s3_bucket_public_access_block"),
        awscc=first(declared.switches("aws_s3_bucket_public_access_block"), declared.inline_switches),
        unset=assumed("public_access_block"),
        parse=block_of,
        aws=derived(
            answered_block,
            ask(
                "s3.get_public_access_block",
                "PublicAccessBlockConfiguration",
                Bucket="{Name}",
                absent="NoSuchPublicAccessBlockConfiguration",
            ),
        ),
    )
    """None: of source, that only a default may block public access; of a live bucket, that nothing of its own does."""

    acl_is_public: bool = fact(
        terraform=acls.declared_reach(acls.EVERYONE, acls.PUBLIC_ACLS),
        awscc=acls.declared_reach(acls.EVERYONE, acls.PUBLIC_ACLS),
        unset=assumed("acl_is_public"),
        aws=acls.answered_reach(acls.EVERYONE),
    )
    """Whether the ACL grants any access to everyone, or to everyone with an AWS account."""

    public_object: str | None = fact(
        terraform=acls.public_object,
        awscc=acls.public_object,
        unset=None,
        terraform_only="S3 tells the ACL of each object by a call of its own, and there may be millions",
    )
    """The address of a declared object whose own ACL grants any access to everyone."""

    acl_takes_logs: bool = fact(
        terraform=acls.declared_reach(acls.LOG_DELIVERY, acls.LOG_ACLS),
        awscc=acls.declared_reach(acls.LOG_DELIVERY, acls.LOG_ACLS),
        unset=False,
        aws=acls.answered_reach(acls.LOG_DELIVERY),
    )
    """Whether the ACL lets S3 write access logs into the bucket."""

    acl_outsiders: list[str] | None = fact(
        terraform=acls.declared_outsiders,
        awscc=acls.declared_outsiders,
        unset=None,
        aws=acls.answered_outsiders(),
    )
    """The canonical user ids of other accounts that the ACL grants access, without those of AWS."""

    owner_id: str = fact(
        terraform="aws_s3_bucket_acl.access_control_policy.owner.id",
        awscc="aws_s3_bucket_acl.access_control_policy.owner.id",
        unset=acls.OWNER_NOT_KNOWN,
        aws=ask("s3.get_bucket_acl", "Owner.ID", Bucket="{Name}"),
    )
    """The canonical user id of the account that owns it."""

    log_target: str | None = fact(
        terraform=first("aws_s3_bucket_logging.target_bucket", "logging.target_bucket"),
        awscc=declared.inline_log_target,
        unset=None,
        aws=ask("s3.get_bucket_logging", "LoggingEnabled.TargetBucket", Bucket="{Name}"),
    )
    """The bucket for server access logs."""

    object_lock: bool = fact(
        terraform=declared.object_lock,
        awscc=declared.object_lock,
        unset=False,
        parse=lambda value: value if isinstance(value, bool | Unknown) else value == "Enabled",
        aws=ask(
            "s3.get_object_lock_configuration",
            "ObjectLockConfiguration.ObjectLockEnabled",
            Bucket="{Name}",
            absent="ObjectLockConfigurationNotFoundError",
        ),
    )

    default_retention: Retention | None = fact(
        terraform=declared.retention,
        awscc=declared.retention,
        unset=None,
        parse=_retention,
        aws=derived(
            declared.answered_retention,
            ask(
                "s3.get_object_lock_configuration",
                "ObjectLockConfiguration.Rule.DefaultRetention",
                Bucket="{Name}",
                absent="ObjectLockConfigurationNotFoundError",
            ),
        ),
    )
    """None locks only versions whose upload asks for it."""

    object_ownership: str | None = fact(
        terraform=first("aws_s3_bucket_ownership_controls.rule.object_ownership", acls.implied_ownership),
        awscc=first("ownership_controls.rules.object_ownership", acls.implied_ownership),
        unset=assumed("object_ownership"),
        aws=ask(
            "s3.get_bucket_ownership_controls",
            "OwnershipControls.Rules[0].ObjectOwnership",
            Bucket="{Name}",
            absent="OwnershipControlsNotFoundError",
        ),
        allowed=one_of("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
    )
    """``BucketOwnerEnforced`` turns ACLs off. None: of source, that only a default may do so; of a live bucket, that
    they are on, as with ``ObjectWriter``."""

    replication: list[str] | None = fact(
        terraform=copying.statuses,
        awscc=copying.statuses,
        unset=None,
        aws=ask(
            "s3.get_bucket_replication",
            "ReplicationConfiguration.Rules[].Status",
            Bucket="{Name}",
            absent="ReplicationConfigurationNotFoundError",
        ),
        allowed=one_of("Enabled", "Disabled"),
    )
    """The status of each rule that copies objects to other buckets: ``Enabled`` or ``Disabled``."""

    replication_rules: list[ReplicationRule] | None = fact(
        terraform=copying.declared,
        awscc=copying.declared,
        unset=None,
        aws=derived(
            copying.answered,
            ask(
                "s3.get_bucket_replication",
                "ReplicationConfiguration.Rules",
                Bucket="{Name}",
                absent="ReplicationConfigurationNotFoundError",
            ),
        ),
    )
    """The same rules, with the objects that they copy."""

    def names(self) -> tuple[str, ...]:
        """The texts for the bucket in policies: its ARN, as text and as reference."""
        origin = self.origin
        if origin.arn is not None:
            return (origin.arn,)
        names = [*(symbol(origin.address, attribute) for attribute in _NAMES), origin.known_name]
        arns = [f"arn:{partition}:s3:::{name}" for partition in PARTITIONS for name in names if name]
        return (symbol(origin.address, "arn"), *arns)

    def names_in_own_policy(self) -> tuple[str, ...]:
        """As `names`, in its own policy: S3 refuses one about another bucket ("Policy has invalid resource")."""
        unknown = not self.is_named_by_text and self.origin.known_name is None
        return (*self.names(), *((f"arn:{HERE}:s3:::{HERE}",) if unknown else ()))

    @property
    def is_named_by_text(self) -> bool:
        """Whether its name is known, so that `names` has the ARN that a text elsewhere spells out."""
        return self.origin.arn is not None or isinstance(self.peek(Bucket.facts["given_name"]), str)

    def names_itself(self, target: Value, inventory: Inventory) -> bool:
        """Whether the bucket is its own target. An unknown name is assumed to be that of another bucket.

        Raises:
            Undecided: the name and that of the bucket come from the same variables.

        """
        name = inventory.name_of(target)
        if name is not None and name in self.origin.keys:
            return True
        own = self.peek(Bucket.facts["given_name"])
        if isinstance(target, Unknown) and isinstance(own, Unknown):
            named_by = _spelling(own)
            elsewhere = self.origin.address or ""  # of a bucket that is declared elsewhere, the name that is used here
            if _spelling(target) == named_by or any(each in elsewhere for each in _references(target)):
                raise Undecided(target)
        return inventory.lookup(Bucket, target) is self

    def is_named(self, names: set[str]) -> bool:
        """Whether one of the names, with symbols in the place of references, is that of the bucket."""
        origin = self.origin
        return not names.isdisjoint({origin.known_name, *(symbol(origin.address, attribute) for attribute in _NAMES)})

    def may_be_named(self, name: Unknown) -> bool:
        """Whether a name that is not known, or known in part, may be that of the bucket.

        A value from outside (a variable, a data source) names no bucket that is declared here.
        """
        own = self.peek(Bucket.facts["given_name"])
        if isinstance(own, Unknown) and _spelling(name) == _spelling(own):
            return True
        if not isinstance(name, PartialText):
            return name.cause not in _FROM_OUTSIDE
        last = name.parts[-1]
        return (
            isinstance(own, str) and own.startswith(name.prefix) and own.endswith(last if isinstance(last, str) else "")
        )


_FROM_OUTSIDE = (Cause.VARIABLE, Cause.WORKSPACE, Cause.DATA_SOURCE)


def _spelling(name: Unknown) -> list[str | tuple[str, ...]]:
    parts = name.parts if isinstance(name, PartialText) else (name,)
    return [part if isinstance(part, str) else part.references for part in parts]


def _references(name: Unknown) -> tuple[str, ...]:
    parts = name.parts if isinstance(name, PartialText) else (name,)
    return tuple(each for part in parts if isinstance(part, Unknown) for each in part.references)


def log_target_of(bucket: Bucket) -> Value:
    """The target of a bucket's access logs, for judging the target. This reading is no evidence of that finding."""
    return bucket.peek(cast("Fact", Bucket.log_target))


class AccountPublicAccess(Resource):
    """The Block Public Access settings of a whole account."""

    terraform = Block("aws_s3_account_public_access_block")
    aws = Singleton("account", arn="arn:{partition}:s3:::account/{account}")
    aws_types = ("AWS::S3::AccountPublicAccessBlock",)
    security_hub_type = "AwsS3AccountPublicAccessBlock"

    named_account: str | None = fact(
        terraform=declared.named_account,
        unset=None,
        aws=derived(lambda: None),  # a scan asks for its own account alone
    )
    """The account that Terraform sets them for. None: that of its provider, or a live account's own."""

    public_access_block: PublicAccessBlock | None = fact(
        terraform=declared.switches(""),
        unset=None,
        parse=block_of,
        aws=derived(
            answered_block,
            ask(
                "s3control.get_public_access_block",
                "PublicAccessBlockConfiguration",
                AccountId="{account}",
                absent="NoSuchPublicAccessBlockConfiguration",
                scope="account",
            ),
        ),
    )
