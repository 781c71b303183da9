"""Documented fixes work in the account that they are pasted in: its number is looked up where it decides."""

from __future__ import annotations

import re

import pytest

from hipaa_guard.testing import all_controls

_DECIDING = re.compile(
    r'arn:aws:iam::111122223333:root|"aws:Source(?:Account|Arn)" = "(?:[^"]*:)?111122223333[:"]|AWSLogs/111122223333/'
)
"""The example account where another number than one's own lets nobody in, or the wrong account: as the account in a
principal, as the source of a service, and in the path of delivered logs."""
_LOOK_UP = 'data "aws_caller_identity" "current" {}'

FIXES = {id: text for id, control in all_controls().items() if (text := control.fix_texts().terraform)}


@pytest.mark.parametrize("id", FIXES)
def test_no_example_account_stands_where_the_own_one_decides(id: str) -> None:
    assert not _DECIDING.findall(FIXES[id])


@pytest.mark.parametrize("id", [id for id, text in FIXES.items() if "data.aws_caller_identity.current" in text])
def test_what_is_looked_up_is_declared_once(id: str) -> None:
    assert FIXES[id].count(_LOOK_UP) == 1


@pytest.mark.parametrize(
    "text",
    [
        'AWS = "arn:aws:iam::111122223333:root"',
        '"aws:SourceAccount" = "111122223333"',
        '"aws:SourceArn" = "arn:aws:cloudtrail:us-east-1:111122223333:trail/account"',
        "${aws_s3_bucket.logs.arn}/AWSLogs/111122223333/*",
    ],
)
def test_each_way_to_write_it_is_found(text: str) -> None:
    assert _DECIDING.search(text)


def test_some_fix_needs_the_own_account() -> None:
    assert any("data.aws_caller_identity.current" in text for text in FIXES.values())
