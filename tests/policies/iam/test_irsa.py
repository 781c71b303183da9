"""Roles for service accounts of a cluster (IRSA) whose conditions are built from the cluster's issuer."""

from __future__ import annotations

import json

from hipaa_guard.authoring import MEDIUM
from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, cases, resource
from tests.policies.iam.test_issuers import SUBJECT, WEB
from tests.policies.iam.test_trust import GITHUB, HOST

ISSUER = "aws_eks_cluster.c.identity[0].oidc[0].issuer"
CLUSTER = resource("aws_eks_cluster", 'name = "c"', "c") + resource(
    "aws_iam_openid_connect_provider", f'url = {ISSUER}\n client_id_list = ["sts.amazonaws.com"]', "eks"
)
OF_CLUSTER = "aws_iam_openid_connect_provider.eks.arn"
KEYS = {
    "the cluster's issuer": f'${{replace({ISSUER}, "https://", "")}}',
    "the provider's URL": '${replace(aws_iam_openid_connect_provider.eks.url, "https://", "")}',
    "the issuer, trimmed": f'${{trimprefix({ISSUER}, "https://")}}',
    "a variable": "${var.issuer}",
}
NAMED, ALL = "system:serviceaccount:records:api", "system:serviceaccount:*:*"


def as_value(provider: str, operator: str, key: str, value: str) -> str:
    """By ``jsonencode``."""
    return f"""
    resource "aws_iam_role" "phi" {{
      assume_role_policy = jsonencode({{ Statement = [{{
        Effect    = "Allow"
        Action    = "{WEB}"
        Principal = {{ Federated = {provider} }}
        Condition = {{ {operator} = {{ "{key}" = "{value}" }} }}
      }}] }})
    }}"""


def as_document(provider: str, operator: str, key: str, value: str) -> str:
    """By the data source."""
    return f"""
    data "aws_iam_policy_document" "d" {{
      statement {{
        actions = ["{WEB}"]
        principals {{
          type        = "Federated"
          identifiers = [{provider}]
        }}
        condition {{
          test     = "{operator}"
          variable = "{key}"
          values   = ["{value}"]
        }}
      }}
    }}
    resource "aws_iam_role" "phi" {{
      assume_role_policy = data.aws_iam_policy_document.d.json
    }}"""


def as_text(provider: str, operator: str, key: str, value: str) -> str:
    """By a text with placeholders."""
    statement = {
        "Effect": "Allow",
        "Action": WEB,
        "Principal": {"Federated": f"${{{provider}}}"},
        "Condition": {operator: {"KEY": value}},
    }
    text = json.dumps({"Statement": [statement]}).replace("KEY", key)
    return f"""
    resource "aws_iam_role" "phi" {{
      assume_role_policy = <<-EOT
      {text}
      EOT
    }}"""


WAYS = {"by jsonencode": as_value, "by the data source": as_document, "by a text": as_text}
VARIABLE = 'variable "issuer" { type = string }\n'
ASKED: list[tuple[str, str, str, Status]] = [
    ("sub", "StringEquals", NAMED, PASS),
    ("sub", "StringLike", NAMED, PASS),
    ("sub", "StringLike", ALL, FAIL),
    ("sub", "StringEqualsIfExists", NAMED, FAIL),
    ("aud", "StringEquals", "sts.amazonaws.com", FAIL),
    ("SUB", "StringEquals", NAMED, PASS),
    ("namespace", "StringEquals", "records", UNKNOWN),  # the key may be one that AWS gives
]

test_clusters = cases(
    *(
        Case(
            SUBJECT,
            f"{operator} {claim} {value} of {whose}, {way}",
            status,
            terraform=VARIABLE + CLUSTER + written(OF_CLUSTER, operator, f"{key}:{claim}", value),
            severity=MEDIUM if status is FAIL else None,
        )
        for way, written in WAYS.items()
        for whose, key in KEYS.items()
        for claim, operator, value, status in ASKED
    ),
    *(
        Case(
            GITHUB,
            f"{value} of an issuer that a variable tells, {way}",
            status,
            terraform=VARIABLE + written(f'"arn:aws:iam::123456789012:oidc-provider/{HOST}"', "StringLike", KEY, value),
        )
        for way, written in list(WAYS.items())[:2]
        for KEY in ["${var.issuer}:sub"]
        for value, status in (("repo:clinic/records:*", PASS), ("repo:*", FAIL), (NAMED, FAIL))
    ),
    Case(
        GITHUB,
        "the service accounts of a cluster",
        NOT_APPLICABLE,
        terraform=VARIABLE + CLUSTER + as_text(OF_CLUSTER, "StringEquals", "${var.issuer}:sub", NAMED),
    ),
)
