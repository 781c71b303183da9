"""What sends failures may not exist: whether the queue is a dead-letter queue is then not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.testing import resource
from tests.policies.sqs.test_controls import ARN, DEAD, OPEN, queue
from tests.policies.sqs.test_dead_letters import HERE, OTHER, named
from tests.terraform.stand_ins.given import scan

MAYBE = "count = var.open ? 1 : 0\n"
PHI, ANOTHER = "aws_sqs_queue.phi.arn", "aws_sqs_queue.other.arn"


def sender(type: str, target: str, more: str = MAYBE) -> str:
    """Something that sends its failures to a queue."""
    if type == "aws_sqs_queue":
        redrive = f"redrive_policy = jsonencode({{ deadLetterTargetArn = {target}, maxReceiveCount = 3 }})"
        return resource(type, f'{more}name = "work"\n{redrive}', "sender" if more else "certain")
    return resource(type, more + named(target)[type], "sender")


def verdict(directory: Path, text: str) -> Status:
    result = scan(directory, queue().text + OTHER + OPEN + "\n" + text, DEAD)
    return next(each.status for each in result.findings if each.resource.address == "aws_sqs_queue.phi")


@pytest.mark.parametrize("type", ["aws_sqs_queue", *named("x")])
@pytest.mark.parametrize(
    ("target", "provider", "expected"),
    [(PHI, "", Status.UNKNOWN), (f'"{ARN}"', HERE, Status.UNKNOWN), (ANOTHER, "", Status.FAIL)],
)
def test_a_sender_may_not_exist(type: str, target: str, provider: str, expected: Status, tmp_path: Path) -> None:
    assert verdict(tmp_path, sender(type, target) + provider) is expected


def test_one_that_certainly_exists_decides(tmp_path: Path) -> None:
    both = sender("aws_sqs_queue", PHI) + sender("aws_sqs_queue", PHI, "")
    assert verdict(tmp_path, both) is Status.NOT_APPLICABLE
