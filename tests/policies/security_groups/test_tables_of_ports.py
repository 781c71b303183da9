"""Each port of the tables is judged, and a check of another scanner that is named by its ports is judged at each."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import judge
from hipaa_guard.judging import ports
from hipaa_guard.testing import all_controls, terraform_inventory

TABLES = {
    "sg_no_public_ingress_databases": (ports.DATABASE_SERVICES, ports.DATABASES),
    "sg_no_public_ingress_cleartext": (ports.CLEARTEXT_SERVICES, ports.CLEARTEXT),
    "sg_no_public_ingress_administration": (ports.ADMINISTRATION_SERVICES, ports.ADMINISTRATION),
    "sg_no_public_ingress_clinical": (ports.CLINICAL_SERVICES, ports.CLINICAL),
}
EVERYBODY = "0.0.0.0/0"


def group(name: str, port: int, protocol: str = "tcp") -> str:
    block = f'protocol = "{protocol}"\nfrom_port = {port}\nto_port = {port}\ncidr_blocks = ["{EVERYBODY}"]'
    return f'resource "aws_security_group" "{name}" {{\ningress {{\n{block}\n}}\n}}\n'


def acl(name: str, port: int) -> str:
    block = f'protocol = "tcp"\nfrom_port = {port}\nto_port = {port}\ncidr_block = "{EVERYBODY}"\nrule_no = 1'
    return f'resource "aws_network_acl" "{name}" {{\ningress {{\naction = "allow"\n{block}\n}}\n}}\n'


@pytest.mark.parametrize("id", TABLES)
def test_each_port_of_a_table_is_a_gap_that_names_what_listens(id: str, tmp_path: Path) -> None:
    services, table = TABLES[id]
    text = "".join(group(f"{protocol}_{port}", port, protocol) for protocol, port in table)
    control = all_controls()[id]
    found = {one.resource.address: one for one in judge([control], terraform_inventory(text, [control], tmp_path))}
    assert len(found) == len(table) == sum(len(one.tcp) + len(one.udp) for one in services)
    for (protocol, port), name in table.items():
        one = found[f"aws_security_group.{protocol}_{port}"]
        assert (one.status, f"{name} ({protocol.upper()} {port})" in one.message) == (Status.FAIL, True)


def test_each_service_has_ports_and_a_source() -> None:
    for services, _ in TABLES.values():
        assert all((one.tcp or one.udp) and one.source for one in services)


def test_ports_of_any_web_application_stand_in_no_table() -> None:
    taken = {port for _, table in TABLES.values() for _, port in table}
    assert not taken & {22, 80, 443, 3000, 3389, 8000, 8080, 8443}


# Amazon MSK developer guide, Port information, with multi-VPC private connectivity; read 2026-11-30.
MSK = (9092, 9094, 9096, 9098, 9194, 9196, 9198, 20092, 20094, 20096, 20098, 14001, 14100)


@pytest.mark.parametrize("port", MSK)
def test_all_ways_to_msk_are_ports_of_kafka(port: int) -> None:
    assert ports.DATABASES["tcp", port] == "Kafka"


# Checks of several ports that their names do not tell: AWS Config and Security Hub (EC2.19), read 2026-11-30.
_COMMON = (20, 21, 3306, 3389, 4333)
SEVERAL = {
    "restricted-common-ports": _COMMON,
    "HIPAA.Security-EC2RestrictedCommonPorts": (*_COMMON, 3309),
    "vpc_security_group_restrict_ingress_common_ports_all": (*_COMMON, 22),
    "ec2_securitygroup_allow_ingress_from_internet_to_high_risk_tcp_ports": (
        *(25, 110, 135, 143, 445, 3000, 4333, 5000, 5500, 8080, 8088),
    ),
}
BY_PORT: dict[str, list[Control]] = defaultdict(list)
for _control in all_controls().values():
    for _id in (id for ids in _control.peers.values() for id in ids):
        if _id in SEVERAL or re.search(r"_port_(?:.*_)?\d+$", _id):
            BY_PORT[_id].append(_control)


def read_by(check: str) -> list[int]:
    """The ports of a check, mostly by its name: ``..._tcp_port_cassandra_7199_9160_8888``."""
    if check in SEVERAL:
        return list(SEVERAL[check])
    return [int(number) for number in re.findall(r"(?<=_)\d+", check.partition("_port_")[2].join("__"))]


def test_the_names_have_ports() -> None:
    assert read_by("x_to_tcp_port_cassandra_7199_9160_8888") == [7199, 9160, 8888]
    assert read_by("x_tcp_port_22") == [22]
    assert set(SEVERAL) < set(BY_PORT)


@pytest.mark.parametrize("check", sorted(BY_PORT))
def test_the_controls_that_name_a_check_judge_each_of_its_ports(check: str, tmp_path: Path) -> None:
    text = "".join(group(f"on_{port}", port) + acl(f"on_{port}", port) for port in read_by(check))
    found = judge(BY_PORT[check], terraform_inventory(text, BY_PORT[check], tmp_path))
    failing = {(one.resource.address or "").rpartition("_")[2] for one in found if one.status is Status.FAIL}
    assert failing == {str(port) for port in read_by(check)}
