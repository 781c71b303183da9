"""Volumes that come from a machine image of one's own, told to Terraform and to AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, answered, cases, resource
from tests.policies.ec2.states import DISKS, HALT, TEMPLATE_DISKS, declared, from_template, template

NAMED = 'block_device_mappings {\ndevice_name = "NAME"\nebs {\nvolume_size = 50\n}\n}\n'
SNAPSHOT = resource("aws_ebs_snapshot_import", 'encrypted = VALUE\ndisk_container {\nformat = "VHD"\n}', "s")


def image(*volumes: str, root: str = "", name: str = "own") -> str:
    """An image with these volumes: a name and what decides its encryption."""
    blocks = "".join(
        f'ebs_block_device {{\ndevice_name = "{each}"\n{how}\n}}\n'
        for each, _, how in (v.partition(" ") for v in volumes)
    )
    return resource(
        "aws_ami", f'name = "{name}"\n{root and f"root_device_name = {chr(34)}{root}{chr(34)}"}\n{blocks}', name
    )


def copy(encrypted: str = "encrypted = true", source: str = '"ami-0a1b2c3d4e5f60718"', name: str = "copy") -> str:
    lines = f'name = "copy"\nsource_ami_id = {source}\nsource_ami_region = "us-east-1"\n{encrypted}'
    return resource("aws_ami_copy", lines, name)


ENCRYPTED = image("/dev/sda1 encrypted = true", "/dev/sdf encrypted = false")
CLEAR = image("/dev/sda1 encrypted = false", "/dev/sdf encrypted = true")
BY_SNAPSHOT = image("/dev/sda1 snapshot_id = aws_ebs_snapshot_import.s.id")
OF_OWN = copy(source="aws_ami.own.id")

# Images, which one is started, the device that a mapping names, and whether it is encrypted then.
MAPPED: dict[str, tuple[str, str, str, Any]] = {
    "an encrypted copy, by its usual name": (copy(), "aws_ami_copy.copy.id", "/dev/xvda", PASS),
    "an encrypted copy, by its other usual name": (copy(), "aws_ami_copy.copy.id", "/dev/sda1", PASS),
    "an encrypted copy, and a new volume": (copy(), "aws_ami_copy.copy.id", "/dev/sdf", FAIL),
    "a copy that is as its image": (copy(""), "aws_ami_copy.copy.id", "/dev/xvda", FAIL),
    "an encrypted copy of an own image": (CLEAR + OF_OWN, "aws_ami_copy.copy.id", "/dev/sda1", PASS),
    "an encrypted copy of an own image, by the name of another root volume": (
        CLEAR + OF_OWN, "aws_ami_copy.copy.id", "/dev/xvda", FAIL,
    ),
    "an encrypted copy of an own image, by the name of its further volume": (
        CLEAR + OF_OWN, "aws_ami_copy.copy.id", "/dev/sdf", PASS,
    ),
    "a copy of an own image": (ENCRYPTED + copy("", "aws_ami.own.id"), "aws_ami_copy.copy.id", "/dev/sda1", PASS),
    "a copy of an own image in the clear": (CLEAR + copy("", "aws_ami.own.id"), "aws_ami_copy.copy.id", "/dev/sda1", FAIL),
    "an own image": (ENCRYPTED, "aws_ami.own.id", "/dev/sda1", PASS),
    "an own image, and a volume of it in the clear": (ENCRYPTED, "aws_ami.own.id", "/dev/sdf", FAIL),
    "an own image, and a new volume": (ENCRYPTED, "aws_ami.own.id", "/dev/sdg", FAIL),
    "an own image in the clear": (CLEAR, "aws_ami.own.id", "/dev/sda1", FAIL),
    "an own image of an encrypted snapshot": (
        BY_SNAPSHOT + SNAPSHOT.replace("VALUE", "true"), "aws_ami.own.id", "/dev/sda1", PASS,
    ),
    "an own image of a snapshot in the clear": (
        BY_SNAPSHOT + SNAPSHOT.replace("VALUE", "false"), "aws_ami.own.id", "/dev/sda1", FAIL,
    ),
    "an image elsewhere, beside an encrypted copy": (copy(), '"ami-0f0f0f0f0f0f0f0f0"', "/dev/xvda", UNKNOWN),
    "an image elsewhere": ("", '"ami-0f0f0f0f0f0f0f0f0"', "/dev/xvda", FAIL),
    "an image that a variable names, beside an encrypted copy": (HALT + copy(), "var.unset", "/dev/xvda", UNKNOWN),
}  # fmt: skip


def mapped() -> Iterator[Case]:
    for sentence, (around, image_id, device, expected) in MAPPED.items():
        lines = f"image_id = {image_id}\n" + NAMED.replace("NAME", device)
        yield Case(TEMPLATE_DISKS, f"names a volume of {sentence}", expected, around + (template(lines).text or ""))
        in_use = from_template(lines)
        if device in ("/dev/xvda", "/dev/sda1"):
            yield Case(DISKS, f"its template names a volume of {sentence}", expected, around + in_use)
        configuration = f'image_id = {image_id}\ninstance_type = "t3.micro"\n'
        configuration += f'ebs_block_device {{\ndevice_name = "{device}"\nvolume_size = 50\n}}'
        told = around + resource("aws_launch_configuration", configuration)
        yield Case(TEMPLATE_DISKS, f"a launch configuration names a volume of {sentence}", expected, told)


test_mapped = cases(*mapped())

ROOT = "root_block_device {\nvolume_size = 50\n}"
test_roots = cases(
    *(
        Case(DISKS, sentence, expected, declared(f"ami = aws_ami.own.id\n{ROOT}", around))
        for sentence, expected, around in (
            ("the root volume of an own image", PASS, image("/dev/sda1 encrypted = true")),
            (
                "the root volume of an own image by its name",
                PASS,
                ENCRYPTED.replace("name =", 'root_device_name = "/dev/sda1"\nname =', 1),
            ),
            (
                "the root volume in the clear by its name",
                FAIL,
                CLEAR.replace("name =", 'root_device_name = "/dev/sda1"\nname =', 1),
            ),
            ("the root volume of an own image, which is not named, beside one in the clear", FAIL, ENCRYPTED),
            ("the root volume of an own image without volumes", FAIL, copy() + image()),
        )
    ),
    Case(
        TEMPLATE_DISKS,
        "a launch configuration with a root volume of an encrypted copy",
        PASS,
        copy()
        + resource("aws_launch_configuration", f'image_id = aws_ami_copy.copy.id\ninstance_type = "t3.micro"\n{ROOT}'),
    ),
    Case(
        TEMPLATE_DISKS,
        "a mapping with a snapshot of its own",
        UNKNOWN,
        copy()
        + (template("image_id = aws_ami_copy.copy.id\n" + NAMED.replace("NAME", "/dev/xvda")).text or "").replace(
            "volume_size = 50", "snapshot_id = var.unset"
        )
        + f"\n{HALT}",
    ),
    Case(
        TEMPLATE_DISKS,
        "by the awscc provider",
        PASS,
        copy()
        + resource(
            "awscc_ec2_launch_template",
            "launch_template_data = {\nimage_id = aws_ami_copy.copy.id\n"
            'block_device_mappings = [{ device_name = "/dev/xvda", ebs = { volume_size = 50 } }]\n}',
        ),
    ),
)


def starting(device: str, **volume: Any) -> Told:
    """A launch template in an account, which names a volume of an image of its own."""
    made = template(
        ImageId="ami-0a1b2c3d4e5f60718", BlockDeviceMappings=[{"DeviceName": device, "Ebs": {"VolumeSize": 50}}]
    )
    own = {
        "ImageId": "ami-0a1b2c3d4e5f60718",
        "Name": "own",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": volume},
            {"DeviceName": "/dev/sdc", "VirtualName": "a"},
        ],
    }
    return made.in_aws() | Told(answers=lambda session: answered(session, "ec2", "DescribeImages", {"Images": [own]}))


test_live = cases(
    Case(TEMPLATE_DISKS, "an own image, which is encrypted", PASS, starting("/dev/xvda", Encrypted=True)),
    Case(TEMPLATE_DISKS, "an own image, which is not encrypted", FAIL, starting("/dev/xvda", Encrypted=False)),
    Case(TEMPLATE_DISKS, "a volume that the own image lacks", FAIL, starting("/dev/sdf", Encrypted=True)),
    Case(
        TEMPLATE_DISKS,
        "own images may not be listed",
        UNKNOWN,
        starting("/dev/xvda", Encrypted=True),
        denied="ec2:DescribeImages",
    ),
)
