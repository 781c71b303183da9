"""Storage: ePHI in buckets and file systems is unreadable on the wire."""

from hipaa_guard.authoring import HIGH, Fix, Verdict, control, failed, passed
from hipaa_guard.services import s3


@control(
    title="S3 buckets refuse requests that are not made over TLS",
    severity=HIGH,
    hipaa=("164.312(e)(1)", "164.312(e)(2)(ii)"),
    why="S3 answers plain HTTP unless the bucket policy denies it, so ePHI can cross a network in the clear.",
    fix=Fix(
        sets="""
            aws_s3_bucket_policy.bucket = aws_s3_bucket.phi.id
            aws_s3_bucket_policy.policy = jsonencode({
              Version = "2012-10-17"
              Statement = [{
                Sid       = "DenyPlainHttp"
                Effect    = "Deny"
                Principal = "*"
                Action    = "s3:*"
                Resource  = [aws_s3_bucket.phi.arn, "${aws_s3_bucket.phi.arn}/*"]
                Condition = { Bool = { "aws:SecureTransport" = "false" } }
              }]
            })
        """,
        inline="aws_s3_bucket.policy",
        cli="aws s3api put-bucket-policy --bucket BUCKET --policy file://deny-plain-http.json",
    ),
    peers={
        "prowler": "s3_bucket_secure_transport_policy",
        "aws_config": "s3-bucket-ssl-requests-only",
        "powerpipe": "s3_bucket_enforces_ssl",
        "cdk_nag": "HIPAA.Security-S3BucketSSLRequestsOnly",
        "checkov": "CKV_AWS_379",
    },
)
def s3_bucket_tls_required(bucket: s3.Bucket) -> Verdict:
    policy = bucket.policy
    if policy is None:
        return failed("has no bucket policy, so S3 answers plain HTTP")
    # A deny that spares a caller, an action or the objects leaves a way in over HTTP.
    objects = [f"{name}/*" for name in bucket.names()]
    if policy.denies_without("Bool", "aws:SecureTransport", "false", "s3:*", bucket.names(), objects):
        return passed("denies every request made without TLS")
    return failed("has a bucket policy, but it does not deny all plain HTTP to the bucket and its objects")
