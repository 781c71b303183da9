"""Access logs of classic load balancers, told to Terraform and to AWS, as far as they leave a doubt."""

from __future__ import annotations

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, UNKNOWN, Case, cases
from tests.policies.s3.classic_balancers import PHI, classic
from tests.policies.s3.states import BUCKET, OPEN_VARIABLE, bucket, own

KMS = "s3_bucket_encrypted_with_kms"
CLASSIC_AWSCC = """
resource "awscc_elasticloadbalancing_load_balancer" "old" {{
  listeners = [{{ instance_port = "80", load_balancer_port = "80", protocol = "TCP" }}]
  access_logging_policy = {{
    {}
  }}
}}
"""

test_doubts = cases(
    Case(KMS, "access logs of a classic load balancer, switched off", FAIL, own() + classic(PHI, enabled=False)),
    *(
        Case(
            KMS,
            f"access logs of a classic load balancer, if a variable {words}",
            UNKNOWN,
            OPEN_VARIABLE + BUCKET + classic(PHI, enabled=False).text.replace(*changed),
        )
        for words, changed in (
            ("turns them on", ("enabled = false", "enabled = var.open")),
            ("names the bucket in part", (f"bucket = {PHI}\n enabled = false", 'bucket = "phi-${var.open}"')),
        )
    ),
    Case(
        KMS,
        "access logs of a classic load balancer of awscc",
        NOT_APPLICABLE,
        BUCKET + CLASSIC_AWSCC.format(f"enabled = true\n s3_bucket_name = {PHI}"),
    ),
    Case(
        KMS,
        "access logs of a classic load balancer of awscc, switched off",
        FAIL,
        BUCKET + CLASSIC_AWSCC.format(f"enabled = false\n s3_bucket_name = {PHI}"),
    ),
    Case(
        KMS,
        "a classic load balancer of awscc that does not say whether it delivers logs",
        UNKNOWN,
        BUCKET + CLASSIC_AWSCC.format(f"s3_bucket_name = {PHI}"),
    ),
    Case(KMS, "classic load balancers may not be listed", UNKNOWN, aws=bucket, denied="elb:DescribeLoadBalancers"),
)
