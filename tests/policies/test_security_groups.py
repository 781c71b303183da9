"""The controls on security groups, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hipaa_guard.facts.networks import covers, means_everybody
from hipaa_guard.facts.values import PartialText, Reference, Undecided, Unknown
from tests.cases import FAIL, PASS, UNKNOWN, Aws, Case, cases

SSH, RDP = "sg_no_public_ingress_ssh", "sg_no_public_ingress_rdp"
DATABASES, CLINICAL = "sg_no_public_ingress_databases", "sg_no_public_ingress_clinical"
CLEARTEXT, ADMINISTRATION = "sg_no_public_ingress_cleartext", "sg_no_public_ingress_administration"
ALL_PORTS, AUTHORIZED = "sg_no_public_ingress_all_ports", "sg_public_ingress_only_authorized_ports"
DEFAULT = "vpc_default_sg_closed"


def rule(*ports: int, protocol: str = "tcp", ipv4: tuple[str, ...] = (), ipv6: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"protocol": protocol, "ports": (ports[0], ports[-1]) if ports else None, "ipv4": ipv4, "ipv6": ipv6}


def everyone(*ports: int, protocol: str = "tcp") -> dict[str, Any]:
    return rule(*ports, protocol=protocol, ipv4=("0.0.0.0/0",))


def group(*rules: dict[str, Any]) -> dict[str, Any]:
    """A security group with rules for arriving traffic, told to both sides."""

    def seed(aws: Aws) -> None:
        vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = aws.ec2.create_security_group(GroupName="phi-app", Description="records", VpcId=vpc)
        if rules:
            aws.ec2.authorize_security_group_ingress(
                GroupId=made["GroupId"], IpPermissions=[_permission(r) for r in rules]
            )

    blocks = "\n".join(_block(each) for each in rules)
    return {"terraform": f'resource "aws_security_group" "phi" {{\n{blocks}\n}}', "aws": seed}


def _permission(told: dict[str, Any]) -> dict[str, Any]:
    ports = dict(zip(("FromPort", "ToPort"), told["ports"], strict=True)) if told["ports"] else {}
    return {
        "IpProtocol": told["protocol"],
        "IpRanges": [{"CidrIp": cidr} for cidr in told["ipv4"]],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in told["ipv6"]],
        **ports,
    }


def _block(told: dict[str, Any]) -> str:
    low, high = told["ports"] or (0, 0)
    return f"""
        ingress {{
          protocol         = "{told["protocol"]}"
          from_port        = {low}
          to_port          = {high}
          cidr_blocks      = {json.dumps(list(told["ipv4"]))}
          ipv6_cidr_blocks = {json.dumps(list(told["ipv6"]))}
        }}"""


def inline(text: str, before: str = "") -> str:
    return f'{before}\nresource "aws_security_group" "phi" {{\n{text}\n}}'


def apart(text: str, type: str = "aws_vpc_security_group_ingress_rule") -> str:
    return f"""
        variable "unset" {{}}
        resource "aws_security_group" "phi" {{}}
        resource "{type}" "r" {{
          security_group_id = aws_security_group.phi.id
          {text}
        }}"""


def from_a_list(*cidrs: str) -> dict[str, Any]:
    """A group that lets SSH in from a prefix list of the customer's own."""

    def seed(aws: Aws) -> None:
        group()["aws"](aws)
        made = aws.ec2.create_managed_prefix_list(
            PrefixListName="offices", MaxEntries=5, AddressFamily="IPv4", Entries=[{"Cidr": cidr} for cidr in cidrs]
        )
        groups = aws.ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["phi-app"]}])
        aws.ec2.authorize_security_group_ingress(
            GroupId=groups["SecurityGroups"][0]["GroupId"],
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 22,
                    "ToPort": 22,
                    "PrefixListIds": [{"PrefixListId": made["PrefixList"]["PrefixListId"]}],
                }
            ],
        )

    entries = "\n".join(f'entry {{\ncidr = "{cidr}"\n}}' for cidr in cidrs)
    return {
        "terraform": f"""
        resource "aws_ec2_managed_prefix_list" "offices" {{
          name           = "offices"
          address_family = "IPv4"
          max_entries    = 5
          {entries}
        }}
        resource "aws_security_group" "phi" {{
          ingress {{
            protocol        = "tcp"
            from_port       = 22
            to_port         = 22
            prefix_list_ids = [aws_ec2_managed_prefix_list.offices.id]
          }}
        }}""",
        "aws": seed,
    }


