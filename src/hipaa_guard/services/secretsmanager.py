"""AWS Secrets Manager: secrets with their policies and rotation, and secret values that source code reveals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar

from hipaa_guard.clock import now
from hipaa_guard.facts import schedules
from hipaa_guard.facts.allowed_values import between
from hipaa_guard.facts.credentials.written import credential_written, secret_written, secret_written_in_base64
from hipaa_guard.facts.lists import Incomplete, joined
from hipaa_guard.facts.policies.document import PolicyDocument
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.readings import Block, Inside, Listing, View, ask, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.lean import regex

_WINDOW = 1
"""Days for which a rotation that is due may wait: its window ends with the day (user guide, "Rotation schedules")."""
_POLICIES = (
    "aws_secretsmanager_secret_policy.policy",
    "awscc_secretsmanager_resource_policy.resource_policy",
    "policy",
)


def _rotations(view: View) -> list[View]:
    """The rotations of a secret, which are separate resources."""
    types = ("aws_secretsmanager_secret_rotation", "awscc_secretsmanager_rotation_schedule")
    return joined(*(view.linked(type_) for type_ in types))


def _is_rotated(view: View) -> Value:
    """Whether rotation is on: it is if a rotation is declared that Secrets Manager can carry out."""
    rotations = _rotations(view)
    seen = list(list.__iter__(rotations))
    if any(_has_means(rotation, view) for rotation in seen):
        return True
    if isinstance(rotations, Incomplete):
        return rotations.unknown
    return _WITHOUT_MEANS if seen else False


_WITHOUT_MEANS = Unknown(
    "its rotation names no function, which AWS takes for secrets of its own services only", Cause.REFUSED
)
_MEANS = ("rotation_lambda_arn", "hosted_rotation_lambda", "external_secret_rotation_role_arn")


def _has_means(rotation: View, secret: View) -> bool:
    """Whether a rotation names what changes the secret.

    Secrets of AWS services, which are declared nowhere, need nothing (Secrets Manager API reference, RotateSecret,
    "RotationLambdaARN"; read 2026-11-30). A state shows that AWS took the rotation.
    """
    name = secret.get("name")
    if isinstance(name, Unknown) and name.cause is Cause.NOT_IN_SCOPE:
        return True
    return isinstance(rotation.get("id"), str) or any(rotation.get(means) is not None for means in _MEANS)


def _rule(name: str) -> Callable[[View], Value]:
    """A reading of a rule of the rotation.

    A secret has one: one that was seen tells its rules, unless another that is declared may be the secret's too.
    """

    def read(view: View) -> Value:
        rotations = _rotations(view)
        seen = list(list.__iter__(rotations))
        if not seen:
            return rotations.unknown if isinstance(rotations, Incomplete) else None
        possible = rotations.candidates or [] if isinstance(rotations, Incomplete) else []
        first, *others = (each.get(f"rotation_rules.{name}") for each in (*seen, *possible))
        unknown = next((each for each in (first, *others) if isinstance(each, Unknown)), None)
        if unknown is not None:
            return unknown
        if all(each == first for each in others):
            return first
        return Unknown(f"{seen[0].address} and others rotate it, and do not say the same")

    return read


def _days_apart(view: View) -> Value:
    days = _rule("automatically_after_days")(view)
    # A state has 0 if a schedule sets it.
    return None if not isinstance(days, Unknown) and days == 0 and _declared_schedule(view) else days


def _declared_schedule(view: View) -> Value:
    """The schedule; an empty text where a rotation is declared that has none, whoever declares the secret."""
    schedule = _rule("schedule_expression")(view)
    return "" if schedule is None and any(True for _ in list.__iter__(_rotations(view))) else schedule


def _schedule(text: Value) -> Value:
    return text if isinstance(text, Unknown) else text or None


def _time(text: str) -> datetime:
    """A time of an answer; one without a zone is in UTC."""
    time = datetime.fromisoformat(text)
    return time.replace(tzinfo=time.tzinfo or UTC)


def _refused(policy: Value) -> str | None:
    """Why AWS refuses a policy. In the secret itself, an empty policy removes it and is allowed."""
    return None if isinstance(policy, str) and policy == "{}" else resource_policy(policy)


def _own_region(view: View) -> None:
    """No primary region: a secret in Terraform is the original, and its replicas are blocks in it."""


# Secrets Manager API reference, GetSecretValue, "SecretId", read 2026-11-30: a name, an ARN, or an ARN without the
# hyphen and six characters that AWS adds. An ARN with such an end is taken for a complete one.
_ADDED = regex(r"(arn:[^:]+:secretsmanager:.+)-[A-Za-z0-9]{6}")


def _without_added(text: str) -> str:
    """The name, or the ARN without the end that AWS adds."""
    found = _ADDED.fullmatch(text)
    return text if found is None else found[1]


# Secrets Manager user guide, "Managed rotation for AWS Secrets Manager secrets", read 2026-11-30.
_WITH_MANAGED_ROTATION = ("rds", "redshift", "docdb", "ecs-sc")
_NOT_DECLARED = "a configuration says when a secret is to be rotated, not when it was"


class Secret(Resource):
    """A secret. Its value is never read."""

    noun = "secret"
    terraform = Block(
        "aws_secretsmanager_secret",
        "awscc_secretsmanager_secret",
        joined_by="secret_id",
        joins={"aws_secretsmanager_secret_policy": "secret_arn"},
        name="name",
        awscc_name="name",
        unqualified=_without_added,
    )
    aws: ClassVar[Listing | None] = Listing(
        "secretsmanager.list_secrets", "SecretList[]", arn="{ARN}", name="Name", keys=("ARN", "Name")
    )
    aws_types = ("AWS::SecretsManager::Secret", "secretsmanager:secret")
    security_hub_type = "AwsSecretsManagerSecret"

    is_rotated: bool = fact(
        terraform=_is_rotated, awscc=_is_rotated, unset=False, aws=listed("RotationEnabled", always=False)
    )

    rotated_after_days: int | None = fact(
        terraform=_days_apart,
        awscc=_days_apart,
        unset=None,
        aws=listed("RotationRules.AutomaticallyAfterDays"),
        allowed=between(1, 1000),
    )
    """Days between rotations; None if only a schedule expression sets it, or there is no rotation."""

    schedule: str | None = fact(
        terraform=_declared_schedule,
        awscc=_declared_schedule,
        unset=None,
        parse=_schedule,
        aws=listed("RotationRules.ScheduleExpression"),
    )
    """When rotations are due, as ``rate(30 days)`` or ``cron(0 8 1 * ? *)``; None if only a number of days says so."""

    created: datetime | None = fact(aws=listed("CreatedDate"), live_only=_NOT_DECLARED, parse=_time)

    last_rotated: datetime | None = fact(aws=listed("LastRotatedDate"), live_only=_NOT_DECLARED, parse=_time)
    """When a rotation last succeeded; None if none ever did."""

    owner: str | None = fact(
        aws=listed("OwningService"), live_only="a configuration declares no secrets of AWS services"
    )
    """The AWS service that made the secret for itself, such as ``events`` for a connection; None for all others."""

    primary_region: str | None = fact(terraform=_own_region, awscc=_own_region, unset=None, aws=listed("PrimaryRegion"))
    """The region of the original, for a secret that is replicated. Only the original is rotated."""

    key: str | None = fact(terraform="kms_key_id", awscc="kms_key_id", unset=None, aws=listed("KmsKeyId"))
    """None means the AWS managed key ``aws/secretsmanager``."""

    policy: PolicyDocument | None = fact(
        terraform=first(*_POLICIES),
        awscc="awscc_secretsmanager_resource_policy.resource_policy",
        unset=None,
        parse=PolicyDocument.parse,
        refusal=_refused,
        aws=ask("secretsmanager.get_resource_policy", "ResourcePolicy", SecretId="{ARN}"),
    )


_LISTED_IN_ITS_REGION = "a live account lists a replica as a secret of its own region"


def _policy_of_source(view: View) -> Value:
    """The policy of the original secret. A replica always has the same policy."""
    outer = view.outer
    policies = (None if outer is None else outer.get(path) for path in _POLICIES)
    return next((policy for policy in policies if policy is not None), None)


def _region_of_source(view: View) -> str:
    """The region of the original secret, in words. Only the original is rotated."""
    return "another region" if view.outer is None else f"the region of {view.outer.address}"


class SecretReplica(Secret):
    """A copy of a secret in another region, with a key of its own. Value, policy and rotation are the secret's."""

    terraform = Secret.terraform.for_parts(
        {
            "aws_secretsmanager_secret": Inside("replica", computed=True),
            "awscc_secretsmanager_secret": Inside("replica_regions"),
        }
    )
    aws = None
    terraform_only = _LISTED_IN_ITS_REGION

    is_rotated: bool = fact(
        terraform=lambda _: False, awscc=lambda _: False, unset=False, terraform_only=_LISTED_IN_ITS_REGION
    )
    rotated_after_days: int | None = fact(
        terraform=lambda _: None, awscc=lambda _: None, unset=None, terraform_only=_LISTED_IN_ITS_REGION
    )
    schedule: str | None = fact(
        terraform=lambda _: None, awscc=lambda _: None, unset=None, terraform_only=_LISTED_IN_ITS_REGION
    )
    primary_region: str | None = fact(
        terraform=_region_of_source, awscc=_region_of_source, unset=None, terraform_only=_LISTED_IN_ITS_REGION
    )
    key: str | None = fact(terraform="kms_key_id", awscc="kms_key_id", unset=None, terraform_only=_LISTED_IN_ITS_REGION)
    policy: PolicyDocument | None = fact(
        terraform=_policy_of_source,
        awscc=_policy_of_source,
        unset=None,
        parse=PolicyDocument.parse,
        refusal=_refused,
        terraform_only=_LISTED_IN_ITS_REGION,
    )


