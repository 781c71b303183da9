"""Networks: nobody outside can reach what holds ePHI, except through doors meant for everybody."""

from hipaa_guard.authoring import LOW, MEDIUM, Fix, Verdict, control, failed, not_applicable, passed
from hipaa_guard.controls.advice import BEHIND_GROUPS
from hipaa_guard.controls.reasons import NEEDS_NETWORKS
from hipaa_guard.judging.open_ports import closed_to_internet
from hipaa_guard.judging.updates import MEASURE
from hipaa_guard.services import elbv2, vpc

_EXPOSURE = ("164.312(a)(1)", "164.312(e)(1)")
_LAST_DOOR = (
    "Where a security group is wrong the network ACL is the last thing between the internet and hosts with ePHI."
)


@control(
    title="Subnets give no public address unless asked",
    severity=MEDIUM,
    hipaa=_EXPOSURE,
    why="A host with ePHI launched here by mistake would get an address that the internet can reach.",
    fix=Fix(
        sets=("aws_subnet.map_public_ip_on_launch = false", "aws_default_subnet.map_public_ip_on_launch = false"),
        cli="aws ec2 modify-subnet-attribute --subnet-id SUBNET --no-map-public-ip-on-launch",
        note="For IPv6 set assign_ipv6_address_on_creation = false; a subnet without IPv4 cannot do so. "
        "An egress-only internet gateway keeps connections from outside away. Running instances keep their addresses.",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "vpc_subnet_no_public_ip_by_default",
        "aws_config": "subnet-auto-assign-public-ip-disabled",
        "powerpipe": "vpc_subnet_auto_assign_public_ip_disabled",
        "cdk_nag": "HIPAA.Security-VPCSubnetAutoAssignPublicIpDisabled",
        "checkov": "CKV_AWS_130",
        "trivy": "AVD-AWS-0164",
    },
)
def subnet_no_auto_public_ip(subnet: vpc.Subnet) -> Verdict:
    if subnet.maps_public_ip:
        return failed("gives a public address to whatever is launched in it")
    if subnet.assigns_ipv6:  # it is reached only where the route table has an internet gateway for IPv6
        return failed("gives an IPv6 address, which is public, to whatever is launched in it", severity=LOW)
    return passed("gives public addresses only where they are asked for")


def _guarded(port: int) -> Fix:
    """The fix of a network ACL that lets everybody reach a port: deny it to all but a known network.

    The rest stays open, above all the ports of answers to connections from inside: the security groups decide on it.
    """
    return Fix(
        terraform=f"""
            resource "aws_network_acl" "phi" {{
              vpc_id = "vpc-0123456789abcdef0"
              ingress {{
                rule_no    = 80
                action     = "allow"
                protocol   = "tcp"
                cidr_block = "10.20.0.0/16"
                from_port  = {port}
                to_port    = {port}
              }}
              ingress {{
                rule_no    = 90
                action     = "deny"
                protocol   = "tcp"
                cidr_block = "0.0.0.0/0"
                from_port  = 22
                to_port    = 22
              }}
              ingress {{
                rule_no    = 91
                action     = "deny"
                protocol   = "tcp"
                cidr_block = "0.0.0.0/0"
                from_port  = 3389
                to_port    = 3389
              }}
              ingress {{
                rule_no    = 100
                action     = "allow"
                protocol   = "-1"
                cidr_block = "0.0.0.0/0"
                from_port  = 0
                to_port    = 0
              }}
              egress {{
                rule_no    = 100
                action     = "allow"
                protocol   = "-1"
                cidr_block = "0.0.0.0/0"
                from_port  = 0
                to_port    = 0
              }}
            }}
        """,
        cli=f"""
            aws ec2 create-network-acl-entry --network-acl-id ACL --ingress --rule-number 80 --rule-action allow \\
              --protocol tcp --port-range From={port},To={port} --cidr-block 10.20.0.0/16
            aws ec2 create-network-acl-entry --network-acl-id ACL --ingress --rule-number 90 --rule-action deny \\
              --protocol tcp --port-range From={port},To={port} --cidr-block 0.0.0.0/0
        """,
        note="The lowest number decides, so both numbers lie below that of the rule that lets everybody in. "
        "Where the VPC has IPv6, add the same rules for ::/0. Blocks inside the resource replace all other rules of the "
        "ACL. An ACL does not remember connections: it must let in the ports of answers (1024-65535).",
        not_by_machine=NEEDS_NETWORKS,
        consequences=("overwrites",),
    )


def _entry(acl: vpc.NetworkAcl, port: int, name: str) -> str | None:
    """The entries that let the whole internet reach a TCP port, in words."""
    found = vpc.letting_in(acl.ingress, "tcp", port)
    if found is None:
        return None
    entries, everybody = found
    return f"{everybody} to {name} (TCP {port}) by {entries[0].in_words()}" + (
        " and others" if len(entries) > 1 else ""
    )


@closed_to_internet(
    title="Network ACLs let no traffic from the whole internet to SSH",
    severity=LOW,
    of="SSH",
    to="the whole internet",
    why=_LAST_DOOR,
    fix=_guarded(22),
    peers={
        "prowler": "ec2_networkacl_allow_ingress_tcp_port_22",
        "checkov": "CKV_AWS_232",
        "trivy": "AVD-AWS-0105",
    },
    advisory=BEHIND_GROUPS,
)
def nacl_no_public_ingress_ssh(acl: vpc.NetworkAcl) -> str | None:
    return _entry(acl, 22, "SSH")


@closed_to_internet(
    title="Network ACLs let no traffic from the whole internet to RDP",
    severity=LOW,
    of="RDP",
    to="the whole internet",
    why=_LAST_DOOR,
    fix=_guarded(3389),
    peers={
        "prowler": "ec2_networkacl_allow_ingress_tcp_port_3389",
        "checkov": "CKV_AWS_231",
        "trivy": "AVD-AWS-0105",
    },
    advisory=BEHIND_GROUPS,
)
def nacl_no_public_ingress_rdp(acl: vpc.NetworkAcl) -> str | None:
    return _entry(acl, 3389, "RDP")


@control(
    title="Application load balancers on the internet stand behind a web ACL",
    severity=MEDIUM,
    hipaa=(*_EXPOSURE, *MEASURE),
    why="A web ACL turns away injection and probing before they reach applications that hold ePHI.",
    fix=Fix(
        terraform="""
            resource "aws_wafv2_web_acl_association" "phi" {
              resource_arn = aws_lb.phi.arn
              web_acl_arn  = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/portal/a1b2c3d4"
            }
        """,
        cli="aws wafv2 associate-web-acl --web-acl-arn WEB_ACL_ARN --resource-arn LOAD_BALANCER_ARN",
        note="A web ACL costs money, each month and for each request. It blocks requests that match its rules.",
        not_by_machine="needs a web ACL, whose rules are yours to choose",
        consequences=("costs_money",),
    ),
    peers={"prowler": "elbv2_waf_acl_attached", "aws_config": "alb-waf-enabled", "checkov": "CKV2_AWS_28"},
)
def alb_waf_attached(balancer: elbv2.LoadBalancer) -> Verdict:
    if balancer.type != "application":
        return not_applicable(f"is a {balancer.type} load balancer, which can have no web ACL")
    if balancer.internal:
        return not_applicable("is not on the internet")
    if balancer.web_acl is None:
        return failed("is on the internet without a web ACL")
    return passed("stands behind a web ACL")
