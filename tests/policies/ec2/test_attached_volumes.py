"""Volumes that are declared by themselves and attached to instances, and those of a launch over those of its template."""

from __future__ import annotations

import json

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, cases, resource
from tests.policies.ec2.states import (
    BY_DEFAULT,
    DISKS,
    ENCRYPTED_TEMPLATE,
    HALT,
    PUBLIC,
    declared,
    disks,
    from_template,
    subnet,
)

ROOT = "root_block_device {\nencrypted = true\n}\n"
VOLUME = 'resource "aws_ebs_volume" "v" {\navailability_zone = "us-east-1a"\nsize = 8\nencrypted = %s\n}\n'


def attachment(volume: str = "aws_ebs_volume.v.id", instance: str = "aws_instance.phi.id") -> str:
    lines = f'device_name = "/dev/sdh"\nvolume_id = {volume}\ninstance_id = {instance}'
    return resource("aws_volume_attachment", lines, "a")


def with_volume(encrypted: bool) -> Told:
    """An instance with an encrypted root volume, and a volume that is attached to it."""

    def seed(aws: Aws) -> None:
        disks(True).make(aws)
        (held,) = aws.ec2.describe_instances()["Reservations"]
        (instance,) = held["Instances"]
        zone = instance["Placement"]["AvailabilityZone"]
        volume = aws.ec2.create_volume(AvailabilityZone=zone, Size=8, Encrypted=encrypted)
        aws.ec2.attach_volume(Device="/dev/sdh", InstanceId=instance["InstanceId"], VolumeId=volume["VolumeId"])

    return Told(declared(ROOT, VOLUME % json.dumps(encrypted) + attachment()), seed)


def spot(lines: str, around: str) -> str:
    return resource("aws_spot_instance_request", lines) + around


SPOT = "aws_spot_instance_request.phi.spot_instance_id"

test_attached = cases(
    Case(DISKS, "a volume attached that is encrypted", PASS, with_volume(encrypted=True)),
    Case(DISKS, "a volume attached in the clear", FAIL, with_volume(encrypted=False), says="/dev/sdh"),
    Case(
        DISKS,
        "a volume attached in the clear, and the region encrypts",
        PASS,
        terraform=declared(ROOT, VOLUME % "false" + attachment() + BY_DEFAULT),
    ),
    Case(
        DISKS,
        "a volume attached that is declared elsewhere",
        UNKNOWN,
        terraform=declared(ROOT, attachment('"vol-0a1b2c3d4e5f60718"')),
    ),
    Case(
        DISKS,
        "a volume in the clear, attached to an instance that is declared elsewhere",
        PASS,
        terraform=declared(ROOT, HALT + VOLUME % "false" + attachment(instance="var.unset")),
    ),
    Case(
        DISKS,
        "a volume in the clear, attached to a spot instance",
        FAIL,
        terraform=spot(ROOT, VOLUME % "false" + attachment(instance=SPOT)),
        says="/dev/sdh",
    ),
    Case(
        DISKS,
        "an encrypted volume, attached to a spot instance",
        PASS,
        terraform=spot(ROOT, VOLUME % "true" + attachment(instance=SPOT)),
    ),
    Case(
        PUBLIC,
        "an Elastic IP for a spot instance",
        FAIL,
        terraform=spot(
            "subnet_id = aws_subnet.s.id",
            subnet(maps=False) + resource("aws_eip_association", f'instance_id = {SPOT}\nallocation_id = "e"', "e"),
        ),
    ),
    Case(
        PUBLIC,
        "a spot instance in a subnet that gives no addresses",
        PASS,
        terraform=spot("subnet_id = aws_subnet.s.id", subnet(maps=False)),
    ),
)


def further(encrypted: str, name: str = '"/dev/sdf"') -> str:
    return f"ebs_block_device {{\ndevice_name = {name}\nencrypted = {encrypted}\n}}\n"


def in_template(name: str, encrypted: str) -> str:
    return f'\nblock_device_mappings {{\ndevice_name = "{name}"\nebs {{\nencrypted = {encrypted}\n}}\n}}'


test_launch_over_template = cases(
    Case(
        DISKS,
        "encrypts a volume that its template has in the clear",
        PASS,
        terraform=from_template(in_template("/dev/sdf", "false"), lines=ROOT + further("true")),
    ),
    Case(
        DISKS,
        "encrypts another volume than its template has in the clear",
        FAIL,
        terraform=from_template(in_template("/dev/sdg", "false"), lines=ROOT + further("true")),
        says="/dev/sdg",
    ),
    Case(
        DISKS,
        "has in the clear what its template encrypts",
        FAIL,
        terraform=from_template(in_template("/dev/sdf", "true"), lines=ROOT + further("false")),
        says="/dev/sdf",
    ),
    Case(
        DISKS,
        "encrypts the root volume that its template has in the clear",
        PASS,
        terraform=from_template(in_template("/dev/xvda", "false"), lines=ROOT),
    ),
    Case(
        DISKS,
        "leaves to its template the root volume, which that has in the clear",
        FAIL,
        terraform=from_template(in_template("/dev/xvda", "false")),
        says="/dev/xvda",
    ),
    Case(
        DISKS,
        "may encrypt the volume that its template has in the clear",
        UNKNOWN,
        terraform=HALT + from_template(in_template("/dev/sdf", "false"), lines=ROOT + further("true", "var.unset")),
    ),
    Case(
        DISKS,
        "a variable without a value in the template, beside a volume in the clear",
        FAIL,
        terraform=HALT
        + from_template(ENCRYPTED_TEMPLATE + in_template("/dev/sdf", "var.unset") + in_template("/dev/sdg", "false")),
        says="/dev/sdg",
    ),
)
