"""Machine images (AMIs)."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.shared_copies import shared_with
from hipaa_guard.facts.values import Cause, Unknown, Value, mapped

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
