"""Launch configurations, which the controls of launch templates judge, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, cases, resource
from tests.policies.ec2.states import (
    BY_DEFAULT,
    HALT,
    SCRIPT,
    TEMPLATE_DISKS,
    TEMPLATE_IMDS,
    TEMPLATE_PUBLIC,
    TEMPLATE_SECRETS,
    metadata,
)


def configuration(lines: str = "", around: str = "", **told: Any) -> Told:
    """A launch configuration, told to both sides."""

    def seed(aws: Aws) -> None:
        aws.autoscaling.create_launch_configuration(
            LaunchConfigurationName="phi", ImageId="ami-12c6146b", InstanceType="t3.micro", **told
        )

    text = resource("aws_launch_configuration", f'image_id = "ami-12c6146b"\ninstance_type = "t3.micro"\n{lines}')
    return Told(terraform=around + text, aws=seed)


def volume(encrypted: bool) -> Told:
    return configuration(
        f'ebs_block_device {{\ndevice_name = "/dev/sdf"\nencrypted = {str(encrypted).lower()}\n}}',
        BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 8, "Encrypted": encrypted}}],
    )


GROUP = resource("aws_autoscaling_group", "launch_template {\nid = var.unset\nversion = var.unset\n}", "g")
REGION = resource("aws_ec2_instance_metadata_defaults", 'http_tokens = "required"', "d")

test_launch_configurations = cases(
    Case(
        TEMPLATE_IMDS,
        "required",
        PASS,
        configuration(metadata('http_tokens = "required"'), MetadataOptions={"HttpTokens": "required"}),
    ),
    Case(
        TEMPLATE_IMDS,
        "optional",
        FAIL,
        configuration(metadata('http_tokens = "optional"'), MetadataOptions={"HttpTokens": "optional"}),
    ),
    Case(TEMPLATE_IMDS, "nothing said", FAIL, configuration()),
    Case(
        TEMPLATE_IMDS, "nothing said, where the region requires it", FAIL, configuration(around=REGION).in_terraform()
    ),
    Case(
        TEMPLATE_IMDS,
        "the service is off",
        PASS,
        configuration(metadata('http_endpoint = "disabled"'), MetadataOptions={"HttpEndpoint": "disabled"}),
    ),
    Case(
        TEMPLATE_IMDS,
        "not known",
        UNKNOWN,
        configuration(metadata("http_tokens = var.unset"), HALT).in_terraform(),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "asked for",
        FAIL,
        configuration("associate_public_ip_address = true", AssociatePublicIpAddress=True),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "refused",
        PASS,
        configuration("associate_public_ip_address = false", AssociatePublicIpAddress=False),
    ),
    Case(TEMPLATE_PUBLIC, "nothing said", PASS, configuration()),
    Case(TEMPLATE_DISKS, "an encrypted volume", PASS, volume(encrypted=True)),
    Case(TEMPLATE_DISKS, "a volume in the clear", FAIL, volume(encrypted=False)),
    Case(
        TEMPLATE_DISKS,
        "a root volume in the clear",
        FAIL,
        configuration("root_block_device {\nencrypted = false\n}").in_terraform(),
    ),
    Case(
        TEMPLATE_DISKS,
        "a root volume in the clear, where the region encrypts",
        PASS,
        configuration("root_block_device {\nencrypted = false\n}", f"{BY_DEFAULT}\n").in_terraform(),
    ),
    Case(TEMPLATE_DISKS, "no volume", NOT_APPLICABLE, configuration()),
    Case(
        TEMPLATE_DISKS,
        "a volume of the image that it leaves out",
        PASS,
        configuration(
            'ebs_block_device {\ndevice_name = "/dev/sdf"\nencrypted = true\n}\n'
            'ebs_block_device {\ndevice_name = "/dev/sdb"\nno_device = true\n}',
            BlockDeviceMappings=[
                {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 8, "Encrypted": True}},
                {"DeviceName": "/dev/sdb", "NoDevice": True},
            ],
        ),
    ),
    Case(
        TEMPLATE_DISKS,
        "a volume that it perhaps leaves out",
        UNKNOWN,
        configuration('ebs_block_device {\ndevice_name = "/dev/sdb"\nno_device = var.unset\n}', HALT).in_terraform(),
    ),
    Case(
        TEMPLATE_SECRETS,
        "a credential in the user data",
        FAIL,
        configuration(f"user_data = {json.dumps(SCRIPT)}", UserData=SCRIPT),
    ),
    Case(TEMPLATE_SECRETS, "no user data", PASS, configuration()),
    Case(
        TEMPLATE_PUBLIC,
        "refused, beside a group that starts a template which is not known",
        PASS,
        configuration("associate_public_ip_address = false", HALT + GROUP).in_terraform(),
    ),
)
