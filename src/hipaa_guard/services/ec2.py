"""Amazon EC2: instances, their launch templates, and the metadata defaults of a region."""

from __future__ import annotations

import re
from collections.abc import Callable

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.credentials import credentials_in, credentials_in_base64
from hipaa_guard.facts.readings import Ask, Block, Listing, Singleton, View, ask, derived, first, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Incomplete, Reference, Undecided, Unknown, Value, joined


class BlockDevice(Record):
    """A volume of an instance, or of instances that start from a template."""

    __slots__ = ("declared", "encrypted", "name", "snapshot", "volume")

    name: str
    encrypted: bool | None
    """None if it is left out, or false for a volume to come: the default of the region decides, or its snapshot."""
    snapshot: str | None
    volume: str | None
    """The existing volume, in a live account."""
    declared: bool
    """False for the root volume of an instance if it is not declared."""

    def in_words(self) -> str:
        """The name of the volume for a message; empty if the name is not known."""
        try:
            return f": {self.name}" if self.name else ""
        except Undecided:
            return ""

    def not_listed(self) -> Undecided:
        """The reason for an attached volume that EC2 did not list."""
        return Undecided(Unknown(f"{self.volume} is attached, but was not among the volumes listed"))


_TOKENS = one_of("optional", "required")
_ENDPOINT = one_of("disabled", "enabled")

ROOT_NAMES = ("/dev/xvda", "/dev/sda1")
"""The names of the root volume: in Amazon Linux, and in most other images."""


def _truth(value: Value) -> Value:
    """A boolean, which launch templates also write as text."""
    return value if value is None or isinstance(value, bool | Unknown) else str(value).lower() == "true"


def _unless_false(encrypted: Value, *, exists: bool) -> Value:
    """None for false, unless the volume exists: AWS encrypts a new volume if its region or its snapshot says so."""
    return None if encrypted is False and not exists else encrypted


def _mapped(blocks: Value, make: Callable[[dict[str, Value]], Value]) -> list[Value]:
    """The result of `make` for each nested block; `Incomplete` if some were not seen."""
    if isinstance(blocks, Unknown):
        return Incomplete([], blocks)
    seen = blocks.seen if isinstance(blocks, Incomplete) else blocks or []
    unknown = blocks.unknown if isinstance(blocks, Incomplete) else None
    made = []
    for block in seen:
        if isinstance(block, Unknown):
            unknown = block if unknown is None else unknown
        elif (one := make(block)) is not None:
            made.append(one)
    return made if unknown is None else Incomplete(made, unknown)


def _declared_devices(view: View) -> Value:
    """The root volume, which every instance has even if it is not declared, and the further volumes."""
    exists = view.get("id") is not None

    def device(name: Value) -> Callable[[dict[str, Value]], BlockDevice]:
        return lambda block: BlockDevice(
            name=block.get("device_name") or name,
            encrypted=_unless_false(_truth(block.get("encrypted")), exists=exists),
            snapshot=block.get("snapshot_id"),
            volume=None,
            declared=True,
        )

    root = _mapped(view.get("root_block_device"), device("root"))
    if not list.__len__(root) and not isinstance(root, Incomplete):
        root = [BlockDevice(name="root", encrypted=None, snapshot=None, volume=None, declared=False)]
    return joined(root, _mapped(view.get("ebs_block_device"), device("a further volume")))


def _template_devices(view: View) -> Value:
    def device(mapping: dict[str, Value]) -> BlockDevice | None:
        volumes = mapping.get("ebs")
        if not volumes:  # a device of the host, or one left out of the image's
            return None
        return _template_device(mapping.get("device_name"), volumes[0], "encrypted", "snapshot_id")

    return _mapped(view.get("block_device_mappings"), device)


def _answered_template_devices(mappings: list[dict[str, Value]] | None) -> Value:
    return [
        _template_device(mapping.get("DeviceName"), mapping["Ebs"], "Encrypted", "SnapshotId")
        for mapping in mappings or []
        if mapping.get("Ebs")
    ]


def _template_device(name: Value, volume: dict[str, Value], encrypted: str, snapshot: str) -> BlockDevice:
    return BlockDevice(
        name=name,
        encrypted=_unless_false(_truth(volume.get(encrypted)), exists=False),
        snapshot=volume.get(snapshot),
        volume=None,
        declared=True,
    )


def _attached(mappings: list[dict[str, Value]] | None) -> Value:
    return [
        BlockDevice(
            name=mapping.get("DeviceName"),
            encrypted=None,
            snapshot=None,
            volume=mapping["Ebs"]["VolumeId"],
            declared=True,
        )
        for mapping in mappings or []
        if mapping.get("Ebs")
    ]


def _declared_address(view: View) -> Value:
    """Whether an instance gets a public address; None if only its template or its subnet decides."""
    elastic = joined(view.linked("aws_eip"), view.linked("aws_eip_association"))
    doubt = elastic.unknown if isinstance(elastic, Incomplete) else None
    if list.__len__(elastic):
        return True
    asked = _truth(view.get("associate_public_ip_address"))
    if asked is None:
        made_before = joined(
            _mapped(view.get("network_interface"), dict), _mapped(view.get("primary_network_interface"), dict)
        )
        if made_before:  # an existing interface brings no address of its own
            asked = False
    return asked if asked is not False or doubt is None else doubt


def _has_address(address: str | None) -> bool:
    return bool(address)


def _template_address(view: View) -> Value:
    return _any_true(_mapped(view.get("network_interfaces"), lambda block: block), "associate_public_ip_address")


def _answered_template_address(interfaces: list[dict[str, Value]] | None) -> Value:
    return _any_true(interfaces or [], "AssociatePublicIpAddress")


def _any_true(interfaces: list[dict[str, Value]], name: str) -> Value:
    """Whether some interface requests it; None if none of them has the setting."""
    seen = interfaces.seen if isinstance(interfaces, Incomplete) else interfaces
    settings = [_truth(interface.get(name)) for interface in seen]
    unknown = next((one for one in settings if isinstance(one, Unknown)), None)
    unknown = interfaces.unknown if isinstance(interfaces, Incomplete) else unknown
    known = [one for one in settings if isinstance(one, bool)]
    if any(known):
        return True
    return unknown if unknown is not None else (False if known else None)


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


class Instance(Resource):
    """An EC2 instance that is not terminated."""

    noun = "EC2 instance"
    terraform = Block(
        "aws_instance",
        "aws_spot_instance_request",
        joins={"aws_eip": "instance", "aws_eip_association": "instance_id"},
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
        terraform=_declared_address, unset=None, aws=derived(_has_address, listed("PublicIpAddress"))
    )
    """None if only the template or the subnet decides."""

    subnet: str | None = fact(terraform="subnet_id", unset=None, aws=listed("SubnetId"))

    devices: list[BlockDevice] = fact(
        terraform=_declared_devices, unset=[], aws=derived(_attached, listed("BlockDeviceMappings", always=True))
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
        terraform=_template_address,
        unset=None,
        aws=derived(_answered_template_address, _of_version("NetworkInterfaces")),
    )
    """Whether an interface requests a public address; None if the subnet decides."""

    devices: list[BlockDevice] = fact(
        terraform=_template_devices,
        unset=[],
        aws=derived(_answered_template_devices, _of_version("BlockDeviceMappings")),
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
