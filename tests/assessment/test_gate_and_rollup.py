"""The gate's exit codes, and what findings say of the law."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

from hipaa_guard import law
from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.gate import decide
from hipaa_guard.assessment.model import Coverage, RequirementSummary, Scan
from hipaa_guard.controls.control import Control, Severity, Status, passed
from hipaa_guard.controls.findings import Finding
from hipaa_guard.controls.fix import Fix
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Cause

COMPLETE = Coverage()
GAP = Coverage(gaps=(Gap(GapKind.FILE, "a.tf", "broken"), Gap(GapKind.CALL, "s3.list_buckets", "denied")))
HARMLESS = Coverage(gaps=(Gap(GapKind.EXPRESSION, "x", "undecided", incomplete=False),))


ELSEWHERE = "only parts of resources declared elsewhere were found, and they decide nothing."


class Thing(Resource):
    pass


def finding(
    status: Status = Status.FAIL,
    severity: Severity = Severity.HIGH,
    name: str = "a",
    *,
    control_id: str = "c",
    cause: Cause | None = None,
    error: str | None = None,
) -> Finding:
    origin = Origin("s3.Bucket", "aws_s3_bucket", name, "terraform", address=f"aws_s3_bucket.{name}")
    return Finding(control_id, status, severity, "is so", "0" * 64, origin, cause=cause, error=error)


BROKEN = finding(Status.UNKNOWN, error="Traceback")
OWN_BROKEN = finding(Status.UNKNOWN, control_id="own_x", error="Traceback", cause=Cause.POLICY)
UNKNOWN = finding(Status.UNKNOWN, cause=Cause.VARIABLE)
DENIED = finding(Status.UNKNOWN, cause=Cause.DENIED)
PASSED = finding(Status.PASS)
FAILED = finding()


class TestGate:
    @pytest.mark.parametrize(
        "findings, coverage, code",
        [
            ([], COMPLETE, 3),
            ([finding(Status.NOT_APPLICABLE)], COMPLETE, 3),
            ([UNKNOWN], COMPLETE, 0),
            ([PASSED], COMPLETE, 0),
            ([PASSED, UNKNOWN], HARMLESS, 0),
            ([FAILED], COMPLETE, 1),
            ([PASSED], GAP, 3),
            ([PASSED, DENIED], COMPLETE, 3),
            ([FAILED], GAP, 1),
            ([FAILED, BROKEN], GAP, 4),
            ([BROKEN], COMPLETE, 4),
            ([PASSED], Coverage(gaps=(Gap(GapKind.CONTROL, "c", "broke"),)), 4),
            ([PASSED, OWN_BROKEN], COMPLETE, 3),
            ([FAILED, OWN_BROKEN], COMPLETE, 1),
            ([OWN_BROKEN, BROKEN], COMPLETE, 4),
            ([PASSED], Coverage(gaps=(Gap(GapKind.POLICY, "own_x", "is broken"),)), 3),
        ],
    )
    def test_exit_codes_and_their_precedence(self, findings: list[Finding], coverage: Coverage, code: int) -> None:
        gate = decide(findings, coverage)
        assert (gate.exit_code, gate.passed) == (code, code == 0)
        assert gate.reasons

    def test_names_every_reason_and_the_deciding_one_first(self) -> None:
        gate = decide([FAILED, BROKEN], GAP, max_unknown=0, internal_errors=2)
        assert gate.reasons == (
            "1 control broke while judging (c).",
            "2 internal errors happened during the scan.",
            "1 finding fails: 1 high.",
            "The scan is incomplete: 1 file could not be read, 1 AWS call was not answered.",
            "1 verdict is unknown and at most 0 may be.",
        )

    @pytest.mark.parametrize("severity, code", [("critical", 0), ("high", 1), ("medium", 1), ("low", 1), (None, 0)])
    def test_stops_at_the_severity_asked_for(self, severity: str | None, code: int) -> None:
        gate = decide([FAILED], COMPLETE, fail_on=Severity(severity) if severity else None)
        assert gate.exit_code == code
        if code == 0:
            assert "1 failing finding" in gate.reasons[0], "a failure that does not stop is still told"

    @pytest.mark.parametrize("most, code", [(None, 0), (1, 0), (0, 3)])
    def test_unknown_verdicts_count_only_when_asked(self, most: int | None, code: int) -> None:
        assert decide([UNKNOWN], COMPLETE, max_unknown=most).exit_code == code

    def test_warnings_only_stops_for_nothing_but_our_own_errors(self) -> None:
        gate = decide([FAILED], GAP, warn_only=True)
        assert (gate.passed, gate.exit_code) == (True, 0)
        assert gate.reasons[0] == "Warnings only: 1 finding fails: 1 high."
        assert "incomplete" in gate.reasons[1]
        assert decide([FAILED, BROKEN], GAP, warn_only=True).exit_code == 4

    @pytest.mark.parametrize(
        "coverage, narrowed, said",
        [
            (COMPLETE, False, "no resource was found that a control judges."),
            (Coverage(unjudged_types={"a": 1, "b": 1, "c": 1}), False, "3 resources of 3 types have no control."),
            (Coverage(unjudged_types={"a": 1}), False, "1 resource of 1 type has no control."),
            (Coverage(resources={"s3.Bucket": 2}), False, "no control concerns the 2 resources that were found."),
            (Coverage(elsewhere={"s3_bucket_tls_required": 2}), False, ELSEWHERE),
            (COMPLETE, True, "the part that was asked for holds no resource that the chosen controls judge."),
        ],
    )
    def test_a_scan_that_judged_nothing_says_so(self, coverage: Coverage, narrowed: bool, said: str) -> None:
        gate = decide([], coverage, narrowed=narrowed)
        assert gate.reasons == (f"Nothing was judged: {said}",)
        assert gate.exit_code == (0 if narrowed else 3)
        allowed = decide([], coverage, allow_empty=True)
        assert (allowed.exit_code, allowed.passed) == (0, True)
        assert allowed.reasons[0].startswith("Nothing was judged: ")

    @pytest.mark.parametrize("most, code", [(None, 0), (3, 0), (2, 3)])
    def test_resources_that_no_control_judged_count_only_when_asked(self, most: int | None, code: int) -> None:
        coverage = Coverage(unjudged_types={"aws_redshift_cluster": 2}, unjudged_kinds={"s3.Bucket": 1})
        gate = decide([PASSED], coverage, max_unjudged=most)
        assert gate.exit_code == code
        if code:
            assert gate.reasons == ("3 resources were judged by no control and at most 2 may be.",)


def control(id: str, *hipaa: str, severity: Severity = Severity.HIGH) -> Control:
    return Control(id, id, severity, hipaa, "why", Fix("x"), Thing, lambda _: passed("is"), False, "integrity", "m")


def requirements(controls: list[Control], *findings: Finding) -> Mapping[str, RequirementSummary]:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    result = assess(Scan("terraform", ".", now, now, "hcl"), COMPLETE, controls, findings, version="1")
    return {each.citation: each for each in result.requirements}


AUTOMATED, PARTIAL, MANUAL, INHERITED = "164.312(a)(2)(iv)", "164.312(b)", "164.308(a)(2)", "164.310(a)(1)"


class TestLaw:
    def test_the_kinds_of_requirement_used_below(self) -> None:
        by = law.citations()
        kinds = [by[each].assessment for each in (PARTIAL, MANUAL, INHERITED)]
        assert kinds == ["partial", "manual", "aws-inherited"]

    def test_the_rule_has_its_69_lines(self) -> None:
        by = law.citations()
        assert len(by) == 69
        assert sum(each.type == "required" for each in by.values()) == 24
        assert sum(each.type == "addressable" for each in by.values()) == 22
        assert next(iter(by)) == "164.308(a)(1)(i)"

    def test_says_how_old_it_is(self) -> None:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", law.dates().compiled)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", law.dates().eligible_services)
        assert "2013" in law.dates().text


_TEXT = {"type": "string", "minLength": 4}
_ENTRY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["citation", "kind", "parent", "name", "type", "safeguard", "summary", "aws_evidence", "assessment"],
    "properties": {
        "citation": {"type": "string", "pattern": r"^164\.3\d\d(\([a-zA-Z0-9]+\))+$"},
        "kind": {"enum": ["standard", "specification"]},
        "parent": {"type": "string", "pattern": r"^164\.3\d\d(\([a-zA-Z0-9]+\))*$"},
        "name": _TEXT,
        "type": {"enum": ["standard", "required", "addressable"]},
        "safeguard": {"enum": ["administrative", "physical", "technical", "organizational", "documentation"]},
        "summary": {"type": "string", "minLength": 20},
        "aws_evidence": _TEXT,
        "assessment": {"enum": ["automated", "partial", "manual", "aws-inherited"]},
        "note": _TEXT,
        "judged_by": {"type": "array", "minItems": 1, "items": {"pattern": "^[a-z_]+(/[a-z ]+)?$"}},
        "name_is_official": {"type": "boolean"},
        "counted_with": _TEXT,
        "clauses": {"type": "array", "items": {"required": ["citation", "summary"]}},
    },
}


def test_every_entry_of_the_rule_has_its_full_shape() -> None:
    document = yaml.safe_load((files("hipaa_guard.policies") / "law" / "security_rule.yaml").read_text("utf-8"))
    entries = document["requirements"]
    jsonschema.validate(entries, {"type": "array", "items": _ENTRY})
    known = {entry["citation"] for entry in entries}
    for entry in entries:
        assert (entry["kind"] == "standard") == (entry["type"] == "standard")
        if entry["kind"] == "specification":
            assert entry["parent"] in known, f"{entry['citation']} stands under a standard that is listed"


class TestRollUp:
    def test_all_lines_are_there_in_the_order_of_the_rule(self) -> None:
        assert list(requirements([])) == list(law.citations())

    def test_a_gap_is_a_gap_whatever_else_was_found(self) -> None:
        for citation in (AUTOMATED, PARTIAL, MANUAL, INHERITED):
            found = requirements([control("c", citation)], PASSED, UNKNOWN, FAILED)[citation]
            assert found.status is Status.FAIL
            assert (found.counts[Status.FAIL], found.counts[Status.PASS], found.controls) == (1, 1, ("c",))

    def test_unknown_is_never_hidden_by_passes(self) -> None:
        assert requirements([control("c", AUTOMATED)], PASSED, UNKNOWN)[AUTOMATED].status is Status.UNKNOWN

    def test_only_what_a_scanner_can_decide_can_pass(self) -> None:
        expected = {
            "automated": Status.PASS,
            "partial": Status.MANUAL,
            "manual": Status.MANUAL,
            "aws-inherited": Status.INHERITED,
        }
        for citation, requirement in law.citations().items():
            found = requirements([control("c", citation)], PASSED)[citation]
            assert found.status is expected[requirement.assessment]

    def test_controls_without_a_resource_say_nothing(self) -> None:
        assert requirements([control("c", PARTIAL)])[PARTIAL].status is Status.NOT_APPLICABLE
        assert (
            requirements([control("c", PARTIAL)], finding(Status.NOT_APPLICABLE))[PARTIAL].status
            is Status.NOT_APPLICABLE
        )
        assert requirements([control("c", MANUAL)])[MANUAL].status is Status.MANUAL
        assert requirements([control("c", INHERITED)])[INHERITED].status is Status.INHERITED

    def test_without_controls_it_needs_a_person_or_is_inherited(self) -> None:
        found = requirements([])
        assert {each.status for each in found.values()} == {Status.MANUAL, Status.INHERITED}
        assert found[INHERITED].status is Status.INHERITED

    def test_a_standard_is_judged_by_its_own_controls_only(self) -> None:
        found = requirements([control("c", "164.312(e)(2)(ii)")], FAILED)
        assert found["164.312(e)(2)(ii)"].status is Status.FAIL
        assert found["164.312(e)(1)"].status is not Status.FAIL


def test_findings_are_sorted_worst_first_and_the_order_of_arrival_does_not_matter() -> None:
    low = finding(Status.FAIL, Severity.LOW, control_id="d")
    other = finding(Status.FAIL, Severity.HIGH, "b")
    findings = [PASSED, UNKNOWN, low, other, FAILED]
    now = datetime(2026, 11, 22, tzinfo=UTC)
    scan = Scan("terraform", ".", now, now, "hcl")
    controls = [control("d", PARTIAL), control("c", PARTIAL)]
    one = assess(scan, COMPLETE, controls, findings, version="1")
    other_way = assess(scan, COMPLETE, controls[::-1], findings[::-1], version="1")
    assert one == other_way
    assert list(one.findings) == [FAILED, other, low, UNKNOWN, PASSED]
    assert [summary.id for summary in one.controls] == ["c", "d"]


def test_the_law_is_read_from_its_copy_only_as_long_as_that_is_in_date() -> None:
    for name in law.YAML_FILES:
        assert law.document(name) == law.parsed(law.text_of(name))
        assert law._parsed()[name]["checksum"] == law.checksum(law.text_of(name))


def test_a_changed_law_is_parsed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(law.directory(), tmp_path / "law")
    rule = tmp_path / "law" / "security_rule.yaml"
    rule.write_text(
        rule.read_text(encoding="utf-8").replace("compiled: '2026-11-22'", "compiled: '2026-11-23'"), "utf-8"
    )
    monkeypatch.setattr(law, "directory", lambda: tmp_path / "law")
    law._parsed.cache_clear()
    try:
        assert law.document("security_rule.yaml")["compiled"] == "2026-11-23"
        assert law.document("eligible_services.yaml")["list_date"] == "2026-05-22"
        (tmp_path / "law" / law.PARSED).write_text("{")
        law._parsed.cache_clear()
        assert law.document("eligible_services.yaml")["list_date"] == "2026-05-22"
    finally:
        law._parsed.cache_clear()
