"""An account with something of everything in two regions."""

from __future__ import annotations

import pytest

from hipaa_guard.aws.sessions.accounts import AwsAccount
from tests.aws.clinic import (
    furnish,
)
from tests.aws.collect.causes import Opened


@pytest.fixture
def account(opened: Opened) -> AwsAccount:
    furnish()
    return opened()
