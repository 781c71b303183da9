"""The control on flow logs of networks, told to Terraform and to AWS."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import LOW
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Aws, Case, Told, answered, cases

FLOW_LOGS = "vpc_flow_logs_enabled"
NAMED = [{"Key": "Name", "Value": "phi"}]
UNSET = 'variable "unset" {}\n'
VPC = 'resource "aws_vpc" "phi" {\n cidr_block = "10.0.0.0/16"\n}\n'


def network(aws: Aws) -> str:
    made = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    aws.ec2.create_tags(Resources=[made], Tags=NAMED)
    return str(made)


def flow_log(*kinds: str) -> Told:
    """A network with a flow log of each of these kinds of traffic."""

    def seed(aws: Aws) -> None:
        made = network(aws)
        for traffic in kinds:
            aws.s3.create_bucket(Bucket=f"flow-logs-{traffic.lower()}")
            aws.ec2.create_flow_logs(
                ResourceType="VPC",
                ResourceIds=[made],
                TrafficType=traffic,
                LogDestinationType="s3",
                LogDestination=f"arn:aws:s3:::flow-logs-{traffic.lower()}",
            )

    declared = "".join(
        f"""
        resource "aws_flow_log" "{traffic}" {{
          vpc_id               = aws_vpc.phi.id
          traffic_type         = "{traffic}"
          log_destination_type = "s3"
          log_destination      = "arn:aws:s3:::flow-logs-{traffic.lower()}"
        }}
        """
        for traffic in kinds
    )
    return Told(terraform=VPC + declared, aws=seed)


def log_of_another(aws: Aws) -> None:
    flow_log("ALL").make(aws)
    (logged,) = aws.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["phi"]}])["Vpcs"]
    aws.ec2.delete_tags(Resources=[logged["VpcId"]], Tags=NAMED)
    network(aws)


def undelivered(session: Any, traffic: str = "ALL", beside: str = "") -> None:
    """A flow log of every network cannot be delivered; one of the kind ``beside`` can."""
    vpcs = session.client("ec2", region_name="us-east-1").describe_vpcs()["Vpcs"]
    logs = [
        {
            "FlowLogId": f"fl-{vpc['VpcId'][4:]}",
            "ResourceId": vpc["VpcId"],
            "TrafficType": traffic,
            "DeliverLogsStatus": "FAILED",
            "DeliverLogsErrorMessage": "Access error",
        }
        for vpc in vpcs
    ]
    logs += [{"FlowLogId": "fl-1", "ResourceId": vpc["VpcId"], "TrafficType": beside} for vpc in vpcs if beside]
    answered(session, "ec2", "DescribeFlowLogs", {"FlowLogs": logs})


def shared(session: Any) -> None:
    """A VPC that another account shares with this one."""
    shown = {"VpcId": "vpc-0123456789abcdef0", "OwnerId": "444455556666", "Tags": NAMED}
    answered(session, "ec2", "DescribeVpcs", {"Vpcs": [shown]})


CC_LOG = 'resource "awscc_ec2_flow_log" "l" {{\n resource_id = {}\n resource_type = "{}"\n traffic_type = "ALL"\n}}\n'

test_flow_logs = cases(
    Case(FLOW_LOGS, "by the awscc provider", PASS, VPC + CC_LOG.format("aws_vpc.phi.id", "VPC")),
    Case(
        FLOW_LOGS,
        "of traffic that is left out",
        UNKNOWN,
        VPC + 'resource "aws_flow_log" "l" {\n vpc_id = aws_vpc.phi.id\n}\n',
    ),
    Case(
        FLOW_LOGS,
        "a VPC that another account shares",
        NOT_APPLICABLE,
        aws=lambda _: None,
        answers=shared,
        says="444455556666",
    ),
    Case(FLOW_LOGS, "none", FAIL, terraform=VPC, aws=network, says="has no flow log"),
    Case(FLOW_LOGS, "all traffic", PASS, flow_log("ALL")),
    Case(FLOW_LOGS, "rejected traffic only", FAIL, flow_log("REJECT"), says="do not tell who reached anything"),
    Case(FLOW_LOGS, "accepted traffic only", FAIL, flow_log("ACCEPT"), says="who was turned away", severity=LOW),
    Case(FLOW_LOGS, "accepted and rejected traffic in a log each", PASS, flow_log("ACCEPT", "REJECT")),
    Case(
        FLOW_LOGS,
        "accepted traffic, and rejected traffic that cannot be delivered",
        FAIL,
        aws=network,
        answers=lambda session: undelivered(session, "REJECT", beside="ACCEPT"),
        says="ACCEPT traffic only",
        severity=LOW,
    ),
    Case(FLOW_LOGS, "a log of another network", FAIL, aws=log_of_another),
    Case(FLOW_LOGS, "a log that cannot be delivered", FAIL, aws=network, answers=undelivered, says="Access error"),
    Case(
        FLOW_LOGS, "may not be read", UNKNOWN, aws=network, denied="ec2:DescribeFlowLogs", says="ec2:DescribeFlowLogs"
    ),
    Case(
        FLOW_LOGS,
        "a log of a network that a variable names, which is another one",
        FAIL,
        terraform=UNSET + VPC + 'resource "aws_flow_log" "l" {\n vpc_id = var.unset\n traffic_type = "ALL"\n}',
    ),
    Case(FLOW_LOGS, "the default network without one", FAIL, terraform='resource "aws_default_vpc" "phi" {}'),
)
