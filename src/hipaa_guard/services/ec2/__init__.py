"""Amazon EC2: instances, their launch templates, and the metadata defaults of a region."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.credentials import credentials_in_base64
from hipaa_guard.facts.readings import (
    Ask,
    Block,
    Derived,
    Listed,
    Listing,
    Singleton,
    View,
    ask,
    derived,
    first,
    listed,
)
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Reference, Unknown, Value, joined
from hipaa_guard.services.ec2 import addresses, devices
from hipaa_guard.services.ec2.addresses import NetworkInterface as NetworkInterface
from hipaa_guard.services.ec2.devices import ROOT_NAMES as ROOT_NAMES
from hipaa_guard.services.ec2.devices import BlockDevice as BlockDevice
from hipaa_guard.services.ec2.template_users import TemplateUse as TemplateUse
from hipaa_guard.services.ec2.template_users import TemplateUser as TemplateUser
from hipaa_guard.services.ec2.template_users import version_of

_TOKENS = one_of("optional", "required")
_ENDPOINT = one_of("disabled", "enabled")


def _declared_user_data(view: View) -> Value:
    text = view.get("user_data")
    if isinstance(text, str) and re.fullmatch(r"[0-9a-f]{40}", text):
        return Unknown("only a hash of the user data is recorded", Cause.NOT_COLLECTED)
    # The provider takes text that is base64 already as it is.
    return joined(credentials_in_base64(text), credentials_in_base64(view.get("user_data_base64")))


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


def _declared_version(view: View) -> Value:
    return version_of(view.get("launch_template.version"))


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

    template_version: str | None = fact(terraform=_declared_version, unset=None, aws=derived(_leaves_nothing_out))
    """``$Latest``, ``$Default``, a number, or None, which means ``$Default``."""

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


def _declared_default(view: View) -> Value:
    updated = view.get("update_default_version")
    if isinstance(updated, Unknown):
        return updated
    return None if updated else view.get("default_version")


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

    terraform: ClassVar[Block | None] = Block("aws_launch_template", name="name")
    aws: ClassVar[Listing | None] = Listing(
        "ec2.describe_launch_templates",
        "LaunchTemplates[]",
        arn="arn:{partition}:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
        name="LaunchTemplateName",
        keys=("LaunchTemplateId", "LaunchTemplateName"),
    )
    aws_types: ClassVar[tuple[str, ...]] = ("AWS::EC2::LaunchTemplate", "ec2:launch-template")
    security_hub_type = "AwsEc2LaunchTemplate"

    newest: int | None = fact(terraform="latest_version", unset=None, aws=listed("LatestVersionNumber"))
    """The number of the newest version, which is the one that source shows; None before it is created."""

    default: int | None = fact(terraform=_declared_default, unset=None, aws=listed("DefaultVersionNumber"))
    """The number of the default version; None where it is the newest one or was never chosen."""

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


_USED = "source shows one version of a template: `TemplateUser` has those that use another"


def _of_used_version(of_default: Any) -> Any:
    """A setting of the version that is used, read as that of the default version."""

    def asked(reading: Ask | Listed) -> Ask:
        assert isinstance(reading, Ask), "a version has no item of its own"
        params = {"LaunchTemplateId": "{LaunchTemplateId}", "Versions": ["{Version}"]}
        return ask(reading.operation, reading.path, kept_as=reading.kept_as, **params)

    plain = of_default.aws
    aws = derived(plain.function, *map(asked, plain.readings)) if isinstance(plain, Derived) else asked(plain)
    return fact(live_only=_USED, aws=aws, allowed=of_default.allowed)


def _is_the_one() -> None:
    """No number: the version is the one that is used."""


class LaunchTemplateVersion(LaunchTemplate):
    """A version of a launch template that an Auto Scaling group starts and that need not be the default one."""

    terraform = None
    live_only = _USED
    aws_types = ()
    aws = Listing(
        "autoscaling.describe_auto_scaling_groups",
        "AutoScalingGroups[].[LaunchTemplate, MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification, "
        "MixedInstancesPolicy.LaunchTemplate.Overrides[].LaunchTemplateSpecification][][] "
        "| [?Version && Version != '$Default'].{LaunchTemplateId: LaunchTemplateId, Version: Version}",
        arn="arn:{partition}:ec2:{region}:{account}:launch-template/{LaunchTemplateId}:{Version}",
        name="join(', version ', [LaunchTemplateId, Version])",
        repeated=True,
    )

    newest: int | None = fact(live_only=_USED, aws=derived(_is_the_one))
    default: int | None = fact(live_only=_USED, aws=derived(_is_the_one))
    metadata_tokens: str | None = _of_used_version(LaunchTemplate.metadata_tokens)
    metadata_endpoint: str | None = _of_used_version(LaunchTemplate.metadata_endpoint)
    public_address: bool | None = _of_used_version(LaunchTemplate.public_address)
    subnet: str | None = _of_used_version(LaunchTemplate.subnet)
    devices: list[BlockDevice] = _of_used_version(LaunchTemplate.devices)
    profile: str | None = _of_used_version(LaunchTemplate.profile)
    user_data_credentials: list[str] = _of_used_version(LaunchTemplate.user_data_credentials)
    detailed_monitoring: bool | None = _of_used_version(LaunchTemplate.detailed_monitoring)
    termination_protected: bool | None = _of_used_version(LaunchTemplate.termination_protected)


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
