"""A list of networks, and a group that lets them in."""

from __future__ import annotations

from examples.account import client


def furnish() -> None:
    ec2 = client("ec2")
    offices = ec2.create_managed_prefix_list(
        PrefixListName="offices",
        AddressFamily="IPv4",
        MaxEntries=2,
        Entries=[{"Cidr": "10.0.0.0/8", "Description": "offices"}],
    )["PrefixList"]["PrefixListId"]
    vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="interfaces", Description="Interfaces", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "PrefixListIds": [{"PrefixListId": offices}]}
        ],
    )
