"""Tables of cases: the specification of a control. Its Terraform side and its AWS side must agree.

A test module holds one table or more, beside the policies (``test_names.py`` beside ``names.py``) or elsewhere::

    test_verdict = cases(
        Case("own_bucket_versioned", "enabled", PASS,
             terraform='resource "aws_s3_bucket_versioning" "phi" { ... }',
             aws=lambda aws: aws.s3.put_bucket_versioning(...)),
        Case("own_bucket_versioned", "versioning may not be read", UNKNOWN,
             aws=bucket, denied="s3:GetBucketVersioning"),
        ...
        policies=[Path(__file__).parent],
    )

The control judges the resource called ``phi``: its Terraform block has this label, its name in AWS contains it. Where
resources of a kind are written inside others, the outer block has the label.
A case has one side only where the other side cannot express it. Each case also tests a promise of all controls:
blanking any fact leaves the verdict as it is or makes it unknown.

pytest runs such tables, and so does ``hipaa-guard policies test``. Only the AWS side needs moto.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Literal

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.controls.loading import ControlError, Loaded, chosen, load, load_all
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.readings import Singleton
from hipaa_guard.facts.resource import Fact, FactSource, Resource, Trace
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
REGION = "us-east-1"
ACCOUNT = "123456789012"

Side = Literal["terraform", "aws"]
SIDES: tuple[Side, ...] = ("terraform", "aws")


class Aws:
    """boto3 clients by name: ``aws.s3`` is ``boto3.client("s3")`` in the region of the cases."""

    def __init__(self) -> None:
        self._session = _session(REGION)

    def __getattr__(self, service: str) -> Any:
        return self._session.client(service.replace("_", "-"))


Seed = Callable[[Any], object]


@dataclass(frozen=True)
class Case:
    """One case: the state in a sentence, the verdict, and the state as each side writes it."""

    control: str
    sentence: str
    verdict: Status
    terraform: str | None = None
    aws: Seed | None = None
    denied: str | None = None
    """``service:Operation`` that AWS refuses with AccessDenied while the account is read."""
    says: str = ""
    """Words that the message must contain."""
    answers: Callable[[Any], None] | None = None
    """Registers canned answers, for calls that moto lacks: see `answered`."""

    @property
    def id(self) -> str:
        """The name of the test."""
        return f"{self.control}: {self.sentence}"

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that the case has."""
        return tuple(side for side in SIDES if getattr(self, side) is not None)


@functools.cache
def all_controls(policies: tuple[Path, ...] = ()) -> dict[str, Control]:
    """The shipped and installed controls and those of these directories, by id.

    Raises:
        ControlError: a directory, or a policy in it, cannot be used.

    """
    return {control.id: control for control in load(policies)}


@functools.cache
def _loaded(policies: tuple[Path, ...]) -> Loaded:
    return load_all(policies)


def control_of(case: Case, loaded: Loaded) -> Control:
    """The control of a case.

    Raises:
        ControlError: it does not exist, or cannot be used.

    """
    wanted = chosen(loaded, [case.control])
    if wanted.broken or not wanted.controls:
        raise ControlError("; ".join(map(str, wanted.broken)))
    return wanted.controls[0]


def cases(*table: Case, policies: Sequence[Path] = ()) -> Callable[..., None]:
    """Make a test from a table: each case on each of its sides. ``policies`` are the directories of controls.

    Under pytest the test is parametrised; `cases_in` finds the table again.
    """

    def test(case: Case, side: Side, tmp_path: Path) -> None:
        check(case, side, control_of(case, _loaded(tuple(policies))), tmp_path)

    pytest = sys.modules.get("pytest")
    if pytest is not None:
        pairs = [(case, side) for case in table for side in case.sides]
        ids = [f"{side} - {case.id}" for case, side in pairs]
        test = pytest.mark.parametrize(("case", "side"), pairs, ids=ids)(test)
    setattr(test, _TABLE, table)
    return test


_TABLE = "hipaa_guard_cases"


def cases_in(module: ModuleType) -> list[Case]:
    """The cases of all tables that a module holds."""
    return [case for value in vars(module).values() for case in getattr(value, _TABLE, ())]


def check(case: Case, side: Side, control: Control, directory: Path | None = None) -> None:
    """Judge a case on one side; its Terraform is written to an empty directory, by default a temporary one.

    Raises:
        AssertionError: the verdict is a different one, or blanking a fact makes it better or worse.

    """
    with _or_temporary(directory) as place, told_to(side, case, control, place) as inventory:
        finding = _the_one(control, inventory)
        assert finding.error is None, f"the control broke: it {finding.message}\n{finding.error}"
        assert finding.status == case.verdict, f"expected {case.verdict}, got {finding.status}: {finding.message}"
        assert case.says in finding.message, f"{case.says!r} is not in {finding.message!r}"
        blank_each_fact(control, inventory, finding)


def verdict(case: Case, side: Side, control: Control, directory: Path) -> Finding:
    """The verdict of a control on ``phi`` on one side."""
    with told_to(side, case, control, directory) as inventory:
        return _the_one(control, inventory)


