"""Amazon EC2: instances, their launch templates, and the metadata defaults of a region."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.credentials import credentials_in_base64
from hipaa_guard.facts.readings import Block, Listing, Singleton, View, ask, derived, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Reference, Unknown, Value
from hipaa_guard.services.ec2 import addresses, devices, markets, user_data
from hipaa_guard.services.ec2.addresses import NetworkInterface as NetworkInterface
from hipaa_guard.services.ec2.arguments import ENDPOINT, TOKENS, names
from hipaa_guard.services.ec2.devices import ROOT_NAMES as ROOT_NAMES
from hipaa_guard.services.ec2.devices import BlockDevice as BlockDevice
from hipaa_guard.services.ec2.launch_configurations import LaunchConfiguration as LaunchConfiguration
from hipaa_guard.services.ec2.launch_specifications import LaunchSpecification as LaunchSpecification
from hipaa_guard.services.ec2.template_users import NAMING_A_TEMPLATE, version_of
from hipaa_guard.services.ec2.template_users import TemplateUse as TemplateUse
from hipaa_guard.services.ec2.template_users import TemplateUser as TemplateUser
from hipaa_guard.services.ec2.templates import LaunchTemplate as LaunchTemplate
from hipaa_guard.services.ec2.templates import LaunchTemplateVersion as LaunchTemplateVersion


def _declared_profile(view: View) -> Value:
    name = view.get("iam_instance_profile")
    return name if isinstance(name, Unknown) else name or None


def _declared_template(view: View) -> Value:
    """The launch template with the settings that the instance leaves out."""
    version = view.get("launch_template.version")
    named = next(
        (name for each in NAMING_A_TEMPLATE if (name := view.get(f"launch_template.{each}")) is not None), None
    )
    if isinstance(version, Unknown) and not isinstance(version, Reference):
        return version
    if not isinstance(version, Unknown) and str(version).isdigit():
        return Unknown(f"it starts from version {version} of its launch template, not the one declared")
    return named


def _declared_version(view: View) -> Value:
    return version_of(view.get("launch_template.version"))


def _leaves_nothing_out() -> None:
    """No template: a running instance has a value for every setting."""


def _is_started() -> bool:
    """A running instance has the user data that it was started with, be it of a template."""
    return True


def _never_in_a_group(view: View) -> None:
    """No group: instances of an Auto Scaling group are not declared one by one."""


def _never_managed(view: View) -> None:
    """No service: what Terraform declares is the customer's."""


def _answered_operator(managed: bool | None, principal: str | None) -> str | None:
    return (principal or "a service of AWS") if managed else None


def _is_on(state: str | None) -> bool:
    return state in ("enabled", "pending")


_IN_PUBLIC_ADDRESS = "a live account lists all addresses with the instance"


