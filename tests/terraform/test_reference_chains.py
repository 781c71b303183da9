"""Split resources that point at their main one through another split resource, or in several ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.loading import load
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.facts.values import NotVisible, Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.binding.joins import Joins
from hipaa_guard.terraform.binding.required_arguments import arguments_of
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.read import read
from tests.schema import schema
from tests.terraform.kinds import at, file, hcl, told, why
from tests.terraform.plans import block, change, plan, refs

VERSIONED = 'versioning_configuration {\n status = "Enabled"\n}\n'
BLOCK = "block_public_acls = true\n"


def resource(address: str, body: str) -> str:
    """A resource of a kind and name."""
    kind, _, name = address.partition(".")
    return f'resource "{kind}" "{name}" {{\n{body}\n}}\n'


BUCKET = resource("aws_s3_bucket.a", "") + resource("aws_s3_bucket.b", "")
FENCE = resource("aws_s3_bucket_public_access_block.p", f"bucket = aws_s3_bucket.a.id\n{BLOCK}")


def versioning(bucket: str, more: str = "") -> str:
    """A split resource that points at what an expression says."""
    return resource("aws_s3_bucket_versioning.v", f"bucket = {bucket}\n{VERSIONED}{more}")


@pytest.mark.parametrize(
    "pointer",
    [
        "aws_s3_bucket_public_access_block.p.id",
        "aws_s3_bucket_public_access_block.p.bucket",
        "aws_s3_bucket_public_access_block.p.*.id[0]",
        '"arn:aws:s3:::${aws_s3_bucket_public_access_block.p.id}"',
        "var.on ? aws_s3_bucket_public_access_block.p.id : aws_s3_bucket.a.id",
        "var.on ? aws_s3_bucket.a.bucket : aws_s3_bucket.a.id",
        "local.attached",
    ],
)
def test_through_a_sibling_as_if_directly(tmp_path: Path, pointer: str) -> None:
    declared = 'variable "on" {}\nlocals { attached = aws_s3_bucket_public_access_block.p.id }\n'
    found = hcl(tmp_path, declared + BUCKET + FENCE + versioning(pointer))
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None


def test_through_a_chain_of_siblings(tmp_path: Path) -> None:
    policy = resource("aws_s3_bucket_policy.q", 'bucket = aws_s3_bucket_public_access_block.p.id\npolicy = "{}"')
    found = hcl(tmp_path, BUCKET + FENCE + policy + versioning("aws_s3_bucket_policy.q.id"))
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.a").policy == "{}"


def test_through_a_sibling_whose_own_bucket_is_a_name(tmp_path: Path) -> None:
    text = (
        'variable "n" {}\n'
        + resource("aws_s3_bucket.a", 'bucket = "records"')
        + resource("aws_s3_bucket.b", 'bucket = "x-${var.n}"')
        + resource("aws_s3_bucket_policy.a", 'bucket = "records"\npolicy = "{}"')
        + resource("aws_s3_bucket_policy.b", 'bucket = "x-${var.n}"\npolicy = "{}"')
        + versioning("aws_s3_bucket_policy.a.id")
        + resource("aws_s3_bucket_versioning.w", f"bucket = aws_s3_bucket_policy.b.id\n{VERSIONED}")
    )
    found = hcl(tmp_path, text)
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning == "Enabled"


def test_siblings_in_a_circle_are_doubtful_and_end(tmp_path: Path) -> None:
    circle = resource("aws_s3_bucket_policy.q", "bucket = aws_s3_bucket_versioning.v.id")
    found = hcl(tmp_path, BUCKET + circle + versioning("aws_s3_bucket_policy.q.id"))
    assert "may apply" in why(at(found, "aws_s3_bucket.a"), "versioning")


def test_through_a_sibling_that_may_not_exist(tmp_path: Path) -> None:
    text = 'variable "on" {}\n' + BUCKET
    text += resource(
        "aws_s3_bucket_policy.q", 'count = var.on ? 1 : 0\nbucket = aws_s3_bucket.a.id\npolicy = "{}"'
    ) + versioning("var.on ? aws_s3_bucket_policy.q[0].id : aws_s3_bucket.a.id")
    found = hcl(tmp_path, text)
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None


def test_two_buckets_to_choose_from_are_both_in_doubt_and_no_other(tmp_path: Path) -> None:
    text = 'variable "on" {}\n' + BUCKET + resource("aws_s3_bucket.c", "") + resource("aws_s3_bucket.d", 'bucket = "d"')
    text += FENCE + versioning('var.on ? (var.on ? aws_s3_bucket_public_access_block.p.id : "d") : aws_s3_bucket.b.id')
    found = hcl(tmp_path, text)
    for name in "abd":
        assert "may apply" in why(at(found, f"aws_s3_bucket.{name}"), "versioning")
    assert at(found, "aws_s3_bucket.c").versioning is None


def test_a_name_that_another_resource_makes_of_the_bucket_is_in_doubt_for_that_bucket(tmp_path: Path) -> None:
    text = BUCKET + resource("aws_s3_access_point.p", "bucket = aws_s3_bucket.a.id")
    text += resource("test_other.o", "things = [aws_s3_bucket.b.arn]")
    found = hcl(tmp_path, text + versioning("aws_s3_access_point.p.id"))
    assert "may apply" in why(at(found, "aws_s3_bucket.a"), "versioning")
    assert at(found, "aws_s3_bucket.b").versioning is None
    found = hcl(tmp_path, text + versioning("test_other.o.made"))
    assert "may apply" in why(at(found, "aws_s3_bucket.b"), "versioning")
    assert at(found, "aws_s3_bucket.a").versioning is None


def test_in_a_plan_too(tmp_path: Path) -> None:
    changes = [
        change("aws_s3_bucket.a", {}, {"id": True, "bucket": True}),
        change("aws_s3_bucket.b", {}, {"id": True, "bucket": True}),
        change("aws_s3_bucket_public_access_block.p", {}, {"id": True, "bucket": True}),
        change(
            "aws_s3_bucket_versioning.v",
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"id": True, "bucket": True},
        ),
    ]

    def inventory(*names: str) -> Any:
        resources = [
            block("aws_s3_bucket.a", {}),
            block("aws_s3_bucket.b", {}),
            block("aws_s3_bucket_public_access_block.p", {"bucket": refs("aws_s3_bucket.a.id")}),
            block(
                "aws_s3_bucket_versioning.v",
                {"bucket": refs(*names), "versioning_configuration": [{"status": {"constant_value": "Enabled"}}]},
            ),
        ]
        return file(tmp_path, plan(changes, resources))

    sibling = "aws_s3_bucket_public_access_block.p.id"
    for names in [(sibling,), (sibling, "aws_s3_bucket.a.id")]:
        found = inventory(*names)
        assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
        assert at(found, "aws_s3_bucket.b").versioning is None
    found = inventory(sibling, "aws_s3_bucket.b.id")
    assert isinstance(told(at(found, "aws_s3_bucket.a"), "versioning"), Unknown)
    assert isinstance(told(at(found, "aws_s3_bucket.b"), "versioning"), Unknown)


# --- instances of unknown number -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("main", "split", "joined"),
    [
        ("count = var.on ? 1 : 0", "count = var.on ? 1 : 0\nbucket = aws_s3_bucket.a[0].id", True),
        ("count = var.on ? 1 : 0", "count = var.on ? 1 : 0\nbucket = one(aws_s3_bucket.a[*].id)", True),
        ("count = var.n", "count = var.n\nbucket = aws_s3_bucket.a[count.index].id", True),
        ("count = var.n", "count = var.n\nbucket = aws_s3_bucket.a.*.id[count.index]", True),
        ("count = var.n", "count = var.n\nbucket = element(aws_s3_bucket.a[*].id, count.index)", True),
        ("for_each = var.n", "for_each = var.n\nbucket = aws_s3_bucket.a[each.key].id", True),
        ("for_each = toset(var.n)", "for_each = toset(var.n)\nbucket = aws_s3_bucket.a[each.value].id", True),
        ("for_each = var.n", "for_each = aws_s3_bucket.a\nbucket = each.value.id", True),
        ("count = var.n", "count = var.n\nbucket = aws_s3_bucket.a[0].id", False),
        ("count = var.n", "count = var.n\nbucket = aws_s3_bucket.a.*.id[0]", False),
        ("for_each = var.n", 'for_each = var.n\nbucket = aws_s3_bucket.a["x"].id', False),
        ("for_each = var.n", "for_each = var.n\nbucket = aws_s3_bucket.a[each.value].id", False),
        ("for_each = var.n", "for_each = var.n\nbucket = aws_s3_bucket.a[var.on].id", False),
        ("for_each = var.n", "for_each = var.on\nbucket = aws_s3_bucket.a[each.key].id", False),
    ],
)
def test_counted_alike_they_belong_together_key_by_key(tmp_path: Path, main: str, split: str, joined: bool) -> None:
    text = 'variable "on" {}\nvariable "n" {}\n' + resource("aws_s3_bucket.a", main)
    found = hcl(tmp_path, text + resource("aws_s3_bucket_versioning.v", f"{split}\n{VERSIONED}"))
    value = told(at(found, "aws_s3_bucket.a[?]"), "versioning")
    assert isinstance(value, Unknown) is not joined
    assert not joined or value == "Enabled"


# --- data sources ----------------------------------------------------------------------------------------------------

GROUP = 'variable "n" {}\nresource "aws_security_group" "g" {}\n'


def rule(group: str) -> str:
    """A rule that opens a security group to everyone."""
    return resource("aws_vpc_security_group_ingress_rule.r", f'security_group_id = {group}\ncidr_ipv4 = "0.0.0.0/0"')


def test_a_data_source_reads_what_was_there_before(tmp_path: Path) -> None:
    data = 'data "aws_security_group" "d" {\n name = var.n\n}\n'
    found = hcl(tmp_path, GROUP + data + rule("data.aws_security_group.d.id"))
    assert at(found, "aws_security_group.g").open is False


@pytest.mark.parametrize(
    ("data", "is_open"),
    [
        ('data "aws_security_group" "d" {\n id = aws_security_group.g.id\n}\n', True),
        ('data "aws_security_group" "d" {\n name = aws_security_group.g.name\n}\n', None),
        ('data "aws_security_group" "d" {\n name = "x"\n depends_on = [aws_security_group.g]\n}\n', None),
    ],
)
def test_unless_it_asks_for_what_is_declared(tmp_path: Path, data: str, is_open: bool | None) -> None:
    found = hcl(tmp_path, GROUP + data + rule("data.aws_security_group.d.id"))
    value = told(at(found, "aws_security_group.g"), "open")
    assert isinstance(value, Unknown) if is_open is None else value is is_open


@pytest.mark.parametrize(("asked", "is_open"), [("", False), ("depends_on = [aws_security_group.g]", None)])
def test_a_value_that_a_data_source_keeps_is_from_outside(tmp_path: Path, asked: str, is_open: bool | None) -> None:
    """Unless it is read after something that is declared here."""
    data = f'data "aws_ssm_parameter" "d" {{\n name = "group"\n {asked}\n}}\n'
    found = hcl(tmp_path, GROUP + data + rule("data.aws_ssm_parameter.d.value"))
    value = told(at(found, "aws_security_group.g"), "open")
    assert isinstance(value, Unknown) if is_open is None else value is is_open


def test_a_name_made_of_what_a_data_source_reads_is_no_other(tmp_path: Path) -> None:
    text = (
        'data "aws_caller_identity" "me" {}\n'
        + resource("aws_s3_bucket.a", "bucket = data.aws_caller_identity.me.account_id")
        + resource("aws_s3_bucket.b", 'bucket = "x${data.aws_caller_identity.me.account_id}"')
    )
    found = hcl(tmp_path, text + versioning("data.aws_caller_identity.me.account_id"))
    assert at(found, "aws_s3_bucket.a").versioning == "Enabled"
    assert at(found, "aws_s3_bucket.b").versioning is None


@pytest.mark.parametrize(("argument", "attribute"), [("aws_s3_bucket.a.id", "id"), ("aws_s3_bucket.a.id", "bucket")])
@pytest.mark.parametrize("named", ["", 'bucket = "records"'])
def test_a_data_source_repeats_what_it_was_asked_by(tmp_path: Path, argument: str, attribute: str, named: str) -> None:
    data = f'data "aws_s3_bucket" "d" {{\n bucket = {argument}\n}}\n'
    text = resource("aws_s3_bucket.a", named) + data + versioning(f"data.aws_s3_bucket.d.{attribute}")
    assert at(hcl(tmp_path, text), "aws_s3_bucket.a").versioning == "Enabled"
    text = text.replace("bucket = aws_s3_bucket.a.id", 'bucket = "records"')
    found = at(hcl(tmp_path, text), "aws_s3_bucket.a").versioning
    assert found == ("Enabled" if named else None)


# --- every kind ------------------------------------------------------------------------------------------------------


@cache
def joining() -> tuple[tuple[type[Resource], str, str], ...]:
    """Every kind with each of its split types and the argument by which that points at it."""
    kinds = sorted({control.kind for control in load()}, key=lambda kind: kind.kind)
    return tuple((kind, type_, by) for kind in kinds for type_, arguments in kind.splits().items() for by in arguments)


def string_readings(kind: type[Resource]) -> Iterator[str]:
    """The paths that the facts of a kind read."""
    for fact in kind.facts.values():
        yield from (reading for reading in fact.all_readings() if isinstance(reading, str))


def linked(kinds: list[type[Resource]]) -> list[tuple[type[Resource], str, str]]:
    """The split types that facts ask for in code."""
    asked: list[tuple[type[Resource], str, str]] = []
    original = Joins.links
    for kind in kinds:

        def links(self: Joins, main: Any, type: str, by: str, *more: Any, of: type[Resource] = kind) -> Any:
            asked.append((of, type, by))
            return original(self, main, type, by, *more)

        types = kind.terraform.types if kind.terraform is not None else ()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Joins, "links", links)
            for type_ in types:
                for found in build_inventory(read_text(resource(f"{type_}.main", "")), [kind]):
                    for fact in kind.facts.values():
                        peeked(found, fact)
    return asked


def peeked(found: Resource, fact: Fact) -> Any:
    """The value of a fact; None where Terraform never shows it."""
    try:
        return found.peek(fact)
    except NotVisible:
        return None


def read_text(text: str) -> Configuration:
    """The configuration of a text."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as directory:
        (Path(directory) / "main.tf").write_text(text)
        return read(Path(directory))[0]


