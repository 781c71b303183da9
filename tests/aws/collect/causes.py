"""Why a fact is not known, and whether a ledger of an account adds up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hipaa_guard.aws.collecting.collect import Collected
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.values import Cause, Undecided

Opened = Callable[..., AwsAccount]


def cause_of(resource: Any, fact: str) -> Cause:
    with pytest.raises(Undecided) as caught:
        getattr(resource, fact)
    return caught.value.unknown.cause


def balanced(collected: Collected) -> bool:
    count = collected.facts
    return count.planned == count.known + count.absent + count.unknown > 0
