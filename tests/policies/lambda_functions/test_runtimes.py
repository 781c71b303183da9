"""Runtimes of published versions, of which those count that an alias calls, told to AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, cases
from tests.policies.lambda_functions.states import ARN, RUNTIME, create
from tests.policies.lambda_functions.test_qualified import answer_of_versions

OLD, NEW, UNHEARD = "python3.8", "python3.13", "cobol74"


def runtimes(latest: str, *versions: str) -> Callable[[Any], None]:
    """ListFunctions of a function and its versions 1, 2 and so on, each with its runtime."""
    told = [
        {
            "FunctionName": "phi-records",
            "FunctionArn": ARN if version == "$LATEST" else f"{ARN}:{version}",
            "Version": version,
            "Runtime": runtime,
            "PackageType": "Zip",
        }
        for version, runtime in [("$LATEST", latest), *((str(n), each) for n, each in enumerate(versions, 1))]
    ]
    return answer_of_versions(told)


def alias(version: str, **weights: float) -> Callable[[Aws], None]:
    """A function with versions 1 and 2, and an alias of one of them; ``v2=0.1`` shifts calls to version 2."""

    def seed(aws: Aws) -> None:
        create(aws, Publish=True)
        functions = getattr(aws, "lambda")
        functions.update_function_configuration(FunctionName="phi-records", Description="2")
        functions.publish_version(FunctionName="phi-records")
        routing = {"AdditionalVersionWeights": {name.removeprefix("v"): share for name, share in weights.items()}}
        functions.create_alias(
            FunctionName="phi-records", Name="live", FunctionVersion=version, RoutingConfig=routing if weights else {}
        )

    return seed


test_versions = cases(
    Case(
        RUNTIME, "an alias calls an old one", FAIL, aws=alias("1"), answers=runtimes(NEW, OLD, NEW), says="alias live"
    ),
    Case(RUNTIME, "an alias calls a new one", PASS, aws=alias("2"), answers=runtimes(NEW, OLD, NEW)),
    Case(
        RUNTIME,
        "an alias shifts calls",
        FAIL,
        aws=alias("1", v2=0.1),
        answers=runtimes(NEW, NEW, OLD),
        says="version 2",
    ),
    Case(
        RUNTIME, "an alias calls one that nobody has heard of", UNKNOWN, aws=alias("1"), answers=runtimes(NEW, UNHEARD)
    ),
    Case(
        RUNTIME, "nobody calls one that nobody has heard of", PASS, aws=alias("2"), answers=runtimes(NEW, UNHEARD, NEW)
    ),
)
