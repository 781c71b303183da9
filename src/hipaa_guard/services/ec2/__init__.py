"""Amazon EC2: instances, their launch templates, and the metadata defaults of a region."""

from __future__ import annotations

import re
from collections.abc import Callable

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.credentials import credentials_in, credentials_in_base64
from hipaa_guard.facts.readings import Ask, Block, Listing, Singleton, View, ask, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Reference, Unknown, Value, joined
from hipaa_guard.services.ec2 import addresses, devices
from hipaa_guard.services.ec2.addresses import NetworkInterface as NetworkInterface
from hipaa_guard.services.ec2.devices import ROOT_NAMES as ROOT_NAMES
from hipaa_guard.services.ec2.devices import BlockDevice as BlockDevice

_TOKENS = one_of("optional", "required")
_ENDPOINT = one_of("disabled", "enabled")


def _declared_user_data(view: View) -> Value:
    text = view.get("user_data")
    if isinstance(text, str) and re.fullmatch(r"[0-9a-f]{40}", text):
        return Unknown("only a hash of the user data is recorded", Cause.NOT_COLLECTED)
    return joined(credentials_in(text), credentials_in_base64(view.get("user_data_base64")))


def _template_user_data(view: View) -> Value:
    return credentials_in_base64(view.get("user_data"))


def _declared_profile(view: View) -> Value:
    name = view.get("iam_instance_profile")
    return name if isinstance(name, Unknown) else name or None


def _declared_template(view: View) -> Value:
    """The launch template with the settings that the instance leaves out."""
    version = view.get("launch_template.version")
    named = view.get("launch_template.id")
    named = view.get("launch_template.name") if named is None else named
    if isinstance(version, Unknown) and not isinstance(version, Reference):
        return version
    if not isinstance(version, Unknown) and str(version).isdigit():
        return Unknown(f"it starts from version {version} of its launch template, not the one declared")
    return named


def _leaves_nothing_out() -> None:
    """No template: a running instance has a value for every setting."""


def _never_in_a_group(view: View) -> None:
    """No group: instances of an Auto Scaling group are not declared one by one."""


def _is_on(state: str | None) -> bool:
    return state in ("enabled", "pending")


def _names(found: list[str] | None) -> list[str]:
    """The names of credentials; none without user data."""
    return found or []


_IN_PUBLIC_ADDRESS = "a live account lists all addresses with the instance"


class Instance(Resource):
    """An EC2 instance that is not terminated."""

    noun = "EC2 instance"
    terraform = Block(
        "aws_instance",
        "aws_spot_instance_request",
        joins=addresses.ELASTIC,
        beside=addresses.BESIDE,
    )
    aws = Listing(
        "ec2.describe_instances",
        "Reservations[].Instances[] | [?State.Name!='terminated']",
        always=["Reservations[].Instances", "Reservations[].Instances[].State"],
        arn="arn:{partition}:ec2:{region}:{account}:instance/{InstanceId}",
        name="(Tags[?Key=='Name'].Value | [0]) || InstanceId",
        keys=("InstanceId",),
    )
    aws_types = ("AWS::EC2::Instance", "ec2:instance")
    security_hub_type = "AwsEc2Instance"

    launch_template: str | None = fact(terraform=_declared_template, unset=None, aws=derived(_leaves_nothing_out))
    """The template with the settings that the instance leaves out."""

    metadata_tokens: str | None = fact(
        terraform="metadata_options.http_tokens",
        unset=None,
        aws=listed("MetadataOptions.HttpTokens", always=True),
        allowed=_TOKENS,
    )
    """``required`` is IMDSv2 only. None: the template decides, else the region's default, else the image."""

    metadata_endpoint: str | None = fact(
        terraform="metadata_options.http_endpoint",
        unset=None,
        aws=listed("MetadataOptions.HttpEndpoint", always=True),
        allowed=_ENDPOINT,
    )

    public_address: bool | None = fact(
        terraform=addresses.declared,
        unset=None,
        aws=derived(
            addresses.answered,
            listed("PublicIpAddress"),
            listed(
                "NetworkInterfaces[].{own: Association.PublicIp, others: PrivateIpAddresses[].Association.PublicIp}",
                always=True,
            ),
        ),
    )
    """None if only the template or the subnet decides. An Elastic IP that is not known does not count here."""

    elastic_ip: bool = fact(terraform=addresses.has_elastic, unset=False, terraform_only=_IN_PUBLIC_ADDRESS)

    interfaces: list[str] = fact(terraform=addresses.interfaces, unset=(), terraform_only=_IN_PUBLIC_ADDRESS)
    """The network interfaces that are declared by themselves."""

    subnet: str | None = fact(terraform="subnet_id", unset=None, aws=listed("SubnetId"))

    devices: list[BlockDevice] = fact(
        terraform=devices.declared, unset=[], aws=derived(devices.attached, listed("BlockDeviceMappings", always=True))
    )

    profile: str | None = fact(terraform=_declared_profile, unset=None, aws=listed("IamInstanceProfile.Arn"))

    user_data_credentials: list[str] = fact(
        terraform=_declared_user_data,
        unset=[],
        aws=derived(
            _names,
            ask(
                "ec2.describe_instance_attribute",
                "UserData.Value",
                Attribute="userData",
                InstanceId="{InstanceId}",
                kept_as=credentials_in_base64,
            ),
        ),
    )
    """The names of credentials in the user data, never the text."""

    detailed_monitoring: bool | None = fact(
        terraform="monitoring", unset=None, aws=derived(_is_on, listed("Monitoring.State"))
    )

    termination_protected: bool | None = fact(
        terraform="disable_api_termination",
        unset=None,
        aws=ask(
            "ec2.describe_instance_attribute",
            "DisableApiTermination.Value",
            Attribute="disableApiTermination",
            InstanceId="{InstanceId}",
        ),
    )

    auto_scaling_group: str | None = fact(
        terraform=_never_in_a_group,
        unset=None,
        aws=listed("Tags[?Key=='aws:autoscaling:groupName'].Value | [0]"),
    )


