"""The controls on ports of security groups other than SSH, and on default groups, told to Terraform and to AWS."""

from __future__ import annotations

from pathlib import Path

from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.planning.call_forecast import forecast
from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.aws.sessions.accounts import open_account
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import judge
from hipaa_guard.services.security_groups import DefaultSecurityGroup, SecurityGroup
from hipaa_guard.testing import (
    FAIL,
    PASS,
    REGION,
    UNKNOWN,
    Aws,
    Case,
    Told,
    all_controls,
    aws_account,
    cases,
    terraform_inventory,
)
from tests.policies.security_groups.states import UNSET, everyone, group, inline, rule

RDP = "sg_no_public_ingress_rdp"
DATABASES, CLINICAL = "sg_no_public_ingress_databases", "sg_no_public_ingress_clinical"
CLEARTEXT, ADMINISTRATION = "sg_no_public_ingress_cleartext", "sg_no_public_ingress_administration"
ALL_PORTS, AUTHORIZED = "sg_no_public_ingress_all_ports", "sg_public_ingress_only_authorized_ports"
DEFAULT = "vpc_default_sg_closed"


def ports(control: str, *, closed: tuple[int, ...], open: tuple[int, ...]) -> list[Case]:
    """A control on certain ports: each of them fails, the others pass, and an unknown range is unknown."""
    unset = 'ingress {{\n protocol = "tcp"\n from_port = {0}\n to_port = {0}\n cidr_blocks = var.unset\n}}'
    return [
        Case(control, f"everyone to port {closed[0]}", FAIL, group(everyone(closed[0])), says=f"TCP {closed[0]}"),
        *(
            Case(control, f"everyone to port {port}", FAIL, group(everyone(port)).in_terraform(), says=f"TCP {port}")
            for port in closed[1:]
        ),
        Case(control, "everyone to other ports", PASS, group(*map(everyone, open))),
        Case(control, "a known network", PASS, group(rule(closed[0], ipv4=("192.0.2.0/24",))).in_terraform()),
        Case(control, "everything to everyone", FAIL, group(everyone(protocol="-1")).in_terraform()),
        Case(control, "ranges that are not known", UNKNOWN, terraform=inline(unset.format(closed[0]), UNSET)),
    ]


test_ports = cases(
    *ports(RDP, closed=(3389,), open=(3388, 22)),
    Case(RDP, "everyone to UDP 3389", FAIL, group(everyone(3389, protocol="udp"))),
    *ports(DATABASES, closed=(3306, 5432, 1433, 1521, 27017, 6379, 5439, 11211, 9200, 9042, 9092), open=(443, 22)),
    Case(DATABASES, "everyone to UDP 11211", FAIL, group(everyone(11211, protocol="udp")), says="Memcached"),
    Case(DATABASES, "the ports of public access to MSK", FAIL, group(everyone(9194, 9198)), says="Kafka (TCP 9194)"),
    Case(DATABASES, "a range that covers MySQL", FAIL, group(everyone(3000, 4000)), says="MySQL (TCP 3306)"),
    *ports(CLINICAL, closed=(2575, 6661, 104, 11112, 4242), open=(443, 2762)),
    *ports(CLEARTEXT, closed=(20, 21, 23, 110, 143, 389), open=(22, 443, 636)),
    *ports(ADMINISTRATION, closed=(135, 139, 445, 2049, 5900, 5985, 2375, 10250), open=(443,)),
    Case(ADMINISTRATION, "the API of Kubernetes", FAIL, group(everyone(6443)), says="Kubernetes API"),
    Case(ADMINISTRATION, "rpcbind over UDP", FAIL, group(everyone(111, protocol="udp")), says="rpcbind (UDP 111)"),
)

test_all_ports = cases(
    Case(ALL_PORTS, "every protocol", FAIL, group(everyone(protocol="-1")), says="all traffic"),
    Case(ALL_PORTS, "every TCP port", FAIL, group(everyone(0, 65535)), says="all TCP"),
    Case(ALL_PORTS, "every UDP port", FAIL, group(everyone(0, 65535, protocol="udp"))),
    Case(ALL_PORTS, "every port above 1023", PASS, group(everyone(1024, 65535)), says="a full range of ports"),
    Case(ALL_PORTS, "every port to a known network", PASS, group(rule(0, 65535, ipv4=("10.0.0.0/8",)))),
    Case(ALL_PORTS, "every ICMP message", PASS, group(everyone(-1, protocol="icmp"))),
)

test_authorized = cases(
    Case(AUTHORIZED, "HTTP and HTTPS", PASS, group(everyone(80), everyone(443), everyone(443, protocol="udp"))),
    Case(AUTHORIZED, "ports between HTTP and HTTPS", FAIL, group(everyone(80, 443)), says="TCP 80-443"),
    Case(AUTHORIZED, "an unusual port", FAIL, group(everyone(8443)), says="TCP 8443"),
    Case(AUTHORIZED, "everything", FAIL, group(everyone(protocol="-1"))),
    Case(AUTHORIZED, "ESP, which has no ports", FAIL, group(everyone(0, protocol="50")), says="of IP protocol 50 from"),
    Case(AUTHORIZED, "ping", PASS, group(everyone(-1, protocol="icmp"))),
    Case(AUTHORIZED, "an unusual port to a known network", PASS, group(rule(8443, ipv4=("10.0.0.0/8",)))),
    Case(
        AUTHORIZED,
        "an unknown port",
        UNKNOWN,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = var.unset\n to_port = var.unset\n cidr_blocks = ["0.0.0.0/0"]\n}',
            UNSET,
        ),
    ),
)