def longest_wait(secret: Secret) -> int:
    """The most days between two rotations of a secret that is rotated.

    Raises:
        Undecided: its schedule is not understood, or ends.

    """
    schedule = secret.schedule
    days = secret.rotated_after_days if schedule is None else schedules.longest_wait(schedule)
    if days is not None:
        return days
    if schedule is None:
        raise Undecided(Unknown("neither a number of days nor a schedule says when it is rotated"), "schedule")
    # In an answer, Secrets Manager works the days out of the schedule after each rotation.
    days = secret.rotated_after_days
    if days is not None:
        return days
    raise Undecided(Unknown(f"it is not known how many days lie between the runs of {schedule}"), "schedule")


def days_overdue(secret: Secret) -> int | None:
    """For how many days a rotation has been due that did not succeed; None if none is, or in source.

    A secret that was never rotated counts from the day it was made.
    """
    if secret.origin.source == "terraform":
        return None
    since = secret.last_rotated or secret.created
    if since is None:
        raise Undecided(Unknown("it is not known when it was last rotated"), "last_rotated")
    late = (now() - since).days - longest_wait(secret) - _WINDOW
    return late if late > 0 else None


def service_without_rotation(secret: Secret) -> str | None:
    """The AWS service that owns a secret and offers no rotation of it; None for all other secrets, and in source."""
    if secret.origin.source == "terraform" or secret.owner in _WITH_MANAGED_ROTATION:
        return None
    return secret.owner


