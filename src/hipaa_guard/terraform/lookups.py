"""Data sources whose answer is known without asking: where the provider is, and what they were asked by."""

from __future__ import annotations

from typing import Protocol

from hipaa_guard.facts.values import Reference, Value

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
"""By the start of a region's name: partition, suffix of its host names, and the same the other way round."""

_COMMERCIAL = ("aws", "amazonaws.com", "com.amazonaws")
_AREAS = frozenset({"af", "ap", "ca", "eu", "il", "me", "mx", "sa", "us"})

_ASKED_BY = {
    ("aws_s3_bucket", "id"): "bucket",
    ("aws_iam_role", "id"): "name",
    ("aws_dynamodb_table", "id"): "name",
}
"""Attributes that repeat the argument by which a data source finds its object."""


class DataSource(Protocol):
    """One instance of a data source."""

    type: str

    @property
    def region(self) -> Value:
        """The region of its provider, or its own."""

    def written(self, name: str) -> Value:
        """The value of an argument."""


def looked_up(source: DataSource, name: str) -> Value:
    """The value of an attribute that is known without asking AWS; None where it is not."""
    if source.type == "aws_region" and name in _REGION:
        own = source.written("region")
        region = source.region if own is None else own
        return region if isinstance(region, str) else None
    if source.type == "aws_partition":
        return _of_partition(source.region, name)
    argument = _ASKED_BY.get((source.type, name))
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
