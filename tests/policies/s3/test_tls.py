"""S3 buckets refuse plain HTTP: the forms of denials, told to Terraform and to AWS."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.s3.states import ARN, BUCKET, OTHER, bucket, policy, statements

TLS = "s3_bucket_tls_required"
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
TLS_VERSION = {"s3:TlsVersion": "1.2"}
OLD_TLS = {"NumericLessThan": TLS_VERSION}


def by_name(name: str, *resources: str) -> str:
    """A bucket of a name, and the policy with which it denies plain HTTP for what resources are named."""
    listed = ", ".join(f'"arn:aws:s3:::{each}"' for each in resources)
    return f"""
    variable "unset" {{}}
    resource "aws_s3_bucket" "phi" {{
      bucket = "{name}"
    }}
    resource "aws_s3_bucket_policy" "p" {{
      bucket = aws_s3_bucket.phi.id
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{{
        Effect = "Deny", Principal = "*", Action = "s3:*", Resource = [{listed}],
        Condition = {{ Bool = {{ "aws:SecureTransport" = "false" }} }}
      }}] }})
    }}"""


test_tls = cases(
    Case(TLS, "no policy", FAIL, terraform=BUCKET, aws=bucket, says="no bucket policy, so S3"),
    Case(TLS, "denies all plain HTTP", PASS, policy()),
    Case(TLS, "denies every action by the widest pattern", PASS, policy(Action="*", Resource="*")),
    Case(TLS, "denies everyone, written as AWS principals", PASS, policy(Principal={"AWS": "*"})),
    Case(TLS, "spares other callers", FAIL, policy(Principal={"AWS": "arn:aws:iam::123456789012:root"})),
    Case(TLS, "spares the objects", FAIL, policy(Resource=ARN)),
    Case(TLS, "spares the bucket itself", FAIL, policy(Resource=f"{ARN}/*")),
    Case(TLS, "denies uploads only", FAIL, policy(Action="s3:PutObject")),
    Case(TLS, "denies TLS instead of plain HTTP", FAIL, policy(Condition={"Bool": {"aws:SecureTransport": "true"}})),
    Case(
        TLS,
        "denies plain HTTP from one network only",
        FAIL,
        policy(Condition={"Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}),
    ),
    Case(TLS, "another bucket's name", FAIL, policy(Resource=["arn:aws:s3:::other", "arn:aws:s3:::other/*"])),
    *(
        Case(TLS, f"a name of a variable: {what}", expected, terraform=by_name(name, *resources))
        for what, expected, name, resources in (
            (
                "in both, bucket and objects",
                PASS,
                "${var.unset}-records",
                ("${var.unset}-records", "${var.unset}-records/*"),
            ),
            ("in the bucket alone", PASS, "${var.unset}", ("records", "records/*")),
            ("the label of the block says nothing", FAIL, "${var.unset}", ("phi/*",)),
            ("without the objects", FAIL, "${var.unset}-records", ("${var.unset}-records",)),
            ("without the bucket", FAIL, "${var.unset}-records", ("${var.unset}-records/*",)),
            ("some of the objects", FAIL, "${var.unset}-records", ("${var.unset}-records", "${var.unset}-records/a/*")),
        )
    ),
    Case(
        TLS, "the policy may not be read", UNKNOWN, aws=bucket, denied="s3:GetBucketPolicy", says="s3:GetBucketPolicy"
    ),
    Case(TLS, "no policy, and a name decided at apply", FAIL, terraform='resource "aws_s3_bucket" "phi" {}'),
    Case(
        TLS,
        "the policy names the bucket by reference",
        PASS,
        terraform="""
        resource "aws_s3_bucket" "phi" {}
        data "aws_iam_policy_document" "tls" {
          statement {
            effect    = "Deny"
            actions   = ["s3:*"]
            resources = [aws_s3_bucket.phi.arn, "${aws_s3_bucket.phi.arn}/*"]
            principals {
              type        = "*"
              identifiers = ["*"]
            }
            condition {
              test     = "Bool"
              variable = "aws:SecureTransport"
              values   = ["false"]
            }
          }
        }
        resource "aws_s3_bucket_policy" "p" {
          bucket = aws_s3_bucket.phi.id
          policy = data.aws_iam_policy_document.tls.json
        }""",
    ),
    Case(
        TLS,
        "the policy is a variable without a value",
        UNKNOWN,
        terraform=BUCKET
        + """
        variable "policy" { type = string }
        resource "aws_s3_bucket_policy" "p" {
          bucket = aws_s3_bucket.phi.id
          policy = var.policy
        }""",
        says="var.policy",
    ),
    Case(TLS, "denies old versions of TLS", FAIL, policy(Condition=OLD_TLS)),
    Case(TLS, "denies old versions of TLS, or none", PASS, policy(Condition={"NumericLessThanIfExists": TLS_VERSION})),
    Case(TLS, "denies plain HTTP only where it has an old version of TLS", FAIL, policy(Condition=PLAIN | OLD_TLS)),
    Case(
        TLS, "denies where the key exists", PASS, policy(Condition={"BoolIfExists": {"aws:SecureTransport": "false"}})
    ),
    Case(TLS, "spares those that it names", FAIL, policy(Principal=None, NotPrincipal=OTHER["Principal"])),
    Case(TLS, "spares an action", FAIL, policy(Action=None, NotAction="s3:GetObject")),
    Case(TLS, "spares actions of other services", PASS, policy(Action=None, NotAction="iam:*")),
    Case(TLS, "spares a part of the objects", FAIL, policy(Resource=None, NotResource=f"{ARN}/public/*")),
    Case(
        TLS,
        "one statement for the bucket, one for the objects",
        PASS,
        statements({"Resource": ARN}, {"Resource": f"{ARN}/*"}),
    ),
    Case(TLS, "two statements for the objects", FAIL, statements(*[{"Resource": f"{ARN}/*"}] * 2)),
    Case(TLS, "one statement for plain HTTP, one for old TLS", PASS, statements({}, {"Condition": OLD_TLS})),
    Case(
        TLS,
        "what one statement spares another denies",
        PASS,
        statements({"Action": None, "NotAction": "s3:GetObject"}, {"Action": "s3:Get*"}),
    ),
)
