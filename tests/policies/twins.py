"""The same state told in the `aws` provider and in `awscc`, for each kind that both declare.

A service's twins stand beside its table, as ``TWINS`` of ``awscc.py`` in its folder, and are found there.

The resource that is judged is called ``phi`` in both. ``differs`` names the controls whose verdicts rightly differ,
because the providers leave out to different defaults, with the verdict of `awscc`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from hipaa_guard.controls.control import Status

FAIL, PASS, UNKNOWN = Status.FAIL, Status.PASS, Status.UNKNOWN
VARIABLE = 'variable "open" {}\n'
KEYS = 'resource "aws_kms_key" "own" {}\nresource "awscc_kms_key" "own" {}\n'


@dataclass(frozen=True)
class Twin:
    """One state, told in both providers."""

    sentence: str
    aws: str
    awscc: str
    has: Status
    """A verdict that some control must give: what the state was chosen for."""
    differs: dict[str, Status] = field(default_factory=dict)


def policy(principal: str, action: str, resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}
    return json.dumps(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
