"""S3 access points, further ways into a bucket, and the public access block that points, buckets and accounts have."""

from __future__ import annotations

from hipaa_guard.facts.policies.document import PolicyDocument, symbol
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived, first, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.services.s3 import declared


class PublicAccessBlock(Record):
    """The four switches of S3 Block Public Access."""

    __slots__ = declared.SWITCHES

    block_public_acls: bool
    block_public_policy: bool
    ignore_public_acls: bool
    restrict_public_buckets: bool

    def off(self) -> list[str]:
        """The names of the switches that are off, even if other switches are unknown.

        Raises:
            Undecided: no switch is known to be off, and one is unknown.

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


def block_of(switches: dict[str, Value]) -> PublicAccessBlock:
    """The switches as a record, from their values by name."""
    return PublicAccessBlock(**{name: declared.truth(switches[name]) for name in PublicAccessBlock.__slots__})


def answered_block(configuration: dict[str, Value] | None) -> Value:
    """The switches by name, as S3 answers them; a left-out one is off."""
    if configuration is None:
        return None
    return {
        "block_public_acls": configuration.get("BlockPublicAcls", False),
        "block_public_policy": configuration.get("BlockPublicPolicy", False),
        "ignore_public_acls": configuration.get("IgnorePublicAcls", False),
        "restrict_public_buckets": configuration.get("RestrictPublicBuckets", False),
    }


_BLOCK = "public_access_block_configuration"
_ALL_ON: Value = dict.fromkeys(declared.SWITCHES, True)


def _left_out_is_on(view: View) -> Value:
    """The switches in the aws provider, which turns on those that are left out."""
    if view.get(_BLOCK) is None:
        return _ALL_ON
    written = {name: view.get(f"{_BLOCK}.{name}") for name in declared.SWITCHES}
    return {name: True if value is None else value for name, value in written.items()}


def _left_out_is_off(view: View) -> Value:
    """The switches in the awscc provider: S3 turns all on, unless some are written."""
    return _ALL_ON if view.get(_BLOCK) is None else declared.inline_switches(view)


def _has_vpc(view: View) -> Value:
    vpc = view.get("vpc_configuration")
    return vpc if isinstance(vpc, Unknown) else bool(vpc)


class AccessPoint(Resource):
    """An access point of a bucket in the same account."""

    noun = "S3 access point"
    terraform = Block(
        "aws_s3_access_point", "awscc_s3_access_point", joined_by="access_point_arn", name="name", awscc_name="name"
    )
    aws = Listing(
        "s3control.list_access_points",
        "AccessPointList[]",
        arn="{AccessPointArn}",
        name="Name",
        AccountId="{account}",
    )
    aws_types = ("AWS::S3::AccessPoint", "s3:accesspoint")
    security_hub_type = "AwsS3AccessPoint"

    bucket: str = fact(terraform="bucket", awscc="bucket", unset=None, aws=listed("Bucket"))
    """The name of its bucket."""

    policy: PolicyDocument | None = fact(
        terraform=first("aws_s3control_access_point_policy.policy", "policy"),
        awscc=first("aws_s3control_access_point_policy.policy", "policy"),
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask(
            "s3control.get_access_point_policy",
            "Policy",
            AccountId="{account}",
            Name="{Name}",
            absent="NoSuchAccessPointPolicy",
            always=True,
        ),
    )

    public_access_block: PublicAccessBlock = fact(
        terraform=_left_out_is_on,
        awscc=_left_out_is_off,
        unset=_ALL_ON,
        parse=block_of,
        aws=derived(
            answered_block,
            ask(
                "s3control.get_access_point",
                "PublicAccessBlockConfiguration",
                AccountId="{account}",
                Name="{Name}",
                always=True,
            ),
        ),
    )
    """Its own switches: all are on unless it was made without them, and they cannot be changed later."""

    only_from_vpc: bool = fact(
        terraform=_has_vpc,
        awscc=_has_vpc,
        unset=False,
        aws=derived(lambda origin: origin == "VPC", listed("NetworkOrigin")),
    )
    """Whether it takes requests from one VPC alone."""

    def names(self) -> tuple[str, ...]:
        """The texts for the access point in policies: its ARN as text, if it is known, and as reference."""
        origin = self.origin
        return (symbol(origin.address, "arn"), *((origin.arn,) if origin.arn else ()))
