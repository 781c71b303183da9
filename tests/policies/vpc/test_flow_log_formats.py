"""Flow logs with a format of their own: what their records tell, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.authoring import LOW
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, cases
from tests.policies.vpc.test_flow_logs import FLOW_LOGS, UNSET, VPC, network

NO_ADDRESSES = "leaves out who reached whom"


def log(form: str, traffic: str = "ALL", name: str = "l") -> Told:
    """A network with a flow log of a format, or one more."""

    def seed(aws: Aws) -> None:
        found = aws.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["phi"]}])["Vpcs"]
        made = found[0]["VpcId"] if found else network(aws)
        aws.s3.create_bucket(Bucket=f"flow-logs-{name}")
        aws.ec2.create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[made],
            TrafficType=traffic,
            LogDestinationType="s3",
            LogDestination=f"arn:aws:s3:::flow-logs-{name}",
            LogFormat=form,
        )

    lines = f'vpc_id = aws_vpc.phi.id\n traffic_type = "{traffic}"\n log_format = "{form.replace("${", "$${")}"'
    lines += f'\n log_destination_type = "s3"\n log_destination = "arn:aws:s3:::flow-logs-{name}"'
    return Told(f'resource "aws_flow_log" "{name}" {{\n {lines}\n}}\n', seed)


def one(form: str, traffic: str = "ALL") -> Told:
    return Told(VPC) + log(form, traffic)


CC_VPC = 'resource "awscc_ec2_vpc" "phi" {\n cidr_block = "10.0.0.0/16"\n}\n'


def of_awscc(form: str) -> str:
    lines = f'resource_id = awscc_ec2_vpc.phi.vpc_id\n resource_type = "VPC"\n traffic_type = "ALL"\n {form}'
    return f'{CC_VPC}resource "awscc_ec2_flow_log" "l" {{\n {lines}\n}}\n'


BARE = "${version} ${interface-id} ${action}"
ENDS = "${srcaddr} ${dstaddr}"
test_formats = cases(
    Case(FLOW_LOGS, "a format without addresses", FAIL, one(BARE), says=NO_ADDRESSES),
    Case(FLOW_LOGS, "a format without destinations", FAIL, one("${srcaddr} ${action}"), says=NO_ADDRESSES),
    Case(FLOW_LOGS, "a format with both addresses and the action", PASS, one(f"{ENDS} ${{action}}")),
    Case(FLOW_LOGS, "the addresses of the packets", PASS, one("${pkt-srcaddr} ${pkt-dstaddr} ${action}")),
    Case(FLOW_LOGS, "a format without the action", FAIL, one(ENDS), says="which traffic was accepted", severity=LOW),
    Case(
        FLOW_LOGS,
        "formats without the action, of one kind of traffic each",
        PASS,
        one(ENDS, "ACCEPT") + log(ENDS, "REJECT", "r"),
    ),
    Case(
        FLOW_LOGS,
        "a format without addresses beside one with them",
        PASS,
        one(BARE) + log(f"{ENDS} ${{action}}", name="m"),
    ),
    Case(
        FLOW_LOGS,
        "a format that a variable ends, with what is needed",
        PASS,
        UNSET + one("${srcaddr} ${dstaddr} ${action} END").text.replace("END", "${var.unset}"),
    ),
    Case(
        FLOW_LOGS,
        "a format that a variable ends",
        UNKNOWN,
        UNSET + one(f"{ENDS} END").text.replace("END", "${var.unset}"),
    ),
    Case(
        FLOW_LOGS,
        "a format of awscc without addresses",
        FAIL,
        of_awscc('log_format = "$${version}"'),
        says=NO_ADDRESSES,
    ),
    Case(FLOW_LOGS, "a format of awscc with all", PASS, of_awscc('log_format = "$${srcaddr} $${dstaddr} $${action}"')),
)
