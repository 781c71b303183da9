"""The least-privilege policy in forms to deploy: policies within IAM's limits, and a CloudFormation template."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from hipaa_guard.aws.planning.actions import allowances, policy_of
from hipaa_guard.facts.policies.texts import matches

MANAGED_POLICY_LIMIT = 6144
"""Maximum characters of a managed policy; white space does not count."""

# AWS managed policies whose action patterns are shipped, one a line: name -> file beside this module.
_SHIPPED: Mapping[str, str] = {"SecurityAudit": "security_audit.txt"}
MANAGED = tuple(_SHIPPED)

# Every principal may call these, even where a policy denies it.
_FREE = frozenset({"sts:GetCallerIdentity"})


def missing_from(managed: str, actions: Collection[str]) -> list[str]:
    """Those of the actions that an AWS managed policy of `MANAGED` does not allow, sorted."""
    by_service = _allowed(managed)
    return sorted(
        action
        for action in actions
        if action not in _FREE
        and not any(matches(each, action.lower()) for each in by_service.get(action.partition(":")[0].lower(), ()))
    )


@cache
def _allowed(managed: str) -> Mapping[str, Sequence[str]]:
    """The actions that a managed policy allows on all resources: service -> lower-case patterns (IAM ignores case)."""
    text = files("hipaa_guard.aws.planning").joinpath(_SHIPPED[managed]).read_text(encoding="utf-8")
    by_service: dict[str, list[str]] = {}
    for line in text.lower().splitlines():
        if line and not line.startswith("#"):
            by_service.setdefault(line.partition(":")[0], []).append(line)
    return by_service


def policies_of(actions: Collection[str]) -> list[dict[str, Any]]:
    """The fewest policies that hold these actions within IAM's limit of size.

    The first also denies reading stored data. The denial applies to the role as a whole.
    """
    rest = sorted(actions)
    fits = _fitting(rest, denies=True)
    found = [policy_of(rest[:fits])]
    while rest := rest[fits:]:
        fits = _fitting(rest, denies=False)
        found.append(_allowing(rest[:fits]))
    return found


def _allowing(actions: Collection[str]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": allowances(actions)}


def _fitting(actions: Sequence[str], *, denies: bool) -> int:
    """Number of actions, from the first on, that fit into one policy."""
    made = policy_of if denies else _allowing
    sizes = range(len(actions) + 1)
    return bisect_right(sizes, MANAGED_POLICY_LIMIT, key=lambda count: size(made(actions[:count]))) - 1


def size(policy: Mapping[str, Any]) -> int:
    """The characters of a policy as IAM counts them."""
    return len(json.dumps(policy, separators=(",", ":")))


def template(policies: Sequence[Mapping[str, Any]], managed: str | None = None) -> dict[str, Any]:
    """A CloudFormation template of the role for scans, with these policies and an AWS managed one.

    It names no account, region or macro, so that a StackSet can deploy it to every account of an organization.
    """
    aws_managed = [{"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{managed}"}] if managed else []
    ours = {f"ScanPolicy{number}": _managed_policy(policy) for number, policy in enumerate(policies, 1)}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The role that hipaa-guard assumes to read the configuration of this account, never its data. "
        "IAM is global: deploy it in one region of each account, with CAPABILITY_NAMED_IAM.",
        "Parameters": _PARAMETERS,
        "Conditions": {"HasExternalId": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExternalId"}, ""]}]}},
        "Resources": {"ScanRole": _role([*aws_managed, *({"Ref": name} for name in ours)]), **ours},
        "Outputs": {
            "RoleArn": {
                "Description": "For hipaa-guard scan aws --role-arn",
                "Value": {"Fn::GetAtt": ["ScanRole", "Arn"]},
            }
        },
    }


_PARAMETERS = {
    "TrustedPrincipalArn": {
        "Type": "String",
        "Description": "ARN of the role or user that runs hipaa-guard, or arn:aws:iam::ACCOUNT:root for its account",
        "AllowedPattern": "^arn:aws[a-z-]*:iam::[0-9]{12}:(root|role/.+|user/.+)$",
    },
    "ExternalId": {
        "Type": "String",
        "Default": "",
        "Description": "What --external-id must say; empty to ask for none",
        "AllowedPattern": "^$|^[A-Za-z0-9+=,.@:/_-]{2,1224}$",
    },
    "RoleName": {
        "Type": "String",
        "Default": "hipaa-guard-scan",
        "Description": "Name of the role, the same in every account",
        "AllowedPattern": "^[A-Za-z0-9+=,.@_-]{1,64}$",
    },
}


def _role(managed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    external = {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}}
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Ref": "TrustedPrincipalArn"}},
        "Action": "sts:AssumeRole",
        "Condition": {"Fn::If": ["HasExternalId", external, {"Ref": "AWS::NoValue"}]},
    }
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": {"Ref": "RoleName"},
            "Description": "Assumed by hipaa-guard: reads configuration, never data",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "ManagedPolicyArns": list(managed),
        },
    }


def _managed_policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"Description": "What a scan of hipaa-guard may read", "PolicyDocument": policy},
    }