def default_group(*, ingress: bool, egress: bool, everyone: bool = False) -> Told:
    """The default group of a VPC, which starts with a rule each way; ``everyone`` may have a rule besides."""

    def seed(aws: Aws) -> None:
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        groups = aws.ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
        (found,) = groups
        aws.ec2.create_tags(Resources=[found["GroupId"]], Tags=[{"Key": "Name", "Value": "phi"}])
        every = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        if found["IpPermissions"]:
            aws.ec2.revoke_security_group_ingress(GroupId=found["GroupId"], IpPermissions=found["IpPermissions"])
        if ingress:
            own = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": found["GroupId"]}]}
            aws.ec2.authorize_security_group_ingress(GroupId=found["GroupId"], IpPermissions=[own])
        if everyone:
            aws.ec2.authorize_security_group_ingress(GroupId=found["GroupId"], IpPermissions=every)
        if not egress:
            aws.ec2.revoke_security_group_egress(GroupId=found["GroupId"], IpPermissions=every)

    text = "ingress {\n protocol = -1\n self = true\n from_port = 0\n to_port = 0\n}\n" * ingress
    text += 'ingress {\n protocol = "-1"\n cidr_blocks = ["0.0.0.0/0"]\n from_port = 0\n to_port = 0\n}\n' * everyone
    text += 'egress {\n protocol = "-1"\n cidr_blocks = ["0.0.0.0/0"]\n from_port = 0\n to_port = 0\n}\n' * egress
    return Told(terraform=f'resource "aws_default_security_group" "phi" {{\n{text}}}', aws=seed)


test_default = cases(
    Case(DEFAULT, "as AWS makes it", FAIL, default_group(ingress=True, egress=True), says="let traffic in"),
    Case(
        DEFAULT, "a rule for leaving traffic", FAIL, default_group(ingress=False, egress=True), says="let traffic out"
    ),
    Case(DEFAULT, "no rules", PASS, default_group(ingress=False, egress=False)),
    Case(
        DEFAULT,
        "an ingress rule declared apart",
        FAIL,
        terraform="""
        resource "aws_default_security_group" "phi" {}
        resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id = aws_default_security_group.phi.id
          ip_protocol       = "tcp"
          from_port         = 443
          to_port           = 443
          cidr_ipv4         = "10.0.0.0/8"
        }""",
    ),
    Case(
        DEFAULT,
        "rules from a variable without value",
        UNKNOWN,
        terraform='variable "unset" {}\nresource "aws_default_security_group" "phi" {\n ingress = var.unset\n}',
    ),
)

ON_GROUPS = [control for control in all_controls().values() if control.kind is SecurityGroup]
RULES_UNKNOWN = 'variable "unset" {}\nresource "aws_default_security_group" "phi" {\n ingress = var.unset\n}'

test_default_groups_are_judged_as_groups = cases(
    *(
        case
        for control in ON_GROUPS
        for case in (
            Case(
                control.id,
                "a default group that lets everyone in",
                FAIL,
                default_group(ingress=False, egress=True, everyone=True),
            ),
            Case(control.id, "a default group as AWS makes it", PASS, default_group(ingress=True, egress=True)),
            Case(control.id, "a default group whose rules are not known", UNKNOWN, terraform=RULES_UNKNOWN),
        )
    )
)


def test_a_default_group_keeps_its_identity(tmp_path: Path) -> None:
    text = 'resource "aws_default_security_group" "phi" {}\nresource "aws_security_group" "other" {}'
    controls = [*ON_GROUPS, all_controls()[DEFAULT]]
    found = list(judge(controls, terraform_inventory(text, controls, tmp_path)))
    kinds = {(one.resource.kind, one.resource.address) for one in found}
    assert kinds == {
        ("security_groups.DefaultSecurityGroup", "aws_default_security_group.phi"),
        ("security_groups.SecurityGroup", "aws_security_group.other"),
    }
    per_group = [one.control_id for one in found if one.resource.address == "aws_default_security_group.phi"]
    assert sorted(per_group) == sorted(control.id for control in controls)  # each once
    assert [one.resource.kind for one in found if one.control_id == DEFAULT] == [DefaultSecurityGroup.kind]


def test_both_listings_of_groups_are_one_call() -> None:
    kinds, wanted = kinds_of(ON_GROUPS), wanted_facts(ON_GROUPS)
    assert "ingress" in wanted[SecurityGroup] & wanted[DefaultSecurityGroup]
    (call,) = [each for each in forecast(planned(kinds, wanted)) if each.operation == "ec2.describe_security_groups"]
    assert sorted(call.kinds) == [DefaultSecurityGroup.kind, SecurityGroup.kind]
    with aws_account():
        group(everyone(22)).make(Aws())
        collected = collect(open_account(regions=REGION), kinds, wanted)
    assert collected.calls["ec2.describe_security_groups"] == 1
    assert len(collected.inventory.seen(DefaultSecurityGroup)) == 2  # of the default VPC, and of the one just made
    assert {one.origin.name for one in collected.inventory.seen(SecurityGroup)} == {"phi-app"}
