"""The control on SSH from everywhere: rules inside of a group, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, Told, cases
from tests.policies.security_groups.states import SSH, UNSET, everyone, group, inline, rule


def from_a_list(*cidrs: str) -> Told:
    """A group that lets SSH in from a prefix list of the customer's own."""

    def seed(aws: Aws) -> None:
        group().make(aws)
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
    return Told(
        terraform=f"""
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
        aws=seed,
    )


def from_a_looked_up_list(type: str, name: str) -> str:
    """A group that lets SSH in from a prefix list that a data source looks up."""
    return inline(
        f"ingress {{\n{SSH_BLOCK}\n prefix_list_ids = [data.{type}.l.id]\n}}",
        f'{UNSET}\ndata "aws_region" "r" {{}}\ndata "{type}" "l" {{\n name = {name}\n}}',
    )


def from_a_list_of_aws(aws: Aws) -> None:
    group().make(aws)
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


SSH_BLOCK = 'protocol = "tcp"\n from_port = 22\n to_port = 22'

test_ssh = cases(
    Case(SSH, "no rules", PASS, group(), says="no rule that opens SSH to the internet"),
    Case(SSH, "everyone to port 22", FAIL, group(everyone(22)), says="TCP 22 from 0.0.0.0/0"),
    Case(SSH, "everyone in IPv6", FAIL, group(rule(22, ipv6=("::/0",))), says="::/0"),
    Case(SSH, "a range that covers port 22", FAIL, group(everyone(20, 25)), says="TCP 20-25"),
    Case(SSH, "all TCP ports", FAIL, group(everyone(0, 65535)), says="all TCP"),
    Case(SSH, "all protocols", FAIL, group(everyone(protocol="-1")), says="all traffic"),
    Case(SSH, "ports beside 22", PASS, group(everyone(20, 21), everyone(23, 25))),
    Case(SSH, "UDP 22", PASS, group(everyone(22, protocol="udp"))),
    Case(SSH, "ICMP of a type called 22", PASS, group(everyone(22, 22, protocol="icmp"))),
    Case(SSH, "a private network", PASS, group(rule(22, ipv4=("10.0.0.0/8",)))),
    Case(SSH, "all private IPv6", PASS, group(rule(22, ipv6=("fc00::/7",)))),
    Case(SSH, "one public address", PASS, group(rule(22, ipv4=("198.51.100.7/32",)))),
    Case(SSH, "everyone among others", FAIL, group(rule(22, ipv4=("10.0.0.0/8", "0.0.0.0/0")))),
    Case(SSH, "everyone in two halves", FAIL, group(rule(22, ipv4=("0.0.0.0/1", "128.0.0.0/1"))), says="0.0.0.0/1"),
    Case(SSH, "everyone in IPv6 that is ever routed", FAIL, group(rule(22, ipv6=("2000::/3",)))),
    Case(SSH, "the widest range that somebody holds", PASS, group(rule(22, ipv4=("17.0.0.0/8",)))),
    Case(SSH, "a prefix list of offices", PASS, from_a_list("198.51.100.0/24")),
    Case(SSH, "a prefix list that holds everyone", FAIL, from_a_list("0.0.0.0/0"), says="offices"),
    Case(
        SSH,
        "a prefix list that may not be read",
        UNKNOWN,
        from_a_list("198.51.100.0/24").in_aws(),
        denied="ec2:GetManagedPrefixListEntries",
        says="ec2:GetManagedPrefixListEntries",
    ),
    Case(SSH, "a prefix list that AWS keeps", PASS, aws=from_a_list_of_aws),
    *(
        Case(SSH, f"a prefix list that {whom}", verdict, terraform=from_a_looked_up_list(type, name))
        for whom, type, name, verdict in (
            (
                "AWS keeps, looked up",
                "aws_ec2_managed_prefix_list",
                '"com.amazonaws.global.cloudfront.origin-facing"',
                PASS,
            ),
            (
                "AWS keeps for a region",
                "aws_ec2_managed_prefix_list",
                '"com.amazonaws.${data.aws_region.r.name}.s3"',
                PASS,
            ),
            ("belongs to a service", "aws_prefix_list", '"com.amazonaws.us-east-1.s3"', PASS),
            ("is looked up by another name", "aws_ec2_managed_prefix_list", '"offices"', UNKNOWN),
            ("is looked up by an unknown name", "aws_ec2_managed_prefix_list", "var.unset", UNKNOWN),
        )
    ),
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
)
