"""Machine images (AMIs)."""

from __future__ import annotations

from typing import ClassVar

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.readings import Block, Inside, Listing, TerraformReading, View, ask, derived, listed
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.shared_copies import shared_with
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.lean import regex

_AMAZON_LINUX_2023 = regex(
    r"al2023-ami-.*|(resolve:ssm:)?/aws/service/(ami-amazon-linux-latest/al2023|ecs/optimized-ami/amazon-linux-2023/).*"
)
"""Names of Amazon's images, and of the parameters with their newest ids (Amazon Linux 2023 user guide, "AL2023 on
Amazon EC2"; ECS developer guide, "Retrieving Amazon ECS-optimized Linux AMI metadata")."""

_PERMISSION = "aws_ami_launch_permission"
_NAMING = ("account_id", "organization_arn", "organizational_unit_arn", "group")
"""Arguments of a permission, each of which names whom it is for. The provider takes one of them."""


def _permitted(view: View) -> Value:
    return mapped(_whom, view.linked(_PERMISSION))


def _whom(permission: View) -> Value:
    return next((value for name in _NAMING if (value := permission.get(name)) is not None), None)


def _imds_support(view: View) -> Value:
    """What a declared image says of tokens. Of a copy, and of an image of an instance, only AWS tells it."""
    told = view.get("imds_support")
    if told is None and view.type != "aws_ami":
        return Unknown("AWS tells only after apply whether the image requires IMDSv2", Cause.AFTER_APPLY)
    return told


def _encrypted(view: View) -> Value:
    return view.get("encrypted") if view.type == "aws_ami_copy" else None


class ImageDevice(Record):
    """A volume that an image gives to the instances that start from it."""

    __slots__ = ("encrypted", "name", "snapshot")

    name: str
    encrypted: bool | None
    """None if it is left out: the snapshot decides."""
    snapshot: str | None


def _declared_devices(view: View) -> Value:
    """The volumes of a declared image. Those of a copy, and of an image of an instance, a state has only."""
    blocks = view.get("ebs_block_device")
    if isinstance(blocks, Unknown):
        return [] if _is_computed(view, blocks) else Incomplete([], blocks)
    return mapped(_declared_device if view.type == "aws_ami" else _recorded_device, [] if blocks is None else blocks)


def _declared_root(view: View) -> Value:
    name = view.get("root_device_name")
    return None if isinstance(name, Unknown) and _is_computed(view, name) else name


def _is_computed(view: View, value: Unknown) -> bool:
    """Whether AWS alone tells a value, after apply: source never shows it, and neither does a plan of a new copy."""
    return view.type != "aws_ami" and value.cause is Cause.AFTER_APPLY


def _truth(value: Value) -> Value:
    return value if value is None or isinstance(value, bool | Unknown) else str(value).lower() == "true"


def _declared_device(block: Value) -> ImageDevice:
    if isinstance(block, Unknown):
        return ImageDevice(name=block, encrypted=block, snapshot=block)
    snapshot = block.get("snapshot_id")
    return ImageDevice(
        name=block.get("device_name"),
        encrypted=_truth(block.get("encrypted")),
        snapshot=snapshot if isinstance(snapshot, Unknown) else snapshot or None,
    )


def _recorded_device(block: Value) -> ImageDevice:
    """A volume of a copy: a state has the encryption that AWS told, not one that somebody chose."""
    told = _declared_device(block)
    return ImageDevice(name=told.peek("name"), encrypted=told.peek("encrypted"), snapshot=None)


def _answered_devices(mappings: list[dict[str, Value]] | None) -> list[ImageDevice]:
    return [
        ImageDevice(name=mapping.get("DeviceName"), encrypted=mapping["Ebs"].get("Encrypted"), snapshot=None)
        for mapping in mappings or []
        if mapping.get("Ebs")
    ]


def _told_by_its_volumes() -> None:
    """Nothing: a live account tells the encryption of each volume of an image."""


def is_amazon_linux_2023(name: str | None) -> bool:
    """Whether a name, by which an image or its parameter is looked up, is one of Amazon Linux 2023.

    Instances of it require IMDSv2 unless they say otherwise (its user guide, "IMDSv2"; ECS developer guide, "Migrating
    from an Amazon Linux 2 to an Amazon Linux 2023 Amazon ECS-optimized AMI"; read 2026-11-30).
    """
    return name is not None and _AMAZON_LINUX_2023.fullmatch(name) is not None


