"""What Terraform wrote for our own configurations, judged by every reader: see `tests.terraform.real`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from tests.terraform.real.estates import Estate, apart, chosen, shipped, with_own_names
from tests.terraform.real.known import Deviation, Known, known
from tests.terraform.real.recording import Record, names, recorded, trimmed
from tests.terraform.real.refused import listed, unexplained
from tests.terraform.real.running import Run, scanned
from tests.terraform.real.snippets import Snippet, snippets
from tests.terraform.real.sources import PLAN, PLAN_WITH_SOURCE, SOURCE, STATE, Difference

NAMES = names()
each_record = pytest.mark.parametrize("name", NAMES)


def test_every_shipped_configuration_and_all_cases_are_recorded() -> None:
    assert {estate.name for estate in shipped()} <= set(NAMES)
    assert any(name.startswith("cases-") for name in NAMES)


@each_record
def test_sources_contradict_each_other_nowhere_but_where_moto_does(name: str, tmp_path: Path) -> None:
    record = recorded(name)
    run = Run(record, scanned(record, tmp_path))
    explained = known()
    assert [str(one) for one in run.differences() if one.contradicts and not explained.explains(one)] == []
    assert {SOURCE, PLAN, PLAN_WITH_SOURCE, STATE} == set(run.told)
    assert run.missing() == {}
    source, plan = run.told[SOURCE], run.told[PLAN]
    assert source.keys() == plan.keys() == run.told[PLAN_WITH_SOURCE].keys()
    decided = Counter(finding.status for finding in source.values())
    assert decided[Status.PASS]
    assert decided[Status.FAIL] or len(source) < FEW


FEW = 20
"""Findings of a last batch, in which no case needs to fail."""


@each_record
def test_a_record_holds_nothing_of_the_harness(name: str) -> None:
    record = recorded(name)
    assert "planned_values" not in record.plan
    for provider in record.plan["configuration"]["provider_config"].values():
        assert not {"access_key", "secret_key", "endpoints"} & set(provider["expressions"])


@each_record
def test_a_plan_with_its_source_knows_what_the_plan_knows(name: str, tmp_path: Path) -> None:
    told = scanned(recorded(name), tmp_path)
    for key, finding in told[PLAN].items():
        if finding.status in (Status.PASS, Status.FAIL):
            assert told[PLAN_WITH_SOURCE][key].status is finding.status, (key, finding.message)


@pytest.mark.parametrize("estate", shipped(), ids=lambda estate: estate.name)
def test_the_shipped_configurations_are_those_that_were_recorded(estate: Estate) -> None:
    assert recorded(estate.name).files == estate.files, "record them anew: python -m tests.terraform.real --record"


def test_each_refused_text_is_one_of_ours() -> None:
    told_in = {one.told_in for one in snippets()}
    assert [one for one in listed() if one.told_in not in told_in] == []
    assert all(one.reason and one.kept_because for one in listed())


def test_a_text_that_is_refused_and_not_listed_is_a_problem() -> None:
    one = Snippet("x_1", "", "x: one")
    found = {"x_1": ["Unsupported argument"]} | {
        name: [row.reason]
        for name, row in ((each.name, row) for row in listed() for each in snippets() if each.told_in == row.told_in)
    }
    assert unexplained(found, [*snippets(), one]) == ["Terraform refuses x: one: Unsupported argument"]
    del found["x_1"]
    gone = next(iter(found))
    del found[gone]
    (problem,) = unexplained(found, snippets())
    assert "which Terraform takes" in problem


def test_what_an_account_has_once_is_never_declared_twice_in_a_group() -> None:
    one = Snippet("a_1", 'resource "aws_ebs_encryption_by_default" "phi" {}', "a")
    other = Snippet("b_1", 'resource "aws_s3_bucket" "phi" {}', "b")
    assert [[each.name for each in group] for group in apart([one, other, one])] == [["b_1"], ["a_1"], ["a_1"]]


def test_names_in_aws_become_its_own_and_addresses_stay() -> None:
    text = 'resource "aws_s3_bucket" "phi" {\n  bucket = "phi-records"\n  x = aws_y.phi.arn\n  z = "${aws_y.phi.id}/phi-a"\n}\n'
    own = with_own_names(Snippet("x_abc123", text, "x")).text
    assert own == text.replace('"phi-records"', '"phi-records-abc123"')


def test_of_each_control_the_fix_and_a_failing_case_are_chosen() -> None:
    per_control = Counter((one.control, one.whole, one.verdict) for one in chosen(snippets()))
    assert set(per_control.values()) == {1}
    assert {verdict for _, _, verdict in per_control} == {Status.PASS, Status.FAIL}


def test_random_parts_are_stable_and_written_ones_stay() -> None:
    def of(random: str, time: str) -> Record:
        state = {"id": f"sg-{random}", "again": f"sg-{random}", "at": time, "vpc": "vpc-0123456789abcdef0"}
        return trimmed(Record("x", {"main.tf": 'id = "vpc-0123456789abcdef0"'}, {}, {"timestamp": time}, state, {}, {}))

    one = of("0a1b2c3d4e5f60718", "2026-11-30T01:02:03Z")
    assert one == of("ffffffffffffffff1", "2027-01-01T00:00:00Z")
    assert one.state["id"] == one.state["again"]
    assert one.state["vpc"] == "vpc-0123456789abcdef0"
    assert one.plan == {}


def test_a_deviation_of_moto_explains_what_the_account_says_and_no_more() -> None:
    live = Known((Deviation("c", "live", "is open", "why"),))
    both, statuses, messages = ("source", "live"), (Status.PASS, Status.FAIL), ("is shut", "is open")
    assert live.explains(Difference(("c", "a.b"), both, statuses, messages))
    assert not live.explains(Difference(("c", "a.b"), both, statuses, ("is open", "is shut")))
    assert not live.explains(Difference(("c", "a.b"), ("source", "state"), statuses, messages))
    assert not live.explains(Difference(("d", "a.b"), both, statuses, messages))
    assert live.unused() == []
