"""AWS KMS: keys and the aliases that name them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from hipaa_guard.facts.allowed_values import between, one_of
from hipaa_guard.facts.lists import Incomplete, all_hold, every, some
from hipaa_guard.facts.policies.binding_conditions import binds_caller, names_principals, names_services
from hipaa_guard.facts.policies.document import PolicyDocument, Statement
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived, first, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Undecided, Unknown, Value

T = TypeVar("T")

_MANAGERS = one_of("CUSTOMER", "AWS")
# KMS API reference, KeyMetadata, read 2026-11-30.
_SPECS = one_of(
    "SYMMETRIC_DEFAULT",
    *("RSA_2048", "RSA_3072", "RSA_4096"),
    *("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519", "SM2"),
    *("HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"),
    *("ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"),
)
_STATES = one_of(
    *("Creating", "Enabled", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion"),
    *("Unavailable", "Updating"),
)


def _customer(_: View) -> str:
    """The key manager: every key that Terraform declares belongs to the customer."""
    return "CUSTOMER"


def _spec(view: View) -> object:
    """The key spec. External and replica keys do not have the argument; imported material is always symmetric."""
    if view.type == "aws_kms_external_key":
        return view.get("key_spec") or "SYMMETRIC_DEFAULT"
    return view.get("customer_master_key_spec")


def _origin(view: View) -> object:
    """The origin of the key material; in the provider's schema, only plain keys can use custom key stores."""
    if "external" in view.type:
        return "EXTERNAL"
    for argument, origin in (("xks_key_id", "EXTERNAL_KEY_STORE"), ("custom_key_store_id", "AWS_CLOUDHSM")):
        store = view.get(argument)
        if isinstance(store, Unknown) and not store.is_set:
            return store
        if store is not None:
            return origin
    return None


def _declared_state(view: View) -> object:
    """The state by the argument that disables a key. The provider deletes a key only with its resource."""
    argument = "is_enabled" if view.type == "aws_kms_key" else "enabled"
    enabled = view.get(argument)
    if isinstance(enabled, Unknown):
        return enabled
    return "Disabled" if str(enabled).lower() == "false" else None


def _declared_period(view: View) -> object:
    """Days between rotations. A state has 0 where KMS told none."""
    days = view.get("rotation_period_in_days")
    return None if not isinstance(days, Unknown) and days == 0 else days


def _declared_replica(view: View) -> bool:
    return "replica" in view.type


def _answered_replica(kind: str | None) -> bool:
    return kind == "REPLICA"


def _declared_grants(view: View) -> Value:
    """The grants of a key as a policy; None where there are none."""
    return _as_policy(
        view.linked("aws_kms_grant"),
        lambda grant: _statement(grant.get("grantee_principal"), grant.get("operations")),
    )


def _answered_grants(grants: list[dict[str, Value]]) -> Value:
    """As `_declared_grants`, for grants that KMS lists: it names services of AWS apart where they were given so."""
    return _as_policy(grants, lambda grant: _statement(grant["service"] or grant["grantee"], grant["operations"]))


def _as_policy(grants: list[T], statement: Callable[[T], Value]) -> Value:
    allowed = [statement(each) for each in (grants.seen if isinstance(grants, Incomplete) else grants)]
    if isinstance(grants, Incomplete):
        return {"Statement": Incomplete(allowed, grants.unknown)}
    return {"Statement": allowed} if allowed else None


def _statement(grantee: Value, operations: Value) -> Value:
    """What one grant allows. A service of AWS stands in the same place as a user or a role."""
    kind = "Service" if isinstance(grantee, str) and grantee.endswith(".amazonaws.com") else "AWS"
    actions = [f"kms:{each}" for each in operations] if type(operations) is list else operations
    return {"Effect": "Allow", "Principal": {kind: grantee}, "Action": actions, "Resource": "*"}


