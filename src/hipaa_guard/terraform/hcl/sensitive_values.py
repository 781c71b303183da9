"""Sensitive arguments, and the results of functions over sensitive values.

Terraform marks every value that is made from a sensitive one. Here only values that could reveal it are marked: a
boolean made from a sensitive text (``var.mode == "on"``) is an ordinary boolean, although Terraform would not print it.
"""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.partial_maps import OpenMap
from hipaa_guard.facts.secrets import SecretText, concealed, revealed, secrets_in
from hipaa_guard.facts.values import PartialJson, PartialText, Reference, Unknown, Value
from hipaa_guard.terraform.functions.errors import FunctionError
from hipaa_guard.terraform.hcl.errors import LIMITS, EvaluationError

SECRET_ARGUMENTS = frozenset(
    """access_token account_password ad_domain_join_password admin_user_password api_secret_key api_token auth_password
    auth_token basic_auth_credentials certificate_private_key client_secret cross_realm_trust_principal_password
    domain_signing_private_key fsx_admin_password hec_token hsm_partition_password jwt_token kdc_admin_password
    key_passphrase key_store_password master_password master_user_password oauth_token passphrase password passwords
    platform_credential private_key raw_secret_access_key refresh_token sasl_password secret_access_key secret_binary
    secret_string secret_token service_account_password service_password shared_secret smb_guest_password
    ssl_client_key_password svm_admin_password temporary_password trust_password tunnel1_preshared_key
    tunnel2_preshared_key user_password verification_token""".split()  # noqa: SIM905
)
"""Arguments that hold a credential, in any AWS resource and block."""

_SECRET_IN = frozenset({("aws_ssm_parameter", "value"), ("aws_api_gateway_api_key", "value")})


def is_secret_argument(type: str, name: str) -> bool:
    """Whether an argument of a resource or of its blocks is sensitive. Names in ``_wo`` are write-only arguments."""
    return name in SECRET_ARGUMENTS or name.endswith("_wo") or (type, name) in _SECRET_IN


def hidden(value: Value, subject: str) -> Value:
    """The value of a variable or output that is declared sensitive, concealed."""
    return concealed(value, f"{subject} is sensitive, so its value is not shown", (subject,))


def marking(name: str, arguments: list[Value]) -> Value:
    """The result of ``sensitive``, ``nonsensitive`` or ``issensitive``; None for any other call."""
    if len(arguments) != 1:
        return None
    value = arguments[0]
    if name == "sensitive":
        return concealed(value)
    if name == "nonsensitive":
        return revealed(value)
    return True if name == "issensitive" and isinstance(value, SecretText) else None


def with_secrets_opened(name: str, call: Callable[[list[Value]], Value], arguments: list[Value]) -> Value:
    """The result of a function. If it needs to look into secrets, it is called with these, and its result is secret.

    Raises:
        EvaluationError: Terraform would refuse the call; the text does not reveal a secret.

    """
    result = call(arguments)
    secrets = list(secrets_in(arguments)) if _is_wholly_unknown(result) else []
    if not secrets:
        return result
    try:
        return concealed(call(revealed(arguments)), written=all(secret.written for secret in secrets))
    except LIMITS:
        raise
    except (EvaluationError, FunctionError, ArithmeticError, LookupError, TypeError, ValueError):
        raise EvaluationError(f"{name} does not take the sensitive value that it is given") from None


def _is_wholly_unknown(value: Value) -> bool:
    """Whether no part of a value is known."""
    if isinstance(value, PartialText):
        return not any(isinstance(part, str) for part in value.parts)
    return isinstance(value, Unknown) and not isinstance(value, OpenMap | PartialJson | Reference)
