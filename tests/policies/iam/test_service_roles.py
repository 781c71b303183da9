"""Trust in services that take on roles for whatever customer asks, told from the table of their pages."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import LOW, MEDIUM
from hipaa_guard.services.iam_service_roles import PAGES
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, cases
from tests.policies.iam.states import ECS, create, document
from tests.policies.iam.test_denials import deny_but
from tests.policies.iam.test_trust import FOREIGN, OTHER, trusting, trusts

OWN, ANOTHER = "123456789012", "444455556666"
BINDING: dict[str, dict[str, Any]] = {
    "its account": {"StringEquals": {"aws:SourceAccount": OWN}},
    "its account, in other letters": {"StringEquals": {"AWS:SourceAccount": OWN}},
    "a resource": {"ArnLike": {"aws:SourceArn": f"arn:aws:states:us-east-1:{OWN}:stateMachine:*"}},
    "its organisation": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}},
}
BINDING_NOBODY: dict[str, dict[str, Any]] = {
    "any account": {"StringLike": {"aws:SourceAccount": "*"}},
    "its account, where it is told": {"StringEqualsIfExists": {"aws:SourceAccount": OWN}},
    "resources of any account": {"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:*"}},
    "a region": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
}
WITHOUT_RISK = (
    *("ec2", "lambda", "ecs-tasks", "cloudtrail", "backup", "eks", "firehose"),
    *("codebuild", "events", "glue", "lexv2", "credentials.iot", "delivery.logs"),
)


def service(name: str) -> dict[str, str]:
    return {"Service": f"{name}.amazonaws.com"}


def deny_others(name: str) -> Told:
    denial = deny_but(Action="sts:AssumeRole", Principal="*", Condition={"StringNotEquals": {"aws:SourceAccount": OWN}})
    text = document(ECS | {"Principal": service(name)}, denial)
    return Told(aws=lambda aws: create(aws, "role", text))


test_services = cases(
    *(
        Case(FOREIGN, f"{name} for anyone", FAIL, trusting(service(name)), severity=LOW, says=f"{name}.amazonaws.com")
        for name in PAGES
    ),
    *(
        Case(FOREIGN, f"{name} for {whom}", PASS, trusting(service(name), condition).in_aws())
        for name in ("healthlake", "states")
        for whom, condition in BINDING.items()
    ),
    *(
        Case(FOREIGN, f"{name} for {whom}", FAIL, trusting(service(name), condition).in_aws(), severity=LOW)
        for name in ("healthlake", "states")
        for whom, condition in BINDING_NOBODY.items()
    ),
    *(Case(FOREIGN, f"{name}, whose pages ask nothing", PASS, trusting(service(name))) for name in WITHOUT_RISK),
    *(
        Case(FOREIGN, f"the principal {name}", FAIL, trusting({"Service": name}), severity=LOW)
        for name in (
            *("states.us-east-1.amazonaws.com", "logs.cn-north-1.amazonaws.com.cn", "States.amazonaws.com"),
            "transcribe.streaming.amazonaws.com",
        )
    ),
    Case(
        FOREIGN,
        "a principal of two words",
        FAIL,
        trusting(service("monitoring.rds")),
        says="lets in monitoring.rds.",
        severity=LOW,
    ),
    Case(
        FOREIGN,
        "one of two services",
        FAIL,
        trusting({"Service": ["ec2.amazonaws.com", "omics.amazonaws.com"]}),
        says="lets in omics.amazonaws.com for any customer",
        severity=LOW,
    ),
    Case(FOREIGN, "a denial of all other accounts", PASS, deny_others("bedrock")),
    Case(
        FOREIGN,
        "for another account",
        FAIL,
        trusting(service("bedrock"), {"StringEquals": {"aws:SourceAccount": ANOTHER}}).in_aws(),
        says=f"for account {ANOTHER}",
        severity=MEDIUM,
    ),
    Case(
        FOREIGN,
        "for a resource of another account",
        FAIL,
        trusting(service("ec2"), {"ArnLike": {"aws:SourceArn": f"arn:aws:ec2:*:{ANOTHER}:*"}}).in_aws(),
        says=f"for account {ANOTHER}",
    ),
    Case(
        FOREIGN,
        "for an account that may be one's own",
        UNKNOWN,
        trusting(service("bedrock"), {"StringEquals": {"aws:SourceAccount": ANOTHER}}).in_terraform(),
    ),
    Case(
        FOREIGN,
        "for the account that Terraform runs in",
        PASS,
        terraform=trusts(
            'Action = "sts:AssumeRole", Principal = { Service = "bedrock.amazonaws.com" }, '
            'Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } }'
        ),
    ),
    Case(
        FOREIGN,
        "in the region that Terraform runs in",
        FAIL,
        terraform='data "aws_region" "here" {}\n'
        + trusts(
            'Action = "sts:AssumeRole", Principal = { Service = "states.${data.aws_region.here.name}.amazonaws.com" }'
        ),
        says="states.amazonaws.com",
        severity=LOW,
    ),
    Case(
        FOREIGN,
        "a service that is looked up",
        UNKNOWN,
        terraform='data "aws_service_principal" "s" {\n service_name = "omics"\n}\n'
        + trusts('Action = "sts:AssumeRole", Principal = { Service = data.aws_service_principal.s.name }'),
    ),
    Case(
        FOREIGN,
        "a service that a variable tells",
        UNKNOWN,
        terraform=trusts('Action = "sts:AssumeRole", Principal = { Service = "${var.x}.amazonaws.com" }'),
    ),
    Case(
        FOREIGN,
        "a condition that a variable tells",
        UNKNOWN,
        terraform=trusts(
            'Action = "sts:AssumeRole", Principal = { Service = "omics.amazonaws.com" }, '
            'Condition = { StringLike = { "aws:SourceAccount" = var.x } }'
        ),
    ),
    Case(
        FOREIGN,
        "a service for anyone, and another account: the graver is told",
        FAIL,
        trusting({"Service": "omics.amazonaws.com", "AWS": OTHER}).in_aws(),
        says="without an external id",
        severity=MEDIUM,
    ),
    Case(
        FOREIGN,
        "a service for anyone, beside an account that may be one's own",
        FAIL,
        trusting({"Service": "omics.amazonaws.com", "AWS": OTHER}).in_terraform(),
        severity=LOW,
    ),
    *(
        Case(
            FOREIGN,
            f"a provider of identities that is known as {name} alone",
            PASS,
            terraform='data "aws_iam_openid_connect_provider" "d" {\n url = "https://gitlab.com"\n}\n'
            + trusts(f'Action = "sts:AssumeRoleWithWebIdentity", Principal = {{ Federated = {name} }}'),
        )
        for name in (
            "data.aws_iam_openid_connect_provider.d.arn",
            "var.x",
            '"arn:aws:iam::${data.aws_caller_identity.me.account_id}:oidc-provider/gitlab.com"',
            '"arn:aws:iam::444455556666:oidc-provider/gitlab.com"',
        )
    ),
)
