"""AWS Lambda: functions, their policies, and their URLs."""

from __future__ import annotations

from typing import Any

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.credentials import credentials_in_variables
from hipaa_guard.facts.lists import Incomplete, some
from hipaa_guard.facts.partial_maps import OpenMap, PartialMap
from hipaa_guard.facts.policies.document import PolicyDocument, Statement
from hipaa_guard.facts.policies.grammar import resource_policy
from hipaa_guard.facts.readings import Block, Listing, View, ask, derived, listed
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.services.lambda_functions.permissions import (
    AUTH_TYPE,
    LAYER_PERMISSIONS,
    NAMED,
    VIA_URL,
    WHOLE_POLICY,
    policy_of_function,
    policy_of_layer,
)
from hipaa_guard.services.lambda_functions.runtimes import SUPPORT_ENDS
from hipaa_guard.services.lambda_functions.runtimes import support_ends as support_ends


def _has_variables(view: View) -> Value:
    variables = view.get("environment.variables")
    if isinstance(variables, PartialMap) or (isinstance(variables, OpenMap) and variables.known):
        return True  # it has those that are known
    return variables if isinstance(variables, Unknown) else bool(variables)


def _declared_credentials(view: View) -> Value:
    return credentials_in_variables(view.get("environment.variables"))


def _gist(environment: Any) -> Value:
    """The kept part of an environment in Lambda's answer: never a value of its variables.

    It holds an error if the caller may not decrypt them.
    """
    if environment.get("Error"):
        return {"error": environment["Error"].get("ErrorCode")}
    variables = environment.get("Variables") or {}
    return {"variables": bool(variables), "credentials": credentials_in_variables(variables)}


_NO_RUNTIME = Unknown(
    "runtime is left out, which Lambda refuses for a function that is no container image", Cause.REFUSED
)


def _declared_runtime(view: View) -> Value:
    """The runtime; None for container images. The provider and Lambda refuse other functions without one."""
    runtime = view.get("runtime")
    if runtime or isinstance(runtime, Unknown):
        return runtime
    package = view.get("package_type")
    if isinstance(package, Unknown) and not package.is_set:
        return package
    if package == "Image":
        return None
    images = [image for argument in ("image_uri", "code.image_uri") if (image := view.get(argument)) is not None]
    if not images:
        return _NO_RUNTIME
    return next((image for image in images if isinstance(image, Unknown) and not image.is_set), None)


def _answered_runtime(runtime: str | None, package: str | None) -> str | None:
    """The runtime. Only functions from an image have none."""
    if runtime is None and package != "Image":
        raise Undecided(Unknown("Lambda answered without the runtime of a function that is made from no image"))
    return runtime


_ENVIRONMENT = listed("Environment", kept_as=_gist)


def _answered_has_variables(gist: dict[str, Value] | None) -> Value:
    return _readable(gist)["variables"] if gist else False


def _answered_credentials(gist: dict[str, Value] | None) -> Value:
    return _readable(gist)["credentials"] if gist else []


def _readable(gist: dict[str, Value]) -> dict[str, Value]:
    if "error" in gist:
        raise Undecided(Unknown(f"Lambda does not show the environment variables ({gist['error']})"))
    return gist


_ANSWERED_PROVIDER = "CapacityProviderConfig.LambdaManagedInstancesCapacityProviderConfig.CapacityProviderArn"
_PROVIDER = "capacity_provider_config.lambda_managed_instances_capacity_provider_config.capacity_provider_arn"


def _in_vpc(view: View) -> Value:
    """Whether a function runs in subnets: its own, or those of the capacity provider on whose instances it runs.

    Lambda developer guide, "Capacity providers", read 2026-11-30: a capacity provider always has subnets of a VPC.
    """
    ways = [view.get("vpc_config.subnet_ids"), view.get(_PROVIDER)]
    return some(bool, ways)


def _answered_in_vpc(vpc: str | None, provider: str | None) -> bool:
    return bool(vpc) or bool(provider)


