"""Machines, and what they are made from."""

from __future__ import annotations

from examples.account import client
from tests.aws.hospital import Answers


def furnish() -> None:
    ec2 = client("ec2")
    ec2.create_launch_template(
        LaunchTemplateName="portal",
        LaunchTemplateData={"InstanceType": "t3.small", "MetadataOptions": {"HttpTokens": "required"}},
    )
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="portal",
        MinSize=0,
        MaxSize=0,
        AvailabilityZones=[zone],
        LaunchTemplate={"LaunchTemplateName": "portal", "Version": "$Latest"},
    )
    client("autoscaling").create_launch_configuration(
        LaunchConfigurationName="portal",
        ImageId="ami-12c6146b",
        InstanceType="t3.small",
        MetadataOptions={"HttpTokens": "required"},
    )
    image = ec2.register_image(Name="portal", RootDeviceName="/dev/xvda")["ImageId"]
    ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.small", MetadataOptions={"HttpTokens": "required"}
    )


ANSWERS: Answers = {"ec2.get_instance_metadata_defaults": lambda *_: {"AccountLevel": {"HttpTokens": "required"}}}
