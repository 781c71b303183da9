"""What the providers require: the table of it is theirs, and each line of it holds for every fact that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.policy_document import PolicyDocument
from hipaa_guard.facts.readings import names_split
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.facts.values import Cause, Incomplete, Unknown, Value, first_unknown
from hipaa_guard.services.iam import InlinePolicy
from hipaa_guard.terraform.binding.fact_view import InstanceView
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.binding.required_arguments import TABLE, Argument, arguments_of
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, is_phi
from tests import required_arguments
from tests.provider_schema.asking import has_oldest
from tests.refused.instead import CONTROLS, KINDS
from tests.terraform.real.tools import Root, tools

# --- the table -------------------------------------------------------------------------------------------------------


def lines() -> dict[str, set[str]]:
    text = TABLE.read_text(encoding="utf-8").splitlines()
    return {type_: set(paths) for type_, *paths in (line.split() for line in text if not line.startswith("#"))}


def test_the_table_holds_what_the_newest_release_requires() -> None:
    for type_, paths in lines().items():
        today = required_arguments.required_today().get(type_, {})
        expected = {path + mark for path, mark in today.items()} | set(required_arguments._as_blocks(type_))
        assert paths <= expected, type_
        if type_.startswith("awscc_"):
            assert paths == expected, type_


def test_the_table_has_all_types_that_are_read() -> None:
    required = {type_ for type_ in required_arguments.types_read() if required_arguments.required_today().get(type_)}
    assert required <= set(lines()), "run `make docs`"


def test_the_table_is_that_of_the_schemas() -> None:
    assert TABLE.read_text(encoding="utf-8") == required_arguments.text(), "run `make docs`"


@pytest.mark.skipif(not has_oldest(), reason="terraform or the oldest AWS provider is not there")
def test_lists_that_people_write_as_blocks_require_what_terraform_asks_for(tmp_path: Path) -> None:
    types = required_arguments.WRITTEN_AS_BLOCKS
    blocks = "  ingress {\n  }\n  egress {\n  }\n"
    rest = {"aws_network_acl": '  vpc_id = "vpc-1"\n'}
    text = "".join(f'resource "{type_}" "phi" {{\n{rest.get(type_, "")}{blocks}}}\n' for type_ in types)
    (tmp_path / "main.tf").write_text(text)
    found = tools()
    assert found is not None
    root = Root(tmp_path, found)
    root.init()
    said = " ".join(one["detail"] for one in root.validate())
    for type_ in types:
        for path in required_arguments._as_blocks(type_):
            block, _, argument = path.partition(".")
            assert f'argument "{block}.0.{argument}" is required' in said, (type_, path)


# --- configurations made from the table ------------------------------------------------------------------------------


def body(arguments: dict[str, Argument], skip: str, given: dict[str, str], prefix: str = "") -> str:
    """Everything that is required, and the blocks on the way to what is given, without one path."""
    written = []
    for name, argument in arguments.items():
        path = f"{prefix}{name}"
        on_the_way = any(f"{each}.".startswith(f"{path}.") for each in (*given, skip))
        if path == skip or not (argument.required or on_the_way):
            continue
        if argument.inner:
            written.append(f"{name} {{\n{body(argument.inner, skip, given, f'{path}.')}}}\n")
        else:
            value = given.get(path, '["x"]' if argument.collection else '"0"')
            written.append(f"{name} = {value}\n")
    return "".join(written)


def attributes(arguments: dict[str, Argument], skip: str, given: dict[str, str], prefix: str = "") -> str:
    """As `body`, with objects for blocks, as the awscc provider has them."""
    return body(arguments, skip, given, prefix).replace(" {\n", " = {\n")


def text(kind: type[Resource], type_: str, skip: str, given: dict[str, str]) -> str:
    """A resource of a kind, and where `type_` is a split resource, that too."""
    assert kind.terraform is not None
    main = type_ if type_ in kind.terraform.types else kind.terraform.types[0]
    write = attributes if type_.startswith("awscc_") else body
    if type_ == main:
        return f'resource "{main}" "phi" {{\n{write(arguments_of(type_), skip, given)}}}\n'
    by = next(iter(kind.terraform.pointing(type_)), "")
    given = {**given, by: f"{main}.phi.id"}
    rest = write(arguments_of(type_), skip, given)
    pointer = "" if f"{by} = " in rest else f"{by} = {given[by]}\n"
    own = body(arguments_of(main), "", {})
    return f'resource "{main}" "phi" {{\n{own}}}\nresource "{type_}" "s" {{\n{pointer}{rest}}}\n'


def paths(kind: type[Resource]) -> Iterator[tuple[Fact, str, str]]:
    """Each fact with each type and path that it is read from, of types of which something is required."""
    assert kind.terraform is not None
    for fact in kind.facts.values():
        for type_ in kind.terraform.types:
            for reading in fact.readings(type_):
                if isinstance(reading, str):
                    head, _, rest = reading.partition(".")
                    yield (fact, head, rest) if names_split(reading) else (fact, type_, reading)


def required_steps(type_: str, path: str) -> list[str]:
    """The path and those above it, as far as they are required."""
    found, arguments, done = [], arguments_of(type_), ""
    for step in path.split("."):
        argument = arguments.get(step)
        if argument is None:
            break
        done = f"{done}.{step}".lstrip(".")
        if argument.required:
            found.append(done)
        arguments = argument.inner
    return found


WHOLE = [kind for kind in KINDS if kind.terraform is not None and not kind.terraform.inside]
"""The kinds that whole blocks declare. A part of a block is told by the arguments of the part."""

READ = {(kind, fact.name, type_, path) for kind in WHOLE for fact, type_, path in paths(kind)}
LEFT_OUT = sorted(
    {(kind.kind, name, type_, step) for kind, name, type_, path in READ for step in required_steps(type_, path)}
)
DECIDING = sorted(
    (kind.kind, name, type_, path) for kind, name, type_, path in READ if path in required_steps(type_, path)
)
BY_NAME = {kind.kind: kind for kind in KINDS}


def resource(text: str, kind: type[Resource], directory: Path) -> Resource | None:
    """The resource called ``phi``; None where it is not of the kind."""
    (directory / "main.tf").write_text(text)
    found = build_inventory(read(directory)[0], [kind])
    return next((one for one in found if (one.origin.address or "").endswith(".phi")), None)


def peeked(text: str, kind: type[Resource], name: str, directory: Path) -> Value:
    found = resource(text, kind, directory)
    assert found is not None
    return found.peek(kind.facts[name])


def says_whose(kind: type[Resource], type_: str, path: str) -> bool:
    """Whether a path of a split resource is that by which it names the resource it is part of."""
    assert kind.terraform is not None
    return path == kind.terraform.joins.get(type_, kind.terraform.joined_by) and type_ not in kind.terraform.types


def test_many_required_paths_are_read() -> None:
    assert len(LEFT_OUT) > 60
    assert len(DECIDING) > 40


@pytest.mark.parametrize(("kind", "name", "type_", "path"), LEFT_OUT)
def test_a_fact_whose_required_path_is_left_out_is_not_known(
    tmp_path: Path, kind: str, name: str, type_: str, path: str
) -> None:
    of = BY_NAME[kind]
    if says_whose(of, type_, path):
        pytest.skip("what does not say where it belongs is of nobody")
    written = text(of, type_, path, {})
    value = peeked(written, of, name, tmp_path)
    unknown = first_unknown(value)
    assert unknown is not None, (written, value)
    assert (unknown.cause, unknown.is_set) == (Cause.REFUSED, False), unknown
    assert f"{path} is left out, which the provider refuses" in unknown.reason


@pytest.mark.parametrize(("kind", "name", "type_", "path"), DECIDING)
def test_a_fact_whose_required_path_is_not_known_is_set(
    tmp_path: Path, kind: str, name: str, type_: str, path: str
) -> None:
    of = BY_NAME[kind]
    written = 'variable "x" {}\n' + text(of, type_, "", {path: "var.x"})
    value = peeked(written, of, name, tmp_path)
    unknown = first_unknown(value)
    assert unknown is not None, (written, value)
    assert "var.x has no value" in unknown.reason
    if of.facts[name].parse is None:
        assert isinstance(value, Unknown)
        assert value.is_set, written


PROBES = ('"one-1"', '"two-2"', '"aurora-mysql"', '"postgres16"', '"111122223333"', '"arn:aws:s3:::three"')


@pytest.mark.parametrize("control", [each for each in CONTROLS if each.kind.terraform], ids=lambda control: control.id)
def test_where_only_being_set_counts_a_variable_counts_as_a_literal(control: Control, tmp_path: Path) -> None:
    for kind, name, type_, path in DECIDING:
        if kind != control.kind.kind:
            continue

        def status(value: str, type_: str = type_, path: str = path) -> Status:
            written = 'variable "x" {}\n' + text(control.kind, type_, "", {path: value})
            (tmp_path / "main.tf").write_text(written)
            inventory = build_inventory(read(tmp_path)[0], KINDS)
            return next(one.status for one in judge([control], inventory) if is_phi(one, control.kind))

        told = {status(probe) for probe in PROBES}
        if len(told) == 1 and Status.UNKNOWN not in told:
            assert {status("var.x")} == told, (name, type_, path)


# --- functions -------------------------------------------------------------------------------------------------------


def asked(kind: type[Resource]) -> frozenset[tuple[str, str, str]]:
    """(fact, type, path) of all that the functions of a kind ask their views for, of a resource with all that is required."""
    assert kind.terraform is not None
    found: set[tuple[str, str, str]] = set()
    original = InstanceView.get
    with pytest.MonkeyPatch.context() as patch:
        for type_ in kind.terraform.types:
            for fact in kind.facts.values():

                def get(self: InstanceView, path: str, name: str = fact.name) -> Value:
                    found.add((name, self.type, path))
                    return original(self, path)

                patch.setattr(InstanceView, "get", get)
                with_all = everything(kind, type_)
                one = _one(with_all, kind)
                if one is not None and fact.live_only is None:
                    one.peek(fact)
    return frozenset(found)


def everything(kind: type[Resource], type_: str) -> str:
    """A resource with all its split resources, each with all that is required."""
    assert kind.terraform is not None
    write = attributes if type_.startswith("awscc_") else body
    main = f'resource "{type_}" "phi" {{\n{write(arguments_of(type_), "", {})}}}\n'
    splits = ""
    for split in sorted(kind.terraform_types() - set(kind.terraform.types)):
        by = kind.terraform.joins.get(split, kind.terraform.joined_by)
        if by is not None and by in arguments_of(split):
            rest = (attributes if split.startswith("awscc_") else body)(
                arguments_of(split), "", {by: f"{type_}.phi.id"}
            )
            splits += f'resource "{split}" "s" {{\n{rest}}}\n'
    return main + splits


def _one(text: str, kind: type[Resource]) -> Resource | None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as directory:
        return resource(text, kind, Path(directory))


def test_what_functions_ask_for_is_found() -> None:
    found = {(kind.kind, *each) for kind in WHOLE for each in asked(kind)}
    assert ("elbv2.Listener", "default_actions", "aws_lb_listener", "default_action") in found
    assert ("s3.Bucket", "replication", "aws_s3_bucket", "aws_s3_bucket_replication_configuration.rule") in found


@pytest.mark.parametrize("kind", WHOLE, ids=lambda kind: kind.kind)
def test_what_functions_ask_for_is_not_known_where_it_is_left_out(kind: type[Resource], tmp_path: Path) -> None:
    tried = {(name, *split_from(type_, path)) for name, type_, path in asked(kind)}
    for name, type_, path in sorted(tried):
        for step in required_steps(type_, path):
            if type_.startswith("awscc_iam_") and step == "policy_name":
                continue  # without a document, which it may leave out, there is no policy to name
            if says_whose(kind, type_, step):
                continue  # what does not say where it belongs is of nobody
            written = text(kind, type_, step, {})
            found = resource(written, kind, tmp_path)
            if found is not None:
                assert f"{step} is left out" in inside(found.peek(kind.facts[name])), (name, type_, step, written)


def split_from(type_: str, path: str) -> tuple[str, str]:
    """The type that a path is of, and what of it stands below."""
    head, _, rest = path.partition(".")
    return (head, rest) if names_split(path) else (type_, path)


def inside(value: Value) -> str:
    """All that a fact says, in words."""
    if isinstance(value, list):
        unknown = repr(value.unknown) if isinstance(value, Incomplete) else ""
        return " ".join(map(inside, value.seen if isinstance(value, Incomplete) else value)) + unknown
    if isinstance(value, InlinePolicy):
        return inside(value.peek("name")) + inside(value.peek("document"))
    return repr(value.statements) if isinstance(value, PolicyDocument) else repr(value)


# --- what was found --------------------------------------------------------------------------------------------------

LISTENER = (
    'resource "aws_lb_listener" "phi" {{\n  load_balancer_arn = "arn:x"\n  port = 80\n  protocol = "HTTP"\n{}\n}}\n'
)
REDIRECTS = "alb_http_redirects_to_https"
BALANCER = 'variable "b" {{}}\nresource "aws_lb" "phi" {{\n  access_logs {{\n    {}\n  }}\n}}\n'
WEB_ACL = """
variable "b" {{}}
resource "aws_lb" "phi" {{}}
resource "aws_wafv2_web_acl_association" "phi" {{
  resource_arn = aws_lb.phi.arn
  {}
}}
"""
LOGS, SHIELDED = "elbv2_access_logging_enabled", "alb_waf_attached"
test_left_out_and_not_known = cases(
    Case(REDIRECTS, "no default action", UNKNOWN, terraform=LISTENER.format(""), says="default_action is left out"),
    Case(
        REDIRECTS,
        "an action of no type",
        UNKNOWN,
        terraform=LISTENER.format("default_action {}"),
        says="type is left out",
    ),
    Case(LOGS, "delivered to a variable", PASS, terraform=BALANCER.format("enabled = true\n bucket = var.b")),
    Case(
        LOGS, "delivered to no bucket", UNKNOWN, terraform=BALANCER.format("enabled = true"), says="bucket is left out"
    ),
    Case(LOGS, "turned off, to no bucket", FAIL, terraform=BALANCER.format('enabled = false\n bucket = ""')),
    Case(LOGS, "not known whether turned on", UNKNOWN, terraform=BALANCER.format('enabled = var.b\n bucket = "x"')),
    Case(SHIELDED, "a web ACL by a variable", PASS, terraform=WEB_ACL.format("web_acl_arn = var.b")),
    Case(SHIELDED, "no web ACL", UNKNOWN, terraform=WEB_ACL.format(""), says="web_acl_arn is left out"),
)
