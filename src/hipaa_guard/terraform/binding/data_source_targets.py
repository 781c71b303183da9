"""Resources of a configuration that a data source in it may read."""

from __future__ import annotations

from enum import Enum

from hipaa_guard.terraform.binding.identity import Identity
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import DataSourceValue


class DataSourceTarget(Enum):
    """The resources that a data source of the same configuration may read. No other exists yet when it is read."""

    BROUGHT_ALONG = "a default resource, which exists before the configuration is applied"
    NAMED_OUTSIDE = "a resource with a name from outside, if the data source is read during apply"


def target_of(lookup: DataSourceValue) -> DataSourceTarget | None:
    """The resources of the configuration that a data source may read; None where it may read none of them."""
    if lookup.looked_up_with:
        return DataSourceTarget.NAMED_OUTSIDE
    return DataSourceTarget.BROUGHT_ALONG if lookup.asked_by in (None, "default") else None


def as_target(main: ResourceInstance, identity: Identity) -> DataSourceTarget | None:
    """The target that a resource is for data sources; None where no data source may read it."""
    if main.type.startswith("aws_default_"):
        return DataSourceTarget.BROUGHT_ALONG
    return DataSourceTarget.NAMED_OUTSIDE if any(not found.after_apply for found in identity.patterns) else None
