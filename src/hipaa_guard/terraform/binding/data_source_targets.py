"""What a data source may read of the configuration that it stands in."""

from __future__ import annotations

from enum import Enum

from hipaa_guard.terraform.binding.identity import Identity
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import DataSourceValue


class DataSourceTarget(Enum):
    """What a data source may read of the configuration that it is in. Anything else does not exist when it is read."""

    BROUGHT_ALONG = "what was there before"
    NAMED_OUTSIDE = "what has a name from outside, where the data source is read late"


def sought_by(lookup: DataSourceValue) -> DataSourceTarget | None:
    """What a data source may read of the same configuration; None where anything of it did not exist before."""
    if lookup.through:
        return DataSourceTarget.NAMED_OUTSIDE
    return DataSourceTarget.BROUGHT_ALONG if lookup.asked_by in (None, "default") else None


def may_be_sought(main: ResourceInstance, identity: Identity) -> DataSourceTarget | None:
    """By what data sources a resource may be read."""
    if main.type.startswith("aws_default_"):
        return DataSourceTarget.BROUGHT_ALONG
    return DataSourceTarget.NAMED_OUTSIDE if any(not found.late for found in identity.patterns) else None
