"""Instances and launch templates of EC2, told to Terraform and to AWS, for the tables of cases."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from hipaa_guard.testing import Aws, Told, answered

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


def instance(lines: str = "", around: str = "", **options: Any) -> Told:
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

    return Told(terraform=f'{around}\nresource "aws_instance" "phi" {{\n{lines}\n}}', aws=seed)


def declared(lines: str, around: str = "") -> str:
    return str(instance(lines, around).text)


def template(lines: str = "", **data: Any) -> Told:
    """A launch template, told to both sides."""

    def seed(aws: Aws) -> None:
        aws.ec2.create_launch_template(
            LaunchTemplateName="phi-template", LaunchTemplateData={"InstanceType": "t3.micro", **data}
        )

    return Told(terraform=f'resource "aws_launch_template" "phi" {{\n{lines}\n}}', aws=seed)


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
    }}
    """


def defaults(tokens: str | None, endpoint: str | None = None) -> Told:
    told = {"HttpTokens": tokens, "HttpEndpoint": endpoint}
    level = {"AccountLevel": {name: value for name, value in told.items() if value is not None}}

    def answers(session: Any) -> None:
        answered(session, "ec2", "GetInstanceMetadataDefaults", level)

    lines = "" if tokens is None else f'http_tokens = "{tokens}"\n'
    lines += "" if endpoint is None else f'http_endpoint = "{endpoint}"\n'
    return Told(
        terraform=f'resource "aws_ec2_instance_metadata_defaults" "phi" {{\n{lines}}}',
        aws=lambda _: None,
        answers=answers,
    )


def profiled(aws: Aws) -> None:
    aws.iam.create_instance_profile(InstanceProfileName="records")
    instance(IamInstanceProfile={"Name": "records"}).make(aws)


def disks(*encrypted: bool) -> Told:
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


def user_data(text: str) -> Told:
    return instance(f"user_data = {json.dumps(text)}", UserData=text)


def template_disk(lines: str, **ebs: Any) -> Told:
    return template(
        f'block_device_mappings {{\ndevice_name = "/dev/xvda"\nebs {{\n{lines}\n}}\n}}',
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, **ebs}}],
    )


NO_ROOT_SAID = "leaves the encryption of its root volume"
BY_DEFAULT = 'resource "aws_ebs_encryption_by_default" "d" {}'
ENCRYPTED_TEMPLATE = 'block_device_mappings {\ndevice_name = "/dev/xvda"\nebs {\nencrypted = true\n}\n}'
SCRIPT = f"#!/bin/sh\nexport AWS_ACCESS_KEY_ID={KEY_ID}\n"
PACKED = base64.b64encode(gzip.compress(SCRIPT.encode())).decode()
