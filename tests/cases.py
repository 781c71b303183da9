"""Tables of cases: the specification of a control, told to Terraform and to AWS, which must agree.

A policy's test module holds one table::

    test_verdict = cases(
        Case("s3_bucket_versioning_enabled", "enabled", PASS,
             terraform='resource "aws_s3_bucket_versioning" "phi" { ... }',
             aws=lambda aws: aws.s3.put_bucket_versioning(...)),
        Case("s3_bucket_versioning_enabled", "versioning may not be read", UNKNOWN,
             aws=bucket, denied="s3:GetBucketVersioning"),
        ...
    )

The resource that is judged is the one called ``phi``: its Terraform block is labelled so, its name in AWS contains it.
A case is told to one side only where the other cannot say it. With each case goes a promise of all controls: blanking
any fact leaves the verdict as it is or makes it unknown.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.controls.loading import load
from hipaa_guard.controls.wanted import kinds_of, wanted_facts
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.places import GapKind
from hipaa_guard.facts.resource import Fact, Resource, Source, Trace
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.inventory import build_inventory
from hipaa_guard.terraform.read import read

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
REGION = "us-east-1"
ACCOUNT = "123456789012"


class Aws:
    """boto3 clients by name: ``aws.s3`` is ``boto3.client("s3")`` in the region of the cases."""

    def __init__(self) -> None:
        self._session = boto3.Session(region_name=REGION)
        self._session._session.register_component("data_loader", _loader())

    def __getattr__(self, service: str) -> Any:
        return self._session.client(service.replace("_", "-"))  # type: ignore[call-overload]


Seed = Callable[[Any], object]


@dataclass(frozen=True)
class Case:
    """One case: the state in a sentence, the verdict, and the state told to each side."""

    control: str
    sentence: str
    verdict: Status
    terraform: str | None = None
    aws: Seed | None = None
    denied: str | None = None
    """``service:Operation`` that is refused with AccessDenied while the account is read."""
    says: str = ""
    """Words that the message must contain."""
    answers: Callable[[Any], None] | None = None
    """Registers canned answers, for calls that moto lacks: see `answered`."""

    @property
    def id(self) -> str:
        return f"{self.control}: {self.sentence}"


@functools.cache
def all_controls() -> dict[str, Control]:
    return {control.id: control for control in load()}


REGISTRY: list[Case] = []
"""Every case of every table that has been imported, for the promises that hold for all controls."""


def cases(*table: Case) -> Callable[..., None]:
    """Make a parametrised test of a table: each case on each side it is told to."""
    REGISTRY.extend(table)
    told = [(case, side) for case in table for side in ("terraform", "aws") if getattr(case, side) is not None]

    @pytest.mark.parametrize(("case", "side"), told, ids=[f"{side} - {case.id}" for case, side in told])
    def test(case: Case, side: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        control = all_controls()[case.control]
        with told_to(side, case, control, tmp_path, monkeypatch) as inventory:
            finding = _the_one([control], inventory)
            told = (finding.status, finding.message)
            assert told == (case.verdict, finding.message), finding.error
            assert case.says in finding.message
            blank_each_fact(control, inventory, finding)

    return test


def verdict(case: Case, side: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """What a case's control says of ``phi`` on one side."""
    control = all_controls()[case.control]
    with told_to(side, case, control, tmp_path, monkeypatch) as inventory:
        return _the_one([control], inventory)


@contextmanager
def told_to(
    side: str, case: Case, control: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Inventory]:
    """The inventory of a case as one side sees it."""
    if side == "terraform":
        yield terraform_inventory(case.terraform or "", [control], tmp_path)
        return
    with aws_account(monkeypatch):
        assert case.aws is not None
        case.aws(Aws())
        yield aws_inventory([control], denied=case.denied, answers=case.answers)


def terraform_inventory(text: str, controls: list[Control], tmp_path: Path) -> Inventory:
    (tmp_path / "main.tf").write_text(textwrap.dedent(text))
    (configuration,) = read(tmp_path, var_files=(), variables={})
    assert all(gap.kind is GapKind.UNCALLED for gap in configuration.gaps), configuration.gaps
    return build_inventory(configuration, kinds_of(controls))


