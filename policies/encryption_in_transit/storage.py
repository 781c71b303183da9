"""Storage: ePHI in buckets and file systems is unreadable on the wire."""

from hipaa_guard.authoring import Fix
from hipaa_guard.judging.transit import PlainHttpRequests, plain_http_denied
from hipaa_guard.services import s3


@plain_http_denied(
    title="S3 buckets refuse requests that are not made over TLS",
    service="S3",
    policy="bucket policy",
    on="the bucket and its objects",
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
        note="A statement that compares s3:TlsVersion does not deny plain HTTP, which has no TLS version. "
        "put-bucket-policy replaces the policy: add the statement to those that the bucket has.",
        consequences=("cuts_access",),
    ),
    peers={
        "prowler": "s3_bucket_secure_transport_policy",
        "aws_config": "s3-bucket-ssl-requests-only",
        "powerpipe": "s3_bucket_enforces_ssl",
        "cdk_nag": "HIPAA.Security-S3BucketSSLRequestsOnly",
        "checkov": "CKV_AWS_379",
    },
)
def s3_bucket_tls_required(bucket: s3.Bucket) -> PlainHttpRequests:
    names = bucket.names_in_own_policy()
    return PlainHttpRequests(bucket.policy, ("s3:*",), (names, [f"{name}/*" for name in names]))
