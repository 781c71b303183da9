"""The root volumes of instances that start from declared images: new ones, and those made of an instance."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource
from tests.policies.ec2.states import DISKS, declared

OF_IMAGE = "ami = aws_ami.own.id"


def image(device: str, encrypted: str, root: str = "") -> str:
    """An image with one volume."""
    block = f'ebs_block_device {{\ndevice_name = "{device}"\nvolume_size = 8\nencrypted = {encrypted}\n}}'
    return resource("aws_ami", f'name = "records"\n{root}\n{block}', "own")


def made_of(instance: str, around: str = "") -> str:
    """An instance that starts from an image that is made of another instance."""
    made = resource("aws_ami_from_instance", f'name = "records"\nsource_instance_id = {instance}', "own")
    return declared("ami = aws_ami_from_instance.own.id", made + around)


def source(encrypted: str) -> str:
    return resource("aws_instance", f"root_block_device {{\nencrypted = {encrypted}\n}}", "source")


XVDA = 'root_device_name = "/dev/xvda"'

test_images = cases(
    Case(DISKS, "of an image with an encrypted root", PASS, terraform=declared(OF_IMAGE, image("/dev/sda1", "true"))),
    Case(
        DISKS, "of an image with a root in the clear", FAIL, terraform=declared(OF_IMAGE, image("/dev/sda1", "false"))
    ),
    Case(
        DISKS,
        "of an image with an encrypted root of its own name",
        PASS,
        terraform=declared(OF_IMAGE, image("/dev/xvda", "true", XVDA)),
    ),
    Case(
        DISKS,
        "of an image that encrypts another volume than its root",
        FAIL,
        terraform=declared(OF_IMAGE, image("/dev/sdf", "true", XVDA)),
    ),
    Case(
        DISKS,
        "of an image made of an encrypted instance",
        PASS,
        terraform=made_of("aws_instance.source.id", source("true")),
    ),
    Case(
        DISKS,
        "of an image made of an instance in the clear",
        FAIL,
        terraform=made_of("aws_instance.source.id", source("false")),
    ),
    Case(
        DISKS,
        "of an image made of an instance that is declared elsewhere",
        UNKNOWN,
        terraform=made_of('"i-0a1b2c3d4e5f60718"'),
    ),
)