def from_a_list_of_aws(aws: Aws) -> None:
    group()["aws"](aws)
    lists = aws.ec2.describe_managed_prefix_lists()["PrefixLists"]
    owned = next(each for each in lists if each["OwnerId"] == "AWS")
    groups = aws.ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["phi-app"]}])
    aws.ec2.authorize_security_group_ingress(
        GroupId=groups["SecurityGroups"][0]["GroupId"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "PrefixListIds": [{"PrefixListId": owned["PrefixListId"]}],
            }
        ],
    )


UNSET = 'variable "unset" {}'
SSH_BLOCK = 'protocol = "tcp"\n from_port = 22\n to_port = 22'

test_ssh = cases(
    Case(SSH, "no rules", PASS, **group()),
    Case(SSH, "everyone to port 22", FAIL, **group(everyone(22)), says="TCP 22 from 0.0.0.0/0"),
    Case(SSH, "everyone in IPv6", FAIL, **group(rule(22, ipv6=("::/0",))), says="::/0"),
    Case(SSH, "a range that covers port 22", FAIL, **group(everyone(20, 25)), says="TCP 20-25"),
    Case(SSH, "all TCP ports", FAIL, **group(everyone(0, 65535)), says="all TCP"),
    Case(SSH, "all protocols", FAIL, **group(everyone(protocol="-1")), says="all traffic"),
    Case(SSH, "ports beside 22", PASS, **group(everyone(20, 21), everyone(23, 25))),
    Case(SSH, "UDP 22", PASS, **group(everyone(22, protocol="udp"))),
    Case(SSH, "ICMP of a type called 22", PASS, **group(everyone(22, 22, protocol="icmp"))),
    Case(SSH, "a private network", PASS, **group(rule(22, ipv4=("10.0.0.0/8",)))),
    Case(SSH, "all private IPv6", PASS, **group(rule(22, ipv6=("fc00::/7",)))),
    Case(SSH, "one public address", PASS, **group(rule(22, ipv4=("198.51.100.7/32",)))),
    Case(SSH, "everyone among others", FAIL, **group(rule(22, ipv4=("10.0.0.0/8", "0.0.0.0/0")))),
    Case(
        SSH,
        "everyone in two halves",
        FAIL,
        **group(rule(22, ipv4=("0.0.0.0/1", "128.0.0.0/1"))),
        says="0.0.0.0/1",
    ),
    Case(SSH, "everyone in IPv6 that is ever routed", FAIL, **group(rule(22, ipv6=("2000::/3",)))),
    Case(SSH, "the widest range that somebody holds", PASS, **group(rule(22, ipv4=("17.0.0.0/8",)))),
    Case(SSH, "a prefix list of offices", PASS, **from_a_list("198.51.100.0/24")),
    Case(SSH, "a prefix list that holds everyone", FAIL, **from_a_list("0.0.0.0/0"), says="offices"),
    Case(
        SSH,
        "a prefix list that may not be read",
        UNKNOWN,
        aws=from_a_list("198.51.100.0/24")["aws"],
        denied="ec2:GetManagedPrefixListEntries",
        says="ec2:GetManagedPrefixListEntries",
    ),
    Case(SSH, "a prefix list that AWS keeps", PASS, aws=from_a_list_of_aws),
    Case(
        SSH,
        "a prefix list that is declared elsewhere",
        UNKNOWN,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n prefix_list_ids = ["pl-0123456789abcdef0"]\n}}'),
    ),
    Case(
        SSH,
        "another protocol, from a prefix list that is declared elsewhere",
        PASS,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = 443\n to_port = 443\n prefix_list_ids = ["pl-0123456789abcdef0"]\n}'
        ),
    ),
    Case(
        SSH,
        "from another group and from itself",
        PASS,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n security_groups = ["sg-0123456789abcdef0"]\n self = true\n}}'),
    ),
    Case(
        SSH,
        "everyone, written uncanonically",
        FAIL,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n ipv6_cidr_blocks = ["0::0/0"]\n}}'),
    ),
    Case(
        SSH,
        "everyone of IPv4 inside IPv6",
        FAIL,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n ipv6_cidr_blocks = ["::ffff:0.0.0.0/96"]\n}}'),
    ),
    Case(
        SSH,
        "text that is no range",
        UNKNOWN,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n cidr_blocks = ["office"]\n}}'),
    ),
    Case(
        SSH,
        "the protocol as a number",
        FAIL,
        terraform=inline('ingress {\n protocol = 6\n from_port = 22\n to_port = 22\n cidr_blocks = ["0.0.0.0/0"]\n}'),
    ),
    Case(
        SSH,
        "ports as text",
        FAIL,
        terraform=inline(
            'ingress {\n protocol = "TCP"\n from_port = "20"\n to_port = "30"\n cidr_blocks = ["0.0.0.0/0"]\n}'
        ),
    ),
    Case(
        SSH,
        "rules as a list of objects",
        FAIL,
        terraform=inline(
            """
            ingress = [{
              protocol = "tcp", from_port = 22, to_port = 22, cidr_blocks = ["0.0.0.0/0"], description = "",
              ipv6_cidr_blocks = [], prefix_list_ids = [], security_groups = [], self = false
            }]"""
        ),
    ),
    Case(SSH, "an empty list of rules", PASS, terraform=inline("ingress = []")),
    Case(SSH, "null instead of rules", PASS, terraform=inline("ingress = null")),
    Case(
        SSH,
        "rules from a variable without value",
        UNKNOWN,
        terraform=inline("ingress = var.unset", UNSET),
        says="var.unset",
    ),
    Case(
        SSH,
        "ranges from a variable without value",
        UNKNOWN,
        terraform=inline(f"ingress {{\n{SSH_BLOCK}\n cidr_blocks = var.unset\n}}", UNSET),
    ),
    Case(
        SSH,
        "one unknown range beside everyone",
        FAIL,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n cidr_blocks = [var.unset, "0.0.0.0/0"]\n}}', UNSET),
    ),
    Case(
        SSH,
        "one unknown address",
        PASS,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n cidr_blocks = ["${{var.unset}}/32"]\n}}', UNSET),
    ),
    Case(
        SSH,
        "an unknown address with a length that is everyone's",
        UNKNOWN,
        terraform=inline(f'ingress {{\n{SSH_BLOCK}\n cidr_blocks = ["${{var.unset}}/0"]\n}}', UNSET),
    ),
    Case(
        SSH,
        "the network itself, whose range is not known",
        PASS,
        terraform=inline(
            f"ingress {{\n{SSH_BLOCK}\n cidr_blocks = [aws_vpc.main.cidr_block]\n}}",
            f'{UNSET}\nresource "aws_vpc" "main" {{\n cidr_block = var.unset\n}}',
        ),
    ),
    Case(
        SSH,
        "unknown ranges to another port",
        PASS,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = 443\n to_port = 443\n cidr_blocks = var.unset\n}', UNSET
        ),
    ),
    Case(
        SSH,
        "everyone to an unknown port",
        UNKNOWN,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = var.unset\n to_port = var.unset\n cidr_blocks = ["0.0.0.0/0"]\n}',
            UNSET,
        ),
    ),
    Case(
        SSH,
        "a private network to an unknown port",
        PASS,
        terraform=inline(
            'ingress {\n protocol = "tcp"\n from_port = var.unset\n to_port = var.unset\n cidr_blocks = ["10.0.0.0/8"]\n}',
            UNSET,
        ),
    ),
    Case(
        SSH,
        "rules made by a dynamic block over an unknown list",
        UNKNOWN,
        terraform=inline(
            """
            dynamic "ingress" {
              for_each = var.unset
              content {
                protocol    = "tcp"
                from_port   = ingress.value
                to_port     = ingress.value
                cidr_blocks = ["0.0.0.0/0"]
              }
            }""",
            UNSET,
        ),
    ),
    Case(
        SSH,
        "rules made by a dynamic block",
        FAIL,
        terraform=inline(
            """
            dynamic "ingress" {
              for_each = [443, 22]
              content {
                protocol    = "tcp"
                from_port   = ingress.value
                to_port     = ingress.value
                cidr_blocks = ["0.0.0.0/0"]
              }
            }"""
        ),
    ),
    Case(
        SSH,
        "everyone, by a rule declared apart",
        FAIL,
        terraform=apart('ip_protocol = "tcp"\n from_port = 22\n to_port = 22\n cidr_ipv4 = "0.0.0.0/0"'),
    ),
    Case(
        SSH,
        "all traffic, by a rule declared apart without ports",
        FAIL,
        terraform=apart('ip_protocol = "-1"\n cidr_ipv6 = "::/0"'),
    ),
    Case(
        SSH,
        "an unknown range, by a rule declared apart",
        UNKNOWN,
        terraform=apart('ip_protocol = "tcp"\n from_port = 22\n to_port = 22\n cidr_ipv4 = var.unset'),
    ),
    Case(
        SSH,
        "another group, by a rule declared apart",
        PASS,
        terraform=apart(
            'ip_protocol = "tcp"\n from_port = 22\n to_port = 22\n referenced_security_group_id = aws_security_group.phi.id'
        ),
    ),
    Case(
        SSH,
        "everyone, by a rule of the older type",
        FAIL,
        terraform=apart(
            'type = "ingress"\n protocol = "tcp"\n from_port = 0\n to_port = 1024\n cidr_blocks = ["0.0.0.0/0"]',
            "aws_security_group_rule",
        ),
    ),
    Case(
        SSH,
        "to everyone, by a rule of the older type",
        PASS,
        terraform=apart(
            'type = "egress"\n protocol = "-1"\n from_port = 0\n to_port = 0\n cidr_blocks = ["0.0.0.0/0"]',
            "aws_security_group_rule",
        ),
    ),
    Case(
        SSH,
        "a rule of the older type whose direction is not known",
        UNKNOWN,
        terraform=apart(
            'type = var.unset\n protocol = "-1"\n from_port = 0\n to_port = 0\n cidr_blocks = ["0.0.0.0/0"]',
            "aws_security_group_rule",
        ),
    ),
    Case(
        SSH,
        "a rule for a group that is not known",
        UNKNOWN,
        terraform="""
        variable "unset" {}
        resource "aws_security_group" "phi" {}
        resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id = var.unset
          ip_protocol       = "-1"
          cidr_ipv4         = "0.0.0.0/0"
        }""",
    ),
    Case(
        SSH,
        "a rule for another group",
        PASS,
        terraform="""
        resource "aws_security_group" "phi" {}
        resource "aws_security_group" "other" {}
        resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id = aws_security_group.other.id
          ip_protocol       = "-1"
          cidr_ipv4         = "0.0.0.0/0"
        }""",
    ),
)


