"""Buckets that receive logs: which logs, who says so, and what they need for that."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from hipaa_guard.authoring import Inventory, Resource, Statement, some
from hipaa_guard.facts.lists import all_hold
from hipaa_guard.facts.policies.document import symbolic
from hipaa_guard.facts.policies.principals import AWS, Principal
from hipaa_guard.facts.values import PartialText, Undecided, Unknown, Value
from hipaa_guard.services import elb, elbv2, s3


class LogSource(NamedTuple):
    """Resources that deliver logs to a bucket."""

    kind: type[Resource]
    target: Callable[[Any], Value]
    """The name of the bucket; None where none is named."""
    logs: str
    writers: tuple[str, ...]
    """The service principals that write the logs, and nothing else; `AWS` for accounts of AWS's own that do."""
    under_kms: bool
    """Whether AWS delivers them to a bucket that encrypts with a KMS key by default."""
    into_locked: bool = True
    """Whether AWS delivers them to a bucket with Object Lock."""


_AUDIT_LOGS = "the audit logs of Redshift clusters"
"""Amazon Redshift management guide, "Database audit logging": SSE-S3 is the only encryption for them. Redshift has
nothing else to write by itself: UNLOAD takes a role. Read 2026-11-30."""
_IDENTITIES = (":role/", ":user/", ":assumed-role/", ":federated-user/")
_BUCKETS = ("logging.s3.amazonaws.com",)
_BALANCERS = ("logdelivery.elasticloadbalancing.amazonaws.com", "logdelivery.elb.amazonaws.com", AWS)
LOG_SOURCES = (
    LogSource(s3.Bucket, s3.log_target_of, "the access logs of buckets", _BUCKETS, under_kms=False, into_locked=False),
    *(
        LogSource(elbv2.LoadBalancer, target, f"the {logs} of application load balancers", _BALANCERS, under_kms=False)
        for logs, target in (
            ("access logs", elbv2.application_log_target_of),
            ("connection logs", elbv2.connection_log_target_of),
            ("health check logs", elbv2.health_check_log_target_of),
        )
    ),
    LogSource(
        elb.ClassicLoadBalancer,
        elb.access_log_target_of,
        "the access logs of classic load balancers",
        _BALANCERS,
        under_kms=False,
    ),
    LogSource(elbv2.LoadBalancer, elbv2.access_log_target_of, "the access logs of load balancers", (), under_kms=True),
)
"""Amazon S3 user guide, "Setting default server-side encryption behavior for Amazon S3 buckets": server access logs are
delivered under SSE-S3 only. Application Load Balancer guide, "Enable access logs": SSE-S3 is the only option. Network
Load Balancer guide, "Access logs": SSE-S3, or SSE-KMS with a key of the customer's. Classic Load Balancer guide,
"Access logs": each file is encrypted by SSE-S3. Amazon S3 user guide, "Object Lock considerations": buckets with Object
Lock cannot be the destination of server access logs.

Logs that delivery.logs.amazonaws.com writes (VPC, Route 53 Resolver, WAF, Network Firewall, Global Accelerator, MSK,
CloudFront's standard logging) are not here: AWS delivers them under a key of the customer's that lets it in (CloudWatch
Logs user guide, "Logs sent to Amazon S3"; CloudFront developer guide, "Standard logging"). Read 2026-11-30."""


_TRAIL = '"arn:aws:cloudtrail:us-east-1:${data.aws_caller_identity.current.account_id}:trail/account"'
TRAIL_BUCKET = """
resource "aws_s3_bucket" "trail" {
  bucket = "trail-111122223333"
}
resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:GetBucketAcl"
        Resource  = "arn:aws:s3:::trail-111122223333"
        Condition = {
          StringEquals = { "aws:SourceArn" = TRAIL_ARN }
        }
      },
      {
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::trail-111122223333/AWSLogs/${data.aws_caller_identity.current.account_id}/*"
        Condition = {
          StringEquals = {
            "aws:SourceArn" = TRAIL_ARN
            "s3:x-amz-acl"  = "bucket-owner-full-control"
          }
        }
      },
    ]
  })
}
""".replace("TRAIL_ARN", _TRAIL)
"""A bucket ``aws_s3_bucket.trail`` with the policy that CloudTrail asks for, for the trail ``account``, to stand beside
`fix_parts.OWN_ACCOUNT`.

CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail", read 2026-11-30.
"""


def with_access_logs(bucket: str) -> str:
    """Terraform that delivers the server access logs of ``aws_s3_bucket.<bucket>`` to a bucket ``access_logs``.

    To stand beside `fix_parts.OWN_ACCOUNT`.
    Amazon S3 user guide, "Enabling Amazon S3 server access logging", read 2026-11-30.
    """
    return f"""
resource "aws_s3_bucket_logging" "{bucket}" {{
  bucket        = aws_s3_bucket.{bucket}.id
  target_bucket = aws_s3_bucket.access_logs.id
  target_prefix = "{bucket}/"
}}
resource "aws_s3_bucket" "access_logs" {{}}
resource "aws_s3_bucket_policy" "access_logs" {{
  bucket = aws_s3_bucket.access_logs.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ Service = "logging.s3.amazonaws.com" }}
      Action    = "s3:PutObject"
      Resource  = "${{aws_s3_bucket.access_logs.arn}}/{bucket}/*"
      Condition = {{
        ArnLike      = {{ "aws:SourceArn" = aws_s3_bucket.{bucket}.arn }}
        StringEquals = {{ "aws:SourceAccount" = data.aws_caller_identity.current.account_id }}
      }}
    }}]
  }})
}}
"""