class Instance(Resource):
    """An EC2 instance that is not terminated."""

    noun = "EC2 instance"
    terraform = Block(
        "aws_instance",
        "aws_spot_instance_request",
        "awscc_ec2_instance",
        joins=addresses.ELASTIC,
        beside={**addresses.BESIDE, **devices.ATTACHED},
        also=("instance_id", "spot_instance_id"),
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

    launch_template: str | None = fact(
        terraform=_declared_template, awscc=_declared_template, unset=None, aws=derived(_leaves_nothing_out)
    )
    """The template with the settings that the instance leaves out."""

    template_version: str | None = fact(
        terraform=_declared_version, awscc=_declared_version, unset=None, aws=derived(_leaves_nothing_out)
    )
    """``$Latest``, ``$Default``, a number, or None, which means ``$Default``."""

    metadata_tokens: str | None = fact(
        terraform="metadata_options.http_tokens",
        awscc="metadata_options.http_tokens",
        unset=None,
        aws=listed("MetadataOptions.HttpTokens", always=True),
        allowed=TOKENS,
    )
    """``required`` is IMDSv2 only. None: the template decides, else the region's default, else the image.

    EC2 user guide, "Order of precedence for instance metadata options": each option by itself.
    """

    metadata_endpoint: str | None = fact(
        terraform="metadata_options.http_endpoint",
        awscc="metadata_options.http_endpoint",
        unset=None,
        aws=listed("MetadataOptions.HttpEndpoint", always=True),
        allowed=ENDPOINT,
    )

    public_address: bool | None = fact(
        terraform=addresses.declared,
        awscc=addresses.declared,
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

    elastic_ip: bool = fact(
        terraform=addresses.has_elastic, awscc=addresses.has_elastic, unset=False, terraform_only=_IN_PUBLIC_ADDRESS
    )

    interfaces: list[str] = fact(
        terraform=addresses.interfaces, awscc=addresses.interfaces, unset=(), terraform_only=_IN_PUBLIC_ADDRESS
    )
    """The network interfaces that are declared by themselves."""

    subnet: str | None = fact(
        terraform="subnet_id", awscc=addresses.subnet_of_awscc, unset=None, aws=listed("SubnetId")
    )

    zone: str | None = fact(
        terraform="availability_zone", awscc="availability_zone", unset=None, terraform_only=_IN_PUBLIC_ADDRESS
    )
    """The availability zone, whose default subnet takes the instance if it names no subnet."""

    image: str | None = fact(terraform="ami", awscc="image_id", unset=None, aws=listed("ImageId"))
    """The machine image that it starts from."""

    devices: list[BlockDevice] = fact(
        terraform=devices.declared,
        awscc=devices.of_awscc,
        unset=[],
        aws=derived(devices.attached, listed("BlockDeviceMappings", always=True)),
    )

    profile: str | None = fact(
        terraform=_declared_profile, awscc=_declared_profile, unset=None, aws=listed("IamInstanceProfile.Arn")
    )

    user_data_credentials: list[str] = fact(
        terraform=user_data.declared,
        awscc=user_data.declared,
        unset=[],
        aws=derived(
            names,
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

    has_own_user_data: bool = fact(
        terraform=user_data.is_declared, awscc=user_data.is_declared, unset=False, aws=derived(_is_started)
    )
    """Whether `user_data_credentials` tells all: False where the launch template has the user data."""

    detailed_monitoring: bool | None = fact(
        terraform="monitoring", awscc="monitoring", unset=None, aws=derived(_is_on, listed("Monitoring.State"))
    )

    termination_protected: bool | None = fact(
        terraform="disable_api_termination",
        awscc="disable_api_termination",
        unset=None,
        aws=ask(
            "ec2.describe_instance_attribute",
            "DisableApiTermination.Value",
            Attribute="disableApiTermination",
            InstanceId="{InstanceId}",
        ),
    )

    market: str | None = fact(
        terraform=markets.declared,
        awscc=markets.declared,
        unset=None,
        aws=listed("InstanceLifecycle"),
        allowed=markets.MARKETS,
    )
    """``spot`` for a Spot Instance; None: the template decides, else it is bought at the usual price."""

    auto_scaling_group: str | None = fact(
        terraform=_never_in_a_group,
        awscc=_never_in_a_group,
        unset=None,
        aws=listed("Tags[?Key=='aws:autoscaling:groupName'].Value | [0]"),
    )

    operator: str | None = fact(
        terraform=_never_managed,
        awscc=_never_managed,
        unset=None,
        aws=derived(_answered_operator, listed("Operator.Managed"), listed("Operator.Principal")),
    )
    """The service that made the instance and alone changes it, such as ``eks.amazonaws.com``; None: the customer."""


class MetadataDefaults(Resource):
    """The metadata defaults of a region, for new instances without their own settings."""

    terraform = Block("aws_ec2_instance_metadata_defaults")
    aws = Singleton("region", arn="arn:{partition}:ec2:{region}:{account}:instance-metadata-defaults")

    tokens: str | None = fact(
        terraform="http_tokens",
        unset=None,
        aws=ask("ec2.get_instance_metadata_defaults", "AccountLevel.HttpTokens"),
        allowed=one_of("optional", "required", "no-preference"),
    )
    """None and ``no-preference``: the image decides."""

    endpoint: str | None = fact(
        terraform="http_endpoint",
        unset=None,
        aws=ask("ec2.get_instance_metadata_defaults", "AccountLevel.HttpEndpoint"),
        allowed=one_of("disabled", "enabled", "no-preference"),
    )
    """``disabled`` switches the metadata service off; None and ``no-preference`` mean that it is on."""
