"""Machine images (AMIs)."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import mapped
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived, listed
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


def is_amazon_linux_2023(name: str | None) -> bool:
    """Whether a name, by which an image or its parameter is looked up, is one of Amazon Linux 2023.

    Instances of it require IMDSv2 unless they say otherwise (its user guide, "IMDSv2"; ECS developer guide, "Migrating
    from an Amazon Linux 2 to an Amazon Linux 2023 Amazon ECS-optimized AMI"; read 2026-11-30).
    """
    return name is not None and _AMAZON_LINUX_2023.fullmatch(name) is not None


class Image(Resource):
    """A machine image that the account owns."""

    noun = "machine image"
    terraform = Block("aws_ami", "aws_ami_copy", "aws_ami_from_instance", joins={_PERMISSION: "image_id"}, name="name")
    aws = Listing(
        "ec2.describe_images",
        "Images[]",
        arn="arn:{partition}:ec2:{region}::image/{ImageId}",
        name="Name || ImageId",
        keys=("ImageId",),
        Owners=["self"],
    )
    aws_types = ("ec2:image",)

    imds_support: str | None = fact(
        terraform=_imds_support, unset=None, aws=listed("ImdsSupport"), allowed=one_of("v2.0")
    )
    """``v2.0``: an instance started from it requires IMDSv2, unless it, its template or its region says otherwise."""

    encrypted: bool | None = fact(
        terraform=_encrypted, unset=None, terraform_only="a live account tells the encryption of each volume"
    )
    """Whether a copy encrypts all snapshots of the image. None or false: those that it is made from decide."""

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