LOG_RESOURCE_POLICY = """
resource "aws_cloudwatch_log_resource_policy" "phi" {
  policy_name = "dns-queries"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "route53.amazonaws.com" }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "arn:aws:logs:*:*:log-group:/aws/route53/*"
      Condition = { ArnEquals = { "aws:SourceArn" = aws_route53_zone.clinic.arn } }
    }]
  })
}
resource "aws_route53_zone" "clinic" {
  name = "clinic.example"
}
"""
"""A resource policy of CloudWatch Logs that lets in one service, for one resource of the account.

Amazon Route 53 developer guide, "Public DNS query logging", read 2026-11-30.
"""


def logs_received(bucket: s3.Bucket, inventory: Inventory, sources: Iterable[LogSource]) -> str | None:
    """The first kind of logs that the bucket receives, of those in `sources`; None where it receives none.

    Its policy and its ACL tell it too: the sources may lie elsewhere.

    Raises:
        Undecided: it certainly receives none, but may receive one.

    """
    sources = tuple(sources)
    undecided: Undecided | None = None
    for source in sources:
        for names in (_named_by, _lets_in_writers):
            try:
                if names(bucket, inventory, source):
                    return source.logs
            except Undecided as error:
                undecided = undecided or error
    if undecided is not None:
        raise undecided
    return None


def kms_is_refused(bucket: s3.Bucket, inventory: Inventory) -> str | None:
    """The logs that a bucket receives and that AWS cannot deliver where a KMS key is the default; None without any.

    Raises:
        Undecided: it is not known whether it receives any.

    """
    found: list[str] = []

    def receives(look: Callable[[], str | None]) -> bool:
        logs = look()
        found.extend([logs] if logs else [])
        return logs is not None

    looks: tuple[Callable[[], str | None], ...] = (
        lambda: logs_received(bucket, inventory, (source for source in LOG_SOURCES if not source.under_kms)),
        lambda: _AUDIT_LOGS if _lets_put(bucket, _is_redshift) else None,
    )
    return found[0] if some(receives, looks) else None


def lock_is_refused(bucket: s3.Bucket, inventory: Inventory) -> str | None:
    """As `kms_is_refused`, of logs that AWS cannot deliver to a bucket with Object Lock."""
    return logs_received(bucket, inventory, (source for source in LOG_SOURCES if not source.into_locked))


def _named_by(bucket: s3.Bucket, inventory: Inventory, source: LogSource) -> bool:
    told = inventory.told_by(source.kind, source.target)
    if bucket.is_named(told.texts):
        return True
    for text, why in told.possible:
        if bucket.is_named({text}):
            raise Undecided(why)
    if told.unknown is None:
        return False
    unlisted = inventory.unknown(source.kind)
    targets: list[Value] = [unlisted, *(_told(source, resource) for resource in inventory.seen(source.kind))]
    for target in targets:
        if isinstance(target, Unknown) and bucket.may_be_named(target):
            raise Undecided(target)
    return False


def _told(source: LogSource, resource: Resource) -> Value:
    try:
        value = source.target(resource)
    except Undecided as error:
        return error.unknown
    return None if value is None else symbolic(value)


def _lets_in_writers(bucket: s3.Bucket, _: Inventory, source: LogSource) -> bool:
    """Whether the policy of the bucket lets the writers of the logs put objects, or its ACL the group of S3."""
    if not source.writers:
        return False

    if source.kind is s3.Bucket and bucket.acl_takes_logs:
        return True
    return _lets_put(bucket, lambda principal: _writer(principal) in source.writers)


def _lets_put(bucket: s3.Bucket, is_writer: Callable[[Principal], bool]) -> bool:
    """Whether the policy of the bucket lets a principal put objects for which a test holds."""

    def lets_in(statement: Statement) -> bool:
        return all_hold(
            lambda: statement.effect == "Allow",
            lambda: statement.covers_action("s3:PutObject"),
            lambda: some(is_writer, statement.principals),
        )

    return bucket.policy is not None and some(lets_in, bucket.policy)


def _is_redshift(principal: Principal) -> bool:
    """Whether Redshift comes itself, and not with a role: as a service, or by the account that it had before."""
    if principal.type == "Service":
        return bool(principal.value == "redshift.amazonaws.com")
    return isinstance(principal.value, str) and "data.aws_redshift_service_account." in principal.value


def _writer(principal: Principal) -> Value:
    """The service, or `AWS` for an account that Elastic Load Balancing delivers from; another account, or None."""
    if principal.type == "Service":
        return principal.value
    if _is_identity(principal.value):
        return None
    account = principal.account
    looked_up = account == AWS and "_service_account." in str(principal.value)
    return None if looked_up and "aws_elb_service_account." not in str(principal.value) else account


def _is_identity(value: Value) -> bool:
    """Whether a principal, of whatever account, is a role or a user: Elastic Load Balancing comes as an account.

    Application Load Balancer guide, "Enable access logs": the principal is the root of an account. Read 2026-11-30.
    """
    parts = value.parts if isinstance(value, PartialText) else (value,)
    return any(isinstance(part, str) and any(word in part for word in _IDENTITIES) for part in parts)
