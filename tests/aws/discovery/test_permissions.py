"""The calls of discovery: the permissions that they need, and that botocore knows them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from hipaa_guard.assessment.gate import CLEAN
from hipaa_guard.aws.collecting.discovery import QUESTIONS
from hipaa_guard.aws.planning import templates
from hipaa_guard.aws.planning.actions import DATA_READS, actions_for
from hipaa_guard.aws.planning.plan import Question
from hipaa_guard.cli.main import run
from hipaa_guard.facts.policies.texts import matches
from tests.aws.discovery.told import HOME, OPERATIONS
from tests.aws.granted import actions, policies
from tests.aws.wire import Wire, model_of


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(arguments)
    return code, json.loads(capsys.readouterr().out)


def test_the_policy_and_the_dry_run_have_the_calls(capsys: pytest.CaptureFixture[str]) -> None:
    _, dry = told(capsys, "scan", "aws", "--dry-run", "-o", "json")
    assert {call["operation"] for call in dry["calls"]} >= set(OPERATIONS)
    allowed = told_actions(capsys, "iam-policy")
    assert allowed >= set(actions_for((), {}, QUESTIONS))
    assert not told_actions(capsys, "iam-policy", "-c", "s3_bucket_versioning_enabled") & {"tag:GetResources"}
    assert {"resource-explorer-2:Search", "tag:GetResources"} <= allowed


def told_actions(capsys: pytest.CaptureFixture[str], *arguments: str) -> set[str]:
    capsys.readouterr()
    run(arguments)
    return actions(*policies(capsys.readouterr().out))


def test_no_question_reads_what_is_stored_or_changes_anything() -> None:
    for action in actions_for((), {}, QUESTIONS):
        assert not any(matches(each.lower(), action.lower()) for each in DATA_READS)
        assert re.search(r":(Get|List|Describe|Search)", action)


def test_a_preflight_names_what_the_role_lacks_and_is_complete(wire: Wire, capsys: pytest.CaptureFixture[str]) -> None:
    wire.refuse("config.get_discovered_resource_counts", "AccessDeniedException", 403)
    code, found = told(capsys, "scan", "aws", "--preflight", "--regions", HOME, "-o", "json")
    assert found["missing_actions"] == ["config:GetDiscoveredResourceCounts"]
    assert (code, found["complete"]) == (CLEAN, True)
    assert not wire.times("resourcegroupstaggingapi.get_resources")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.operation)
def test_a_question_asks_what_botocore_knows(question: Question) -> None:
    model = model_of(question.operation)
    assert set(question.params) <= set(model.input_shape.members)
    assert set(model.input_shape.required_members) <= set(question.params)
    for path in question.reads:
        _check(model.output_shape, templates.compiled(path).parsed)


def _check(shape: Any, node: dict[str, Any]) -> Any:
    """Walk a plain path: fields, projections and selections of fields."""
    if node["type"] == "field":
        return shape.members[node["value"]]
    if node["type"] in ("multi_select_list", "identity"):
        for child in node["children"]:
            _check(shape, child)
        return shape
    for child in node["children"]:
        shape = _check(shape, child)
        while shape.type_name == "list":
            shape = shape.member
    return shape