_VERSIONS = {
    "aws_lambda_alias": "function_name",
    "aws_lambda_function_url": "function_name",
    "awscc_lambda_alias": "function_name",
    "awscc_lambda_version": "function_name",
    "awscc_lambda_url": "target_function_arn",
}


def _unqualified(text: str) -> str:
    """The name or ARN of the function, without a version or alias."""
    found = NAMED.fullmatch(text)
    if found is None:
        return text
    return found[1] + found[2] if found[1].startswith("arn:") else found[2]


class Function(Resource):
    """A Lambda function, in its unpublished version. A principal that may call a version or alias may call its code."""

    noun = "Lambda function"
    terraform = Block(
        "aws_lambda_function",
        "awscc_lambda_function",
        joined_by="function_name",
        joins={WHOLE_POLICY: "resource_arn"},
        name="function_name",
        awscc_name="function_name",
        unqualified=_unqualified,
        versions=_VERSIONS,
    )
    aws = Listing(
        "lambda.list_functions",
        "Functions[]",
        arn="{FunctionArn}",
        name="FunctionName",
        keys=("FunctionName", "FunctionArn"),
    )
    aws_types = ("AWS::Lambda::Function", "lambda:function")
    security_hub_type = "AwsLambdaFunction"

    runtime: str | None = fact(
        terraform=_declared_runtime,
        awscc=_declared_runtime,
        unset=None,
        aws=derived(_answered_runtime, listed("Runtime"), listed("PackageType")),
        allowed=one_of(*SUPPORT_ENDS, "custom"),
    )
    """The runtime; None for container images."""

    policy: PolicyDocument | None = fact(
        terraform=policy_of_function,
        awscc=policy_of_function,
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        aws=ask(
            "lambda.get_policy",
            "Policy",
            FunctionName="{FunctionName}",
            absent="ResourceNotFoundException",
            always=True,
        ),
    )

    has_environment: bool = fact(
        terraform=_has_variables,
        awscc=_has_variables,
        unset=False,
        aws=derived(_answered_has_variables, _ENVIRONMENT),
    )

    environment_credentials: list[str] = fact(
        terraform=_declared_credentials,
        awscc=_declared_credentials,
        unset=[],
        aws=derived(_answered_credentials, _ENVIRONMENT),
    )
    """The names of credentials in environment variables, never their values."""

    key: str | None = fact(terraform="kms_key_arn", awscc="kms_key_arn", unset=None, aws=listed("KMSKeyArn"))
    """The KMS key of the environment variables; None means the AWS managed key ``aws/lambda``."""

    in_vpc: bool = fact(
        terraform=_in_vpc,
        awscc=_in_vpc,
        unset=False,
        aws=derived(_answered_in_vpc, listed("VpcConfig.VpcId"), listed(_ANSWERED_PROVIDER)),
    )

    role: str = fact(terraform="role", awscc="role", unset=None, aws=listed("Role"))
    """The ARN of the role that it acts under."""


_AT_THE_FUNCTION = "source has the permissions of versions and aliases at their function"


def _qualified_policy(qualifier: str) -> Any:
    """The policy of a version or alias. GetPolicy tells it only to those who name the version or alias."""
    return fact(
        live_only=_AT_THE_FUNCTION,
        parse=PolicyDocument.parse,
        aws=ask(
            "lambda.get_policy",
            "Policy",
            FunctionName="{FunctionName}",
            Qualifier=qualifier,
            absent="ResourceNotFoundException",
            always=True,
        ),
    )


def _answered_versions(version: str, weights: dict[str, float] | None) -> list[str]:
    return [version, *(weights or {})]


class Alias(Resource):
    """An alias of a function, with a policy of its own."""

    noun = "Lambda alias"
    live_only = _AT_THE_FUNCTION
    aws = Listing(
        "lambda.list_aliases",
        "Aliases[]",
        arn="{AliasArn}",
        name="Name",
        of=Function,
        FunctionName="{FunctionName}",
    )
    policy: PolicyDocument | None = _qualified_policy("{Name}")

    versions: list[str] = fact(
        live_only=_AT_THE_FUNCTION,
        aws=derived(
            _answered_versions,
            listed("FunctionVersion", always=True),
            listed("RoutingConfig.AdditionalVersionWeights"),
        ),
    )
    """The versions that it calls: one, and where it shifts traffic a second one."""


