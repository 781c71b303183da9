"""What is declared elsewhere, as far as parts of it are declared here: stand-ins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.readings import is_awscc
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import NotVisible, Undecided, Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from tests.terraform.plans import block, change, plan
from tests.terraform.stand_ins.given import (
    OUTSIDE,
    inventory,
    kinds,
    part,
    splits,
)

NAMED = {
    "a literal": '"elsewhere-0123456789"',
    "an ARN": '"arn:aws:svc:us-east-1:111122223333:thing/elsewhere"',
    "a variable": "var.thing",
    "a part of a variable": 'var.things["a"].id',
    "a data source": "data.aws_security_group.d.id",
    "the state of another configuration": "data.terraform_remote_state.net.outputs.thing",
    "a module that is not there": "module.gone.thing",
    "something that a declared resource makes": "aws_eks_cluster.k.vpc_config[0].cluster_security_group_id",
    "a text around a variable": '"x-${var.thing}"',
    "a function of a variable": "lower(var.thing)",
    "a choice of two variables": 'var.thing == "" ? var.thing : var.things["b"].id',
}


def whole(kind: type[Resource], type_: str) -> str:
    """A declared resource of a kind, of another type than the part."""
    assert kind.terraform is not None
    main = next(each for each in kind.terraform.types if each != type_ and not is_awscc(each))
    naming = kind.terraform.naming(main)
    return f'resource "{main}" "declared" {{\n' + (f'  {naming} = "declared"\n' if naming else "") + "}\n"


def names(found: Inventory, kind: type[Resource]) -> list[set[str]]:
    """The addresses of the parts of each stand-in of a kind."""
    return [{part.origin.address or "" for part in each.parts} for each in found.stand_ins(kind)]


def facts(resource: Resource) -> dict[str, str]:
    """All facts in words."""
    told = {}
    for name, fact in type(resource).facts.items():
        try:
            told[name] = repr(resource.peek(fact))
        except NotVisible:
            continue
    return told


@pytest.mark.parametrize("value", NAMED.values(), ids=NAMED.keys())
def test_no_part_of_any_kind_is_lost_or_given_to_another(tmp_path: Path, value: str) -> None:
    tried = 0
    for kind, type_, by in splits():
        assert kind.terraform is not None
        alone, _ = inventory(tmp_path, OUTSIDE + whole(kind, type_))
        beside, rows = inventory(tmp_path, OUTSIDE + whole(kind, type_) + part(type_, by, value))
        if type_ in kind.terraform.shared:
            assert names(beside, kind) == []
            assert [row.subject for row in rows if row.kind is GapKind.ELSEWHERE] == [f"{type_}.part"]
        else:
            assert names(beside, kind) == [{f"{type_}.part"}], (kind, type_, by)
        for one, other in zip(alone.seen(kind), beside.seen(kind), strict=False):
            assert facts(one) == facts(other), (kind, type_, by)
        tried += 1
    assert tried > 50


@pytest.mark.parametrize("format", ["plan", "state"])
def test_nor_in_plans_and_states(tmp_path: Path, format: str) -> None:
    for kind, type_, by in splits():
        assert kind.terraform is not None
        named: Any = ["elsewhere"] if by in ("users", "roles", "groups") else "elsewhere"
        if format == "plan":
            expressions = {by: {"constant_value": named}}
            document = plan([change(f"{type_}.part", {by: named})], [block(f"{type_}.part", expressions)])
        else:
            entry = {
                "address": f"{type_}.part",
                "mode": "managed",
                "type": type_,
                "name": "part",
                "values": {by: named},
            }
            document = {"format_version": "1.0", "values": {"root_module": {"resources": [entry]}}}
        path = tmp_path / f"{format}.json"
        path.write_text(json.dumps(document))
        (configuration,) = read(path)
        found = build_inventory(configuration, kinds())
        rows = [row for row in configuration.gaps if row.kind is GapKind.ELSEWHERE]
        assert bool(rows) == (type_ in kind.terraform.shared)
        assert bool(found.stand_ins(kind)) != bool(rows), (kind, type_, by)


@pytest.mark.parametrize(
    "value", [value for name, value in NAMED.items() if "function" not in name and "choice" not in name]
)
def test_parts_that_name_the_same_thing_share_a_stand_in(tmp_path: Path, value: str) -> None:
    other = value.replace("elsewhere-", "other-").replace(":thing/", ":other/")
    text = part("aws_s3_bucket_policy", "bucket", value) + part("aws_s3_bucket_public_access_block", "bucket", value)
    text += part("aws_s3_bucket_acl", "bucket", '"yet-another"')
    bucket = next(kind for kind in kinds() if kind.kind == "s3.Bucket")
    found, _ = inventory(tmp_path, OUTSIDE + text)
    both = {"aws_s3_bucket_policy.part", "aws_s3_bucket_public_access_block.part"}
    assert sorted(map(sorted, names(found, bucket))) == [["aws_s3_bucket_acl.part"], sorted(both)]
    if other != value:
        found, _ = inventory(tmp_path, text + part("aws_s3_bucket_logging", "bucket", other))
        assert len(found.stand_ins(bucket)) == 3


@pytest.mark.parametrize(
    ("type_", "by", "values", "expected"),
    [
        ("aws_iam_policy_attachment", "users", 'var.thing, "nurse", aws_iam_user.declared.name', 2),
        ("aws_iam_group_membership", "users", "var.thing, aws_iam_user.declared.name", 1),
        ("aws_iam_group_membership", "users", "aws_iam_user.declared.name", 0),
    ],
)
def test_one_part_may_belong_to_several(tmp_path: Path, type_: str, by: str, values: str, expected: int) -> None:
    user = next(kind for kind in kinds() if kind.kind == "iam.User")
    found, _ = inventory(tmp_path, OUTSIDE + whole(user, type_) + part(type_, by, values))
    assert len(found.stand_ins(user)) == expected


def test_all_own_facts_of_a_stand_in_are_unknown(tmp_path: Path) -> None:
    """Nothing that a kind's own arguments tell may be taken as left out."""
    for kind, type_, by in splits():
        assert kind.terraform is not None
        if type_ in kind.terraform.shared:
            continue
        found, _ = inventory(tmp_path, part(type_, by, '"elsewhere"'))
        (stand_in,) = found.stand_ins(kind)
        for name, fact in kind.facts.items():
            if any(text.startswith(type_) for text in fact.terraform_texts()) or name == "listener_protocols":
                continue
            try:
                value = stand_in.resource.peek(fact)
            except NotVisible:
                continue
            assert _open(value) or name in ("manager", "arn"), (kind, type_, name, value)


def _open(value: Any) -> bool:
    """Whether a value is not known, or not all of it."""
    if isinstance(value, Unknown):
        return True
    value = value.statements if isinstance(value, PolicyDocument) else value
    try:
        return isinstance(value, list) and not all(True for _ in value)
    except Undecided:
        return True
