"""Trust policies of IAM roles: the principals that a statement lets in, and the proof that it demands of them.

Condition keys: IAM user guide, "IAM and AWS STS condition context keys".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from hipaa_guard.facts.lists import Incomplete, all_hold, every, gathered, mapped, some
from hipaa_guard.facts.partial_patterns import holds, is_wild
from hipaa_guard.facts.policies.binding_conditions import SYMBOL_START, binds_caller, named_accounts, names_services
from hipaa_guard.facts.policies.conditions import NOT_KNOWN
from hipaa_guard.facts.policies.document import Condition, PolicyDocument, Principal, Statement
from hipaa_guard.facts.values import Cause, PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.lean import regex

_EQUALS = ("stringequals", "stringequalsignorecase")
_LIKE = ("stringlike", "arnlike", "arnequals")
_ORGANIZATIONS = ("aws:principalorgid", "aws:principalorgpaths")

# The issuer for workflows of all of GitHub. An enterprise may have its own, with its name as a path below this one.
GITHUB = "token.actions.githubusercontent.com"
_REPOSITORY = regex(r"[^/*?]+/.+")
_ID = regex(r"[^*?]+")
_GITHUB_WHO = {
    "sub": regex(
        r"(repo|repository):([^/:*?]+/.*|[^/:*?@]+@.*)|(repository_owner|repository_owner_id|repository_id):[^:*?]+(:.*)?"
    ),
    "repository": _REPOSITORY,
    "repository_id": _ID,
    "repository_owner": _ID,
    "repository_owner_id": _ID,
    "enterprise_id": _ID,
}
"""The claims that name the owner of the calling workflow -> the patterns that do so for certain.

In subjects of repositories that are made, renamed or moved since 2026-07-15 the number of the owner follows its name,
after an ``@``, which no name has (GitHub documentation, "OpenID Connect reference").

