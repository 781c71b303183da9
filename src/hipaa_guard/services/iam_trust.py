"""Trust policies of IAM roles: the principals that a statement lets in, and the proof that it demands of them.

Condition keys: IAM user guide, "IAM and AWS STS condition context keys".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from hipaa_guard.facts.binding_conditions import binds_caller
from hipaa_guard.facts.policy_document import Condition, PolicyDocument, Principal, Statement
from hipaa_guard.facts.values import PartialText, Undecided, Unknown, Value, every, some

_EQUALS = ("stringequals", "stringequalsignorecase")
_LIKE = ("stringlike", "arnlike", "arnequals")
_ORGANIZATIONS = ("aws:principalorgid", "aws:principalorgpaths")

# The issuer for workflows of all of GitHub. An enterprise may have its own, with its name as a path below this one.
GITHUB = "token.actions.githubusercontent.com"
_GITHUB_WHO = ("repository", "repository_id", "repository_owner_id", "job_workflow_ref", "enterprise_id")
_GITHUB_SUBJECT = re.compile(
    r"(repo|repository|job_workflow_ref):[^/:*?]+/.*|(repository_owner|repository_owner_id|repository_id):[^:*?]+(:.*)?"
)


def lets_in(statement: Statement) -> bool:
    """Whether the statement lets somebody assume the role."""
    return statement.effect == "Allow" and some(
        statement.covers_action, ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
    )


def only_services(trust: PolicyDocument) -> bool:
    """Whether only AWS services are let in."""
    return every(
        lambda statement: (
            not statement.not_principals and every(lambda principal: principal.type == "Service", statement.principals)
        ),
        trust.allowances(),
    )


def foreign_account(statement: Statement, own: str | None) -> str | None:
    """In words, an account other than the role's own that the statement lets in; None if there is none.

    Raises:
        Undecided: the statement names an account, and it is not known whether it is the role's own.

    """
    if statement.not_principals:
        return "every account"
    found: list[str] = []

    def is_foreign(principal: Principal) -> bool:
        account = _foreign(principal, own)
        if account is not None:
            found.append(account)
        return account is not None

    return found[0] if some(is_foreign, statement.principals) else None


def _foreign(principal: Principal, own: str | None) -> str | None:
    if principal.type not in ("AWS", "*"):
        return None
    if principal.is_anyone:
        return "every account"
    account = principal.account
    if account is None:  # the own account, or the id of a deleted user or role
        return None
    if own is None:
        raise Undecided(Unknown(f"it is not known whether {account} is the account of the role"))
    return None if account == own else f"account {account}"


def asks_for_proof(statement: Statement) -> bool:
    """Whether the statement demands an external id, membership of an organisation, or a second factor."""
    return some(_is_proof, statement.conditions)


def _is_proof(condition: Condition) -> bool:
    operator = condition.operator.lower()
    # IfExists and ForAllValues hold if the key is missing.
    if condition.if_exists or condition.qualifier.lower() == "forallvalues":
        return False
    if condition.key == "aws:multifactorauthpresent":
        return condition.is_("Bool", condition.key, "true")
    if condition.key == "aws:multifactorauthage":
        return operator.startswith("numericlessthan")
    if condition.key in _ORGANIZATIONS:
        return binds_caller(condition)
    if condition.key != "sts:externalid":
        return False
    return operator in _EQUALS or (operator in _LIKE and not some(_is_wild, condition.values))


def _is_wild(value: Value) -> bool:
    """Whether a pattern for an external id begins with a wildcard, so that callers need not know the id."""
    prefix = value.prefix if isinstance(value, PartialText) and value.prefix else value
    return str(prefix).startswith(("*", "?"))


def trusts_issuer(statement: Statement, is_it: Callable[[str], bool]) -> bool:
    """Whether the statement lets in holders of tokens from an issuer that passes the test."""
    return some(lambda principal: principal.type == "Federated" and is_it(_issuer(principal)), statement.principals)


def _issuer(principal: Principal) -> str:
    """The identity provider of a ``Federated`` principal, with ``?`` for an unknown account.

    Raises:
        Undecided: the provider is not known.

    """
    value = principal.value
    if isinstance(value, PartialText) and isinstance(value.parts[-1], str) and "-provider/" in value.parts[-1]:
        return "".join(part if isinstance(part, str) else "?" for part in value.parts)
    if isinstance(value, Unknown):
        raise Undecided(value)
    return value


def is_of_github(issuer: Value) -> bool:
    """Whether tokens come from the issuer of all of GitHub, by its URL or ARN.

    Raises:
        Undecided: the host is not known.

    """
    if isinstance(issuer, PartialText):
        host, slash, _ = issuer.prefix.removeprefix("https://").partition("/")
        if slash and host != GITHUB:
            return False
        raise Undecided(issuer)
    return str(issuer).rstrip("/").endswith(GITHUB)


def names_github(statement: Statement) -> bool:
    """Whether a condition of the statement has a key of GitHub's tokens."""
    return some(lambda condition: condition.key.startswith(f"{GITHUB}:"), statement.conditions)


def limits_github(statement: Statement) -> bool:
    """Whether a condition of the statement names the owner or repository that GitHub's tokens must come from."""
    return some(_limits_github, statement.conditions)


def asks_all_subjects(statement: Statement) -> bool:
    """Whether the statement names the owner only by ``ForAllValues``, which also holds without any subject."""
    try:
        return some(lambda condition: _limits_github(replace(condition, qualifier="")), statement.conditions)
    except Undecided:
        return False


def _limits_github(condition: Condition) -> bool:
    operator = condition.operator.lower()
    host, _, claim = condition.key.rpartition(":")
    if host != GITHUB or condition.if_exists or condition.qualifier.lower() == "forallvalues":
        return False
    if operator not in _EQUALS and operator not in _LIKE:
        return False
    if claim == "sub":
        return every(_names_owner, condition.values)
    return claim in _GITHUB_WHO and every(lambda value: not str(value).startswith(("*", "?")), condition.values)


def _names_owner(value: Value) -> bool:
    """Whether a subject such as ``repo:clinic/records:ref:refs/heads/main`` names its owner without a wildcard."""
    if isinstance(value, PartialText) and _GITHUB_SUBJECT.fullmatch(f"{value.prefix}?"):
        return True
    return _GITHUB_SUBJECT.fullmatch(str(value)) is not None
