"""Security groups: nobody outside can reach what holds ePHI through them, except by ports meant for everybody."""

from hipaa_guard.authoring import CRITICAL, MEDIUM, Fix, Inventory, Verdict, control, failed, passed, some
from hipaa_guard.controls.reasons import NEEDS_NETWORKS, Reason
from hipaa_guard.judging import open_ports
from hipaa_guard.judging.open_ports import closed_to_internet
from hipaa_guard.services import security_groups

_EXPOSURE = ("164.312(a)(1)", "164.312(e)(1)")
_WEB = {("tcp", 80), ("tcp", 443), ("udp", 443)}
*_MOST, _LAST = dict.fromkeys(open_ports.CLEARTEXT.values(), "")
_CLEARTEXT = f"{', '.join(_MOST)} or {_LAST}"
_DATABASES_WITH_THEIR_CONSOLES = (
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_elasticsearch_kibana_9200_9300_5601",
    "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_cassandra_7199_9160_8888",
)
"""Checks that read the port of a database and that of its console: here two controls judge these."""


def _narrowed(port: int) -> Fix:
    """The fix of a port that is open to everybody: open it to a known network."""
    return Fix(
        terraform=f"""
            resource "aws_security_group" "phi" {{
              vpc_id = "vpc-0123456789abcdef0"
              ingress {{
                protocol    = "tcp"
                from_port   = {port}
                to_port     = {port}
                cidr_blocks = ["10.20.0.0/16"]
              }}
              egress {{
                protocol    = "-1"
                from_port   = 0
                to_port     = 0
                cidr_blocks = ["0.0.0.0/0"]
              }}
            }}
        """,
        cli=f"""
            aws ec2 authorize-security-group-ingress --group-id GROUP --protocol tcp --port {port} --cidr 10.20.0.0/16
            aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP
            aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids RULE
        """,
        note="Blocks inside the group replace all its other rules, and without an egress block nothing gets out. "
        "Connections from other networks are cut off. "
        "The default group of a VPC should have no rule at all: adopt it with aws_default_security_group.",
        not_by_machine=NEEDS_NETWORKS,
        consequences=("overwrites",),
    )


@closed_to_internet(
    title="Security groups keep SSH closed to the internet",
    of="SSH",
    why="A shell on a host that holds ePHI is tried by password guessers and through flaws within minutes of opening.",
    fix=_narrowed(22),
    peers={
        "prowler": "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
        "aws_config": "restricted-ssh",
        "powerpipe": "vpc_security_group_restrict_ingress_ssh_all",
        "cdk_nag": "HIPAA.Security-EC2RestrictedSSH",
        "checkov": "CKV_AWS_24",
        "trivy": "AVD-AWS-0107",
    },
    refines="sg_no_public_ingress_all_ports",
)
def sg_no_public_ingress_ssh(group: security_groups.SecurityGroup, inventory: Inventory) -> str | None:
    return open_ports.opening_to(group, inventory, {("tcp", 22): "SSH"})


@closed_to_internet(
    title="Security groups keep RDP closed to the internet",
    of="RDP",
    why="Open remote desktops are the most common way in for ransomware, which takes ePHI with it.",
    fix=_narrowed(3389),
    peers={
        "prowler": "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389",
        "checkov": "CKV_AWS_25",
        "trivy": "AVD-AWS-0107",
    },
    refines="sg_no_public_ingress_all_ports",
)
def sg_no_public_ingress_rdp(group: security_groups.SecurityGroup, inventory: Inventory) -> str | None:
    return open_ports.opening_to(group, inventory, {("tcp", 3389): "RDP", ("udp", 3389): "RDP"})


@closed_to_internet(
    title="Security groups keep database ports closed to the internet",
    of="a database port",
    severity=CRITICAL,
    why="Behind these ports lie the records themselves; a weak password or a flaw then gives ePHI to anybody.",
    fix=_narrowed(5432),
    peers={
        "prowler": (
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_oracle_1521_2483",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_sql_server_1433_1434",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_memcached_11211",
            *_DATABASES_WITH_THEIR_CONSOLES,
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_kafka_9092",
        ),
    },
    refines="sg_no_public_ingress_all_ports",
)
def sg_no_public_ingress_databases(group: security_groups.SecurityGroup, inventory: Inventory) -> str | None:
    return open_ports.opening_to(group, inventory, open_ports.DATABASES)


