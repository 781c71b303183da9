"""Defaults of a region with resources that borrow them, and the places that both may be made in."""

from __future__ import annotations

from typing import NamedTuple

from hipaa_guard.facts.resource import Resource
from hipaa_guard.services import ebs, ec2

ZONE = 'availability_zone = "us-east-1a"\nsize = 1\n'
KEY = "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

CLEAR_SNAPSHOT = f"""
resource "aws_ebs_volume" "clear" {{
  provider = aws.bare
  {ZONE}
}}
resource "aws_ebs_snapshot" "clear" {{
  provider  = aws.bare
  volume_id = aws_ebs_volume.clear.id
}}
"""


class Borrowed(NamedTuple):
    """A default of a region, and a resource that leaves a choice to it."""

    kind: type[Resource]
    on: str
    off: str | None
    control: str
    type: str
    lines: str = ""
    around: str = ""


DEFAULTS = [
    Borrowed(ebs.EncryptionByDefault, "enabled = true", "enabled = false", control, type, lines, around)
    for control, type, lines, around in [
        ("ebs_volume_encrypted", "aws_ebs_volume", ZONE, ""),
        ("ebs_volume_encrypted", "aws_ebs_volume", ZONE + "encrypted = false", ""),
        ("ec2_instance_block_devices_encrypted", "aws_instance", "", ""),
        (
            "launch_template_block_devices_encrypted",
            "aws_launch_template",
            'block_device_mappings {\ndevice_name = "/dev/xvda"\nebs {\nvolume_size = 8\n}\n}',
            "",
        ),
        (
            "ebs_snapshot_encrypted",
            "aws_ebs_snapshot_copy",
            'source_region = "eu-west-1"\nsource_snapshot_id = aws_ebs_snapshot.clear.id',
            CLEAR_SNAPSHOT,
        ),
    ]
] + [
    Borrowed(
        ebs.DefaultKey,
        f'key_arn = "{KEY}"',
        None,
        "ebs_volume_encrypted_with_cmk",
        "aws_ebs_volume",
        ZONE + "encrypted = true",
    ),
    Borrowed(
        ec2.MetadataDefaults,
        'http_tokens = "required"',
        'http_tokens = "optional"',
        "ec2_instance_imdsv2_required",
        "aws_instance",
    ),
    Borrowed(
        ec2.MetadataDefaults,
        'http_tokens = "required"',
        'http_tokens = "optional"',
        "launch_template_imdsv2_required",
        "aws_launch_template",
    ),
    Borrowed(
        ebs.SnapshotPublicAccess,
        'state = "block-all-sharing"',
        'state = "block-new-sharing"',
        "ebs_snapshot_not_public",
        "aws_ebs_snapshot",
        'volume_id = "vol-0a1b2c3d4e5f60718"',
    ),
]


class Places(NamedTuple):
    """Where a default and a resource are made: provider blocks, and lines of both."""

    name: str
    together: bool | None
    """None where it is not known whether they are in one place."""
    providers: str
    of_default: str = ""
    of_resource: str = ""


def provider(lines: str, alias: str = "") -> str:
    named = f'alias = "{alias}"\n' if alias else ""
    return f'provider "aws" {{\n{named}{lines}\n}}\n'


def role(account: str) -> str:
    return f'assume_role {{\nrole_arn = "arn:aws:iam::{account}:role/deploy"\n}}'


EAST, WEST = 'region = "us-east-1"', 'region = "us-west-2"'
OTHER = "provider = aws.other"
UNSET = 'variable "unset" {}\n'

PLACES = [
    Places("no provider is written", True, ""),
    Places("one provider", True, provider(EAST)),
    Places("one provider, of an unknown region", True, UNSET + provider("region = var.unset")),
    Places("one alias", True, provider(EAST) + provider(WEST, "other"), OTHER, OTHER),
    Places("an alias of the same region and credentials", True, provider(EAST) + provider(EAST, "other"), "", OTHER),
    Places(
        "an alias of the same region, profile and role",
        True,
        provider(f'{EAST}\nprofile = "phi"\n{role("111122223333")}')
        + provider(f'{EAST}\nprofile = "phi"\n{role("111122223333")}', "other"),
        "",
        OTHER,
    ),
    Places(
        "other roles of the same account",
        True,
        provider(f"{EAST}\n{role('111122223333')}")
        + provider(f'{EAST}\nassume_role {{\nrole_arn = "arn:aws:iam::111122223333:role/b"\n}}', "other"),
        "",
        OTHER,
    ),
    Places("another region", False, provider(EAST) + provider(WEST, "other"), "", OTHER),
    Places("the region argument of the resource", False, provider(EAST), "", WEST),
    Places("the region argument of the default", False, provider(EAST), WEST, ""),
    Places("the region argument of both", True, provider(EAST), WEST, WEST),
    Places("the region argument says what the provider says", True, provider(EAST), EAST, ""),
    Places("the region argument is not known", None, UNSET + provider(EAST), "", "region = var.unset"),
    Places("an alias without a region", None, provider(EAST) + provider("", "other"), "", OTHER),
    Places(
        "an alias of an unknown region",
        None,
        UNSET + provider(EAST) + provider("region = var.unset", "other"),
        "",
        OTHER,
    ),
    Places("another profile", None, provider(EAST) + provider(f'{EAST}\nprofile = "b"', "other"), "", OTHER),
    Places(
        "an unknown profile",
        None,
        UNSET + provider(EAST) + provider(f"{EAST}\nprofile = var.unset", "other"),
        "",
        OTHER,
    ),
    Places("another access key", None, provider(EAST) + provider(f'{EAST}\naccess_key = "b"', "other"), "", OTHER),
    Places(
        "other files of credentials",
        None,
        provider(EAST) + provider(f'{EAST}\nshared_credentials_files = ["b"]', "other"),
        "",
        OTHER,
    ),
    Places("a role", None, provider(EAST) + provider(f"{EAST}\n{role('111122223333')}", "other"), "", OTHER),
    Places(
        "a role of another account",
        False,
        provider(f"{EAST}\n{role('444455556666')}") + provider(f"{EAST}\n{role('111122223333')}", "other"),
        "",
        OTHER,
    ),
    Places(
        "a role with a web identity",
        None,
        provider(EAST)
        + provider(f"{EAST}\n{role('111122223333').replace('role {', 'role_with_web_identity {')}", "other"),
        "",
        OTHER,
    ),
    Places(
        "an unknown role",
        None,
        UNSET + provider(EAST) + provider(f"{EAST}\nassume_role {{\nrole_arn = var.unset\n}}", "other"),
        "",
        OTHER,
    ),
    Places(
        "a role that may be taken on",
        None,
        UNSET
        + provider(EAST)
        + provider(
            f'{EAST}\ndynamic "assume_role" {{\nfor_each = var.unset\ncontent {{\nrole_arn = assume_role.value\n}}\n}}',
            "other",
        ),
        "",
        OTHER,
    ),
    Places(
        "the account that the providers accept is another",
        False,
        provider(f'{EAST}\nallowed_account_ids = ["111122223333"]')
        + provider(f'{EAST}\nallowed_account_ids = ["444455556666"]', "other"),
        "",
        OTHER,
    ),
    Places(
        "the account that the providers accept is the same",
        True,
        provider(f'{EAST}\nprofile = "a"\nallowed_account_ids = ["111122223333"]')
        + provider(f'{EAST}\nprofile = "b"\nallowed_account_ids = ["111122223333"]', "other"),
        "",
        OTHER,
    ),
    Places("the default may not exist", None, UNSET + provider(EAST), "count = var.unset", ""),
]