class Version(Resource):
    """A published version of a function, with a policy of its own. One listing has the versions of all functions."""

    noun = "Lambda version"
    live_only = _AT_THE_FUNCTION
    aws = Listing(
        "lambda.list_functions",
        "Functions[?Version != '$LATEST']",
        arn="{FunctionArn}",
        name="Version",
        always=["Functions[].Version"],
        FunctionVersion="ALL",
    )
    policy: PolicyDocument | None = _qualified_policy("{Version}")

    runtime: str | None = fact(
        live_only="source shows the runtime of the next version",
        aws=derived(_answered_runtime, listed("Runtime"), listed("PackageType")),
        allowed=one_of(*SUPPORT_ENDS, "custom"),
    )
    """As of the function: a version keeps the runtime that it was published with."""

    environment_credentials: list[str] = fact(
        live_only="source shows the environment of the next version", aws=derived(_answered_credentials, _ENVIRONMENT)
    )
    """As of the function: a version keeps the environment that it was published with."""


def function_of(qualified: Alias | Version) -> str:
    """The ARN of the function of an alias or version, in a live account."""
    return str(qualified.origin.arn).rpartition(":")[0]


_QUALIFIED = regex(r"(?:\*|arn:[^:]+:lambda:[^:]*:[^:]*:function:[^:]+):([^:]+)")


def in_words(resource: Function | Alias | Version, statement: Statement) -> str:
    """The alias or version that a statement is about, in words: ``alias live``, ``version 3``; empty for neither."""
    name = resource.origin.name if isinstance(resource, Alias | Version) else _qualifier(statement)
    return "" if not name else f"version {name}" if name.isdigit() else f"alias {name}"


def is_about_url(statement: Statement) -> bool:
    """Whether a statement is about calls through the URL of a function only."""
    keys = {AUTH_TYPE.lower(), VIA_URL.lower()}
    return any(condition.key in keys for condition in list.__iter__(statement.conditions))


def _qualifier(statement: Statement) -> str | None:
    """The version or alias at the end of the resource of a statement; None where it has none or is not known."""
    resources = statement.resources.seen if isinstance(statement.resources, Incomplete) else statement.resources
    found = [_QUALIFIED.fullmatch(each) for each in resources if isinstance(each, str)]
    return next((each[1] for each in found if each is not None and each[1] != "*"), None)


class FunctionUrl(Resource):
    """The HTTPS address of a function, or of an alias of it."""

    terraform = Block("aws_lambda_function_url", "awscc_lambda_url")
    aws = Listing(
        "lambda.list_function_url_configs",
        "FunctionUrlConfigs[]",
        arn="{FunctionArn}",
        name="FunctionArn",
        of=Function,
        FunctionName="{FunctionName}",
    )
    aws_types = ("AWS::Lambda::Url",)

    authentication: str = fact(
        terraform="authorization_type",
        awscc="auth_type",
        unset="NONE",
        aws=listed("AuthType"),
        allowed=one_of("AWS_IAM", "NONE"),
    )
    """``AWS_IAM`` or ``NONE``."""


_LAYERS_APART = "a live account tells the policy of each version of each layer in an answer of its own"


class Layer(Resource):
    """A version of a layer: code that functions of those whom its policy lets in may use, and download."""

    noun = "Lambda layer"
    terraform = Block(
        "aws_lambda_layer_version",
        "awscc_lambda_layer_version",
        joins=LAYER_PERMISSIONS,
        name="layer_name",
        awscc_name="layer_name",
    )
    terraform_only = _LAYERS_APART

    policy: PolicyDocument | None = fact(
        terraform=policy_of_layer,
        awscc=policy_of_layer,
        unset=None,
        parse=PolicyDocument.parse,
        refusal=resource_policy,
        terraform_only=_LAYERS_APART,
    )