def test_the_kinds_are_found() -> None:
    assert len(joining()) > 30
    assert ("s3.Bucket", "aws_s3_bucket_policy", "bucket") in {(kind.kind, *rest) for kind, *rest in joining()}


def test_the_tables_name_every_type_that_code_asks_for() -> None:
    """And for each the argument, so that a part whose whole is declared elsewhere is found by the tables."""
    kinds = sorted({control.kind for control in load()}, key=lambda kind: kind.kind)
    asked = set(linked(kinds))
    assert len(asked) > 30
    adopted = {
        (kind, kind.terraform.adopted_by.type, kind.terraform.adopted_by.by)
        for kind in kinds
        if kind.terraform and kind.terraform.adopted_by
    }
    assert asked - set(joining()) == adopted


def test_every_kind_of_which_parts_are_declared_apart_has_a_name_for_people() -> None:
    assert [kind.kind for kind, *_ in joining() if not kind.noun] == []


def test_every_argument_by_which_a_type_points_exists() -> None:
    assert [(type_, by) for _, type_, by in joining() if by not in schema()[type_]] == []


@pytest.mark.parametrize("format", ["hcl", "plan"])
def test_attached_through_any_sibling_of_any_kind_no_split_resource_is_lost(tmp_path: Path, format: str) -> None:
    tried = 0
    for kind, type_, by in joining():
        assert kind.terraform is not None
        main = f"{kind.terraform.types[0]}.main"
        for other, sibling, its in joining():
            if other is not kind or sibling == kind.terraform.types[0]:
                continue
            direct = _configuration(
                tmp_path, format, main, (f"{sibling}.s", its, f"{main}.id"), (type_, by, f"{main}.id")
            )
            through = _configuration(
                tmp_path, format, main, (f"{sibling}.s", its, f"{main}.id"), (type_, by, f"{sibling}.s.id")
            )
            assert _linked(direct, kind, main, type_, by) == "certain"
            assert _linked(through, kind, main, type_, by) in ("certain", "possible"), (kind, type_, sibling)
            for name in kind.facts:
                one, other_one = _fact(direct, kind, main, name), _fact(through, kind, main, name)
                same = repr(one) == repr(other_one) or any(word in repr(other_one) for word in ("may apply", "unknown"))
                assert same, (kind, type_, sibling, name, one, other_one)
            tried += 1
    assert tried > 100