@contextmanager
def _or_temporary(directory: Path | None) -> Iterator[Path]:
    if directory is not None:
        yield directory
        return
    with TemporaryDirectory(prefix="hipaa-guard-") as temporary:
        yield Path(temporary)


def has_moto() -> bool:
    """Whether moto, the simulated AWS, is installed."""
    return importlib.util.find_spec("moto") is not None


@contextmanager
def told_to(side: Side, case: Case, control: Control, directory: Path) -> Iterator[Inventory]:
    """The inventory of a case as one side sees it."""
    if side == "terraform":
        yield terraform_inventory(case.terraform or "", [control], directory)
        return
    with aws_account():
        assert case.aws is not None, "the case has no AWS side"
        case.aws(Aws())
        yield aws_inventory([control], denied=case.denied, answers=case.answers)


def terraform_inventory(text: str, controls: list[Control], directory: Path) -> Inventory:
    """The inventory of a configuration, which must be readable in full."""
    (directory / "main.tf").write_text(textwrap.dedent(text), encoding="utf-8")
    (configuration,) = read(directory)
    gaps = [gap for gap in configuration.gaps if gap.kind is not GapKind.UNCALLED]
    assert not gaps, f"the Terraform of the case cannot be read in full: {gaps}"
    return build_inventory(configuration, kinds_of(controls))


_ACCOUNT_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}
_NOT_IN_ENVIRONMENT = ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN")


@contextmanager
def aws_account() -> Iterator[None]:
    """An empty simulated account; no variable of the environment leads to a real one."""
    from moto import mock_aws

    before = {name: os.environ.get(name) for name in (*_ACCOUNT_ENVIRONMENT, *_NOT_IN_ENVIRONMENT)}
    os.environ.update(_ACCOUNT_ENVIRONMENT)
    for name in _NOT_IN_ENVIRONMENT:
        os.environ.pop(name, None)
    try:
        with mock_aws():
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def aws_inventory(
    controls: list[Control], *, denied: str | None = None, answers: Callable[[Any], None] | None = None
) -> Inventory:
    """The inventory of the account; AWS refuses ``denied``, and ``answers`` registers canned answers."""
    from hipaa_guard.aws.collecting.collect import collect
    from hipaa_guard.aws.sessions.accounts import open_account

    session = _session()
    if denied is not None:
        deny(session, denied)
    if answers is not None:
        answers(session)
    account = open_account(session=session, regions=REGION)
    return collect(account, kinds_of(controls), wanted_facts(controls)).inventory


def _session(region: str | None = None) -> Any:
    import boto3

    session = boto3.Session(region_name=region)
    session._session.register_component("data_loader", _loader())  # noqa: SLF001 - boto3 has no other way
    return session


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
    """Answer one operation without sending it; the answer is checked against botocore's model of the service."""
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


def _the_one(control: Control, inventory: Inventory) -> Finding:
    findings = list(judge([control], inventory))
    named = [finding for finding in findings if is_phi(finding, control.kind)]
    assert len(named) == 1, f"{len(named)} of {len(findings)} findings are about phi: {findings}"
    return named[0]


def is_phi(finding: Finding, kind: type[Resource]) -> bool:
    """Whether a finding is about the resource of the case (or about the only account or region)."""
    origin = finding.resource
    if origin.source == "terraform":
        of_blocks = kind.terraform is not None and origin.type in kind.terraform.inside
        address = origin.block if of_blocks else origin.address
        return (address or "").split(".")[-1].startswith("phi")
    return "phi" in (origin.name or "") or "phi" in (origin.arn or "") or isinstance(kind.aws, Singleton)


class _Blanked:
    """A source in which one fact cannot be seen."""

    def __init__(self, source: FactSource, name: str) -> None:
        self.source = source
        self.name = name

    def read(self, fact: Fact) -> Value:
        """See `FactSource`."""
        return Unknown("blanked") if fact.name == self.name else self.source.read(fact)

    def trace(self, fact: Fact) -> Trace:  # noqa: ARG002 - the signature of a source
        """See `FactSource`."""
        return Trace()


def blank_each_fact(control: Control, inventory: Inventory, plain: Finding) -> None:
    """Blanking any fact of any resource must leave the verdict as it is or make it unknown."""
    by_kind = {resource.kind: type(resource) for resource in inventory}
    for kind in by_kind.values():
        for name in wanted_facts([control]).get(kind, ()):
            blanked = Inventory(
                [_blank(resource, kind, name) for resource in inventory],
                source=inventory.source,
                unlisted=inventory.unlisted,
            )
            finding = next(f for f in judge([control], blanked) if f.fingerprint == plain.fingerprint)
            assert finding.error is None, f"without {name}: {finding.error}"
            assert finding.status in (plain.status, UNKNOWN), f"{plain.status} became {finding.status} without {name}"


def _blank(resource: Resource, kind: type[Resource], name: str) -> Resource:
    source: FactSource = resource._source  # noqa: SLF001 - no control may do this
    if isinstance(resource, kind):
        source = _Blanked(source, name)
    return type(resource)(resource.origin, source)
