"""Blocks that are resources of their own: each is judged as what it copies is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.readings import Inside, is_awscc
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, all_controls, blank_each_fact
from tests.policies.replicas.holders import (
    KEY,
    KINDS,
    WITH_BLOCKS,
    Values,
    document,
    judged,
    source,
    statuses,
)
from tests.terraform.plans import block, change, plan


@dataclass(frozen=True)
class Holder:
    """How replicas stand in a resource of one type, with a control that one passes and the other fails."""

    kind: str
    type: str
    control: str
    good: Values
    bad: Values
    around: Values = field(default_factory=dict)
    """Arguments with which the resource around them passes."""
    computed: Values = field(default_factory=dict)
    """What the provider adds to a replica once it is applied."""

    @property
    def path(self) -> str:
        return self._block.path

    @property
    def region(self) -> str:
        region = self._block.region
        assert region is not None, "a copy has a region"
        return region

    @property
    def _block(self) -> Inside:
        kind = next(kind for kind in KINDS if kind.kind == self.kind)
        assert kind.terraform is not None
        return kind.terraform.inside[self.type]

    def replica(self, region: str | None, values: Values) -> dict[str, Any]:
        return {**({} if region is None else {self.region: region}), **values}

    def values(self, *replicas: Values) -> dict[str, Any]:
        """All arguments of the resource, as a plan or state has them."""
        inner: Any = list(replicas)
        for step in reversed(self.path.split(".")[1:]):
            inner = {step: inner}
        return {**self.around, self.path.partition(".")[0]: inner}


HOLDERS = [
    Holder(
        "dynamodb.TableReplica",
        "aws_dynamodb_table",
        "dynamodb_table_pitr_enabled",
        good={"point_in_time_recovery": True},
        bad={"point_in_time_recovery": False},
        around={"name": "records", "point_in_time_recovery": [{"enabled": True}]},
    ),
    Holder(
        "dynamodb.TableReplica",
        "awscc_dynamodb_global_table",
        "dynamodb_table_pitr_enabled",
        good={"point_in_time_recovery_specification": {"point_in_time_recovery_enabled": True}},
        bad={"deletion_protection_enabled": True},
        around={"table_name": "records"},
    ),
    Holder(
        "secretsmanager.SecretReplica",
        "aws_secretsmanager_secret",
        "secret_encrypted_with_cmk",
        good={"kms_key_id": KEY},
        bad={},
        around={"name": "records", "kms_key_id": KEY},
    ),
    Holder(
        "secretsmanager.SecretReplica",
        "awscc_secretsmanager_secret",
        "secret_encrypted_with_cmk",
        good={"kms_key_id": KEY},
        bad={},
        around={"name": "records", "kms_key_id": KEY},
    ),
    Holder(
        "efs.FileSystemReplica",
        "aws_efs_replication_configuration",
        "efs_encrypted_with_cmk",
        good={"kms_key_id": KEY},
        bad={},
        around={"source_file_system_id": "fs-0123456789abcdef0"},
    ),
    Holder(
        "efs.FileSystemReplica",
        "awscc_efs_file_system",
        "efs_encrypted_with_cmk",
        good={"kms_key_id": KEY},
        bad={},
        around={"encrypted": True, "kms_key_id": KEY},
    ),
]
each_holder = pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: f"{holder.type}.{holder.path}")


def hcl(holder: Holder, name: str, lines: str) -> str:
    """A resource with what stands around its replicas, and lines that declare them."""
    around = "\n".join(written(key, value) for key, value in holder.around.items())
    return f'resource "{holder.type}" "{name}" {{\n{around}\n{lines}\n}}\n'


def written(key: str, value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "\n".join(f"{key} {{\n{lines_of(each)}\n}}" for each in value)
    return f"{key} = {json.dumps(value)}"


def lines_of(values: Values) -> str:
    return "\n".join(written(key, value) for key, value in values.items())


def replicas(holder: Holder, *each: Values, more: str = "") -> str:
    """Replicas as source writes them: nested blocks, or for `awscc` a list; ``more`` is an expression for others."""
    if not is_awscc(holder.type):
        blocks = "".join(f"{holder.path} {{\n{lines_of(one)}\n}}\n" for one in each)
        content = f"content {{\n{holder.region} = {holder.path}.key\n{_turned(holder)}\n}}"
        return blocks + (f'dynamic "{holder.path}" {{\nfor_each = {more}\n{content}\n}}\n' if more else "")
    items = f"concat({json.dumps(list(each))}, {more})" if more else json.dumps(list(each))
    first, *rest = holder.path.split(".")
    for step in reversed(rest):
        items = f"{{ {step} = {items} }}"
    return f"{first} = {items}"


def _turned(holder: Holder) -> str:
    """The deciding argument, taken from the turn of a dynamic block."""
    return "\n".join(f"{name} = {holder.path}.value" for name in holder.good)


def test_every_kind_with_such_blocks_is_in_the_table() -> None:
    assert {(holder.kind, holder.type) for holder in HOLDERS} == {(kind.kind, type) for kind, type in WITH_BLOCKS}


def expected(holder: Holder) -> dict[str, str]:
    """The verdicts on a resource with a good replica, and on one with a bad one."""
    main: dict[str, dict[str, str]] = {"aws_efs_replication_configuration": {}, "awscc_dynamodb_global_table": {}}
    around = main.get(holder.type, {f"{holder.type}.{name}": PASS for name in ("good", "bad")})
    return {
        **around,
        f'{holder.type}.good.{holder.path}["eu-west-1"]': PASS,
        f'{holder.type}.bad.{holder.path}["eu-central-1"]': FAIL,
    }


@each_holder
def test_a_failing_replica_fails_beside_a_passing_source(holder: Holder, tmp_path: Path) -> None:
    good, bad = holder.replica("eu-west-1", holder.good), holder.replica("eu-central-1", holder.bad)
    text = hcl(holder, "good", replicas(holder, good)) + hcl(holder, "bad", replicas(holder, bad))
    found = judged(source(tmp_path, text), holder.control)
    assert statuses(found) == expected(holder)
    address, finding = next((a, f) for a, f in found.items() if "central" in a)
    assert (finding.resource.kind, finding.resource.type) == (holder.kind, holder.type)
    assert finding.resource.region == "eu-central-1"
    assert finding.resource.inside == address.removesuffix(f'.{holder.path}["eu-central-1"]')
    assert finding.location is not None
    line = (tmp_path / "main.tf").read_text().splitlines()[finding.location.line_start - 1]
    assert line.startswith(holder.path.partition(".")[0])


@each_holder
def test_a_plan_and_a_state_say_the_same(holder: Holder, tmp_path: Path) -> None:
    entries = [
        (f"{holder.type}.{name}", holder.values(holder.replica(region, values)))
        for name, region, values in (("good", "eu-west-1", holder.good), ("bad", "eu-central-1", holder.bad))
    ]
    planned = plan([change(address, values) for address, values in entries], [block(a, {}) for a, _ in entries])
    assert statuses(judged(document(tmp_path, planned), holder.control)) == expected(holder)
    resources = [
        {"address": a, "mode": "managed", "type": holder.type, "name": a.partition(".")[2], "values": values}
        for a, values in entries
    ]
    state = {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}
    assert statuses(judged(document(tmp_path, state), holder.control)) == expected(holder)


@each_holder
def test_blanking_a_fact_never_flips_a_verdict_on_a_replica(holder: Holder, tmp_path: Path) -> None:
    text = "".join(
        hcl(holder, name, replicas(holder, holder.replica("eu-west-1", values)))
        for name, values in (("good", holder.good), ("bad", holder.bad))
    )
    (configuration,) = read(source(tmp_path, text))
    kind = next(kind for kind in KINDS if kind.kind == holder.kind)
    for control in all_controls().values():
        if kind not in control.kind.narrower():
            continue
        inventory = build_inventory(configuration, kinds_of([control]))
        on_replicas = [one for one in judge([control], inventory) if one.resource.kind == holder.kind]
        assert len(on_replicas) == 2
        for finding in on_replicas:
            assert finding.error is None
            blank_each_fact(control, inventory, finding)


@each_holder
def test_a_replica_whose_region_is_not_known_is_judged(holder: Holder, tmp_path: Path) -> None:
    for name, values in (("good", holder.good), ("bad", holder.bad)):
        text = hcl(holder, name, replicas(holder, holder.replica("REGION", values)))
        found = judged(source(tmp_path, text.replace('"REGION"', "var.open")), holder.control)
        assert (
            found[f"{holder.type}.{name}.{holder.path}[0]"].status
            == expected(holder)[next(address for address in expected(holder) if f".{name}.{holder.path}" in address)]
        )


@each_holder
def test_replicas_whose_list_is_not_known_are_unknown(holder: Holder, tmp_path: Path) -> None:
    text = hcl(holder, "phi", replicas(holder, more="var.open"))
    finding = judged(source(tmp_path, text), holder.control)[f"{holder.type}.phi.{holder.path}[?]"]
    assert finding.status == UNKNOWN
    assert "var.open has no value" in (finding.uncertain or "")


@pytest.mark.parametrize(
    "holder", [holder for holder in HOLDERS if not is_awscc(holder.type)], ids=lambda holder: holder.type
)
def test_those_that_are_known_are_judged_beside_others_that_are_not(holder: Holder, tmp_path: Path) -> None:
    text = hcl(holder, "phi", replicas(holder, holder.replica("eu-west-1", holder.bad), more="var.open"))
    found = judged(source(tmp_path, text), holder.control)
    assert found[f'{holder.type}.phi.{holder.path}["eu-west-1"]'].status == FAIL
    assert found[f"{holder.type}.phi.{holder.path}[?]"].status == UNKNOWN


@each_holder
def test_no_replica_is_made_up(holder: Holder, tmp_path: Path) -> None:
    found = judged(source(tmp_path, hcl(holder, "phi", "")), holder.control)
    assert not [address for address in found if holder.path in address]
