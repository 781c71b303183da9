"""Policies of functions and layers, as a configuration declares them."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.policies.parsing import structure_of
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Cause, Existing, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import regex

WHOLE_POLICY = "awscc_lambda_resource_policy"
"""The type of a whole policy of a function, since 2026."""
# Lambda API reference, AddPermission, "FunctionName", read 2026-11-30: a name, an ARN, or the end of an ARN from the
# account on, each with or without a version or alias after it.
NAMED = regex(
    r"(arn:[^:]+:lambda:[^:]*:[^:]*:function:|(?:[^:]+:)?function:|(?:\d{12}:)?)([A-Za-z0-9_-]+)(?::(?P<qualifier>[^:]+))?"
)
AUTH_TYPE, VIA_URL = "lambda:FunctionUrlAuthType", "lambda:InvokedViaFunctionUrl"

# Argument of aws_lambda_permission and its awscc equivalent -> the condition that Lambda creates from it.
_CONDITIONS = {
    "source_arn": ("ArnLike", "AWS:SourceArn"),
    "source_account": ("StringEquals", "AWS:SourceAccount"),
    "principal_org_id": ("StringEquals", "aws:PrincipalOrgID"),
    "event_source_token": ("StringEquals", "lambda:EventSourceToken"),
    "function_url_auth_type": ("StringEquals", AUTH_TYPE),
    "invoked_via_function_url": ("Bool", VIA_URL),
}

_OF_URLS = (AUTH_TYPE, VIA_URL)
"""Keys that bind no caller: a statement is as wide without them."""


def policy_of_function(view: View) -> Value:
    """The policy of a function: all declared permissions, those that the provider adds for URLs, and whole policies.

    A whole policy takes the place of the permissions that were there before, and others may be added to it afterwards
    (Lambda API reference, PutResourcePolicy): in what order Terraform makes them is not known, so that all count.
    """
    types = ("aws_lambda_permission", "awscc_lambda_permission")
    permissions = mapped(_statement, joined(*(view.linked(type_) for type_ in types)))
    of_urls = mapped(_statement_of_url, _urls_without_authentication(view))
    statements = joined(permissions, of_urls, _written_statements(view))
    if isinstance(statements, Incomplete) or statements:
        return {"Statement": statements}
    return None


def _written_statements(view: View) -> list[Value]:
    """The statements of the whole policies of a function."""
    policies = view.linked(WHOLE_POLICY)
    statements: list[list[Value]] = [Incomplete([], policies.unknown)] if isinstance(policies, Incomplete) else []
    for policy in policies.seen if isinstance(policies, Incomplete) else policies:
        document = _structure(policy.get("policy_document"))
        inner = document if isinstance(document, Unknown) else (document or {}).get("Statement", [])
        if isinstance(inner, Unknown):
            statements.append(Incomplete([], inner))
        else:
            statements.append(inner if isinstance(inner, list) else [inner])
    return joined(*statements)


def _structure(policy: Value) -> dict[str, Value] | Unknown | None:
    try:
        return structure_of(policy)
    except ValueError as error:
        return Unknown(f"Lambda refuses the policy: {error}", Cause.REFUSED)


def _resource(permission: View) -> Value:
    """The end of the ARN that Lambda writes into the statement: all of it, or the version or alias as its last part."""
    qualifier = permission.get("qualifier")
    if qualifier is None:
        named = permission.get("function_name")
        found = NAMED.fullmatch(named) if isinstance(named, str) else None
        qualifier = found["qualifier"] if found else None
    return "*" if qualifier is None or isinstance(qualifier, Unknown) else f"*:{qualifier}"


def _statement(permission: View) -> dict[str, Value]:
    conditions: dict[str, Value] = {}
    for argument, (operator, key) in _CONDITIONS.items():
        value = permission.get(argument)
        if isinstance(value, Unknown) and not value.is_set and key not in _OF_URLS:
            conditions[f"of {argument}"] = value  # perhaps null, and then no condition
        elif value is not None and value is not False:  # without the flag, Lambda creates no condition
            conditions.setdefault(operator, {})[key] = value
    return {
        "Effect": "Allow",
        "Principal": _principal(permission.get("principal")),
        "Action": permission.get("action"),
        "Resource": _resource(permission),
        "Condition": conditions,
    }


def _urls_without_authentication(view: View) -> list[View]:
    urls = view.linked("aws_lambda_function_url")
    if not isinstance(urls, Incomplete):
        return list(filter(_asks_nobody, urls))
    candidates = None if urls.candidates is None else list(filter(_asks_nobody, urls.candidates))
    return Incomplete(list(filter(_asks_nobody, urls.seen)), urls.unknown, candidates)


def _asks_nobody(url: View) -> bool:
    authentication = url.get("authorization_type")
    return isinstance(authentication, Unknown) or authentication != "AWS_IAM"


def _statement_of_url(url: View) -> dict[str, Value]:
    """The statement that the ``aws`` provider adds when it creates a URL without authentication.

    Its documentation of ``aws_lambda_function_url``, read 2026-11-30, says so. The statement is called
    ``FunctionURLAllowPublicAccess``. Since release 6.29.0 the provider adds ``FunctionURLAllowInvokeAction`` too: new
    URLs need ``lambda:InvokeFunction`` since October 2025. CloudFormation, and with it ``awscc_lambda_url``, adds none.
    """
    authentication = url.get("authorization_type")
    return {
        "Effect": authentication if isinstance(authentication, Unknown) else "Allow",
        "Principal": "*",
        "Action": "lambda:InvokeFunctionUrl",
        "Resource": _resource(url),
        "Condition": {"StringEquals": {AUTH_TYPE: "NONE"}},
    }


def _principal(principal: Value) -> Value:
    """The principal by its form: services have a dot in the name, accounts none, ARNs none before the last part."""
    if _is_of_account(principal):
        return {"AWS": principal}
    if isinstance(principal, Unknown) or principal == "*":
        return principal
    service = "." in str(principal) and not str(principal).startswith("arn:")
    return {"Service" if service else "AWS": principal}


def _is_of_account(principal: Value) -> bool:
    """Whether a principal that is not known is certainly an account or one of its identities: no service has an ARN."""
    if isinstance(principal, PartialText):
        return principal.prefix.startswith("arn:")
    return isinstance(principal, Reference | Existing) and principal.attribute in ("account_id", "arn")


LAYER_PERMISSIONS = {
    "aws_lambda_layer_version_permission": "layer_name",
    "awscc_lambda_layer_version_permission": "layer_version_arn",
}


def policy_of_layer(view: View) -> Value:
    """The policy that Lambda creates from the declared permissions of a layer."""
    statements = mapped(_layer_statement, joined(*(view.linked(type_) for type_ in LAYER_PERMISSIONS)))
    if isinstance(statements, Incomplete) or statements:
        return {"Statement": statements}
    return None


def _layer_statement(permission: View) -> dict[str, Value]:
    organization = permission.get("organization_id")
    key = {} if organization is None else {"StringEquals": {"aws:PrincipalOrgID": organization}}
    return {
        "Effect": "Allow",
        "Principal": _principal(permission.get("principal")),
        "Action": permission.get("action"),
        "Resource": "*",
        "Condition": key,
    }
