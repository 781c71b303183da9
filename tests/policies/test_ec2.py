"""The controls on EC2 instances and launch templates, told to Terraform and to AWS."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from tests.cases import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, answered, cases

IMDS, TEMPLATE_IMDS = "ec2_instance_imdsv2_required", "launch_template_imdsv2_required"
DEFAULT_IMDS, PUBLIC = "ec2_account_imdsv2_default", "ec2_instance_no_public_ip"
TEMPLATE_PUBLIC, DISKS = "launch_template_no_public_ip", "ec2_instance_block_devices_encrypted"
TEMPLATE_DISKS, PROFILE = "launch_template_block_devices_encrypted", "ec2_instance_profile_attached"
SECRETS, TEMPLATE_SECRETS = "ec2_user_data_no_secrets", "launch_template_no_secrets"
MONITORING, TERMINATION = "ec2_instance_detailed_monitoring", "ec2_instance_termination_protected"
# Made up, of the right form; written in two parts so that no scanner of this repository takes them for real ones.
KEY_ID = "AKIA" + "Q3EGDCXW7N2ZPLTV"
SECRET_KEY = "aws_secret_access_key = " + "q8Zt1xV0bN5mK2jH7gF4dS9aP3oI6uY/eR+wLcXk"
HALT = 'variable "unset" {}\n'


def instance(lines: str = "", around: str = "", **options: Any) -> dict[str, Any]:
    """An instance, told to both sides."""

    def seed(aws: Aws) -> str:
        made = aws.ec2.run_instances(
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "phi-app"}]}],
            **options,
        )
        return str(made["Instances"][0]["InstanceId"])

    return {"terraform": f'{around}\nresource "aws_instance" "phi" {{\n{lines}\n}}', "aws": seed}


def declared(lines: str, around: str = "") -> str:
    return str(instance(lines, around)["terraform"])


def template(lines: str = "", **data: Any) -> dict[str, Any]:
    """A launch template, told to both sides."""

    def seed(aws: Aws) -> None:
        aws.ec2.create_launch_template(
            LaunchTemplateName="phi-template", LaunchTemplateData={"InstanceType": "t3.micro", **data}
        )

    return {"terraform": f'resource "aws_launch_template" "phi" {{\n{lines}\n}}', "aws": seed}


def metadata(block: str) -> str:
    return f"metadata_options {{\n{block}\n}}"


def from_template(block: str, version: str = '"$Latest"', lines: str = "") -> str:
    """An instance whose template says something."""
    return declared(
        f"{lines}\nlaunch_template {{\nid = aws_launch_template.t.id\nversion = {version}\n}}",
        f'resource "aws_launch_template" "t" {{\n{block}\n}}',
    )


def subnet(maps: bool) -> str:
    return f"""
    resource "aws_subnet" "s" {{
      vpc_id                  = "vpc-0a1b2c3d4e5f60718"
      map_public_ip_on_launch = {str(maps).lower()}
    }}"""


def defaults(tokens: str | None) -> dict[str, Any]:
    level = {"AccountLevel": {} if tokens is None else {"HttpTokens": tokens}}

    def answers(session: Any) -> None:
        answered(session, "ec2", "GetInstanceMetadataDefaults", level)

    line = "" if tokens is None else f'http_tokens = "{tokens}"'
    return {
        "terraform": f'resource "aws_ec2_instance_metadata_defaults" "phi" {{\n{line}\n}}',
        "aws": lambda _: None,
        "answers": answers,
    }


def profiled(aws: Aws) -> None:
    aws.iam.create_instance_profile(InstanceProfileName="records")
    instance(IamInstanceProfile={"Name": "records"})["aws"](aws)


def disks(*encrypted: bool) -> dict[str, Any]:
    """An instance with a root volume and further ones."""
    mappings = [
        {"DeviceName": name, "Ebs": {"VolumeSize": 8, "Encrypted": on}}
        for name, on in zip(("/dev/sda1", "/dev/sdf"), encrypted, strict=False)
    ]
    lines = [f"root_block_device {{\nencrypted = {str(encrypted[0]).lower()}\n}}"]
    lines += [
        f'ebs_block_device {{\ndevice_name = "/dev/sdf"\nencrypted = {str(on).lower()}\n}}' for on in encrypted[1:]
    ]
    return instance("\n".join(lines), BlockDeviceMappings=mappings)


def user_data(text: str) -> dict[str, Any]:
    return instance(f"user_data = {json.dumps(text)}", UserData=text)


def template_disk(lines: str, **ebs: Any) -> dict[str, Any]:
    return template(
        f'block_device_mappings {{\ndevice_name = "/dev/xvda"\nebs {{\n{lines}\n}}\n}}',
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, **ebs}}],
    )


ROOT = "root_block_device {\nencrypted = true\n}"
NO_ROOT_SAID = "leaves the encryption of its root volume"
BY_DEFAULT = 'resource "aws_ebs_encryption_by_default" "d" {}'
ENCRYPTED_TEMPLATE = 'block_device_mappings {\ndevice_name = "/dev/xvda"\nebs {\nencrypted = true\n}\n}'
SCRIPT = f"#!/bin/sh\nexport AWS_ACCESS_KEY_ID={KEY_ID}\n"
PACKED = base64.b64encode(gzip.compress(SCRIPT.encode())).decode()

test_metadata = cases(
    Case(
        IMDS,
        "required",
        PASS,
        **instance(metadata('http_tokens = "required"'), MetadataOptions={"HttpTokens": "required"}),
    ),
    Case(
        IMDS,
        "optional",
        FAIL,
        **instance(metadata('http_tokens = "optional"'), MetadataOptions={"HttpTokens": "optional"}),
    ),
    Case(IMDS, "nothing said", FAIL, **instance()),
    Case(
        IMDS,
        "the service is off",
        PASS,
        **instance(metadata('http_endpoint = "disabled"'), MetadataOptions={"HttpEndpoint": "disabled"}),
        says="switched off",
    ),
    Case(IMDS, "the template requires it", PASS, terraform=from_template(metadata('http_tokens = "required"'))),
    Case(
        IMDS,
        "the template requires it and the instance does not",
        FAIL,
        terraform=from_template(metadata('http_tokens = "required"'), lines=metadata('http_tokens = "optional"')),
    ),
    Case(
        IMDS,
        "an old version of a template decides",
        UNKNOWN,
        terraform=from_template(metadata('http_tokens = "required"'), version='"3"'),
        says="version 3",
    ),
    Case(
        IMDS,
        "the latest version of the template requires it",
        PASS,
        terraform=from_template(metadata('http_tokens = "required"'), version="aws_launch_template.t.latest_version"),
    ),
    Case(
        IMDS,
        "a template from elsewhere decides",
        UNKNOWN,
        terraform=declared('launch_template {\nname = "shared"\n}'),
    ),
    Case(
        IMDS,
        "the region's default requires it",
        PASS,
        terraform=declared("", 'resource "aws_ec2_instance_metadata_defaults" "d" { http_tokens = "required" }'),
    ),
    Case(IMDS, "a variable without a value", UNKNOWN, terraform=declared(metadata("http_tokens = var.unset"), HALT)),
    Case(
        TEMPLATE_IMDS,
        "required",
        PASS,
        **template(metadata('http_tokens = "required"'), MetadataOptions={"HttpTokens": "required"}),
    ),
    Case(
        TEMPLATE_IMDS,
        "optional",
        FAIL,
        **template(metadata('http_tokens = "optional"'), MetadataOptions={"HttpTokens": "optional"}),
    ),
    Case(TEMPLATE_IMDS, "nothing said", FAIL, **template(), answers=defaults(None)["answers"]),
    Case(
        TEMPLATE_IMDS,
        "nothing said, and the region's default requires it",
        PASS,
        aws=template()["aws"],
        answers=defaults("required")["answers"],
    ),
    Case(
        TEMPLATE_IMDS,
        "versions may not be read",
        UNKNOWN,
        aws=template()["aws"],
        denied="ec2:DescribeLaunchTemplateVersions",
        says="ec2:DescribeLaunchTemplateVersions",
    ),
    Case(DEFAULT_IMDS, "required", PASS, **defaults("required")),
    Case(DEFAULT_IMDS, "optional", FAIL, **defaults("optional")),
    Case(DEFAULT_IMDS, "no preference", FAIL, **defaults(None)),
    Case(
        DEFAULT_IMDS,
        "may not be read",
        UNKNOWN,
        aws=lambda _: None,
        denied="ec2:GetInstanceMetadataDefaults",
        says="ec2:GetInstanceMetadataDefaults",
    ),
)


def without_address(aws: Aws) -> None:
    net = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    inside = aws.ec2.create_subnet(VpcId=net, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    instance(SubnetId=inside)["aws"](aws)


test_addresses = cases(
    Case(
        PUBLIC,
        "asked for",
        FAIL,
        terraform=declared("associate_public_ip_address = true"),
        aws=instance(
            NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True}],
        )["aws"],
    ),
    Case(PUBLIC, "refused", PASS, terraform=declared("associate_public_ip_address = false"), aws=without_address),
    Case(PUBLIC, "nothing said, in a default subnet", FAIL, terraform=declared(""), says="default subnet"),
    Case(
        PUBLIC,
        "nothing said, in a subnet that gives none",
        PASS,
        terraform=declared("subnet_id = aws_subnet.s.id", subnet(maps=False)),
    ),
    Case(
        PUBLIC,
        "nothing said, in a subnet that gives them",
        FAIL,
        terraform=declared("subnet_id = aws_subnet.s.id", subnet(maps=True)),
    ),
    Case(
        PUBLIC,
        "nothing said, in a subnet from elsewhere",
        UNKNOWN,
        terraform=declared('subnet_id = "subnet-0a1b2c3d4e5f60718"'),
    ),
    Case(
        PUBLIC,
        "refused, but given an Elastic IP",
        FAIL,
        terraform=declared(
            "associate_public_ip_address = false", 'resource "aws_eip" "e" { instance = aws_instance.phi.id }'
        ),
    ),
    Case(
        PUBLIC,
        "an Elastic IP associated apart",
        FAIL,
        terraform=declared(
            "associate_public_ip_address = false",
            'resource "aws_eip_association" "e" {\ninstance_id = aws_instance.phi.id\nallocation_id = "eipalloc-1"\n}',
        ),
    ),
    Case(
        PUBLIC,
        "an interface made before",
        PASS,
        terraform=declared('primary_network_interface {\nnetwork_interface_id = "eni-0a1b2c3d4e5f60718"\n}'),
    ),
    Case(
        PUBLIC,
        "the template refuses",
        PASS,
        terraform=from_template("network_interfaces {\nassociate_public_ip_address = false\n}"),
    ),
    Case(
        PUBLIC,
        "a variable without a value",
        UNKNOWN,
        terraform=declared("associate_public_ip_address = var.unset", HALT),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "asked for, as text",
        FAIL,
        **template(
            'network_interfaces {\nassociate_public_ip_address = "true"\n}',
            NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True}],
        ),
    ),
    Case(
        TEMPLATE_PUBLIC,
        "asked for by the second interface",
        FAIL,
        **template(
            "network_interfaces {\nassociate_public_ip_address = false\n}\n"
            "network_interfaces {\nassociate_public_ip_address = true\n}",
            NetworkInterfaces=[
                {"DeviceIndex": 0, "AssociatePublicIpAddress": False},
                {"DeviceIndex": 1, "AssociatePublicIpAddress": True},
            ],
        ),
    ),
    Case(TEMPLATE_PUBLIC, "nothing said", PASS, **template()),
    Case(
        TEMPLATE_PUBLIC,
        "versions may not be read",
        UNKNOWN,
        aws=template()["aws"],
        denied="ec2:DescribeLaunchTemplateVersions",
    ),
)

test_disks = cases(
    Case(DISKS, "root encrypted", PASS, **disks(True)),
    Case(DISKS, "root in the clear", FAIL, **disks(False)),
    Case(DISKS, "root encrypted, a further volume in the clear", FAIL, **disks(True, False), says="/dev/sdf"),
    Case(DISKS, "both encrypted", PASS, **disks(True, True)),
    Case(DISKS, "nothing said", FAIL, **instance()),
    Case(
        DISKS,
        "only a further volume said",
        FAIL,
        terraform=declared('ebs_block_device {\ndevice_name = "/dev/sdf"\nencrypted = true\n}'),
        says=NO_ROOT_SAID,
    ),
    Case(DISKS, "nothing said, and the region encrypts", PASS, terraform=declared("", BY_DEFAULT)),
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
        "a variable without a value",
        UNKNOWN,
        terraform=declared("root_block_device {\nencrypted = var.unset\n}", HALT),
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
    Case(DISKS, "volumes may not be read", UNKNOWN, aws=disks(True)["aws"], denied="ec2:DescribeVolumes"),
    Case(TEMPLATE_DISKS, "encrypted", PASS, **template_disk("encrypted = true", Encrypted=True)),
    Case(TEMPLATE_DISKS, "encrypted, as text", PASS, terraform=template_disk('encrypted = "true"')["terraform"]),
    Case(TEMPLATE_DISKS, "in the clear", FAIL, **template_disk("encrypted = false", Encrypted=False)),
    Case(TEMPLATE_DISKS, "nothing said", FAIL, **template_disk("volume_size = 8")),
    Case(TEMPLATE_DISKS, "no volume declared", NOT_APPLICABLE, **template()),
    Case(
        TEMPLATE_DISKS,
        "a device of the host",
        NOT_APPLICABLE,
        **template(
            'block_device_mappings {\ndevice_name = "/dev/sdb"\nvirtual_name = "ephemeral0"\n}',
            BlockDeviceMappings=[{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}],
        ),
    ),
    Case(
        TEMPLATE_DISKS,
        "nothing said, and the region encrypts",
        PASS,
        terraform=BY_DEFAULT + "\n" + template_disk("volume_size = 8")["terraform"],
        aws=lambda aws: (aws.ec2.enable_ebs_encryption_by_default(), template_disk("")["aws"](aws)),
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
    Case(PROFILE, "none", FAIL, **instance()),
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
    Case(PROFILE, "a variable without a value", UNKNOWN, terraform=declared("iam_instance_profile = var.unset", HALT)),
    Case(SECRETS, "none", PASS, **instance()),
    Case(SECRETS, "a plain script", PASS, **user_data("#!/bin/sh\nexec /opt/records/start\n")),
    Case(SECRETS, "an access key id", FAIL, **user_data(SCRIPT), says="access key id"),
    Case(SECRETS, "a secret access key", FAIL, **user_data(SECRET_KEY), says="secret access key"),
    Case(
        SECRETS, "a private key", FAIL, **user_data("-----BEGIN RSA PRIVATE " + "KEY-----\nMIIE\n"), says="private key"
    ),
    Case(SECRETS, "a public key", PASS, **user_data("-----BEGIN PUBLIC KEY-----\nMIIB\n")),
    Case(SECRETS, "the example key of Amazon's documentation", PASS, **user_data("AKIAIOSFODNN7EXAMPLE")),
    Case(SECRETS, "a longer word that holds the form of a key", PASS, **user_data(f"x{KEY_ID}x")),
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
    Case(SECRETS, "may not be read", UNKNOWN, aws=instance()["aws"], denied="ec2:DescribeInstanceAttribute"),
    Case(TEMPLATE_SECRETS, "none", PASS, **template()),
    Case(
        TEMPLATE_SECRETS,
        "an access key id",
        FAIL,
        **template(
            f"user_data = base64encode({json.dumps(SCRIPT)})", UserData=base64.b64encode(SCRIPT.encode()).decode()
        ),
    ),
    Case(
        TEMPLATE_SECRETS,
        "a variable without a value",
        UNKNOWN,
        terraform=HALT + template("user_data = base64encode(var.unset)")["terraform"],
    ),
)


def kept(aws: Aws) -> None:
    one = instance()["aws"](aws)
    aws.ec2.modify_instance_attribute(InstanceId=one, DisableApiTermination={"Value": True})


def grouped(aws: Aws) -> None:
    one = instance()["aws"](aws)
    aws.ec2.create_tags(Resources=[one], Tags=[{"Key": "aws:autoscaling:groupName", "Value": "records"}])


test_operation = cases(
    Case(MONITORING, "every minute", PASS, **instance("monitoring = true", Monitoring={"Enabled": True})),
    Case(MONITORING, "nothing said", FAIL, **instance()),
    Case(MONITORING, "every minute by the template", PASS, terraform=from_template("monitoring {\nenabled = true\n}")),
    Case(MONITORING, "a variable without a value", UNKNOWN, terraform=declared("monitoring = var.unset", HALT)),
    Case(TERMINATION, "protected", PASS, terraform=declared("disable_api_termination = true"), aws=kept),
    Case(TERMINATION, "nothing said", FAIL, **instance()),
    Case(TERMINATION, "of an Auto Scaling group", NOT_APPLICABLE, aws=grouped),
    Case(TERMINATION, "may not be read", UNKNOWN, aws=kept, denied="ec2:DescribeInstanceAttribute"),
)