class Image(Resource):
    """A machine image that the account owns."""

    noun = "machine image"
    terraform: ClassVar[Block | None] = Block(
        "aws_ami", "aws_ami_copy", "aws_ami_from_instance", joins={_PERMISSION: "image_id"}, name="name"
    )
    aws: ClassVar[Listing | None] = Listing(
        "ec2.describe_images",
        "Images[]",
        arn="arn:{partition}:ec2:{region}::image/{ImageId}",
        name="Name || ImageId",
        keys=("ImageId",),
        Owners=["self"],
    )
    aws_types: ClassVar[tuple[str, ...]] = ("ec2:image",)

    imds_support: str | None = fact(
        terraform=_imds_support, unset=None, aws=listed("ImdsSupport"), allowed=one_of("v2.0")
    )
    """``v2.0``: an instance started from it requires IMDSv2, unless it, its template or its region says otherwise."""

    encrypted: bool | None = fact(terraform=_encrypted, unset=None, aws=derived(_told_by_its_volumes))
    """Whether a copy encrypts all snapshots of the image. None or false: those that it is made from decide."""

    source: str | None = fact(terraform="source_ami_id", unset=None, aws=derived(_told_by_its_volumes))
    """The image that this one is a copy of."""

    devices: list[ImageDevice] = fact(
        terraform=_declared_devices, unset=[], aws=derived(_answered_devices, listed("BlockDeviceMappings"))
    )
    """The volumes of its instances; none where source does not show them, as it shows none of a copy."""

    root_name: str | None = fact(terraform=_declared_root, unset=None, aws=listed("RootDeviceName"))
    """The name of the root volume; None where source does not show it."""

    shared_with: list[str] = fact(
        terraform=_permitted,
        unset=[],
        aws=derived(
            shared_with,
            ask(
                "ec2.describe_image_attribute",
                "LaunchPermissions",
                ImageId="{ImageId}",
                Attribute="launchPermission",
                always=True,
            ),
        ),
    )
    """Accounts and ARNs of organizations that may start instances of it, ``all`` for everyone. One call an image."""


_BUILT = "a live account lists the images that Image Builder makes, each with whom it is shared"
_FOR_AMIS = "ami_distribution_configuration"


def _is_of_images(view: View) -> Value:
    """Whether a distribution is one of machine images; that of a container image has another block."""
    configured = view.get(_FOR_AMIS)
    return configured if isinstance(configured, Unknown) else bool(configured)


def _distributed_to(permission: str) -> TerraformReading:
    """Whom the block named `permission` lets start the images, and the accounts that get a copy of them.

    Image Builder API reference, AmiDistributionConfiguration and LaunchPermissionConfiguration, read 2026-11-30.
    """
    named = ("user_ids", "user_groups", "organization_arns", "organizational_unit_arns")
    paths = [f"{_FOR_AMIS}.target_account_ids", *(f"{_FOR_AMIS}.{permission}.{each}" for each in named)]

    def read(view: View) -> Value:
        return joined(*(_as_list(view.get(path)) for path in paths))

    return read


def _as_list(value: Value) -> list[Value]:
    if isinstance(value, Unknown):
        return Incomplete([], value)
    return [] if value is None else value


def _not_declared(_: View) -> None:
    """No value: a distribution says it of no image."""


class DistributedImage(Image):
    """The images that EC2 Image Builder makes and distributes to a region, as a distribution configuration says."""

    noun = "image of Image Builder"
    terraform = Block(
        "aws_imagebuilder_distribution_configuration",
        "awscc_imagebuilder_distribution_configuration",
        name="name",
        awscc_name="name",
        when=_is_of_images,
        inside={
            "aws_imagebuilder_distribution_configuration": Inside("distribution"),
            "awscc_imagebuilder_distribution_configuration": Inside("distributions"),
        },
    )
    aws = None
    aws_types = ()
    terraform_only = _BUILT

    imds_support: str | None = fact(
        terraform=_not_declared, awscc=_not_declared, unset=None, terraform_only=_BUILT, allowed=one_of("v2.0")
    )
    encrypted: bool | None = fact(terraform=_not_declared, awscc=_not_declared, unset=None, terraform_only=_BUILT)
    source: str | None = fact(terraform=_not_declared, awscc=_not_declared, unset=None, terraform_only=_BUILT)
    devices: list[ImageDevice] = fact(terraform=_not_declared, awscc=_not_declared, unset=[], terraform_only=_BUILT)
    root_name: str | None = fact(terraform=_not_declared, awscc=_not_declared, unset=None, terraform_only=_BUILT)
    shared_with: list[str] = fact(
        terraform=_distributed_to("launch_permission"),
        awscc=_distributed_to("launch_permission_configuration"),
        unset=[],
        terraform_only=_BUILT,
    )
