"""What functions of facts ask for is not known where a required path of it is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.readings import names_split
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Value
from hipaa_guard.services.iam import InlinePolicy
from hipaa_guard.terraform.binding.fact_view import InstanceView
from hipaa_guard.terraform.binding.required_arguments import arguments_of
from tests.refused.required.configurations import (
    OF_KIND,
    WHOLE,
    attributes,
    body,
    required_steps,
    resource,
    says_whose,
    text,
)


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
            if step in OF_KIND.get(kind.kind, {}):
                continue  # then it may not be of the kind
            if kind.kind == "cloudwatch_logs.Centralization" and step == "rule.source":
                continue  # it tells whether the rule is about logs, not where they go
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