class Key(Resource):
    """A KMS key. A live account also lists AWS managed keys, whose settings AWS controls."""

    noun = "KMS key"
    terraform = Block(
        "aws_kms_key",
        "aws_kms_external_key",
        "aws_kms_replica_key",
        "aws_kms_replica_external_key",
        "awscc_kms_key",
        "awscc_kms_replica_key",
        joined_by="key_id",
        joins={"aws_kms_grant": "key_id"},
    )
    aws = Listing("kms.list_keys", "Keys[]", arn="{KeyArn}", name="KeyId", keys=("KeyId", "KeyArn"))
    aws_types = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "kms:key")
    security_hub_type = "AwsKmsKey"

    manager: str = fact(
        terraform=_customer,
        awscc=_customer,
        unset="CUSTOMER",
        aws=ask("kms.describe_key", "KeyMetadata.KeyManager", KeyId="{KeyId}"),
        allowed=_MANAGERS,
    )
    """``CUSTOMER`` or ``AWS``."""

    spec: str = fact(
        terraform=_spec,
        awscc="key_spec",
        unset="SYMMETRIC_DEFAULT",
        aws=ask("kms.describe_key", "KeyMetadata.KeySpec", KeyId="{KeyId}"),
        allowed=_SPECS,
    )

    usage: str = fact(
        terraform="key_usage",
        awscc="key_usage",
        unset="ENCRYPT_DECRYPT",
        aws=ask("kms.describe_key", "KeyMetadata.KeyUsage", KeyId="{KeyId}"),
        allowed=one_of(
            "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"
        ),
    )

    state: str = fact(
        terraform=_declared_state,
        awscc=_declared_state,
        unset="Enabled",
        aws=ask("kms.describe_key", "KeyMetadata.KeyState", KeyId="{KeyId}"),
        allowed=_STATES,
    )
    """``Enabled``, ``Disabled``, ``PendingDeletion`` and others."""

    material: str = fact(
        terraform=_origin,
        awscc="origin",
        unset="AWS_KMS",
        aws=ask("kms.describe_key", "KeyMetadata.Origin", KeyId="{KeyId}"),
        allowed=one_of("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"),
    )
    """The origin of the key material: ``AWS_KMS``, ``EXTERNAL``, ``AWS_CLOUDHSM``, ``EXTERNAL_KEY_STORE``."""

    is_replica: bool = fact(
        terraform=_declared_replica,
        awscc=_declared_replica,
        unset=False,
        aws=derived(
            _answered_replica,
            ask("kms.describe_key", "KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType", KeyId="{KeyId}"),
        ),
    )
    """Whether the key is a replica of a key in another region. Only the primary key is rotated."""

    rotation_enabled: bool = fact(
        terraform="enable_key_rotation",
        awscc="enable_key_rotation",
        unset=False,
        aws=ask(
            "kms.get_key_rotation_status", "KeyRotationEnabled", KeyId="{KeyId}", absent="UnsupportedOperationException"
        ),
    )

    rotation_days: int = fact(
        terraform=_declared_period,
        awscc="rotation_period_in_days",
        unset=365,
        aws=ask("kms.get_key_rotation_status", "RotationPeriodInDays", KeyId="{KeyId}"),
        allowed=between(90, 2560),
    )
    """Days between automatic rotations. KMS tells it only of a key that is rotated."""

    policy: PolicyDocument | None = fact(
        terraform=first("aws_kms_key_policy.policy", "policy"),
        awscc="key_policy",
        unset=None,  # KMS then attaches its default policy: the account's IAM policies decide
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask("kms.get_key_policy", "Policy", KeyId="{KeyId}", PolicyName="default"),
    )

    grants: PolicyDocument | None = fact(
        terraform=_declared_grants,
        awscc=_declared_grants,
        unset=None,
        parse=PolicyDocument.parse,
        aws=derived(
            _answered_grants,
            ask(
                "kms.list_grants",
                "Grants[].{grantee: GranteePrincipal, service: GranteeServicePrincipal, operations: Operations}",
                KeyId="{KeyId}",
                always=True,
            ),
        ),
    )
    """What the grants of the key allow, as the statements of a policy."""


_ACCOUNT_KEYS = ("kms:calleraccount", "aws:principalaccount")


_RIGHTS: dict[tuple[str, ...], str] = {
    ("kms:*",): "all rights to it",
    ("kms:PutKeyPolicy",): "the right to change that policy, and with it all rights to the key",
    ("kms:Decrypt", "kms:ScheduleKeyDeletion"): "the rights to decrypt with it and to delete it",
}
"""Actions that together open a key, be they allowed by several statements, with the words for them."""


def gives_everyone_the_key(statement: Statement, action: str = "kms:*") -> bool:
    """Whether everyone, be it only everyone in one account or organisation, may do an action; by default, all."""
    return (
        statement.effect == "Allow"
        and all_hold(lambda: statement.covers_action(action), statement.is_about_all)
        and not some(lambda each: names_principals(each) or names_services(each), statement.conditions)
    )


def opened_to_everyone(policy: PolicyDocument) -> str | None:
    """To whom a policy opens a key, and by which rights, in words; None if it is open to nobody but those it names.

    Raises:
        Undecided: it is not known.

    """
    found: list[str] = []

    def may(action: str) -> bool:
        def gives(statement: Statement) -> bool:
            if not gives_everyone_the_key(statement, action):
                return False
            left = policy.left_of(replace(statement, actions=[action.lower()], not_actions=[]))
            if not some(lambda each: gives_everyone_the_key(each, action), left):
                return False
            found.append(everyone_in_words(statement))
            return True

        return some(gives, policy.allowances())

    rights: list[str] = []

    def opens(actions: tuple[str, ...]) -> bool:
        rights.append(_RIGHTS[actions])
        return every(may, actions)

    return f"{found[-1]} {rights[-1]}" if some(opens, _RIGHTS) else None


def everyone_in_words(statement: Statement) -> str:
    """The principals of a statement for everyone, in words: its conditions may name their account."""
    try:
        if not statement.conditions:
            return "every principal"
        if some(lambda condition: condition.key in _ACCOUNT_KEYS and binds_caller(condition), statement.conditions):
            return "every principal of the account that it names"
    except Undecided:
        pass
    return "every principal that meets its conditions"


class LivingKey(Resource):
    """The state of a KMS key, which no configuration shows."""

    live_only = "the state of a key is not declared"
    aws = Listing("kms.list_keys", "Keys[]", arn="{KeyArn}", name="KeyId")
    security_hub_type = "AwsKmsKey"

    manager: str = fact(
        aws=ask("kms.describe_key", "KeyMetadata.KeyManager", KeyId="{KeyId}"), live_only=live_only, allowed=_MANAGERS
    )

    state: str = fact(
        aws=ask("kms.describe_key", "KeyMetadata.KeyState", KeyId="{KeyId}"), live_only=live_only, allowed=_STATES
    )
    """``Enabled``, ``Disabled``, ``PendingDeletion`` and others."""


class Alias(Resource):
    """A name for a KMS key. Names under ``alias/aws/`` are reserved for keys that AWS manages."""

    terraform = Block("aws_kms_alias", "awscc_kms_alias", name="name", awscc_name="alias_name")
    aws = Listing("kms.list_aliases", "Aliases[]", arn="{AliasArn}", name="AliasName", keys=("AliasName", "AliasArn"))
    aws_types = ("AWS::KMS::Alias", "kms:alias")

    target: str | None = fact(terraform="target_key_id", awscc="target_key_id", unset=None, aws=listed("TargetKeyId"))
