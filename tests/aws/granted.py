"""Policies as ``hipaa-guard iam-policy`` prints them: one, or a list where IAM would refuse so large a one."""

from __future__ import annotations

import json
from typing import Any


def policies(text: str) -> list[Any]:
    """The policies that were printed."""
    found = json.loads(text)
    return found if isinstance(found, list) else [found]


def actions(*policies: Any, effect: str = "Allow") -> set[str]:
    """The actions that these policies allow, or deny."""
    statements = [each for policy in policies for each in policy["Statement"]]
    return {action for each in statements if each["Effect"] == effect for action in each["Action"]}
