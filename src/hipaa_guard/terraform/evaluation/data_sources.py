"""Answers of data sources that are known without asking AWS: the provider's account and region, repeated arguments."""

from __future__ import annotations

from typing import Protocol

from hipaa_guard.facts.places import Place
from hipaa_guard.facts.values import PartialText, Reference, Value
from hipaa_guard.terraform.evaluation import cloud_init

_REGION = ("id", "name", "region")

_PARTITIONS = {
    "cn-": ("aws-cn", "amazonaws.com.cn", "cn.com.amazonaws"),
    "us-gov-": ("aws-us-gov", "amazonaws.com", "com.amazonaws"),
    "us-iso-": ("aws-iso", "c2s.ic.gov", "gov.ic.c2s"),
    "us-isob-": ("aws-iso-b", "sc2s.sgov.gov", "gov.sgov.sc2s"),
    "us-isof-": ("aws-iso-f", "csp.hci.ic.gov", "gov.ic.hci.csp"),
    "eu-isoe-": ("aws-iso-e", "cloud.adc-e.uk", "uk.adc-e.cloud"),
    "eusc-": ("aws-eusc", "amazonaws.eu", "eu.amazonaws"),
}
"""Start of a region's name -> partition, suffix of its host names, and this suffix in reverse order."""

_COMMERCIAL = ("aws", "amazonaws.com", "com.amazonaws")
_AREAS = frozenset({"af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"})

_REPEATED_ARGUMENTS = {
    ("aws_s3_bucket", "id"): "bucket",
    ("aws_iam_policy", "id"): "arn",
    ("aws_iam_role", "id"): "name",
    ("aws_dynamodb_table", "id"): "name",
}
"""Attributes of data sources -> the argument that they repeat."""


_REGION_OR_PARTITION = frozenset({"aws_partition", "aws_region"})
"""Data sources that give the region or partition of their provider."""

_OF_OWN_ACCOUNT = _REGION_OR_PARTITION | {
    *("aws_caller_identity", "aws_canonical_user_id", "aws_iam_group", "aws_iam_openid_connect_provider"),
    *("aws_iam_role", "aws_iam_saml_provider", "aws_iam_user"),
}
"""Data sources that read something of the provider's own account."""

_OWNER, _AMAZON = "owners", frozenset({"amazon", "137112412989"})
"""The account of Amazon's own machine images, and its alias (EC2 API, DescribeImages, ``Owner``)."""

_IMAGES = ("/aws/service/ami-", "/aws/service/ecs/", "/aws/service/eks/", "/aws/service/bottlerocket/")
"""Starts of the parameters with ids of images (Systems Manager user guide, "Discovering public parameters")."""

_NAMES = {
    "aws_ec2_managed_prefix_list": "name",
    "aws_kms_alias": "name",
    "aws_kms_key": "key_id",
    "aws_security_group": "name",
    "aws_ssm_parameter": "name",
}
"""Data sources -> their argument with a name that identifies the object."""


_OF_AWS = "alias/aws/"
"""Prefix of the aliases of AWS managed keys."""


class DataSource(Protocol):
    """One instance of a data source."""

    type: str

    @property
    def region(self) -> Value:
        """Its own region, else that of its provider."""

    @property
    def place(self) -> Place:
        """The account and region of its provider."""

    def written(self, name: str) -> Value:
        """The value of an argument."""


def is_region_or_partition(type: str) -> bool:
    """Whether a type of data source reads nothing but names of its provider's region or partition."""
    return type in _REGION_OR_PARTITION


def is_of_own_account(type: str) -> bool:
    """Whether a type of data source reads something of its provider's own account."""
    return type in _OF_OWN_ACCOUNT


def is_image(source: DataSource, attribute: str) -> bool:
    """Whether an attribute is the id of a machine image, in a parameter that AWS keeps for everybody."""
    if source.type != "aws_ssm_parameter" or attribute not in ("value", "insecure_value"):
        return False
    name = source.written("name")
    return isinstance(name, str) and name.startswith(_IMAGES)


def asked_by(source: DataSource) -> str | None:
    """The literal name of the object that a data source reads, or its known start; None where it has none.

    Of a machine image it is the pattern of the names among which it is chosen, if all are Amazon's. Of a policy of IAM
    it begins with the path, if one is written, and ends with ``*`` where the rest of it is not known.
    """
    if source.type == "aws_ami":
        return _pattern_of_amazon(source)
    if source.type == "aws_iam_policy":
        return _pattern_of_policy(source)
    argument = _NAMES.get(source.type)
    value = None if argument is None else source.written(argument)
    if isinstance(value, PartialText):
        value = value.prefix if not _OF_AWS.startswith(value.prefix) else None
    return value if isinstance(value, str) else None


def _pattern_of_policy(source: DataSource) -> str | None:
    name, path = source.written("name"), source.written("path_prefix")
    pattern = f"{name.prefix}*" if isinstance(name, PartialText) else name
    if not isinstance(pattern, str):
        return None
    if isinstance(path, str) and path.endswith("/"):
        return f"{path}{pattern}"
    return pattern if path is None else f"{pattern.removesuffix('*')}*"


def _pattern_of_amazon(source: DataSource) -> str | None:
    owners, filters = source.written(_OWNER), source.written("filter")
    if not (isinstance(owners, list) and owners and all(each in _AMAZON for each in owners)):
        return None
    for each in filters if isinstance(filters, list) else ():
        if isinstance(each, dict) and each.get("name") == "name":
            values = each.get("values")
            return values[0] if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str) else None
    return None


def looked_up(source: DataSource, name: str) -> Value:
    """The value of an attribute that is known without asking AWS; None where it is not."""
    if source.type == "aws_region" and name in _REGION:
        own = source.written("region")
        region = source.region if own is None else own
        return region if isinstance(region, str) else None
    if source.type == "aws_caller_identity" and name in ("account_id", "id"):
        return source.place.account
    if source.type == "aws_partition":
        return _of_partition(source.region, name)
    if source.type in cloud_init.TYPES and name == "rendered":
        return cloud_init.rendered(source)
    argument = _REPEATED_ARGUMENTS.get((source.type, name))
    if argument is not None:
        return source.written(argument)
    if (source.type, name) == ("aws_s3_bucket", "arn"):
        bucket = source.written("bucket")
        if isinstance(bucket, Reference) and ".aws_s3_bucket." in f".{bucket.address}":
            return Reference(bucket.address, "arn")
    return None


def _of_partition(region: Value, name: str) -> Value:
    if not isinstance(region, str):
        return None
    found = next((each for start, each in _PARTITIONS.items() if region.startswith(start)), None)
    if found is None and region.partition("-")[0] in _AREAS:
        found = _COMMERCIAL
    if found is None:
        return None
    return dict(zip(("partition", "dns_suffix", "reverse_dns_prefix"), found, strict=True)).get(
        "partition" if name == "id" else name
    )