def ports(control: str, *, closed: tuple[int, ...], open: tuple[int, ...]) -> list[Case]:
    """A control on certain ports: each of them fails, the others pass, and an unknown range is unknown."""
    unset = 'ingress {{\n protocol = "tcp"\n from_port = {0}\n to_port = {0}\n cidr_blocks = var.unset\n}}'
    return [
        *(
            Case(control, f"everyone to port {port}", FAIL, **group(everyone(port)), says=f"TCP {port}")
            for port in closed
        ),
        *(Case(control, f"everyone to port {port}", PASS, **group(everyone(port))) for port in open),
        Case(control, "a known network", PASS, **group(rule(closed[0], ipv4=("192.0.2.0/24",)))),
        Case(control, "everything to everyone", FAIL, **group(everyone(protocol="-1"))),
        Case(control, "ranges that are not known", UNKNOWN, terraform=inline(unset.format(closed[0]), UNSET)),
    ]


test_ports = cases(
    *ports(RDP, closed=(3389,), open=(3388, 22)),
    Case(RDP, "everyone to UDP 3389", FAIL, **group(everyone(3389, protocol="udp"))),
    *ports(
        DATABASES,
        closed=(3306, 5432, 1433, 1521, 27017, 6379, 5439, 11211, 9200, 9042, 9092),
        open=(443, 22),
    ),
    Case(DATABASES, "everyone to UDP 11211", FAIL, **group(everyone(11211, protocol="udp")), says="Memcached"),
    Case(DATABASES, "a range that covers MySQL", FAIL, **group(everyone(3000, 4000)), says="MySQL (TCP 3306)"),
    *ports(CLINICAL, closed=(2575, 104, 11112, 4242), open=(443, 2762)),
    *ports(CLEARTEXT, closed=(20, 21, 23, 110, 143, 389), open=(22, 443, 636)),
    *ports(ADMINISTRATION, closed=(135, 139, 445, 2049, 5900, 5985, 2375, 10250), open=(443,)),
)

