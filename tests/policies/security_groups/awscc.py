"""The same state of each kind in `aws` and in `awscc`: see `tests.policies.twins`."""

from __future__ import annotations

from hipaa_guard.testing import resource
from tests.policies.twins import FAIL, PASS, UNKNOWN, VARIABLE, Twin


def sides(direction: str, ports: str, aws: str, awscc: str) -> tuple[str, str]:
    """A rule inside a group, as each provider writes it."""
    return f"{direction} {{\n {ports}\n {aws}\n}}\n", f"security_group_{direction} = [{{\n {ports}\n {awscc}\n}}]\n"


SSH = "from_port = 20\nto_port = 25"
_IN = sides(
    "ingress", SSH, 'protocol = "tcp"\ncidr_blocks = ["0.0.0.0/0"]', 'ip_protocol = "tcp"\ncidr_ip = "0.0.0.0/0"'
)
_IN6 = sides(
    "ingress", SSH, 'protocol = "tcp"\nipv6_cidr_blocks = ["::/0"]', 'ip_protocol = "tcp"\ncidr_ipv_6 = "::/0"'
)
_OUT = sides(
    "egress",
    "from_port = 443\nto_port = 443",
    'protocol = "tcp"\ncidr_blocks = ["10.0.0.0/8"]',
    'ip_protocol = "tcp"\ncidr_ip = "10.0.0.0/8"',
)
_ALL_OUT = """egress {
  protocol         = "-1"
  from_port        = 0
  to_port          = 0
  cidr_blocks      = ["0.0.0.0/0"]
  ipv6_cidr_blocks = ["::/0"]
}
"""


def listed(cidr: str) -> tuple[str, str]:
    """A group that lets in the networks of a prefix list."""
    rule = sides(
        "ingress",
        SSH,
        'protocol = "tcp"\nprefix_list_ids = [aws_ec2_managed_prefix_list.l.id]',
        'ip_protocol = "tcp"\nsource_prefix_list_id = awscc_ec2_prefix_list.l.prefix_list_id',
    )
    return (
        resource("aws_ec2_managed_prefix_list", f'entry {{\n cidr = "{cidr}"\n}}', "l")
        + resource("aws_security_group", rule[0] + _OUT[0]),
        resource("awscc_ec2_prefix_list", f'entries = [{{ cidr = "{cidr}" }}]', "l")
        + resource("awscc_ec2_security_group", rule[1] + _OUT[1]),
    )


GROUP, AWSCC_GROUP = "aws_security_group", "awscc_ec2_security_group"

TWINS = [
    Twin(
        "a group that opens SSH inside",
        resource(GROUP, _IN[0] + _OUT[0]),
        resource(AWSCC_GROUP, _IN[1] + _OUT[1]),
        FAIL,
    ),
    Twin(
        "a group that opens it for IPv6",
        resource(GROUP, _IN6[0] + _OUT[0]),
        resource(AWSCC_GROUP, _IN6[1] + _OUT[1]),
        FAIL,
    ),
    Twin(
        "a group that opens SSH by a rule apart",
        resource(GROUP, _OUT[0])
        + resource(
            "aws_vpc_security_group_ingress_rule",
            f'security_group_id = aws_security_group.phi.id\nip_protocol = "tcp"\ncidr_ipv4 = "0.0.0.0/0"\n{SSH}',
            "apart",
        ),
        resource(AWSCC_GROUP, _OUT[1])
        + resource(
            "awscc_ec2_security_group_ingress",
            f'group_id = awscc_ec2_security_group.phi.group_id\nip_protocol = "tcp"\ncidr_ip = "0.0.0.0/0"\n{SSH}',
            "apart",
        ),
        FAIL,
    ),
    Twin(
        "a group that says nothing lets everything out where CloudFormation makes it",
        resource(GROUP, _ALL_OUT),
        resource(AWSCC_GROUP, ""),
        PASS,
    ),
    Twin("a group that lets little out", resource(GROUP, _OUT[0]), resource(AWSCC_GROUP, _OUT[1]), PASS),
    Twin(
        "a group with a rule for another group",
        resource(GROUP, _OUT[0], "other")
        + resource(
            GROUP,
            _OUT[0] + f'ingress {{\n {SSH}\n protocol = "tcp"\n security_groups = [aws_security_group.other.id]\n}}\n',
        ),
        resource(AWSCC_GROUP, _OUT[1], "other")
        + resource(
            AWSCC_GROUP,
            _OUT[1]
            + f"""security_group_ingress = [{{
              {SSH}
              ip_protocol              = "tcp"
              source_security_group_id = awscc_ec2_security_group.other.group_id
            }}]""",
        ),
        PASS,
    ),
    Twin("a group that lets in a prefix list of everybody", *listed("0.0.0.0/0"), FAIL),
    Twin("a group that lets in a prefix list of a network", *listed("10.0.0.0/8"), PASS),
    Twin(
        "a group of which nothing is known",
        VARIABLE + resource(GROUP, _OUT[0] + 'ingress {\n protocol = "-1"\n cidr_blocks = var.open\n}'),
        VARIABLE
        + resource(AWSCC_GROUP, _OUT[1] + 'security_group_ingress = [{ ip_protocol = "-1", cidr_ip = var.open }]'),
        UNKNOWN,
    ),
]
