"""Launch configurations of EC2 Auto Scaling, which launch templates have replaced."""

from __future__ import annotations

from hipaa_guard.facts.credentials import credentials_in_base64
from hipaa_guard.facts.readings import Block, Listing, derived, listed
from hipaa_guard.facts.resource import fact
from hipaa_guard.services.ec2 import user_data
from hipaa_guard.services.ec2.arguments import ENDPOINT, TOKENS, declared_nowhere, names
from hipaa_guard.services.ec2.devices import BlockDevice, of_answered_template
from hipaa_guard.services.ec2.devices import of_launch_configuration as declared_devices
from hipaa_guard.services.ec2.templates import LaunchTemplate


def _nothing() -> None:
    """No value: a launch configuration has no such setting."""


def _tokens(stated: str | None) -> str:
    return stated or "optional"


class LaunchConfiguration(LaunchTemplate):
    """A launch configuration. The controls of launch templates judge it; it has one version, and names no subnet."""

    noun = "launch configuration"
    terraform = Block(
        "aws_launch_configuration",
        "awscc_autoscaling_launch_configuration",
        name="name",
        awscc_name="launch_configuration_name",
    )
    aws = Listing(
        "autoscaling.describe_launch_configurations",
        "LaunchConfigurations[]",
        arn="{LaunchConfigurationARN}",
        name="LaunchConfigurationName",
        keys=("LaunchConfigurationName",),
    )
    aws_types = ("AWS::AutoScaling::LaunchConfiguration", "autoscaling:launchConfiguration")
    security_hub_type = "AwsAutoScalingLaunchConfiguration"

    newest: int | None = fact(terraform=declared_nowhere, awscc=declared_nowhere, unset=None, aws=derived(_nothing))
    default: int | None = fact(terraform=declared_nowhere, awscc=declared_nowhere, unset=None, aws=derived(_nothing))
    metadata_tokens: str | None = fact(
        terraform="metadata_options.http_tokens",
        awscc="metadata_options.http_tokens",
        unset="optional",  # EC2 Auto Scaling API reference, InstanceMetadataOptions, read 2026-11-30
        aws=derived(_tokens, listed("MetadataOptions.HttpTokens")),
        allowed=TOKENS,
    )
    metadata_endpoint: str | None = fact(
        terraform="metadata_options.http_endpoint",
        awscc="metadata_options.http_endpoint",
        unset=None,
        aws=listed("MetadataOptions.HttpEndpoint"),
        allowed=ENDPOINT,
    )
    image: str | None = fact(terraform="image_id", awscc="image_id", unset=None, aws=listed("ImageId"))
    public_address: bool | None = fact(
        terraform="associate_public_ip_address",
        awscc="associate_public_ip_address",
        unset=None,
        aws=listed("AssociatePublicIpAddress"),
    )
    subnet: str | None = fact(terraform=declared_nowhere, awscc=declared_nowhere, unset=None, aws=derived(_nothing))
    devices: list[BlockDevice] = fact(
        terraform=declared_devices,
        awscc=declared_devices,
        unset=[],
        aws=derived(of_answered_template, listed("BlockDeviceMappings")),
    )
    profile: str | None = fact(
        terraform="iam_instance_profile",
        awscc="iam_instance_profile",
        unset=None,
        aws=listed("IamInstanceProfile"),
    )
    user_data_credentials: list[str] = fact(
        terraform=user_data.declared,
        awscc=user_data.declared,
        unset=[],
        aws=derived(names, listed("UserData", kept_as=credentials_in_base64)),
    )
    detailed_monitoring: bool | None = fact(
        terraform="enable_monitoring", awscc="instance_monitoring", unset=True, aws=listed("InstanceMonitoring.Enabled")
    )
    termination_protected: bool | None = fact(
        terraform=declared_nowhere, awscc=declared_nowhere, unset=None, aws=derived(_nothing)
    )
