"""Actions and resources that the statements of IAM policies grant, less what the same policy denies.

Grammar of ARNs: AWS general reference, "Amazon Resource Names"; of actions: IAM user guide, "Action"; an explicit deny
overrides any allow: IAM user guide, "Policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hipaa_guard.facts.lists import all_hold, every, gathered, some
from hipaa_guard.facts.partial_patterns import holds, is_wild
from hipaa_guard.facts.policies.document import Condition, PolicyDocument, Statement, matches
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.services.iam_grants.arns import ANY, cover_all, is_all_of, is_wide

T = TypeVar("T")
U = TypeVar("U")

# Keys of conditions on the resource. Conditions on the caller do not limit the resources.
_NARROWING = regex(
    r"[a-z0-9-]+:resourcetag/.+|s3:existingobjecttag/.+|kms:(resourcealiases|requestalias|encryptioncontext:.+)"
)
_BEHIND_A_SERVICE = ("kms:viaservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
"""Keys that name the service which asks for the caller. They leave all resources that the service may use open."""
_EQUALS = ("stringequals", "stringequalsignorecase")
_LIKE = ("stringlike", "arnlike", "arnequals")


# --- conditions ------------------------------------------------------------------------------------------------------


def is_narrowed(statement: Statement) -> bool:
    """Whether a condition limits the resources of a statement."""
    return some(_narrows, statement.conditions)


def _narrows(condition: Condition) -> bool:
    return (
        _NARROWING.fullmatch(condition.key) is not None
        and not condition.if_exists
        and condition.qualifier.lower() != "forallvalues"
        and _names(condition, condition.operator.lower())
    )


def _names(condition: Condition, operator: str) -> bool:
    """Whether the values of a condition name something. A wildcard alone does not, to operators that know wildcards.

    Raises:
        Undecided: a value that decides it is not known.

    """
    if operator in _EQUALS:
        return True
    return operator in _LIKE and not some(lambda value: holds(_is_any_value, value), condition.values)


def _is_any_value(pattern: str) -> bool:
    if pattern.startswith("arn:"):
        return is_all_of(pattern, pattern.split(":", 3)[2])
    return any(matches(pattern, text) for text in (ANY, f"alias/{ANY}", f"{ANY}.us-east-1.amazonaws.com"))


SOME_SERVICE = "a service that is not known"
"""Stands for the service that a condition names, or for none, where that is not known."""


def services_between(statement: Statement) -> list[str]:
    """The services by which alone a statement lets its holder act (``kms:ViaService``); empty where it may act itself.

    Where a condition is not known, `SOME_SERVICE`: the grant is certain, and only its weight is not.
    """
    found: list[str] = []

    def is_between(condition: Condition) -> bool:
        if condition.key not in _BEHIND_A_SERVICE or condition.if_exists:
            return False
        if condition.qualifier.lower() == "forallvalues" or not _names(condition, condition.operator.lower()):
            return False
        found.extend(value if isinstance(value, str) else "a service" for value in condition.values)
        return True

    try:
        return found if some(is_between, statement.conditions) else []
    except Undecided:
        return [SOME_SERVICE]


# --- what a policy denies --------------------------------------------------------------------------------------------


def _denied(policy: PolicyDocument | None, action: str, service: str) -> bool:
    """Whether a policy denies an action on all resources of a service, whatever else it allows.

    Raises:
        Undecided: a statement that may deny it is not known.

    """
    return policy is not None and some(lambda denial: _denies(denial, action, service), policy.denials())


def _denies(denial: Statement, action: str, service: str) -> bool:
    """Whether a statement denies an action everywhere, or everywhere but on resources that it names."""
    return all_hold(
        lambda: denial.covers_action(action),
        lambda: is_wide(denial, service) if denial.not_resources else cover_all(denial.resources, service),
        lambda: every(_spares_named, denial.conditions),
    )


def _spares_named(condition: Condition) -> bool:
    """Whether a condition of a deny lets through only what is done with resources that it names.

    Negated operators also hold where the key is missing.
    """
    operator = condition.operator.lower()
    return (
        _NARROWING.fullmatch(condition.key) is not None
        and condition.qualifier.lower() != "foranyvalue"
        and "not" in operator
        and _names(condition, operator.replace("not", ""))
    )


# --- grants ----------------------------------------------------------------------------------------------------------


def grants_everything(statement: Statement, policy: PolicyDocument | None = None) -> bool:
    """Whether a statement covers all actions, or all except some that are not all of IAM's, on all resources.

    With the policy that it stands in, what that denies counts as well.
    """
    return all_hold(
        lambda: is_wide(statement, ""),
        lambda: _covers_everything(statement),
        lambda: not _denied(policy, f"iam:{ANY}", "iam"),
    )


def _covers_everything(statement: Statement) -> bool:
    if statement.not_actions:
        return statement.covers_action("iam:*")  # with all of IAM, a caller can grant itself the rest
    return some(lambda pattern: holds(_is_every_action, pattern), statement.actions)


def _is_every_action(pattern: str) -> bool:
    return matches(pattern, f"{ANY}:{ANY}")


def in_words(statement: Statement) -> str:
    """The actions and resources of a statement that `grants_everything`, in words."""
    actions = "every action but those it names" if statement.not_actions else "every action"
    return f"{actions} on every resource{' but those it names' if statement.not_resources else ''}"


def whole_services(statement: Statement, policy: PolicyDocument | None = None) -> list[str]:
    """The action patterns of a statement that cover all actions of a service on all its resources.

    With the policy that it stands in, what that denies counts as well.

    Raises:
        Undecided: no known pattern does, and an unknown one may.

    """

    def is_open(service: str, action: str, denied: str) -> bool:
        return all_hold(
            lambda: is_wide(statement, service),
            lambda: not is_narrowed(statement),
            lambda: not _denied(policy, action, denied),
        )

    def spared() -> list[str]:
        """The services that a denial of all other actions leaves whole (``Deny`` with ``NotAction = "s3:*"``)."""
        services = _spared_services(policy)
        return [
            f"{service}:*"
            for service in services
            if statement.covers_action(f"{service}:{ANY}") and is_open(service, f"{service}:{ANY}", service)
        ]

    if statement.not_actions:
        return ["all actions but those it names"] if is_open("", f"{ANY}:{ANY}", "") else spared()

    def whole(pattern: Value) -> list[str]:
        if not holds(is_whole, pattern):
            return []
        if not isinstance(pattern, str):
            return ["all actions of a service"]
        return _of_services(statement) or [pattern] if _is_every_action(pattern) else [pattern]

    def is_whole(action: str) -> bool:
        service, _, verb = ("*", "", "*") if _is_every_action(action) else action.partition(":")
        return matches(verb, ANY) and is_open(service, f"{service.replace('*', ANY)}:{ANY}", service.strip("*"))

    return gathered(whole, statement.actions) or spared()


def _of_services(statement: Statement) -> list[str]:
    """All actions of the services whose resources a statement for every action names, where it names no others."""
    arns = [each.split(":", 5) if isinstance(each, str) else [] for each in list.__iter__(statement.resources)]
    if statement.not_resources or any(len(arn) < 6 or is_wild(arn[2]) for arn in arns):
        return []
    return [f"{service}:*" for service in dict.fromkeys(arn[2] for arn in arns) if is_wide(statement, service)]


def _spared_services(policy: PolicyDocument | None) -> list[str]:
    """The services of which a denial names all actions as those that it does not deny."""
    named = [
        pattern.partition(":")
        for denial in ([] if policy is None else policy.denials())
        for pattern in list.__iter__(denial.not_actions)
        if isinstance(pattern, str)
    ]
    return list(dict.fromkeys(service for service, _, verb in named if service.isalnum() and matches(verb, ANY)))


def has_all_of_iam(statement: Statement, policy: PolicyDocument | None = None) -> bool:
    """Whether a statement certainly covers all actions of IAM on all its resources, by any pattern."""
    try:
        return all_hold(
            lambda: is_wide(statement, "iam"),
            lambda: statement.covers_action(f"iam:{ANY}"),
            lambda: not is_narrowed(statement),
            lambda: not _denied(policy, f"iam:{ANY}", "iam"),
        )
    except Undecided:
        return False


_THAT_MATTER = {
    "dynamodb": ("DeleteTable", "GetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem"),
    "iam": (
        *("CreatePolicyVersion", "UpdateAssumeRolePolicy", "PutRolePolicy", "AttachRolePolicy", "CreateAccessKey"),
        *("CreateUser", "CreateRole", "DeleteRole", "PassRole"),
    ),
    "kms": ("PutKeyPolicy", "ScheduleKeyDeletion", "CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey"),
    "s3": ("PutBucketPolicy", "DeleteBucket", "DeleteObject", "PutObject", "GetObject", "ListBucket"),
    "secretsmanager": ("PutResourcePolicy", "DeleteSecret", "CreateSecret", "PutSecretValue", "GetSecretValue"),
}
"""The actions of a service that read, write and destroy what it keeps and open it to others. Who may do all of these on
all resources holds as much as who has ``service:*``.
"""


def whole_services_together(policies: list[PolicyDocument | Unknown], *, freely: bool = False) -> list[str]:
    """The services of which policies allow all that matters on all resources, though no statement allows all of it.

    ``freely`` counts only statements without conditions.

    Raises:
        Undecided: nothing is found, and a statement that may allow it is not known.

    """

    def allowed(action: str, service: str) -> bool:
        return _allow(policies, f"{service}:{action}", service, freely=freely)

    def in_parts(service: str) -> list[str]:
        if not every(lambda action: allowed(action, service), _THAT_MATTER[service]):
            return []
        return [] if allowed(ANY, service) else [service]

    return gathered(in_parts, _THAT_MATTER)


def grants_everything_together(policies: list[PolicyDocument | Unknown]) -> bool:
    """Whether one statement allows all actions but some (``NotAction``), and another one all of IAM.

    With all of IAM, a caller can grant itself whatever else the first one leaves out.

    Raises:
        Undecided: a statement that may do so is not known.

    """
    return all_hold(
        lambda: _some_statement(policies, lambda each, _: bool(each.not_actions) and is_wide(each, "")),
        lambda: _allow(policies, f"iam:{ANY}", "iam"),
    )


def _allow(policies: list[PolicyDocument | Unknown], action: str, service: str, *, freely: bool = False) -> bool:
    """Whether a statement allows an action on all resources of a service, less what its policy denies."""

    def allows(statement: Statement, policy: PolicyDocument) -> bool:
        return all_hold(
            lambda: statement.covers_action(action),
            lambda: is_wide(statement, service),
            lambda: not is_narrowed(statement),
            lambda: not (freely and statement.conditions),
            lambda: not _denied(policy, action, service),
        )

    return _some_statement(policies, allows)


def _some_statement(
    policies: list[PolicyDocument | Unknown], test: Callable[[Statement, PolicyDocument], bool]
) -> bool:
    """Whether a test holds for an allowing statement and the policy that it stands in."""

    def in_policy(policy: PolicyDocument | Unknown) -> bool:
        if isinstance(policy, Unknown):
            raise Undecided(policy)
        return some(lambda statement: test(statement, policy), policy.allowances())

    return some(in_policy, policies)


def decrypts_with_any_key(statement: Statement, policy: PolicyDocument | None = None) -> bool:
    """Whether a statement covers decrypting with every KMS key, by any pattern for the action.

    With the policy that it stands in, what that denies counts as well. A statement for what a service asks for the
    caller alone covers every key that the service uses: see `services_between`.
    """

    def is_open(action: str) -> bool:
        return statement.covers_action(action) and not _denied(policy, action, "kms")

    return all_hold(
        lambda: is_wide(statement, "kms"),
        lambda: not is_narrowed(statement),
        lambda: not some(_is_about_grants, statement.conditions),
        lambda: some(is_open, ("kms:Decrypt", "kms:ReEncryptFrom")),
        # Whoever re-encrypts must still decrypt the result, with some key.
        lambda: not _denied(policy, "kms:Decrypt", "kms"),
    )


_OF_GRANTS = (
    "kms:grantconstrainttype",
    "kms:granteeprincipal",
    "kms:granteeserviceprincipal",
    "kms:grantisforawsresource",
    "kms:grantoperations",
)
"""Keys that requests about grants have, and requests to decrypt have not (KMS developer guide, "Controlling access to
grants", read 2026-11-30)."""


def _is_about_grants(condition: Condition) -> bool:
    """Whether a condition holds for no request but those about grants."""
    return condition.key in _OF_GRANTS and not condition.holds_without_key() and "not" not in condition.operator.lower()


def opens_any_key(statement: Statement, policy: PolicyDocument | None = None) -> list[str]:
    """The actions of a statement by which its holder can let itself decrypt with every KMS key.

    "Because key administrators have permission to change the key policy and create grants, they can give themselves and
    others AWS KMS permissions not specified in this policy" (KMS developer guide, "Default key policy").
    """

    def opens(action: str) -> bool:
        return all_hold(
            lambda: is_wide(statement, "kms"),
            lambda: not is_narrowed(statement),
            lambda: statement.covers_action(action),
            lambda: not _denied(policy, action, "kms"),
            lambda: not _denied(policy, "kms:Decrypt", "kms"),
            lambda: not some(_gives_others, statement.conditions),
            lambda: not services_between(statement),
        )

    return gathered(lambda action: [action] if opens(action) else [], ("kms:CreateGrant", "kms:PutKeyPolicy"))


def _gives_others(condition: Condition) -> bool:
    """Whether a condition leaves only grants to those whom it names, to services of AWS, or not to decrypt."""
    if condition.key == "kms:grantoperations":
        return (
            condition.operator.lower() in (*_EQUALS, *_LIKE)
            and condition.qualifier.lower() != "foranyvalue"  # each grant has operations
            and not some(lambda value: holds(_is_decryption, value), condition.values)
        )
    if condition.key == "kms:grantisforawsresource":
        return not condition.holds_without_key() and condition.is_("Bool", condition.key, "true")
    if condition.key not in ("kms:granteeprincipal", "kms:granteeserviceprincipal"):
        return False
    return not condition.holds_without_key() and _names(condition, condition.operator.lower())


def _is_decryption(pattern: str) -> bool:
    return any(matches(pattern, operation) for operation in ("Decrypt", "ReEncryptFrom"))
