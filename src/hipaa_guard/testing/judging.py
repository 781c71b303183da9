"""Judging tables of cases, under pytest and by ``hipaa-guard policies test``."""

from __future__ import annotations

import functools
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.facts_read import kinds_of, wanted_facts
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.controls.loading import ControlError, Loaded, chosen, load, load_all
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.origin import Trace
from hipaa_guard.facts.readings import Singleton
from hipaa_guard.facts.resource import Fact, FactSource, Resource
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing.accounts import Aws, aws_account, aws_inventory
from hipaa_guard.testing.told import Case, Side


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
    """The cases of all tables of a module."""
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
        expected = case.severity or control.severity
        assert finding.severity == expected, f"expected the severity {expected}, got {finding.severity}"
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


@contextmanager
def told_to(side: Side, case: Case, control: Control, directory: Path) -> Iterator[Inventory]:
    """The inventory of a case on one side."""
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
                why_unseen=inventory.why_unseen,
            )
            finding = next(f for f in judge([control], blanked) if f.fingerprint == plain.fingerprint)
            assert finding.error is None, f"{control.id} breaks without the fact {kind.kind}.{name}: {finding.error}"
            assert finding.status in (plain.status, Status.UNKNOWN), (
                f"{plain.status} became {finding.status} without {name}"
            )


def _blank(resource: Resource, kind: type[Resource], name: str) -> Resource:
    source: FactSource = resource._source  # noqa: SLF001 - no control may do this
    if isinstance(resource, kind):
        source = _Blanked(source, name)
    return type(resource)(resource.origin, source)
