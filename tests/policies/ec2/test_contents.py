"""The controls on the volumes, roles and user data of EC2 instances, told to Terraform and to AWS."""

from __future__ import annotations

import base64
import json

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, cases
from tests.policies.ec2.states import (
    BY_DEFAULT,
    DISKS,
    ENCRYPTED_TEMPLATE,
    HALT,
    KEY_ID,
    NO_ROOT_SAID,
    PACKED,
    PROFILE,
    SCRIPT,
    SECRET_KEY,
    SECRETS,
    TEMPLATE_DISKS,
    TEMPLATE_SECRETS,
    declared,
    disks,
    from_template,
    instance,
    profiled,
    template,
    template_disk,
    user_data,
)


def copied(encrypted: str) -> str:
    """A copy of an image, whose snapshots are encrypted or as those of the image."""
    return (
        'resource "aws_ami_copy" "own" {\nname = "records"\nsource_ami_id = "ami-0a1b2c3d4e5f60718"\n'
        f'source_ami_region = "us-east-1"\n{encrypted}\n}}\n'
    )


OF_COPY = "ami = aws_ami_copy.own.id\n"
ENCRYPTED_COPY = copied("encrypted = true")

test_images = cases(
    Case(DISKS, "of an encrypted copy of an image", PASS, terraform=declared(OF_COPY, ENCRYPTED_COPY)),
    Case(
        DISKS,
        "of an encrypted copy, with a root volume of another size",
        PASS,
        terraform=declared(OF_COPY + "root_block_device {\nvolume_size = 50\n}", ENCRYPTED_COPY),
    ),
    Case(DISKS, "of a copy that is as its image", FAIL, terraform=declared(OF_COPY, copied(""))),
    Case(DISKS, "of a copy that says it is not", FAIL, terraform=declared(OF_COPY, copied("encrypted = false"))),
    Case(
        DISKS,
        "of an encrypted copy, with a further volume in the clear",
        FAIL,
        terraform=declared(OF_COPY + 'ebs_block_device {\ndevice_name = "/dev/sdf"\n}', ENCRYPTED_COPY),
        says="/dev/sdf",
    ),
    Case(
        DISKS,
        "of another image, beside an encrypted copy",
        FAIL,
        terraform=declared("ami = aws_ami.other.id", ENCRYPTED_COPY + 'resource "aws_ami" "other" {\nname = "o"\n}\n'),
    ),
    Case(
        DISKS,
        "the template starts from an encrypted copy",
        PASS,
        terraform=ENCRYPTED_COPY + from_template("image_id = aws_ami_copy.own.id"),
    ),
)
test_disks = cases(
    Case(DISKS, "root encrypted", PASS, disks(True)),
    Case(DISKS, "root in the clear", FAIL, disks(False)),
    Case(DISKS, "root encrypted, a further volume in the clear", FAIL, disks(True, False), says="/dev/sdf"),
    Case(DISKS, "both encrypted", PASS, disks(True, True)),
    Case(DISKS, "nothing said", FAIL, instance()),
    Case(
        DISKS,
        "only a further volume said",
        FAIL,
        terraform=declared('ebs_block_device {\ndevice_name = "/dev/sdf"\nencrypted = true\n}'),
        says=NO_ROOT_SAID,
    ),
    Case(DISKS, "nothing said, and the region encrypts", PASS, terraform=declared("", BY_DEFAULT)),
    Case(
        DISKS,
        "said not to be, and the region encrypts",
        PASS,
        terraform=BY_DEFAULT + "\n" + str(disks(False, False).text),
    ),
    Case(DISKS, "the template encrypts the root volume", PASS, terraform=from_template(ENCRYPTED_TEMPLATE)),
    Case(DISKS, "the template says nothing", FAIL, terraform=from_template("")),
    Case(
        DISKS,
        "the template has a further volume in the clear",
        FAIL,
        terraform=from_template(
            ENCRYPTED_TEMPLATE + '\nblock_device_mappings {\ndevice_name = "/dev/sdf"\nebs {\nvolume_size = 8\n}\n}'
        ),
        says="/dev/sdf",
    ),
    Case(
        DISKS,
        "a variable without a value, and another volume in the clear",
        FAIL,
        terraform=declared(
            'ebs_block_device {\ndevice_name = "/dev/sdf"\nencrypted = false\n}\n'
            "root_block_device {\nencrypted = true\n}\n"
            'ebs_block_device {\ndevice_name = "/dev/sdg"\nencrypted = var.unset\n}',
            HALT,
        ),
    ),
    Case(TEMPLATE_DISKS, "encrypted", PASS, template_disk("encrypted = true", Encrypted=True)),
    Case(TEMPLATE_DISKS, "encrypted, as text", PASS, template_disk('encrypted = "true"').in_terraform()),
    Case(TEMPLATE_DISKS, "in the clear", FAIL, template_disk("encrypted = false", Encrypted=False)),
    Case(TEMPLATE_DISKS, "nothing said", FAIL, template_disk("volume_size = 8")),
    Case(TEMPLATE_DISKS, "no volume declared", NOT_APPLICABLE, template()),
    Case(
        TEMPLATE_DISKS,
        "a device of the host",
        NOT_APPLICABLE,
        template(
            'block_device_mappings {\ndevice_name = "/dev/sdb"\nvirtual_name = "ephemeral0"\n}',
            BlockDeviceMappings=[{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}],
        ),
    ),
    Case(
        TEMPLATE_DISKS,
        "a device of the image that it leaves out",
        NOT_APPLICABLE,
        template(
            'block_device_mappings {\ndevice_name = "/dev/sdb"\nno_device = "true"\n}',
            BlockDeviceMappings=[{"DeviceName": "/dev/sdb", "NoDevice": ""}],
        ),
    ),
    Case(
        TEMPLATE_DISKS,
        "an empty block for a volume",
        FAIL,
        terraform=template('block_device_mappings {\ndevice_name = "/dev/xvda"\nebs {}\n}').text,
    ),
    Case(
        TEMPLATE_DISKS,
        "nothing said, and the region encrypts",
        PASS,
        terraform=BY_DEFAULT + "\n" + template_disk("volume_size = 8").text,
        aws=lambda aws: (aws.ec2.enable_ebs_encryption_by_default(), template_disk("").make(aws)),
    ),
    Case(
        TEMPLATE_DISKS,
        "said not to be, and the region encrypts",
        PASS,
        terraform=BY_DEFAULT + "\n" + template_disk("encrypted = false").text,
        aws=lambda aws: (aws.ec2.enable_ebs_encryption_by_default(), template_disk("", Encrypted=False).make(aws)),
    ),
    Case(
        TEMPLATE_DISKS,
        "volumes made for an unknown set",
        UNKNOWN,
        terraform="""
        variable "disks" {}
        resource "aws_launch_template" "phi" {
          dynamic "block_device_mappings" {
            for_each = var.disks
            content {
              device_name = block_device_mappings.value
              ebs { encrypted = true }
            }
          }
        }""",
    ),
)