def _linked(configuration: Configuration, kind: type[Resource], main: str, type_: str, by: str) -> str:
    joins = Joins(configuration)
    instance = joins.declared(main)
    assert instance is not None
    links = joins.links(instance, type_, by, joins.names(kind.terraform, instance.type), kind.terraform)
    if any(split.address == f"{type_}.t" for split in links.certain):
        return "certain"
    return "possible" if links.first_possible is not None else "lost"


def _fact(configuration: Configuration, kind: type[Resource], main: str, name: str) -> Any:
    for found in build_inventory(configuration, [kind]):
        if found.origin.address == main:
            return peeked(found, kind.facts[name])
    return None


def _configuration(
    directory: Path, format: str, main: str, sibling: tuple[str, str, str], split: tuple[str, str, str]
) -> Configuration:
    type_, by, pointer = split
    values = _values(type_)
    rest = _rest(sibling[0].partition(".")[0], sibling[1])
    if format == "hcl":
        others = "\n".join(f"{name} = {json.dumps(value)}" for name, value in rest.items())
        text = resource(main, "") + resource(sibling[0], f"{sibling[1]} = {sibling[2]}\n{others}")
        body = "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items() if name != by)
        (directory / "main.tf").write_text(text + resource(f"{type_}.t", f"{by} = {pointer}\n{body}"))
        return read(directory)[0]
    changes = [
        change(main, {}, {"id": True, "arn": True}),
        change(sibling[0], rest, {"id": True, sibling[1]: True}),
        change(f"{type_}.t", {name: value for name, value in values.items() if name != by}, {"id": True, by: True}),
    ]
    written = {name: {"constant_value": value} for name, value in values.items() if name != by}
    resources = [
        block(main, {}),
        block(sibling[0], {sibling[1]: refs(sibling[2]), **{name: {"constant_value": "0"} for name in rest}}),
        block(f"{type_}.t", {**written, by: refs(pointer)}),
    ]
    path = directory / "plan.json"
    path.write_text(json.dumps(plan(changes, resources)))
    return read(path)[0]


def _rest(type_: str, by: str) -> dict[str, str]:
    """Something for every other argument that a type requires: left out, each would be a reason not to know."""
    found = arguments_of(type_).items()
    return {name: "0" for name, argument in found if name != by and argument.required and not argument.inner}


@cache
def _values(type_: str) -> dict[str, Any]:
    """Something for every argument of a split type that facts read."""
    values: dict[str, Any] = {}
    for kind in {kind for kind, *_ in joining()}:
        for path in string_readings(kind):
            first, *steps = path.split(".")
            if first == type_ and steps:
                inner: Any = "set"
                for step in reversed(steps[1:]):
                    inner = {step: inner}
                values.setdefault(steps[0], inner)
    return values
