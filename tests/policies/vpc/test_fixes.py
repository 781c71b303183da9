"""The documented fixes of networks, put in the place of what failed: the traffic that the subnet lives on still flows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.networks import covers
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import PASS, all_controls, is_phi, terraform_inventory

ACLS = ["nacl_no_public_ingress_ssh", "nacl_no_public_ingress_rdp"]
GROUPS = sorted(id for id in all_controls() if id.startswith("sg_"))
SOMEBODY, OWN = "198.51.100.7/32", "10.20.3.4/32"


def passes(ids: list[str], text: str, directory: Path) -> list[str]:
    """The controls that pass, of some that judge the resource ``phi``."""
    controls = [all_controls()[id] for id in ids]
    findings = judge(controls, terraform_inventory(text, controls, directory))
    judged = [found for found in findings if is_phi(found, all_controls()[found.control_id].kind)]
    return sorted(found.control_id for found in judged if found.status == PASS)


def lets(entries: list[dict[str, Any]], protocol: str, port: int, network: str) -> bool:
    """Whether the entries of a network ACL let traffic pass: the lowest number that fits decides."""
    for entry in sorted(entries, key=lambda entry: int(entry["rule_no"])):
        fits = entry["protocol"] in ("-1", protocol) and covers(entry["cidr_block"], network)
        if fits and (entry["protocol"] == "-1" or entry["from_port"] <= port <= entry["to_port"]):
            return bool(entry["action"] == "allow")
    return False


@pytest.mark.parametrize(("id", "port"), zip(ACLS, (22, 3389), strict=True))
def test_a_subnet_lives_on_behind_the_fix(id: str, port: int, tmp_path: Path) -> None:
    text = all_controls()[id].fix.terraform
    assert passes(ACLS, text, tmp_path) == sorted(ACLS)
    (configuration,) = read(tmp_path)
    (acl,) = configuration.instances
    incoming, leaving = acl.get("ingress"), acl.get("egress")
    assert not lets(incoming, "tcp", port, SOMEBODY)
    assert lets(incoming, "tcp", port, OWN)
    assert lets(incoming, "tcp", 443, SOMEBODY)
    for answered in (1024, 32768, 49152, 65535):  # the ports of answers: Linux, Windows, NAT gateways, balancers
        assert lets(incoming, "tcp", answered, SOMEBODY)
        assert lets(incoming, "udp", answered, SOMEBODY)
        assert lets(leaving, "tcp", answered, SOMEBODY)
    for asked in (443, 53, 123):
        assert lets(leaving, "tcp", asked, SOMEBODY)
        assert lets(leaving, "udp", asked, SOMEBODY)


@pytest.mark.parametrize("id", GROUPS)
def test_a_group_with_the_fix_passes_all_controls_and_lets_traffic_out(id: str, tmp_path: Path) -> None:
    text = all_controls()[id].fix.terraform
    assert passes(GROUPS, text, tmp_path) == GROUPS
    (configuration,) = read(tmp_path)
    (group,) = configuration.instances
    (out,) = group.get("egress")
    assert (out["protocol"], out["cidr_blocks"]) == ("-1", ["0.0.0.0/0"])