test_access = cases(
    Case(PROFILE, "attached", PASS, terraform=declared('iam_instance_profile = "records"'), aws=profiled),
    Case(PROFILE, "none", FAIL, instance()),
    Case(PROFILE, "an empty name", FAIL, terraform=declared('iam_instance_profile = ""')),
    Case(
        PROFILE,
        "one that is declared too",
        PASS,
        terraform=declared(
            "iam_instance_profile = aws_iam_instance_profile.p.name", 'resource "aws_iam_instance_profile" "p" {}'
        ),
    ),
    Case(PROFILE, "from the template", PASS, terraform=from_template('iam_instance_profile {\nname = "records"\n}')),
    Case(SECRETS, "none", PASS, instance()),
    Case(SECRETS, "a plain script", PASS, user_data("#!/bin/sh\nexec /opt/records/start\n")),
    Case(SECRETS, "an access key id", FAIL, user_data(SCRIPT), says="access key id"),
    Case(SECRETS, "a secret access key", FAIL, user_data(SECRET_KEY), says="secret access key"),
    Case(SECRETS, "a private key", FAIL, user_data("-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE\n"), says="private key"),
    Case(SECRETS, "a public key", PASS, user_data("-----BEGIN PUBLIC KEY-----\nMIIB\n")),
    Case(SECRETS, "an example key, in the place of a key", FAIL, user_data("export KEY=AKIAIOSFODNN7EXAMPLE")),
    Case(
        SECRETS,
        "a password that a script exports",
        FAIL,
        user_data("#!/bin/sh\nexport DB_PASSWORD=Aa1234321Bb\n"),
        says="a password",
    ),
    Case(SECRETS, "a password in PHP", FAIL, user_data("define('DB_PASSWORD', 'Aa1234321Bb');")),
    Case(
        SECRETS,
        "a password that a script fetches",
        PASS,
        user_data("#!/bin/sh\nexport DB_PASSWORD=$(aws ssm get-parameter --name /records/db)\n"),
    ),
    Case(SECRETS, "a longer word that holds the form of a key", PASS, user_data(f"x{KEY_ID}x")),
    Case(SECRETS, "a key, compressed", FAIL, terraform=declared(f'user_data_base64 = "{PACKED}"')),
    Case(
        SECRETS,
        "the secret of a key that is declared too",
        FAIL,
        terraform=declared(
            'user_data = "key=${aws_iam_access_key.k.secret}"', 'resource "aws_iam_access_key" "k" { user = "app" }'
        ),
    ),
    Case(
        SECRETS,
        "the ARN of something declared too",
        PASS,
        terraform=declared('user_data = "bucket=${aws_s3_bucket.b.arn}"', 'resource "aws_s3_bucket" "b" {}'),
    ),
    Case(
        SECRETS,
        "a variable without a value",
        UNKNOWN,
        terraform=declared('user_data = "token=${var.unset}"', HALT),
    ),
    Case(
        SECRETS,
        "a key, beside a variable without a value",
        FAIL,
        terraform=declared(f'user_data = "{KEY_ID} ${{var.unset}}"', HALT),
    ),
    Case(TEMPLATE_SECRETS, "none", PASS, template()),
    Case(
        TEMPLATE_SECRETS,
        "an access key id",
        FAIL,
        template(
            f"user_data = base64encode({json.dumps(SCRIPT)})", UserData=base64.b64encode(SCRIPT.encode()).decode()
        ),
    ),
    Case(
        TEMPLATE_SECRETS,
        "a variable without a value",
        UNKNOWN,
        terraform=HALT + template("user_data = base64encode(var.unset)").text,
    ),
)
