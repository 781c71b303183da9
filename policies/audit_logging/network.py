"""Networks: who reached what holds ePHI, and who was turned away, is recorded."""

from hipaa_guard.authoring import (
    LOW,
    MEDIUM,
    Fix,
    Inventory,
    Verdict,
    control,
    failed,
    not_applicable,
    passed,
    some,
)
from hipaa_guard.controls.reasons import NEEDS_A_LOG_BUCKET
from hipaa_guard.judging.flow_logs import KINDS, leaves_out_addresses, recorded_by_subnets, records
from hipaa_guard.judging.log_delivery import access_logged, first_way, vended
from hipaa_guard.services import elbv2, vpc

_RECORDS = ("164.312(b)", "164.308(a)(1)(ii)(D)")

_FLOW_LOG = """
resource "aws_flow_log" "phi" {
  vpc_id          = aws_vpc.phi.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.flow_logs.arn
  iam_role_arn    = aws_iam_role.flow_logs.arn
}
resource "aws_cloudwatch_log_group" "flow_logs" {
  name              = "vpc-flow-logs"
  retention_in_days = 365
}
resource "aws_iam_role" "flow_logs" {
  name = "vpc-flow-logs"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}
resource "aws_iam_role_policy" "flow_logs" {
  name = "deliver"
  role = aws_iam_role.flow_logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        Resource = "${aws_cloudwatch_log_group.flow_logs.arn}:*"
      },
      { Effect = "Allow", Action = "logs:DescribeLogGroups", Resource = "*" },
    ]
  })
}
data "aws_caller_identity" "current" {}"""


@control(
    title="VPCs record accepted and rejected traffic in flow logs",
    severity=MEDIUM,
    hipaa=_RECORDS,
    why="Without flow logs nobody can tell which hosts with ePHI were probed, or where their data went.",
    fix=Fix(
        terraform=_FLOW_LOG,
        cli="""
            aws ec2 create-flow-logs --resource-type VPC --resource-ids VPC --traffic-type ALL \\
              --log-group-name LOG_GROUP --deliver-logs-permission-arn ROLE_ARN
        """,
        note="The traffic and the format of a flow log cannot be changed: make one of all traffic in the default format, "
        "then delete the other. "
        "Each record costs. A bucket needs no role, but a policy that lets delivery.logs.amazonaws.com write.",
        not_by_machine="needs a bucket or log group for the records, which is yours to choose",
        consequences=("costs_money",),
    ),
    peers={
        "prowler": "vpc_flow_logs_enabled",
        "aws_config": "vpc-flow-logs-enabled",
        "powerpipe": "vpc_flow_logs_enabled",
        "cdk_nag": "HIPAA.Security-VPCFlowLogsEnabled",
        "checkov": "CKV2_AWS_11",
        "trivy": "AVD-AWS-0178",
    },
)
def vpc_flow_logs_enabled(network: vpc.Vpc, inventory: Inventory) -> Verdict:
    if network.shared_by is not None:
        return not_applicable(f"is shared by account {network.shared_by}, which alone makes and sees its flow logs")
    accepted, rejected = (records(network.flow_logs, kind) for kind in KINDS)
    if accepted and rejected:
        if not all(records(network.flow_logs, kind, named=True) for kind in KINDS):
            return failed("has a flow log whose format leaves out which traffic was accepted", severity=LOW)
        return passed("records accepted and rejected traffic in flow logs")
    if rejected:
        return failed("has flow logs of REJECT traffic only, which do not tell who reached anything")
    if accepted:
        return failed("has flow logs of ACCEPT traffic only, which do not tell who was turned away", severity=LOW)
    if recorded_by_subnets(network, inventory):
        return failed(
            "has no flow log of its own: those of its subnets record their traffic, and that of a subnet made later is "
            "not recorded",
            severity=LOW,
        )
    if leaves_out_addresses(network.flow_logs):
        return failed("has a flow log whose format leaves out who reached whom (srcaddr, dstaddr)")
    failures: list[str] = []

    def fails(log: vpc.FlowLog) -> bool:
        failures.extend([log.failure] if log.of_whole and log.failure is not None else [])
        return bool(failures)

    if some(fails, network.flow_logs):
        return failed(f"has a flow log that cannot be delivered ({failures[0]})")
    return failed("has no flow log")


@access_logged(
    title="Load balancers deliver access logs",
    why="The load balancer alone sees who asked for ePHI: behind it all requests come from its own address.",
    fix=Fix(
        terraform="""
            resource "aws_lb" "phi" {
              load_balancer_type = "application"
              access_logs {
                bucket  = aws_s3_bucket.access_logs.id
                enabled = true
              }
              depends_on = [aws_s3_bucket_policy.access_logs]
            }
            resource "aws_s3_bucket" "access_logs" {}
            resource "aws_s3_bucket_policy" "access_logs" {
              bucket = aws_s3_bucket.access_logs.id
              policy = jsonencode({
                Version = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
                  Action    = "s3:PutObject"
                  Resource  = "${aws_s3_bucket.access_logs.arn}/AWSLogs/${data.aws_caller_identity.current.account_id}/*"
                }]
              })
            }
            data "aws_caller_identity" "current" {}
        """,
        cli="""
            aws elbv2 modify-load-balancer-attributes --load-balancer-arn LOAD_BALANCER_ARN \\
              --attributes Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=BUCKET
        """,
        note="AWS refuses a bucket whose policy does not let the load balancer write; that of an application load "
        "balancer must encrypt by SSE-S3. A network load balancer writes as delivery.logs.amazonaws.com, for its TLS "
        "listeners only; use flow logs for the others. Access logs that CloudWatch Logs delivers count as well.",
        not_by_machine=NEEDS_A_LOG_BUCKET,
    ),
    peers={
        "prowler": "elbv2_logging_enabled",
        "checkov": "CKV_AWS_91",
    },
)
def elbv2_access_logging_enabled(balancer: elbv2.LoadBalancer, inventory: Inventory) -> Verdict | None:
    if balancer.type == "gateway":
        return not_applicable("is a gateway load balancer, which writes no access logs")
    if balancer.type == "network" and not some(lambda protocol: protocol == "TLS", balancer.listener_protocols):
        return not_applicable(
            "is a network load balancer without TLS listeners: it writes no access logs, set up or not"
        )
    of_tls = " of its TLS listeners" if balancer.type == "network" else ""
    way = first_way(
        ("to a bucket", lambda: balancer.log_bucket is not None),
        ("through CloudWatch Logs", lambda: vended(balancer, inventory, *_ACCESS_LOGS)),
    )
    return None if way is None else passed(f"is set to deliver access logs{of_tls} {way}")


_ACCESS_LOGS = ("ALB_ACCESS_LOGS", "NLB_ACCESS_LOGS")