test_all_ports = cases(
    Case(ALL_PORTS, "every protocol", FAIL, **group(everyone(protocol="-1")), says="all traffic"),
    Case(ALL_PORTS, "every TCP port", FAIL, **group(everyone(0, 65535)), says="all TCP"),
    Case(ALL_PORTS, "every UDP port", FAIL, **group(everyone(0, 65535, protocol="udp"))),
    Case(ALL_PORTS, "every port above 1023", PASS, **group(everyone(1024, 65535))),
    Case(ALL_PORTS, "every port to a known network", PASS, **group(rule(0, 65535, ipv4=("10.0.0.0/8",)))),
    Case(ALL_PORTS, "every ICMP message", PASS, **group(everyone(-1, protocol="icmp"))),
    Case(
        ALL_PORTS,
        "a protocol that is not known",
        UNKNOWN,
        terraform=inline(
            'ingress {\n protocol = var.unset\n from_port = 0\n to_port = 0\n cidr_blocks = ["0.0.0.0/0"]\n}', UNSET
        ),
    ),
)

test_authorized = cases(
    Case(AUTHORIZED, "HTTP and HTTPS", PASS, **group(everyone(80), everyone(443), everyone(443, protocol="udp"))),
    Case(AUTHORIZED, "ports between HTTP and HTTPS", FAIL, **group(everyone(80, 443)), says="TCP 80-443"),
    Case(AUTHORIZED, "an unusual port", FAIL, **group(everyone(8443)), says="TCP 8443"),
    Case(AUTHORIZED, "everything", FAIL, **group(everyone(protocol="-1"))),
    Case(AUTHORIZED, "ping", PASS, **group(everyone(-1, protocol="icmp"))),
    Case(AUTHORIZED, "an unusual port to a known network", PASS, **group(rule(8443, ipv4=("10.0.0.0/8",)))),
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


def default_group(*, ingress: bool, egress: bool) -> dict[str, Any]:
    """The default group of a VPC, which starts with a rule each way."""

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
        if not egress:
            aws.ec2.revoke_security_group_egress(GroupId=found["GroupId"], IpPermissions=every)

    text = "ingress {\n protocol = -1\n self = true\n from_port = 0\n to_port = 0\n}\n" * ingress
    text += 'egress {\n protocol = "-1"\n cidr_blocks = ["0.0.0.0/0"]\n from_port = 0\n to_port = 0\n}\n' * egress
    return {"terraform": f'resource "aws_default_security_group" "phi" {{\n{text}}}', "aws": seed}


test_default = cases(
    Case(DEFAULT, "as AWS makes it", FAIL, **default_group(ingress=True, egress=True), says="lets in all traffic"),
    Case(DEFAULT, "a rule for leaving traffic", FAIL, **default_group(ingress=False, egress=True), says="out"),
    Case(DEFAULT, "no rules", PASS, **default_group(ingress=False, egress=False)),
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


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0/0",
        "::/0",
        "0::0/0",
        "0.0.0.0/1",
        "128.0.0.0/1",
        "4.0.0.0/7",
        "198.51.100.7/0",
        "2000::/3",
        "::ffff:0:0/96",
    ],
)
def test_ranges_that_mean_everybody(text: str) -> None:
    assert means_everybody(text)


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/8",
        "17.0.0.0/8",
        "198.51.100.7",
        "fc00::/7",
        "fe80::/10",
        "224.0.0.0/4",
        "2608::/13",
        "::ffff:10.0.0.0/104",
    ],
)
def test_ranges_that_do_not(text: str) -> None:
    assert not means_everybody(text)


@pytest.mark.parametrize("text", ["", "everyone", "300.0.0.0/0", "10.0.0.0/33", None, Unknown("no value")])
def test_what_is_no_range_is_not_known(text: object) -> None:
    with pytest.raises(Undecided):
        means_everybody(text)


def test_an_unknown_address_with_a_long_prefix_is_not_everybody() -> None:
    unknown = Unknown("var.office has no value")
    assert not means_everybody(PartialText([unknown, "/32"]))
    assert not means_everybody(Reference("module.net.aws_vpc.main[0]", "cidr_block"))
    for text in (
        PartialText([unknown, "/2"]),
        PartialText([unknown, ".0.0.0/", unknown]),
        Reference("aws_eip.e", "public_ip"),
    ):
        with pytest.raises(Undecided):
            means_everybody(text)


def test_ranges_hold_ranges_of_their_own_family() -> None:
    assert covers("0.0.0.0/0", "10.0.0.0/8")
    assert not covers("10.0.0.0/8", "0.0.0.0/0")
    assert not covers("::/0", "10.0.0.0/8")