_VALUES = ("secret_string", "secret_string_wo")
_TEMPLATE = "generate_secret_string.secret_string_template"


def _has_value(view: View) -> bool:
    """Whether a resource sets the value of a secret; the `awscc` provider does so in the secret itself."""
    if view.type == "aws_secretsmanager_secret_version":
        return True
    return any(view.get(name) is not None for name in ("secret_string", _TEMPLATE))


def _is_written(view: View) -> Value:
    """Whether an argument for the value of the secret holds it in plain text. The value itself is dropped."""
    answers = [secret_written(view.get(name)) for name in _VALUES]
    answers.append(secret_written_in_base64(view.get("secret_binary")))
    # What stands in the template besides the value that AWS generates.
    return _one_certain([*answers, credential_written("", view.get(_TEMPLATE))])


def _one_certain(answers: list[bool | Unknown]) -> Value:
    """Whether one of several answers is yes: a certain yes decides, then an unknown one."""
    if any(answer is True for answer in answers):
        return True
    return next((answer for answer in answers if isinstance(answer, Unknown)), False)


_NOT_SHOWN = "a live account does not show where a value came from"


class SecretVersion(Resource):
    """A value of a secret that Terraform sets.

    The master password of an RDS database is a fact of that database: whether Secrets Manager keeps it.
    """

    terraform = Block("aws_secretsmanager_secret_version", "awscc_secretsmanager_secret", when=_has_value)
    terraform_only = _NOT_SHOWN
    security_hub_type = "AwsSecretsManagerSecret"

    is_written_in_source: bool = fact(terraform=_is_written, awscc=_is_written, unset=False, terraform_only=_NOT_SHOWN)


def _is_written_in_parameter(view: View) -> Value:
    """Whether a parameter holds a secret in plain text. One that is no SecureString holds settings as well."""
    values = [view.get(name) for name in ("value", "value_wo", "insecure_value")]
    kind, name = view.get("type"), view.get("name")
    if isinstance(kind, str) and kind == "SecureString":
        return _one_certain([secret_written(value) for value in values])
    named = name.rpartition("/")[2] if isinstance(name, str) else ""
    answers = [credential_written(named, value) for value in values]
    unknown = [each for each in (kind, name) if isinstance(each, Unknown)]
    if unknown and not any(answer is True for answer in answers):
        answers += [unknown[0] if secret_written(value) is True else False for value in values]
        answers += [each for each in unknown if each.cause is Cause.REFUSED]
    return _one_certain(answers)


class Parameter(SecretVersion):
    """A parameter of Systems Manager, whose value may be a secret whatever its type."""

    noun = "parameter"
    terraform = Block("aws_ssm_parameter", "awscc_ssm_parameter", name="name", awscc_name="name")
    security_hub_type = ""

    is_written_in_source: bool = fact(
        terraform=_is_written_in_parameter,
        awscc=_is_written_in_parameter,
        unset=False,
        terraform_only=_NOT_SHOWN,
    )
