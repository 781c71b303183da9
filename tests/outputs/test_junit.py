"""JUnit: what Jenkins' schema allows, and that nothing unknown looks like a pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.formats.junit import render

SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"


@pytest.fixture(scope="module")
def read() -> Callable[[str], etree._Element]:
    schema = etree.XMLSchema(etree.parse(SCHEMA))

    def checked(text: str) -> etree._Element:
        tree = etree.fromstring(text.encode("utf-8"), etree.XMLParser(huge_tree=True, resolve_entities=False))
        schema.assertValid(tree)
        return tree

    return checked


def outcome(case: etree._Element) -> str:
    """A case has one child at most: GitLab counts one with two as failed."""
    assert len(case) <= 1
    return str(case[0].tag) if len(case) else "pass"


def outcomes(tree: etree._Element) -> dict[tuple[str, str], str]:
    return {(case.get("classname"), case.get("name")): outcome(case) for case in tree.iter("testcase")}


@pytest.mark.parametrize("which", ["golden", "empty", "nasty", "covered", "changed", "telehealth", "clinic"])
def test_is_what_the_schema_says(
    which: str, request: pytest.FixtureRequest, read: Callable[[str], etree._Element]
) -> None:
    tree = read(render(request.getfixturevalue(which)))
    assert tree.tag == "testsuites"


def test_the_schema_has_teeth(covered: Assessment, read: Callable[[str], etree._Element]) -> None:
    with pytest.raises(etree.DocumentInvalid):
        read(render(covered).replace("<testcase name=", "<testcase title=", 1))


def test_a_suite_for_each_control_and_a_case_for_each_resource(
    covered: Assessment, read: Callable[[str], etree._Element]
) -> None:
    assert outcomes(read(render(covered))) == {
        ("s3_bucket_public", "aws_s3_bucket.phi (called at infra/root.tf:3)"): "failure",
        ("s3_bucket_public", "aws_s3_bucket.notes"): "skipped",
        ("s3_bucket_versioned", "module.store.aws_s3_bucket.store (called at infra/main.tf:3)"): "failure",
        ("s3_bucket_versioned", "aws_s3_bucket.phi (called at infra/root.tf:3)"): "skipped",
        ("s3_bucket_logged", "aws_s3_bucket.phi (called at infra/root.tf:3)"): "failure",
        ("s3_bucket_tls_required", "aws_s3_bucket.phi (called at infra/root.tf:3)"): "error",
        ("s3_bucket_tls_required", "aws_s3_bucket.notes"): "pass",
    }


def test_an_accepted_risk_names_its_entry_and_its_end(
    covered: Assessment, read: Callable[[str], etree._Element]
) -> None:
    (skipped,) = read(render(covered)).xpath("//skipped[@type='exception']")
    assert skipped.get("message").startswith("Accepted risk EX-12 until 2027-03-31")


def test_a_failure_says_where_and_what_to_do(covered: Assessment, read: Callable[[str], etree._Element]) -> None:
    (failure,) = read(render(covered)).xpath("//failure[@message='is public']")
    assert failure.text.splitlines()[0] == "infra/main.tf:10"
    assert "45 CFR 164.312(a)(1)" in failure.text
    assert 'resource "aws_s3_bucket" "this" {' in failure.text


def test_what_was_not_read_is_an_error(golden: Assessment, read: Callable[[str], etree._Element]) -> None:
    tree = read(render(golden))
    names = [case.get("name") for case in tree.xpath("//testsuite[@name='not looked at']/testcase[error]")]
    assert names == [
        "file not read: broken.tf (broken.tf:3)",
        "call not answered: s3.get_bucket_policy (us-east-1)",
    ]


@pytest.mark.parametrize("which", ["golden", "nasty", "covered", "telehealth", "clinic"])
def test_numbers_agree_with_the_scan(
    which: str, request: pytest.FixtureRequest, read: Callable[[str], etree._Element]
) -> None:
    assessment = request.getfixturevalue(which)
    tree = read(render(assessment))
    failing = sum(
        each.status is Status.FAIL and each.exception is None and not each.advisory for each in assessment.findings
    )
    assert tree.get("failures") == str(failing)
    for suite in tree:
        found = Counter(outcome(case) for case in suite)
        assert suite.get("tests") == str(found.total())
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(name) == str(found[tag])


def test_100_000_findings_are_as_many_cases(huge: Assessment, read: Callable[[str], etree._Element]) -> None:
    assert read(render(huge)).get("tests") == "100000"