@closed_to_internet(
    title="Security groups keep HL7 and DICOM ports closed to the internet",
    of="a port of HL7 or DICOM",
    severity=CRITICAL,
    hipaa=(*_EXPOSURE, "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    why="HL7 v2 and classic DICOM carry ePHI without encryption and ask nobody who they are.",
    fix=_narrowed(2575),
    refines="sg_no_public_ingress_all_ports",
)
def sg_no_public_ingress_clinical(group: security_groups.SecurityGroup, inventory: Inventory) -> str | None:
    return open_ports.opening_to(group, inventory, open_ports.CLINICAL)


@closed_to_internet(
    title="Security groups keep cleartext file transfer, login, mailbox, directory and monitoring ports closed to the internet",
    of=_CLEARTEXT,
    hipaa=(*_EXPOSURE, "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    why="FTP, Telnet and their kind send passwords and ePHI unencrypted, for anybody on the way to read.",
    fix=_narrowed(21),
    peers={
        "prowler": (
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_ftp_20_21",
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_telnet_23",
        ),
    },
    refines="sg_no_public_ingress_all_ports",
)
def sg_no_public_ingress_cleartext(group: security_groups.SecurityGroup, inventory: Inventory) -> str | None:
    return open_ports.opening_to(group, inventory, open_ports.CLEARTEXT)


@closed_to_internet(
    title="Security groups keep file sharing and administration ports closed to the internet",
    of="a port of file sharing or administration",
    why="Shares, remote screens and control planes give whoever gets in the host and the ePHI on it.",
    fix=_narrowed(445),
    peers={"prowler": _DATABASES_WITH_THEIR_CONSOLES},
    refines="sg_no_public_ingress_all_ports",
)
def sg_no_public_ingress_administration(group: security_groups.SecurityGroup, inventory: Inventory) -> str | None:
    return open_ports.opening_to(group, inventory, open_ports.ADMINISTRATION)


@closed_to_internet(
    title="Security groups open no full range of ports to the internet",
    of="a full range of ports",
    severity=CRITICAL,
    why="A rule for all ports takes the firewall away: whatever a host with ePHI happens to run is on the internet.",
    fix=_narrowed(443),
    peers={
        "prowler": "ec2_securitygroup_allow_ingress_from_internet_to_all_ports",
        "checkov": "CKV_AWS_277",
    },
)
def sg_no_public_ingress_all_ports(group: security_groups.SecurityGroup, inventory: Inventory) -> str | None:
    return open_ports.opening_every_port(group, inventory)


@closed_to_internet(
    title="Security groups open nothing but web ports to the internet",
    of="a port other than the web ports (80, 443)",
    severity=MEDIUM,
    why="Every other port that everybody can reach is a way to ePHI that nobody may have meant to open.",
    fix=_narrowed(8443),
    peers={
        "prowler": (
            "ec2_securitygroup_allow_ingress_from_internet_to_any_port",
            "ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports",
        ),
        "aws_config": ("vpc-sg-open-only-to-authorized-ports", "restricted-common-ports"),
        "powerpipe": (
            "vpc_security_group_restrict_ingress_tcp_udp_all",
            "vpc_security_group_restrict_ingress_common_ports_all",
        ),
        "cdk_nag": "HIPAA.Security-EC2RestrictedCommonPorts",
    },
    refines="sg_no_public_ingress_all_ports",
)
def sg_public_ingress_only_authorized_ports(group: security_groups.SecurityGroup, inventory: Inventory) -> str | None:
    return open_ports.opening(group, inventory, lambda rule: rule.exceeds(_WEB))


@control(
    title="Default security groups have no rules",
    severity=MEDIUM,
    hipaa=_EXPOSURE,
    why="What is launched without a group of its own joins this one: its rules then hold for hosts with ePHI unseen.",
    fix=Fix(
        terraform="""
            resource "aws_default_security_group" "phi" {
              vpc_id = "vpc-0123456789abcdef0"
            }
        """,
        cli="""
            aws ec2 describe-security-group-rules --filters Name=group-id,Values=GROUP
            aws ec2 revoke-security-group-ingress --group-id GROUP --security-group-rule-ids INGRESS_RULE
            aws ec2 revoke-security-group-egress --group-id GROUP --security-group-rule-ids EGRESS_RULE
        """,
        note="Terraform removes all rules of the group when it adopts it.",
        not_by_machine=Reason("needs what uses the default group moved to groups of its own", "cuts_access"),
        consequences=("overwrites",),
    ),
    peers={
        "prowler": "ec2_securitygroup_default_restrict_traffic",
        "aws_config": "vpc-default-security-group-closed",
        "powerpipe": "vpc_default_security_group_restricts_all_traffic",
        "cdk_nag": "HIPAA.Security-VPCDefaultSecurityGroupClosed",
        "checkov": "CKV2_AWS_12",
        "trivy": "AVD-AWS-0173",
    },
)
def vpc_default_sg_closed(group: security_groups.DefaultSecurityGroup) -> Verdict:
    ways = {"in": lambda: group.ingress, "out": lambda: group.egress}
    found: list[str] = []

    def has_rules(way: str) -> bool:
        if not ways[way]():
            return False
        found.append(way)
        return True

    if some(has_rules, ways):
        return failed(f"{group.in_words()}has rules that let traffic {found[0]}")
    return passed(f"{group.in_words()}has no rules")