``job_workflow_ref`` names the reusable workflow that is called. Anybody's workflow may call a public one.
"""


def lets_in(statement: Statement) -> bool:
    """Whether the statement lets somebody assume the role."""
    return statement.effect == "Allow" and some(
        statement.covers_action, ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
    )


def takes_tokens(statement: Statement) -> bool:
    """Whether the statement lets holders of OIDC tokens assume the role."""
    return statement.effect == "Allow" and statement.covers_action("sts:AssumeRoleWithWebIdentity")


def only_services(trust: PolicyDocument) -> bool:
    """Whether only AWS services are let in."""
    return every(Statement.is_for_services, trust.allowances())


def assuming(trust: PolicyDocument) -> PolicyDocument:
    """The trust policy without allowing statements that let nobody assume the role: ``sts:TagSession`` is no way in.

    Statements of which that is not known are as ones that are not seen.
    """
    statements = trust.statements
    unknown = statements.unknown if isinstance(statements, Incomplete) else None
    seen: list[Statement] = []
    for statement in list.__iter__(statements):
        try:
            if statement.effect != "Allow" or lets_in(statement):
                seen.append(statement)
        except Undecided as error:
            unknown = error.unknown if unknown is None else unknown
    return PolicyDocument(seen if unknown is None else Incomplete(seen, unknown))


def foreign_account(statement: Statement, own: str | None) -> str | None:
    """In words, an account other than the role's own that the statement lets in; None if there is none.

    Raises:
        Undecided: the statement names an account, and it is not known whether it is the role's own.

    """
    if some(names_services, statement.conditions):  # no principal of an account meets these
        return None
    if statement.not_principals:
        return "every account"
    found: list[str] = []

    callers = statement.accounts_of_callers()

    def is_foreign(principal: Principal) -> bool:
        if callers is not None and not principal.is_anyone and principal.account not in callers:
            return False  # it never meets the condition
        account = _let_in_as_anyone(statement, own) if principal.is_anyone else _foreign(principal, own)
        if account is not None:
            found.append(account)
        return account is not None

    return found[0] if some(is_foreign, statement.principals) else None


def _let_in_as_anyone(statement: Statement, own: str | None) -> str | None:
    """In words, an account that a statement for anyone lets in: its conditions may name some. Raises `Undecided`."""
    if statement.is_public() or statement.lets_in_a_place():
        return "every account"
    return next((f"account {account}" for account in statement.foreign_accounts(own)), None)


def _foreign(principal: Principal, own: str | None) -> str | None:
    if principal.type == "Federated":  # STS looks for the provider in the role's account: others are certain or nothing
        account = principal.account
        return None if account is None or own in (None, account) else f"a provider of identities of account {account}"
    if principal.type not in ("AWS", "*"):
        return None
    account = principal.account
    if account is None:  # the own account, or the id of a deleted user or role
        return None
    if own is None:
        raise Undecided(Unknown(f"it is not known whether {account} is the account of the role"))
    return None if account == own else f"account {account}"


def served_account(statement: Statement, own: str | None) -> str | None:
    """In words, an account other than the role's own for which the statement lets a service act; None if there is none.

    Raises:
        Undecided: a condition names an account, and it is not known whether it is the role's own.

    """

    def accounts(condition: Condition) -> list[str]:
        return gathered(lambda each: [each], named_accounts(condition))

    def others(condition: Condition) -> list[str]:
        found = accounts(condition)
        if found and own is None:
            raise Undecided(Unknown(f"it is not known whether {found[0]} is the account of the role"))
        return [each for each in found if each != own]

    if not statement.services():
        return None
    # All conditions must hold: where one names the role's own account alone, no other is served.
    serves = all_hold(
        lambda: some(others, statement.conditions),
        lambda: not some(lambda each: accounts(each) == [own], statement.conditions),
    )
    return f"account {gathered(others, statement.conditions)[0]}" if serves else None


def asks_for_proof(statement: Statement) -> bool:
    """Whether the statement demands an external id, membership of an organisation, or a second factor."""
    return some(is_proof, statement.conditions)


def parts_left(trust: PolicyDocument, statement: Statement) -> list[Statement]:
    """The parts of a statement that the denials of a trust policy leave. Who gives proof counts among those spared."""
    return trust.left_of(statement, lambda each: binds_caller(each) or is_proof(each))


def is_proof(condition: Condition) -> bool:
    """Whether a condition demands an external id, membership of an organisation, or a second factor."""
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
    # A pattern for an external id can be guessed: whoever tries ids needs to know only the part that is written.
    return operator in _EQUALS or (operator in _LIKE and not some(lambda one: holds(is_wild, one), condition.values))


_ANY_ISSUER = "*"
"""Stands for every provider of the account: no statement names fewer."""
_EKS = "oidc.eks.?.amazonaws.com/id/?"
"""The issuer of a cluster that the configuration declares."""


def issuers(statement: Statement, urls: Mapping[str, Value]) -> list[str]:
    """The issuers of the OIDC tokens that a statement takes, each a text, or an `Unknown` where it is not known.

    ``urls`` are the URLs of declared providers by the texts that name them. Where an issuer is not known, the keys of
    conditions tell it: ``gitlab.com:sub`` is in no token of another issuer, which then lets in nobody.
    """
    hosts = [host for host in _hosts(statement) if "." in host]

    def issuer(principal: Principal) -> list[Value]:
        if principal.type != "Federated":
            return []
        try:
            named = _issuer(principal)
        except Undecided as error:
            return list(hosts) or [error.unknown]
        url = urls.get(named, named)
        if isinstance(url, Reference) and ".aws_eks_cluster." in f".{url.address}":
            return [_EKS]
        if isinstance(url, PartialText):
            return [url]
        if isinstance(url, str) and not url.startswith(SYMBOL_START):
            return [url]
        unknown = (
            url if isinstance(url, Unknown) else Unknown("its issuer is known when Terraform runs", Cause.DATA_SOURCE)
        )
        return list(hosts) or [unknown]

    found = mapped(issuer, statement.principals)
    seen = found.seen if isinstance(found, Incomplete) else found
    flat = [each for one in seen for each in one]
    return Incomplete(flat, found.unknown) if isinstance(found, Incomplete) else flat


def _hosts(statement: Statement) -> Iterator[str]:
    conditions = statement.conditions
    for condition in conditions.seen if isinstance(conditions, Incomplete) else conditions:
        yield condition.key.rpartition(":")[0]


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
    named = str(issuer).removeprefix("https://").rpartition(":oidc-provider/")[2].rstrip("/")
    return named in (GITHUB, _ANY_ISSUER)


def names_github(statement: Statement) -> bool:
    """Whether a condition of the statement has a key of GitHub's tokens."""
    return some(lambda condition: condition.key.startswith(f"{GITHUB}:"), statement.conditions)


def trusts_github(statement: Statement, urls: Mapping[str, Value]) -> bool:
    """Whether the statement takes tokens of GitHub, by its principal or, where that is not known, by its conditions."""
    try:
        return some(is_of_github, issuers(statement, urls))
    except Undecided:
        if names_github(statement):
            return True
        raise


def names_called_workflow(statement: Statement) -> bool:
    """Whether a condition names the reusable workflow of GitHub that is called."""
    return some(lambda condition: condition.key == f"{GITHUB}:job_workflow_ref", statement.conditions)


def asks_all_subjects(statement: Statement) -> bool:
    """Whether the statement names the owner only by ``ForAllValues``, which also holds without any subject."""
    try:
        return some(lambda condition: names_owner(replace(condition, qualifier="")), statement.conditions)
    except Undecided:
        return False


def names_owner(condition: Condition) -> bool:
    """Whether a condition names the owner or repository that GitHub's tokens must come from. Raises `Undecided`."""
    operator = condition.operator.lower()
    host, _, claim = condition.key.rpartition(":")
    # Where the host is not known, it is this one, or no token of GitHub has the key.
    if host not in (GITHUB, NOT_KNOWN) or condition.if_exists or condition.qualifier.lower() == "forallvalues":
        return False
    wanted = _GITHUB_WHO.get(claim)
    if wanted is None or operator not in (*_EQUALS, *_LIKE):
        return False

    def is_named(text: str) -> bool:
        return wanted.fullmatch(text) is not None or (operator in _EQUALS and is_wild(text))

    return every(lambda value: holds(is_named, value), condition.values)
