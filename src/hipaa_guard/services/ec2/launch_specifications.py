"""Launch specifications of Spot Fleet requests, which start instances without a launch template."""

from __future__ import annotations

from hipaa_guard.facts.readings import Block, Inside, first
from hipaa_guard.facts.resource import fact
from hipaa_guard.services.ec2 import addresses, user_data
from hipaa_guard.services.ec2.arguments import ENDPOINT, TOKENS, declared_nowhere
from hipaa_guard.services.ec2.devices import BlockDevice
from hipaa_guard.services.ec2.devices import of_launch_configuration as declared_devices
from hipaa_guard.services.ec2.templates import LaunchTemplate

_LIVE = "a live account lists the instances that a fleet started, and each with its own settings"


class LaunchSpecification(LaunchTemplate):
    """A launch specification of a Spot Fleet request. The controls of launch templates judge it; it has one version.

    It has no metadata options (EC2 API reference, SpotFleetLaunchSpecification, read 2026-11-30), so that the default
    of the region or the image decides, and a fleet that needs others starts from a launch template.
    """

    noun = "launch specification"
    terraform = Block(
        "aws_spot_fleet_request",
        "awscc_ec2_spot_fleet",
        inside={
            "aws_spot_fleet_request": Inside("launch_specification", region=None),
            "awscc_ec2_spot_fleet": Inside("spot_fleet_request_config_data.launch_specifications", region=None),
        },
    )
    aws = None
    aws_types = ()
    terraform_only = _LIVE

    newest: int | None = fact(terraform=declared_nowhere, awscc=declared_nowhere, unset=None, terraform_only=_LIVE)
    default: int | None = fact(terraform=declared_nowhere, awscc=declared_nowhere, unset=None, terraform_only=_LIVE)
    metadata_tokens: str | None = fact(
        terraform=declared_nowhere, awscc=declared_nowhere, unset=None, terraform_only=_LIVE, allowed=TOKENS
    )
    metadata_endpoint: str | None = fact(
        terraform=declared_nowhere, awscc=declared_nowhere, unset=None, terraform_only=_LIVE, allowed=ENDPOINT
    )
    image: str | None = fact(terraform="ami", awscc="image_id", unset=None, terraform_only=_LIVE)
    public_address: bool | None = fact(
        terraform="associate_public_ip_address", awscc=addresses.of_template, unset=None, terraform_only=_LIVE
    )
    subnet: str | None = fact(terraform="subnet_id", awscc=addresses.subnet_of_awscc, unset=None, terraform_only=_LIVE)
    interfaces: list[str] = fact(
        terraform=declared_nowhere,
        awscc=addresses.interfaces_of_template,
        unset=(),
        terraform_only="only instances have interfaces",
    )
    devices: list[BlockDevice] = fact(
        terraform=declared_devices, awscc=declared_devices, unset=[], terraform_only=_LIVE
    )
    profile: str | None = fact(
        terraform=first("iam_instance_profile_arn", "iam_instance_profile"),
        awscc="iam_instance_profile.arn",
        unset=None,
        terraform_only=_LIVE,
    )
    user_data_credentials: list[str] = fact(
        terraform=user_data.declared, awscc=user_data.declared, unset=[], terraform_only=_LIVE
    )
    detailed_monitoring: bool | None = fact(
        terraform="monitoring", awscc="monitoring.enabled", unset=None, terraform_only=_LIVE
    )
    termination_protected: bool | None = fact(
        terraform=declared_nowhere, awscc=declared_nowhere, unset=None, terraform_only=_LIVE
    )
