"""Launch templates of EC2: their default versions, and those that Auto Scaling groups start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from hipaa_guard.facts.credentials import credentials_in_base64
from hipaa_guard.facts.readings import Ask, Block, Derived, Listed, Listing, View, ask, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.services.ec2 import addresses, devices, markets
from hipaa_guard.services.ec2.arguments import ENDPOINT, TOKENS, names
from hipaa_guard.services.ec2.devices import BlockDevice


def _template_user_data(view: View) -> Value:
    return credentials_in_base64(view.get("user_data"))


def _awscc_user_data(view: View) -> Value:
    return credentials_in_base64(view.get("launch_template_data.user_data"))


def _awscc_profile(view: View) -> Value:
    arn = view.get("launch_template_data.iam_instance_profile.arn")
    return view.get("launch_template_data.iam_instance_profile.name") if arn is None else arn


def _declared_default(view: View) -> Value:
    updated = view.get("update_default_version")
    if isinstance(updated, Unknown):
        return updated
    return None if updated else _number_of_default(view, "default_version")


def _awscc_default(view: View) -> Value:
    return _number_of_default(view, "default_version_number")


def _number_of_default(view: View, argument: str) -> Value:
    """The number of the default version; None in a plan that makes the template, whose only version is the default."""
    number, own = view.get(argument), view.get("id")
    made = all(isinstance(each, Unknown) and each.cause is Cause.AFTER_APPLY for each in (number, own))
    return None if made else number


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

    terraform: ClassVar[Block | None] = Block(
        "aws_launch_template",
        "awscc_ec2_launch_template",
        name="name",
        awscc_name="launch_template_name",
        also=("launch_template_id",),
    )
    aws: ClassVar[Listing | None] = Listing(
        "ec2.describe_launch_templates",
        "LaunchTemplates[]",
        arn="arn:{partition}:ec2:{region}:{account}:launch-template/{LaunchTemplateId}",
        name="LaunchTemplateName",
        keys=("LaunchTemplateId", "LaunchTemplateName"),
    )
    aws_types: ClassVar[tuple[str, ...]] = ("AWS::EC2::LaunchTemplate", "ec2:launch-template")
    security_hub_type = "AwsEc2LaunchTemplate"

    newest: int | None = fact(
        terraform="latest_version", awscc="latest_version_number", unset=None, aws=listed("LatestVersionNumber")
    )
    """The number of the newest version, which is the one that source shows; None before it is created."""

    default: int | None = fact(
        terraform=_declared_default, awscc=_awscc_default, unset=None, aws=listed("DefaultVersionNumber")
    )
    """The number of the default version; None where it is the newest one or was never chosen."""

    metadata_tokens: str | None = fact(
        terraform="metadata_options.http_tokens",
        awscc="launch_template_data.metadata_options.http_tokens",
        unset=None,
        aws=_of_version("MetadataOptions.HttpTokens"),
        allowed=TOKENS,
    )

    metadata_endpoint: str | None = fact(
        terraform="metadata_options.http_endpoint",
        awscc="launch_template_data.metadata_options.http_endpoint",
        unset=None,
        aws=_of_version("MetadataOptions.HttpEndpoint"),
        allowed=ENDPOINT,
    )

    image: str | None = fact(
        terraform="image_id", awscc="launch_template_data.image_id", unset=None, aws=_of_version("ImageId")
    )
    """The machine image that its instances start from."""

    public_address: bool | None = fact(
        terraform=addresses.of_template,
        awscc=addresses.of_awscc_template,
        unset=None,
        aws=derived(addresses.of_answered_template, _of_version("NetworkInterfaces")),
    )
    """Whether an interface requests a public address; None if the subnet decides."""

    subnet: str | None = fact(
        terraform=addresses.subnet_of_template,
        awscc=addresses.subnet_of_awscc_template,
        unset=None,
        aws=derived(addresses.subnet_of_answered_template, _of_version("NetworkInterfaces")),
    )

    interfaces: list[str] = fact(
        terraform=addresses.interfaces_of_template,
        awscc=addresses.interfaces_of_awscc_template,
        unset=(),
        terraform_only="only instances have interfaces",
    )
    """The existing network interfaces that it gives to an instance."""

    devices: list[BlockDevice] = fact(
        terraform=devices.of_template,
        awscc=devices.of_awscc_template,
        unset=[],
        aws=derived(devices.of_answered_template, _of_version("BlockDeviceMappings")),
    )

    profile: str | None = fact(
        terraform=first("iam_instance_profile.arn", "iam_instance_profile.name"),
        awscc=_awscc_profile,
        unset=None,
        aws=_of_version("IamInstanceProfile.[Arn, Name] | [] | [0]"),
    )

    user_data_credentials: list[str] = fact(
        terraform=_template_user_data,
        awscc=_awscc_user_data,
        unset=[],
        aws=derived(names, _of_version("UserData", kept_as=credentials_in_base64)),
    )

    detailed_monitoring: bool | None = fact(
        terraform="monitoring.enabled",
        awscc="launch_template_data.monitoring.enabled",
        unset=None,
        aws=_of_version("Monitoring.Enabled"),
    )

    termination_protected: bool | None = fact(
        terraform="disable_api_termination",
        awscc="launch_template_data.disable_api_termination",
        unset=None,
        aws=_of_version("DisableApiTermination"),
    )

    market: str | None = fact(
        terraform=markets.of_template,
        awscc=markets.of_awscc_template,
        unset=None,
        terraform_only="a live account tells it of each instance",
    )
    """``spot`` where it starts Spot Instances."""


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
    image: str | None = _of_used_version(LaunchTemplate.image)
    public_address: bool | None = _of_used_version(LaunchTemplate.public_address)
    subnet: str | None = _of_used_version(LaunchTemplate.subnet)
    devices: list[BlockDevice] = _of_used_version(LaunchTemplate.devices)
    profile: str | None = _of_used_version(LaunchTemplate.profile)
    user_data_credentials: list[str] = _of_used_version(LaunchTemplate.user_data_credentials)
    detailed_monitoring: bool | None = _of_used_version(LaunchTemplate.detailed_monitoring)
    termination_protected: bool | None = _of_used_version(LaunchTemplate.termination_protected)