def _of_version(path: str, kept_as: Callable[[Value], Value] | None = None) -> Ask:
    """A setting of a template's default version, which a start without a version uses."""
    return ask(
        "ec2.describe_launch_template_versions",
        f"LaunchTemplateVersions[?LaunchTemplateId=={{LaunchTemplateId}}].LaunchTemplateData.{path} | [0]",
        Versions=["$Default"],
        kept_as=kept_as,
    )


class LaunchTemplate(Resource):
    """A launch template. In a live account, its default version."""

    terraform = Block("aws_launch_template", name="name")
    aws = Listing(
        "ec2.describe_launch_templates",
        "LaunchTemplates[]",
        arn="arn:{partition}:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
        name="LaunchTemplateName",
        keys=("LaunchTemplateId", "LaunchTemplateName"),
    )
    aws_types = ("AWS::EC2::LaunchTemplate", "ec2:launch-template")
    security_hub_type = "AwsEc2LaunchTemplate"

    metadata_tokens: str | None = fact(
        terraform="metadata_options.http_tokens",
        unset=None,
        aws=_of_version("MetadataOptions.HttpTokens"),
        allowed=_TOKENS,
    )

    metadata_endpoint: str | None = fact(
        terraform="metadata_options.http_endpoint",
        unset=None,
        aws=_of_version("MetadataOptions.HttpEndpoint"),
        allowed=_ENDPOINT,
    )

    public_address: bool | None = fact(
        terraform=addresses.of_template,
        unset=None,
        aws=derived(addresses.of_answered_template, _of_version("NetworkInterfaces")),
    )
    """Whether an interface requests a public address; None if the subnet decides."""

    subnet: str | None = fact(
        terraform=addresses.subnet_of_template, unset=None, aws=_of_version("NetworkInterfaces[0].SubnetId")
    )

    interfaces: list[str] = fact(
        terraform=addresses.interfaces_of_template, unset=(), terraform_only="only instances have interfaces"
    )
    """The existing network interfaces that it gives to an instance."""

    devices: list[BlockDevice] = fact(
        terraform=devices.of_template,
        unset=[],
        aws=derived(devices.of_answered_template, _of_version("BlockDeviceMappings")),
    )

    profile: str | None = fact(
        terraform=first("iam_instance_profile.arn", "iam_instance_profile.name"),
        unset=None,
        aws=_of_version("IamInstanceProfile.[Arn, Name] | [] | [0]"),
    )

    user_data_credentials: list[str] = fact(
        terraform=_template_user_data,
        unset=[],
        aws=derived(_names, _of_version("UserData", kept_as=credentials_in_base64)),
    )

    detailed_monitoring: bool | None = fact(
        terraform="monitoring.enabled", unset=None, aws=_of_version("Monitoring.Enabled")
    )

    termination_protected: bool | None = fact(
        terraform="disable_api_termination", unset=None, aws=_of_version("DisableApiTermination")
    )


class MetadataDefaults(Resource):
    """The metadata defaults of a region, for new instances without their own settings."""

    terraform = Block("aws_ec2_instance_metadata_defaults")
    aws = Singleton("region", arn="arn:{partition}:ec2:{region}:{account}:instance-metadata-defaults")

    tokens: str | None = fact(
        terraform="http_tokens",
        unset=None,  # no preference: the image decides
        aws=ask("ec2.get_instance_metadata_defaults", "AccountLevel.HttpTokens"),
        allowed=one_of("optional", "required", "no-preference"),
    )
