"""Networks whose subnets or interfaces have flow logs instead, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.authoring import LOW, MEDIUM
from hipaa_guard.testing import FAIL, PASS, Aws, Case, Told, cases
from tests.policies.vpc.test_flow_logs import CC_LOG, FLOW_LOGS, UNSET, VPC, flow_log, network

BY_SUBNETS = "has no flow log of its own"


def subnets(*kinds: str, vpc: str = "aws_vpc.phi.id") -> Told:
    """A network with subnets, each with a flow log of one kind of traffic; with none for an empty kind."""

    def seed(aws: Aws) -> None:
        made = network(aws)
        for number, kind in enumerate(kinds):
            block = f"10.0.{number}.0/24"
            subnet = aws.ec2.create_subnet(VpcId=made, CidrBlock=block)["Subnet"]["SubnetId"]
            if kind:
                aws.s3.create_bucket(Bucket=f"flow-logs-{number}")
                aws.ec2.create_flow_logs(
                    ResourceType="Subnet",
                    ResourceIds=[subnet],
                    TrafficType=kind,
                    LogDestinationType="s3",
                    LogDestination=f"arn:aws:s3:::flow-logs-{number}",
                )

    declared = VPC
    for number, kind in enumerate(kinds):
        declared += f'resource "aws_subnet" "s{number}" {{\n vpc_id = {vpc}\n cidr_block = "10.0.{number}.0/24"\n}}\n'
        if kind:
            lines = f'subnet_id = aws_subnet.s{number}.id\n traffic_type = "{kind}"\n log_destination_type = "s3"'
            lines += f'\n log_destination = "arn:aws:s3:::flow-logs-{number}"'
            declared += f'resource "aws_flow_log" "l{number}" {{\n {lines}\n}}\n'
    return Told(declared, seed)


AWSCC = (
    'resource "awscc_ec2_vpc" "phi" {\n cidr_block = "10.0.0.0/16"\n}\n'
    'resource "awscc_ec2_subnet" "s" {\n vpc_id = awscc_ec2_vpc.phi.vpc_id\n}\n'
)
INTERFACE = 'resource "aws_network_interface" "i" {\n subnet_id = aws_subnet.s0.id\n}\n'


def only_interfaces(aws: Aws) -> None:
    made = network(aws)
    subnet = aws.ec2.create_subnet(VpcId=made, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    interface = aws.ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    aws.s3.create_bucket(Bucket="flow-logs")
    aws.ec2.create_flow_logs(
        ResourceType="NetworkInterface",
        ResourceIds=[interface],
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flow-logs",
    )


test_subnets = cases(
    *(
        Case(FLOW_LOGS, sentence, FAIL, told, says=says, severity=severity)
        for sentence, told, says, severity in (
            ("all subnets have a log of all traffic", subnets("ALL", "ALL"), BY_SUBNETS, LOW),
            ("its only subnet has a log", subnets("ALL"), BY_SUBNETS, LOW),
            ("one of two subnets has a log", subnets("ALL", ""), "has no flow log", MEDIUM),
            ("one of two subnets has a log of rejected traffic only", subnets("ALL", "REJECT"), "no flow log", MEDIUM),
            ("no subnet has a log", subnets("", ""), "has no flow log", MEDIUM),
            ("it has no subnets", subnets(), "has no flow log", MEDIUM),
        )
    ),
    Case(FLOW_LOGS, "all subnets and the network have a log", PASS, flow_log("ALL").text + subnets("ALL").text.replace(VPC, "")),
    Case(
        FLOW_LOGS,
        "rejected traffic of the network, and all traffic of its subnet",
        FAIL,
        flow_log("REJECT").text + subnets("ALL").text.replace(VPC, ""),
        severity=MEDIUM,
    ),
    Case(
        FLOW_LOGS,
        "a subnet that may be of the network has a log",
        FAIL,
        UNSET + subnets("ALL", vpc="var.unset").text,
        severity=MEDIUM,
    ),
    Case(
        FLOW_LOGS,
        "the subnet has a log of traffic that is not known",
        FAIL,
        UNSET + subnets("ALL").text.replace('"ALL"', "var.unset"),
        severity=MEDIUM,
    ),
    Case(FLOW_LOGS, "by the awscc provider", FAIL, AWSCC.replace("awscc_ec2_vpc.phi.vpc_id", "awscc_ec2_vpc.phi.id")
         + CC_LOG.format("awscc_ec2_subnet.s.id", "Subnet"), says=BY_SUBNETS, severity=LOW),
    Case(FLOW_LOGS, "of a subnet by an attribute of awscc", FAIL, AWSCC + CC_LOG.format("awscc_ec2_subnet.s.subnet_id", "Subnet"),
         says=BY_SUBNETS, severity=LOW),
    Case(FLOW_LOGS, "a subnet of aws with a log of awscc", FAIL,
         subnets("").text + CC_LOG.format("aws_subnet.s0.id", "Subnet"), says=BY_SUBNETS, severity=LOW),
    Case(
        FLOW_LOGS,
        "its interface has a log",
        FAIL,
        Told(
            subnets("").text + INTERFACE
            + 'resource "aws_flow_log" "l" {\n eni_id = aws_network_interface.i.id\n traffic_type = "ALL"\n}\n',
            only_interfaces,
        ),
        severity=MEDIUM,
    ),
)  # fmt: skip
