"""One module as source, as plan (with and without the source beside it) and as state: one inventory, one judgement."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.lists import first_unknown
from hipaa_guard.facts.records import in_words
from hipaa_guard.facts.values import Value
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import all_controls
from tests.terraform.kinds import told
from tests.terraform.real.estates import PASSWORD
from tests.terraform.real.recording import recorded

CLINIC = Path(__file__).parent / "clinic"
DOCUMENTS = {"plan": "plan", "state": "state", "raw state": "raw_state"}
"""The fields of the record (`tests.terraform.real.recording`): Terraform itself wrote them for the clinic."""
EVERY = ("plan", "plan beside source", "state", "raw state", "state beside source", "raw state beside source")
BESIDE = tuple(name for name in EVERY if "beside" in name)

PLAN_CANNOT_TELL = {
    "it is made from local.": "locals are not in a plan",
    "policy: it is made from": "a text with one part that is not known is unknown whole in a plan",
    "cannot be judged: it is made from": "a text with one part that is not known is unknown whole in a plan",
}
"""Reasons of verdicts that are unknown by a plan alone, and why no plan could tell."""

STATE_TELLS_MORE = {
    ("rds_instance_tls_required", "aws_db_instance.patients"): "source and plan have no engine version: AWS chooses it",
}
FACTS_OF_STATE = {
    ("aws_db_instance.patients", "engine_version"): "AWS chooses it",
    ("aws_db_instance.patients", "parameter_group"): "AWS chooses it",
    ("aws_db_instance.patients", "option_group"): "AWS chooses it",
}


def in_full(value: Value) -> list[str]:
    """A value in words, a list as a set: a state repeats in a security group the rules that are their own resources."""
    return sorted({in_words(each, 1000) for each in (value if isinstance(value, list) else [value])})


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Configuration]:
    """The clinic as one document tells it, or as its source does."""
    directory = tmp_path_factory.mktemp("parity")
    shutil.copytree(CLINIC, directory / "clinic")

    @cache
    def found(name: str) -> Configuration:
        if name == "source":
            return read(directory / "clinic", PlanInputs(variables={"password": PASSWORD}))[0]
        document, _, beside = name.partition(" beside ")
        path = directory / f"{document}.json"
        path.write_text(json.dumps(getattr(recorded("clinic"), DOCUMENTS[document])))
        return read(path, source=directory / "clinic" if beside else None)[0]

    return found


@pytest.fixture(scope="module")
def inventory(configuration: Callable[[str], Configuration]) -> Callable[[str], Inventory]:
    kinds = kinds_of(list(all_controls().values()))
    return cache(lambda name: build_inventory(configuration(name), kinds))


@pytest.fixture(scope="module")
def findings(inventory: Callable[[str], Inventory]) -> Callable[[str], dict[tuple[str, str], Finding]]:
    """The findings by control and address."""

    @cache
    def found(name: str) -> dict[tuple[str, str], Finding]:
        judged = judge(list(all_controls().values()), inventory(name))
        return {(finding.control_id, finding.resource.address or ""): finding for finding in judged}

    return found


@pytest.mark.parametrize("name", ["source", *EVERY])
def test_all_of_it_is_read(name: str, configuration: Callable[[str], Configuration]) -> None:
    assert configuration(name).gaps == []


@pytest.mark.parametrize("name", EVERY)
def test_the_resources_are_the_same(name: str, inventory: Callable[[str], Inventory]) -> None:
    ours, theirs = (
        {(one.origin.address, one.origin.kind, one.origin.type, one.origin.name) for one in inventory(each)}
        for each in ("source", name)
    )
    assert ours == theirs
    assert 'module.store["scans.raw"].aws_s3_bucket.this' in {address for address, *_ in ours}
    regions = {one.origin.address: one.origin.region for one in inventory(name) if one.origin.arn or "plan" in name}
    assert set(regions.values()) <= {"eu-west-1", None}
    assert regions["aws_kms_key.phi"] == "eu-west-1"


@pytest.mark.parametrize("name", EVERY)
def test_facts_that_both_know_are_the_same(name: str, inventory: Callable[[str], Inventory]) -> None:
    theirs = {one.origin.address: one for one in inventory(name)}
    for ours in inventory("source"):
        for fact in type(ours).facts:
            values = told(ours, fact), told(theirs[ours.origin.address], fact)
            if any(first_unknown(value) is not None for value in values):
                continue
            words = [in_full(value) for value in values]
            if "unknown" in f"{words}":
                continue
            if "state" in name and (ours.origin.address, fact) in FACTS_OF_STATE:
                assert words[0] == ["not set"] != words[1]
            else:
                assert words[0] == words[1], (ours.origin.address, fact)


def test_a_plan_beside_its_source_gives_the_findings_of_the_source(
    findings: Callable[[str], dict[tuple[str, str], Finding]],
) -> None:
    ours, theirs = findings("source"), findings("plan beside source")
    assert ours.keys() == theirs.keys()
    for key, finding in ours.items():
        same = theirs[key]
        assert (same.status, same.message) == (finding.status, finding.message), key
        assert (same.location, same.decided_at) == (finding.location, finding.decided_at), key
        assert same.fingerprint == finding.fingerprint


def test_a_plan_alone_knows_less_and_contradicts_nothing(
    findings: Callable[[str], dict[tuple[str, str], Finding]],
) -> None:
    ours, theirs = findings("source"), findings("plan")
    assert ours.keys() == theirs.keys()
    used = set()
    for key, finding in ours.items():
        if theirs[key].status is not finding.status:
            reason = next((each for each in PLAN_CANNOT_TELL if each in theirs[key].message), None)
            assert (theirs[key].status, reason is None) == (Status.UNKNOWN, False), theirs[key].message
            used.add(reason)
    assert used == set(PLAN_CANNOT_TELL)


@pytest.mark.parametrize("name", [name for name in EVERY if "state" in name])
def test_a_state_gives_the_findings_of_the_source(
    name: str, findings: Callable[[str], dict[tuple[str, str], Finding]]
) -> None:
    ours, theirs = findings("source"), findings(name)
    assert ours.keys() == theirs.keys()
    for key, finding in ours.items():
        if key in STATE_TELLS_MORE:
            assert finding.status is Status.UNKNOWN is not theirs[key].status
        else:
            assert theirs[key].status is finding.status, (key, finding.message, theirs[key].message)


@pytest.mark.parametrize("name", BESIDE)
def test_lines_calls_and_comments_are_those_of_the_source(
    name: str, configuration: Callable[[str], Configuration]
) -> None:
    theirs = {one.address: one for one in configuration(name).instances}
    assert configuration(name).root == "."
    for ours in configuration("source").instances:
        same = theirs[ours.address]
        assert same.location == ours.location
        assert list(same.comments()) == list(ours.comments())
        for argument in ours.arguments():
            assert same.locate(argument) == ours.locate(argument)
    assert "# The key of everything that holds records." in dict(theirs["aws_kms_key.phi"].comments()).values()
    bucket = theirs['module.store["records"].aws_s3_bucket.this'].location
    assert (bucket.file, [call.file for call in bucket.calls]) == ("store/main.tf", ["main.tf"])


@pytest.mark.parametrize("name", EVERY)
def test_the_password_is_nowhere(
    name: str, inventory: Callable[[str], Inventory], findings: Callable[[str], dict[tuple[str, str], Finding]]
) -> None:
    seen = [repr(found) for found in findings(name).values()]
    seen += [in_words(told(one, fact)) for one in inventory(name) for fact in type(one).facts]
    assert PASSWORD not in "".join(seen)