@contextmanager
def aws_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty simulated account."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield


def aws_inventory(
    controls: list[Control], *, denied: str | None = None, answers: Callable[[Any], None] | None = None
) -> Inventory:
    from hipaa_guard.aws.collect import collect
    from hipaa_guard.aws.sessions import open_account

    session = boto3.Session()
    session._session.register_component("data_loader", _loader())
    if denied is not None:
        deny(session, denied)
    if answers is not None:
        answers(session)
    account = open_account(session=session, regions=REGION)
    return collect(account, kinds_of(controls), wanted_facts(controls)).inventory


@functools.cache
def _loader() -> Any:
    """The service models, read once for all cases."""
    from botocore.loaders import create_loader

    return create_loader()


def deny(session: Any, action: str) -> None:
    """Refuse one operation (``s3:GetBucketPolicy``) with AccessDenied."""
    service, _, operation = action.partition(":")
    answered(session, service, operation, {"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, status=403)


def answered(session: Any, service: str, operation: str, parsed: dict[str, Any], status: int = 200) -> None:
    """Answer one operation without sending it. The answer is checked against botocore's model of the service."""
    client = session.client(service, region_name=REGION)
    if status == 200:
        from botocore.stub import Stubber

        method = next(m for m, name in client.meta.method_to_api_mapping.items() if name == operation)
        Stubber(client).add_response(method, parsed)

    class Http:
        status_code = status
        headers: dict[str, str] = {}  # noqa: RUF012 - botocore reads it
        content = b""

    def reply(**_: Any) -> tuple[Any, dict[str, Any]]:
        return Http(), {"ResponseMetadata": {"HTTPStatusCode": status}, **parsed}

    service_id = client.meta.service_model.service_id.hyphenize()
    session.events.register_first(f"before-call.{service_id}.{operation}", reply)


def _the_one(controls: list[Control], inventory: Inventory) -> Finding:
    findings = list(judge(controls, inventory))
    named = [finding for finding in findings if is_phi(finding)]
    assert len(named) == 1, f"{len(named)} of {len(findings)} findings are about phi: {findings}"
    return named[0]


def is_phi(finding: Finding) -> bool:
    """Whether a finding is about the resource of the case (or about an account or region, of which there is one)."""
    origin = finding.resource
    if origin.source == "terraform":
        return (origin.address or "").split(".")[-1].startswith("phi")
    return "phi" in (origin.name or "") or "phi" in (origin.arn or "") or single(type_of(finding))


def type_of(finding: Finding) -> type[Resource]:
    return all_controls()[finding.control_id].kind


def single(kind: type[Resource]) -> bool:
    from hipaa_guard.facts.readings import Singleton

    return isinstance(kind.aws, Singleton)


class Blanked:
    """A source in which one fact cannot be seen."""

    def __init__(self, source: Source, name: str) -> None:
        self.source = source
        self.name = name

    def read(self, fact: Fact) -> Value:
        return Unknown("blanked") if fact.name == self.name else self.source.read(fact)

    def trace(self, fact: Fact) -> Trace:
        return Trace()


def blank_each_fact(control: Control, inventory: Inventory, plain: Finding) -> None:
    """Blanking any fact of any resource must leave the verdict as it is or make it unknown."""
    by_kind = {resource.kind: type(resource) for resource in inventory}
    for kind in by_kind.values():
        for name in wanted_facts([control]).get(kind, ()):
            blanked = Inventory(
                [blank(resource, kind, name) for resource in inventory],
                source=inventory.source,
                unlisted=inventory.unlisted,
            )
            finding = next(f for f in judge([control], blanked) if f.fingerprint == plain.fingerprint)
            assert finding.error is None, finding.error
            assert finding.status in (plain.status, UNKNOWN), f"{plain.status} became {finding.status} without {name}"


def blank(resource: Resource, kind: type[Resource], name: str) -> Resource:
    source: Source = resource._source
    if isinstance(resource, kind):
        source = Blanked(source, name)
    return type(resource)(resource.origin, source)
